"""What `kiban user` does."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from kiban.cli.acts import Act
from kiban.cli.command import DONE, platform, print_json, say

if TYPE_CHECKING:
    from kiban.operations.resources import Resources
    from kiban.records.parties.people import Person
    from kiban.records.party import Asker


_RESIDENCIES = {
    "unknown": "unknown",
    "resident": "resident",
    "specific": "resident of a specific category",
    "non-resident": "non-resident",
}


def add_login(parser: argparse.ArgumentParser) -> None:
    """The argument that names an account."""
    parser.add_argument("login", metavar="LOGIN", help="login name of the account")


def _add_attributes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", metavar="ADDRESS", help="where to write to")
    parser.add_argument("--organisation", metavar="NAME", help="name or ROR identifier of an organisation here")
    parser.add_argument("--country", metavar="CODE", help="where the person is, as JP; the organisation's unless given")
    parser.add_argument(
        "--residency", choices=_RESIDENCIES, metavar="WORD", help=f"for export control: {', '.join(_RESIDENCIES)}"
    )
    parser.add_argument("--until", metavar="DAY", help="the account ends after this day, as 2027-03-31")
    parser.add_argument("--responsible", metavar="LOGIN", help="of an instrument: who answers for it")
    parser.add_argument(
        "--operator", action=argparse.BooleanOptionalAction, default=None, help="runs the platform and makes accounts"
    )
    parser.add_argument(
        "--export-officer",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="judges records and decides releases under export control",
    )


def _add_new(parser: argparse.ArgumentParser) -> None:
    add_login(parser)
    parser.add_argument("--name", metavar="NAME", help="what people call them (default: the login name)")
    parser.add_argument("--instrument", action="store_true", help="an instrument: it has tokens and no password")
    _add_attributes(parser)
    _add_address(parser)


def _add_change(parser: argparse.ArgumentParser) -> None:
    add_login(parser)
    parser.add_argument("--name", metavar="NAME", help="what people call them")
    _add_attributes(parser)


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--address",
        metavar="URL",
        help="where the platform answers (default: KIBAN_BASE_URL, or where the home was served last)",
    )


def _add_linked(parser: argparse.ArgumentParser) -> None:
    add_login(parser)
    _add_address(parser)


def _new(arguments: argparse.Namespace) -> int:
    from kiban.operations.accounts import make_account
    from kiban.operations.accounts_as_json import account_as_json
    from kiban.records.parties.credentials import Purpose
    from kiban.records.parties.people import PartyKind

    kind = PartyKind.INSTRUMENT if arguments.instrument else PartyKind.PERSON
    with platform(arguments, n_workers=1) as (asker, resources):
        given = _given(arguments, asker, resources)
        name = given.pop("name", arguments.login)
        link = None
        with resources.together():
            person = make_account(asker, resources, arguments.login, name, kind=kind, **given)
            if kind is PartyKind.PERSON:
                link = _link(arguments, asker, resources, person, Purpose.SET_PASSWORD)
        document = {**account_as_json(asker, resources, person), "set_password": link}
    if arguments.json:
        print_json(document)
        return DONE
    print(person.login)
    if link is not None:
        say(f"To set a password, once, within a day: {link}")
    else:
        say(f"Give it a role in a project, then a token: kiban token add {person.login} --act deposit --project NAME.")
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    from kiban.cli.template_lines import columns
    from kiban.operations.accounts import list_accounts
    from kiban.operations.accounts_as_json import account_as_json

    with platform(arguments, n_workers=1) as (asker, resources):
        people = list_accounts(asker, resources)
        documents = [account_as_json(asker, resources, person) for person in people]
    if arguments.json:
        print_json(documents)
        return DONE
    rows = [
        (
            each["login"],
            each["kind"],
            "in force" if each["is_in_force"] else "not in force",
            _duties(each),
            each["name"],
        )
        for each in documents
    ]
    for line in columns(rows):
        print(line)
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    from kiban.operations.accounts import get_account
    from kiban.operations.accounts_as_json import whole_account_as_json

    with platform(arguments, n_workers=1) as (asker, resources):
        document = whole_account_as_json(asker, resources, get_account(asker, resources, arguments.login))
    return _print(document, as_json=arguments.json)


def _change(arguments: argparse.Namespace) -> int:
    from kiban.errors import WrongUsage
    from kiban.operations.accounts import change_account, get_account
    from kiban.operations.accounts_as_json import whole_account_as_json

    with platform(arguments, n_workers=1) as (asker, resources):
        changes = _given(arguments, asker, resources)
        if not changes:
            raise WrongUsage("Nothing was to be changed.", mend="Say what, such as --name or --until.")
        person = change_account(asker, resources, get_account(asker, resources, arguments.login), **changes)
        document = whole_account_as_json(asker, resources, person)
    return _print(document, as_json=arguments.json)


def _password(arguments: argparse.Namespace) -> int:
    return _print_link(arguments, sets_password=True)


def _login_link(arguments: argparse.Namespace) -> int:
    return _print_link(arguments, sets_password=False)


def _print_link(arguments: argparse.Namespace, *, sets_password: bool) -> int:
    from kiban.operations.accounts import get_account
    from kiban.records.parties.credentials import Purpose

    purpose = Purpose.SET_PASSWORD if sets_password else Purpose.LOG_IN
    with platform(arguments, n_workers=1) as (asker, resources):
        person = get_account(asker, resources, arguments.login)
        link = _link(arguments, asker, resources, person, purpose)
    if arguments.json:
        print_json({"login": person.login, "link": link, "purpose": purpose.value})
        return DONE
    print(link)
    say("Good once, for " + ("a day." if sets_password else "15 minutes."))
    return DONE


def _totp_off(arguments: argparse.Namespace) -> int:
    from kiban.operations.accounts import get_account
    from kiban.operations.second_factor import switch_off

    with platform(arguments, n_workers=1) as (asker, resources):
        person = get_account(asker, resources, arguments.login)
        was_on = switch_off(asker, resources, person)
    if arguments.json:
        print_json({"login": person.login, "was_on": was_on})
    else:
        print(f"{person.login}: {'codes are no longer asked for' if was_on else 'no codes were asked for'}")
    return DONE


def _deactivate(arguments: argparse.Namespace) -> int:
    return _set_active(arguments, is_active=False)


def _activate(arguments: argparse.Namespace) -> int:
    return _set_active(arguments, is_active=True)


def _set_active(arguments: argparse.Namespace, *, is_active: bool) -> int:
    from kiban.operations.accounts import get_account, set_active
    from kiban.operations.accounts_as_json import whole_account_as_json

    with platform(arguments, n_workers=1) as (asker, resources):
        person = get_account(asker, resources, arguments.login)
        document = whole_account_as_json(asker, resources, set_active(asker, resources, person, is_active=is_active))
    return _print(document, as_json=arguments.json)


def _sessions(arguments: argparse.Namespace) -> int:
    from kiban.cli.template_lines import columns
    from kiban.operations.accounts import get_account
    from kiban.operations.sessions import end_all_sessions, list_sessions

    with platform(arguments, n_workers=1) as (asker, resources):
        person = get_account(asker, resources, arguments.login)
        sessions = list_sessions(asker, resources, person.id)
        n_ended = end_all_sessions(asker, resources, person.id) if arguments.end else 0
    if arguments.json:
        listed = [
            {"way": s.way, "since": s.made_at, "used": s.used_at, "address": s.address, "agent": s.agent}
            for s in sessions
        ]
        print_json({"login": person.login, "sessions": listed, "n_ended": n_ended})
        return DONE
    for line in columns([(f"{s.used_at:%Y-%m-%d %H:%M}", s.way, s.address, s.agent) for s in sessions]):
        print(line)
    say(f"{n_ended} sessions were ended." if arguments.end else f"{len(sessions)} sessions.")
    return DONE


def _add_sessions(parser: argparse.ArgumentParser) -> None:
    add_login(parser)
    parser.add_argument("--end", action="store_true", help="log them out everywhere")


def _add_identity(parser: argparse.ArgumentParser) -> None:
    add_login(parser)
    parser.add_argument("--issuer", required=True, metavar="URL", help="the identity provider, as it calls itself")
    parser.add_argument("--subject", required=True, metavar="TEXT", help="what it knows the person as")
    parser.add_argument("--remove", action="store_true", help="have it let nobody in any more")


def _identity(arguments: argparse.Namespace) -> int:
    from kiban.operations.accounts import get_account
    from kiban.operations.accounts_as_json import whole_account_as_json
    from kiban.operations.provider_accounts import tie_by_operator, untie

    change = untie if arguments.remove else tie_by_operator
    with platform(arguments, n_workers=1) as (asker, resources):
        person = get_account(asker, resources, arguments.login)
        changed = change(asker, resources, person, arguments.issuer, arguments.subject)
        document = whole_account_as_json(asker, resources, changed)
    return _print(document, as_json=arguments.json)


def _given(arguments: argparse.Namespace, asker: Asker, resources: Resources) -> dict[str, Any]:
    from kiban.operations.accounts import end_of_day, get_account, organisation_named
    from kiban.records.parties.export_control import Residency

    found = {
        "name": arguments.name,
        "email": arguments.email,
        "country": arguments.country,
        "residency": Residency(_RESIDENCIES[arguments.residency]) if arguments.residency else None,
        "is_operator": arguments.operator,
        "is_export_officer": arguments.export_officer,
        "organisation": organisation_named(resources, arguments.organisation) if arguments.organisation else None,
        "until": end_of_day(arguments.until) if arguments.until else None,
        "responsible": get_account(asker, resources, arguments.responsible).id if arguments.responsible else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _link(arguments: argparse.Namespace, asker: Asker, resources: Resources, person: Person, purpose: Any) -> str:
    from kiban.cli.first_login import once
    from kiban.cli.served_address import served_address
    from kiban.operations.login_links import make_link
    from kiban.settings import load

    address = arguments.address or resources.base_url or served_address(load(arguments.home).home)
    return once(address, make_link(asker, resources, person, purpose))


def _print(document: dict[str, Any], *, as_json: bool) -> int:
    if as_json:
        print_json(document)
        return DONE
    for name, value in document.items():
        if name == "roles":
            value = ", ".join(f"{held['role']} of {held['project']}" for held in value)
        elif name == "identities":
            value = ", ".join(f"{each['subject']} at {each['issuer']}" for each in value)
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        if value not in ("", None):
            print(f"{name.replace('_', ' ')}: {value}")
    return DONE


def _duties(document: dict[str, Any]) -> str:
    named = {"is_operator": "operator", "is_export_officer": "export officer"}
    return ", ".join(word for key, word in named.items() if document[key])


ACTS = (
    Act("add", "make an account, and a link to set its password", _add_new, _new),
    Act("list", "all accounts", lambda parser: None, _list),  # noqa: ARG005  it takes nothing
    Act("show", "one account: its roles, and how it logs in", add_login, _show),
    Act("change", "change name, organisation, end or duties", _add_change, _change),
    Act("password", "give a link to set a new password, good once, for a day", _add_linked, _password),
    Act("link", "give a link to log in by, good once, for 15 minutes", _add_linked, _login_link),
    Act("identity", "tie what an identity provider knows somebody as to an account", _add_identity, _identity),
    Act("totp-off", "ask for no more one-time codes", add_login, _totp_off),
    Act("deactivate", "let the account do nothing more; sessions and tokens end at once", add_login, _deactivate),
    Act("activate", "let a deactivated account log in again", add_login, _activate),
    Act("sessions", "where somebody is logged in; --end logs them out", _add_sessions, _sessions),
)
