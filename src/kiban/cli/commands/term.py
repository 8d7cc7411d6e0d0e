"""kiban term: the vocabulary of property terms."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from kiban.cli.command import DONE, add_home, add_json, platform, print_json, say
from kiban.cli.placement_options import add_placement, placed
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.resources import Resources
    from kiban.operations.terms import Merge, TermUse
    from kiban.records.party import Asker

_ACTS = ("list", "show", "add", "change", "merge", "part")
_SAID = {"en": "en", "ja": "ja", "symbol": "symbol", "unit": "unit", "iri": "iri", "synonyms": "synonym"}
"""What a term says, and the option for it."""


class TermCommand:
    """See the module."""

    name = "term"
    help = "the vocabulary of property terms: list, show, add, change, merge"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("act", metavar="ACT", choices=_ACTS, help=", ".join(_ACTS))
        parser.add_argument("term", metavar="TERM", nargs="?", help="its key, or a name; of list: a part of names")
        parser.add_argument("into", metavar="INTO", nargs="?", help="of merge: the term that it is the same as")
        parser.add_argument("--en", metavar="NAME", help="name in English")
        parser.add_argument("--ja", metavar="NAME", help="name in Japanese")
        parser.add_argument("--symbol", metavar="SYMBOL", help="as formulas write it")
        parser.add_argument("--unit", metavar="UNIT", help="usual unit; a plain number unless given")
        parser.add_argument("--iri", metavar="IRI", help="the same thing in an outside vocabulary")
        parser.add_argument("--synonym", metavar="NAME", action="append", help="another name; may be given many times")
        parser.add_argument("--preview", action="store_true", help="of merge: say what it would bring, change nothing")
        add_placement(parser)
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        act: str = arguments.act
        if act != "list" and arguments.term is None:
            raise WrongUsage(f"kiban term {act} was called without a term.", mend=f"Write kiban term {act} TERM.")
        if (act == "merge") != (arguments.into is not None):
            raise WrongUsage("merge takes two terms, the other acts one.", mend="Write kiban term merge ONE INTO.")
        if act not in {"add", "change"} and _said(arguments):
            raise WrongUsage(f"kiban term {act} changes no names or units.", mend="Use kiban term change TERM.")
        if act != "add" and any((arguments.tier, arguments.agreement, arguments.embargo, arguments.project)):
            raise WrongUsage(f"kiban term {act} makes no record.", mend="Say who may see a term when it is added.")
        with platform(arguments, n_workers=1) as (asker, resources):
            _DEEDS[act](asker, resources, arguments)
        return DONE


def _said(arguments: argparse.Namespace) -> dict[str, Any]:
    given = {name: getattr(arguments, option) for name, option in _SAID.items()}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in given.items() if v is not None}


def _list(asker: Asker, resources: Resources, arguments: argparse.Namespace) -> None:
    from kiban.operations.terms import list_terms
    from kiban.operations.terms_as_json import term_as_json

    found = list_terms(asker, resources, arguments.term or "")
    for each in found:
        if arguments.json:
            print_json(term_as_json(each))
        else:
            term = each.term
            unit = "any unit" if term.has_any_unit else term.unit
            names = " · ".join(part for part in (term.en, term.ja, ", ".join(term.synonyms), unit) if part)
            print(f"{term.key}  {names}{f'  -> {term.merged_into}' if term.merged_into else ''}")
    say(f"{len(found)} terms")


def _show(asker: Asker, resources: Resources, arguments: argparse.Namespace) -> None:
    from kiban.operations.terms import get_term

    _print_use(get_term(asker, resources, arguments.term), arguments)


def _add(asker: Asker, resources: Resources, arguments: argparse.Namespace) -> None:
    from kiban.operations.terms import add_term, get_term
    from kiban.records.term import PropertyTerm

    asker, placement = placed(arguments, asker, resources)
    add_term(asker, resources, PropertyTerm(key=arguments.term, **_said(arguments)), placement=placement)
    _print_use(get_term(asker, resources, arguments.term), arguments)


def _change(asker: Asker, resources: Resources, arguments: argparse.Namespace) -> None:
    from dataclasses import replace

    from kiban.operations.terms import change_term, get_term

    old = get_term(asker, resources, arguments.term).term
    expected = old.record.version if old.record is not None else None
    change_term(asker, resources, old.term.key, replace(old.term, **_said(arguments)), expected=expected)
    _print_use(get_term(asker, resources, old.term.key), arguments)


def _merge(asker: Asker, resources: Resources, arguments: argparse.Namespace) -> None:
    from kiban.operations.terms import merge_terms, preview_merge
    from kiban.operations.terms_as_json import merge_as_json

    merge: Merge = (preview_merge if arguments.preview else merge_terms)(
        asker, resources, arguments.term, arguments.into
    )
    if arguments.json:
        print_json(merge_as_json(merge))
        return
    for use in (merge.one, merge.into):
        print(f"{use.term.term.key}  samples: {use.n_samples}, measurements: {use.n_measurements}")
    say("Would be asked for together." if arguments.preview else "Questions about either ask for both from now on.")


def _part(asker: Asker, resources: Resources, arguments: argparse.Namespace) -> None:
    from kiban.operations.terms import get_term, undo_merge

    parted = undo_merge(asker, resources, arguments.term)
    _print_use(get_term(asker, resources, parted.term.key), arguments)


def _print_use(use: TermUse, arguments: argparse.Namespace) -> None:
    from kiban.operations.terms_as_json import use_as_json

    if arguments.json:
        print_json(use_as_json(use))
        return
    term = use.term.term
    unit = "any" if term.has_any_unit else term.unit or "a plain number"
    rows = {
        "key": term.key,
        "English": term.en,
        "Japanese": term.ja,
        "symbol": term.symbol,
        "unit": unit,
        "synonyms": ", ".join(term.synonyms),
        "IRI": term.iri,
        "description": term.description.en,
        "merged into": term.merged_into,
        "the same": ", ".join(same.term.key for same in use.same),
        "record": use.term.record.pid if use.term.record is not None else "comes with Kiban",
        "has values in": f"samples: {use.n_samples}, measurements: {use.n_measurements}",
    }
    for head, said in rows.items():
        if said:
            print(f"{head:<14} {said}")


_DEEDS = {"list": _list, "show": _show, "add": _add, "change": _change, "merge": _merge, "part": _part}

COMMAND = TermCommand()
