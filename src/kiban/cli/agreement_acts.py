"""What `kiban agreement` does."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from kiban.cli.acts import Act
from kiban.cli.command import DONE, platform, print_json
from kiban.cli.directory_lines import add_name, add_party, add_preview, add_rights, moment_of, print_effects

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiban.operations.agreements import Terms
    from kiban.operations.resources import Resources
    from kiban.records.party import Asker

OBLIGATIONS = {"cite": "cite", "inform": "inform before publication", "delete": "delete at the end"}
OBLIGATIONS["no-reidentify"] = "do not try to learn what others hold"


def _add_agreement(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "agreement")


def _nothing(parser: argparse.ArgumentParser) -> None:
    """`list` takes nothing."""


def _add_terms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--purpose", metavar="TEXT", action="append", help="what the data may be used for; repeatable")
    parser.add_argument("--text", metavar="TEXT", help="the wording, or where it lies")
    parser.add_argument(
        "--owes",
        metavar="WHAT",
        action="append",
        choices=(*OBLIGATIONS, "nothing"),
        help=f"{', '.join(OBLIGATIONS)}; may be given many times; nothing takes all away",
    )
    parser.add_argument("--starts", metavar="DAY", help="when it comes into force: 2027-04-01")
    parser.add_argument("--ends", metavar="DAY", help="when it ends by itself; never takes the end away")


def _terms(arguments: argparse.Namespace, name: str | None) -> Terms:
    from kiban.operations.agreements import Terms
    from kiban.records.parties.terms import Obligation

    owes = arguments.owes
    never = arguments.ends == "never"
    return Terms(
        name=name,
        purposes=tuple(arguments.purpose) if arguments.purpose is not None else None,
        text=arguments.text,
        obligations=frozenset(Obligation(OBLIGATIONS[o]) for o in owes if o != "nothing") if owes is not None else None,
        starts=moment_of(arguments.starts, "--starts"),
        ends=None if never else moment_of(arguments.ends, "--ends"),
        never_ends=never,
    )


def _add_draft(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "agreement")
    parser.add_argument("--keeper", metavar="PROJECT", required=True, help="the project whose stewards keep it")
    _add_terms(parser)


def _draft(arguments: argparse.Namespace) -> int:
    from kiban.operations.agreements import draft_agreement

    terms = _terms(arguments, arguments.name)
    with platform(arguments, n_workers=1) as (asker, resources):
        made = draft_agreement(asker, resources, arguments.keeper, terms)
        _print(asker, resources, str(made.id), arguments)
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    from kiban.operations.agreements import list_agreements
    from kiban.operations.directory_as_json import agreement_as_json

    with platform(arguments, n_workers=1) as (asker, resources):
        for each in list_agreements(asker, resources):
            if arguments.json:
                print_json(agreement_as_json(each))
            else:
                state = "in force" if each.is_in_force else "not in force"
                print(f"{each.agreement.id}  {state:<12}  {each.agreement.name} ({len(each.parties)} parties)")
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    with platform(arguments, n_workers=1) as (asker, resources):
        _print(asker, resources, arguments.name, arguments)
    return DONE


def _add_change(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "agreement")
    parser.add_argument("--name", dest="new_name", metavar="NAME", help="its name from now on")
    _add_terms(parser)
    add_preview(parser)


def _change(arguments: argparse.Namespace) -> int:
    from kiban.operations.agreements import change_terms, preview_terms
    from kiban.operations.directory_as_json import terms_preview_as_json

    terms = _terms(arguments, arguments.new_name)
    with platform(arguments, n_workers=1) as (asker, resources):
        if arguments.preview:
            preview = preview_terms(asker, resources, arguments.name, terms)
            if preview.accept_again and not arguments.json:
                print(f"must be accepted again: {', '.join(preview.accept_again)}")
            print_effects(preview.effects, arguments, terms_preview_as_json(preview))
        else:
            changed = change_terms(asker, resources, arguments.name, terms)
            _print(asker, resources, str(changed.id), arguments)
    return DONE


def _add_invite(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "agreement")
    add_party(parser, "an organisation or a person")
    add_rights(parser)
    parser.add_argument("--since", metavar="DAY", help="from when on; now, unless given")
    add_preview(parser)


def _invite(arguments: argparse.Namespace) -> int:
    from kiban.operations.agreement_parties import invite_party, preview_invitation
    from kiban.operations.directory_as_json import effects_as_json
    from kiban.records.parties.right import Right

    rights = [Right(right) for right in arguments.may]
    since = moment_of(arguments.since, "--since")
    with platform(arguments, n_workers=1) as (asker, resources):
        if arguments.preview:
            effects = preview_invitation(asker, resources, arguments.name, arguments.party, rights)
            print_effects(effects, arguments, effects_as_json(effects))
        else:
            changed = invite_party(asker, resources, arguments.name, arguments.party, rights, since=since)
            _print(asker, resources, str(changed.id), arguments)
    return DONE


def _add_rights(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "agreement")
    add_party(parser, "the party")
    add_rights(parser)
    add_preview(parser)


def _rights(arguments: argparse.Namespace) -> int:
    from kiban.operations.agreement_parties import change_party, preview_party
    from kiban.operations.directory_as_json import effects_as_json
    from kiban.records.parties.right import Right

    rights = [Right(right) for right in arguments.may]
    with platform(arguments, n_workers=1) as (asker, resources):
        if arguments.preview:
            effects = preview_party(asker, resources, arguments.name, arguments.party, rights)
            print_effects(effects, arguments, effects_as_json(effects))
        else:
            changed = change_party(asker, resources, arguments.name, arguments.party, rights)
            _print(asker, resources, str(changed.id), arguments)
    return DONE


def _add_exclude(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "agreement")
    add_party(parser, "the party")
    add_preview(parser)


def _exclude(arguments: argparse.Namespace) -> int:
    from kiban.operations.agreement_parties import exclude_party, preview_party
    from kiban.operations.directory_as_json import effects_as_json

    with platform(arguments, n_workers=1) as (asker, resources):
        if arguments.preview:
            effects = preview_party(asker, resources, arguments.name, arguments.party, None)
            print_effects(effects, arguments, effects_as_json(effects))
        else:
            changed = exclude_party(asker, resources, arguments.name, arguments.party)
            _print(asker, resources, str(changed.id), arguments)
    return DONE


def _add_answer(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "agreement")
    parser.add_argument("--party", metavar="PARTY", help="in whose name: needed where there are several")


def _answer(deed: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from kiban.operations import agreement_parties

        answer: Any = getattr(agreement_parties, deed)
        with platform(arguments, n_workers=1) as (asker, resources):
            answered = answer(asker, resources, arguments.name, arguments.party)
            _print(asker, resources, str(answered.id), arguments)
        return DONE

    return run


def _add_end(parser: argparse.ArgumentParser) -> None:
    add_name(parser, "agreement")
    add_preview(parser)


def _end(arguments: argparse.Namespace) -> int:
    from kiban.operations.agreements import end_agreement, preview_end
    from kiban.operations.directory_as_json import effects_as_json

    with platform(arguments, n_workers=1) as (asker, resources):
        if arguments.preview:
            effects = preview_end(asker, resources, arguments.name)
            print_effects(effects, arguments, effects_as_json(effects))
        else:
            ended = end_agreement(asker, resources, arguments.name)
            _print(asker, resources, str(ended.id), arguments)
    return DONE


def _print(asker: Asker, resources: Resources, name: str, arguments: argparse.Namespace) -> None:
    from kiban.operations.agreements import show_agreement
    from kiban.operations.directory_as_json import agreement_as_json

    shown = show_agreement(asker, resources, name)
    if arguments.json:
        print_json(agreement_as_json(shown))
        return
    agreement = shown.agreement
    rows = {
        "agreement": agreement.name,
        "identifier": str(agreement.id),
        "kept by": shown.keeper.project,
        "from": f"{agreement.starts:%Y-%m-%d}",
        "until": f"{agreement.ends:%Y-%m-%d %H:%M} UTC" if agreement.ends else "",
        "purposes": "; ".join(agreement.purposes),
        "owed": "; ".join(sorted(agreement.obligations)),
        "text": agreement.text,
    }
    for head, said in rows.items():
        if said:
            print(f"{head:<14} {said}")
    for party in shown.parties:
        by = f", accepted by {party.accepted_by}" if party.accepted_by else ""
        may = ", ".join(sorted(party.participant.rights))
        print(f"{party.standing.value:<14} {party.name or party.participant.party}: {may}{by}")


ACTS = (
    Act("draft", "make an agreement, without parties yet", _add_draft, _draft),
    Act("list", "all agreements", _nothing, _list),
    Act("show", "one agreement: its terms and parties", _add_agreement, _show),
    Act("change", "change the terms; what binds more must be accepted again", _add_change, _change),
    Act("invite", "invite an organisation or a person", _add_invite, _invite),
    Act("rights", "give a party other rights, at once", _add_rights, _rights),
    Act("exclude", "take a party's rights, or its invitation, away", _add_exclude, _exclude),
    Act("accept", "keep that a party has accepted", _add_answer, _answer("accept_agreement")),
    Act("decline", "keep that a party has declined", _add_answer, _answer("decline_agreement")),
    Act("leave", "keep that a party has left", _add_answer, _answer("leave_agreement")),
    Act("end", "end an agreement for all parties", _add_end, _end),
)
