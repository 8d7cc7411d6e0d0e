"""kiban rights ID: licence, rights holder, contributors and funding of a record, a project or many records."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from kiban.cli.command import DONE, add_home, add_json, platform, print_json, say
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.rights_of import StatedRights
    from kiban.records.record import Record
    from kiban.records.rights.rights import Rights

_PARTS = ("licence", "holder", "contributors", "funding", "citation")


class RightsCommand:
    """See the module."""

    name = "rights"
    help = "licence, rights holder, contributors and funding: show them or state them"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("id", metavar="ID", nargs="?", help="short identifier of a record or project")
        parser.add_argument("--where", metavar="QUESTION", help="instead of ID: state them of all records that answer")
        parser.add_argument("--licence", metavar="SPDX", help="as CC-BY-4.0; LicenseRef-<name> for terms of your own")
        parser.add_argument("--holder", metavar="NAME", help="'Example University; ror=057zh3y96'")
        parser.add_argument(
            "--contributor",
            action="append",
            dest="contributors",
            metavar="NAME",
            help="'Sato Hanako; orcid=...; affiliation=...; ror=...; roles=investigation, software'; may be repeated",
        )
        parser.add_argument(
            "--funding",
            action="append",
            metavar="FUNDER",
            help="'JSPS; id=10.13039/501100001691; award=JP00H00000; title=...'; may be repeated",
        )
        parser.add_argument("--citation", metavar="TEXT", help="how to cite it")
        parser.add_argument("--withdraw", action="store_true", help="take away its own, so that its project's count")
        parser.add_argument("--as-in", type=int, metavar="N", help="state again what version N stated")
        parser.add_argument(
            "--expected", type=int, metavar="N", help="refuse unless its version is N, or N records answer"
        )
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations.show_rights import show_rights
        from kiban.operations.state_rights import state_rights, state_rights_as_in, state_rights_of_all

        given = {name: getattr(arguments, name) for name in _PARTS if getattr(arguments, name) is not None}
        n_ways = bool(given) + arguments.withdraw + (arguments.as_in is not None)
        if (arguments.id is None) == (arguments.where is None):
            raise WrongUsage("Neither ID nor --where was given, or both.", mend="Give one of them.")
        if n_ways > 1:
            raise WrongUsage("Several ways to state rights were given.", mend="State them, --withdraw, or --as-in.")
        if arguments.where is not None and (n_ways == 0 or arguments.as_in is not None):
            raise WrongUsage("--where says for what, but not what.", mend="Give --licence and the like, or --withdraw.")
        whole = _stated(given, None) if given else None
        with platform(arguments, n_workers=1) as (asker, resources):
            if arguments.where is not None:
                told = state_rights_of_all(asker, resources, arguments.where, whole, expected=arguments.expected)
                counts = {"stated": told.n_stated, "same": told.n_same, "elsewhere": told.n_elsewhere}
                _print_counts(counts, as_json=arguments.json)
                return DONE
            record, before = show_rights(asker, resources, arguments.id)
            # Between looking and stating somebody else may be faster: nothing of theirs is lost.
            expected = arguments.expected if arguments.expected is not None else record.version
            if given:
                own = before.rights if before is not None and before.is_own else None
                state_rights(asker, resources, arguments.id, _stated(given, own), expected=expected)
            elif arguments.withdraw:
                state_rights(asker, resources, arguments.id, None, expected=expected)
            elif arguments.as_in is not None:
                state_rights_as_in(asker, resources, arguments.id, arguments.as_in, expected=expected)
            record, stated = show_rights(asker, resources, arguments.id)
        _print(record, stated, as_json=arguments.json)
        return DONE


def _stated(given: dict[str, Any], before: Rights | None) -> Rights | None:
    """What was stated, with what is given in its place; an empty text takes away. Nothing left is `None`."""
    from kiban.records.rights.lines import contributor_of, funding_of, holder_of
    from kiban.records.rights.rights import Rights

    parts: dict[str, Any] = {
        name: getattr(before, name, default)
        for name, default in (
            ("licence", ""), ("rights_holder", None), ("contributors", ()), ("funding", ()), ("citation", "")
        )
    }  # fmt: skip
    for name, value in given.items():
        if name == "holder":
            parts["rights_holder"] = holder_of(value) if value.strip() else None
        elif name in {"contributors", "funding"}:
            read: Any = contributor_of if name == "contributors" else funding_of
            parts[name] = tuple(read(line) for line in value if line.strip())
        else:
            parts[name] = value
    return Rights(**parts) if any(parts.values()) else None


def _print_counts(counts: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        print_json(counts)
        return
    print(f"{counts['stated']} records state it now.")
    if counts["same"]:
        say(f"{counts['same']} stated the same before.")
    if counts["elsewhere"]:
        say(f"{counts['elsewhere']} belong to other projects and stay as they are.")


def _print(record: Record, stated: StatedRights | None, *, as_json: bool) -> None:
    from kiban.records.rights.licence import expression_address
    from kiban.records.rights.lines import contributor_line, funding_line, holder_line

    if as_json:
        found = stated.as_json() if stated is not None else {"stated_by": None}
        print_json({"id": record.pid, "version": record.version, **found})
        return
    print(f"{record.pid} {record.title} (version {record.version})")
    if stated is None:
        print("  nothing is stated of its rights")
        return
    rights = stated.rights
    if not stated.is_own:
        named = f", {stated.project.pid} {stated.project.title}" if stated.project is not None else ""
        print(f"  stated by its project{named}")
    lines = [
        ("licence", "  ".join(filter(None, (rights.licence, expression_address(rights.licence))))),
        ("rights holder", holder_line(rights.rights_holder) if rights.rights_holder is not None else ""),
        *(("contributor", contributor_line(each)) for each in rights.contributors),
        *(("funding", funding_line(each)) for each in rights.funding),
        ("citation", rights.citation),
    ]
    for name, text in lines:
        if text:
            print(f"  {name}: {text}")


COMMAND = RightsCommand()
