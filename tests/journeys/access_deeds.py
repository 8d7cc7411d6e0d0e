"""Deeds that change who may see or do what, each with what tells whether it has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from kiban.access.asker_of import asker_of
from kiban.operations.resources import Resources
from kiban.operations.sessions import begin_session
from kiban.records.parties.credentials import Token
from kiban.records.parties.people import Person
from kiban.records.party import Act
from kiban.records.scope import Scope, Visible

PROJECT, AGREEMENT, PARTNER, GUEST, LEAVER = "My laboratory", "Alloys", "Partner", "hana", "leaver"
MOVING, STAYING = "Movingwombat", "Stayingquokka"
"""In the names of the records whose tier is changed back and forth, and of those that nobody else ever sees."""
N_MOVING = 3

Say = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A command that is given again and again, by turns one way and the other.

    Parameters
    ----------
    say : callable
        What is typed in the nth turn.
    state : callable
        For each part of what it changes, whether it is as it should be after the nth turn.
    lines : callable
        The acts of the lines that the audit log has of it.
    before : callable
        What the nth turn finds.
    """

    say: Callable[[int], Say]
    state: Callable[[Resources, int], Iterable[bool]]
    lines: Callable[[int], Sequence[str]]
    before: Callable[[Resources, int], None] = lambda _resources, _n: None


def deeds(moving: Sequence[str], judged: str, invited: str, table: str) -> dict[str, Deed]:
    """All of them, by name, for records by their short identifiers, and a file with another release table."""
    return {
        "tier": Deed(
            say=lambda n: ("tier", "--all", f'"{MOVING}"', "--tier", _turn(n, "open", "closed"), "--yes"),
            state=lambda resources, n: [
                scope.tier.value == _turn(n, "open", "closed") for scope in _scopes(resources, moving)
            ],
            lines=lambda _: ["tier changed"] * (N_MOVING + 1),
        ),
        "judge": Deed(
            say=lambda n: (
                *("export-control", "judge", _turn(n, "listed", "not listed"), judged),
                *(*_turn(n, ("--item", "EAR 3E001"), ()), "--ground", "the list"),
            ),
            state=lambda resources, n: [
                scope.export_item == _turn(n, "EAR 3E001", None) for scope in _scopes(resources, [judged])
            ],
            lines=lambda _: ["judged export"],
        ),
        "table": Deed(
            say=lambda n: ("export-control", "table", *_turn(n, ("--set", table), ("--shipped",))),
            state=lambda resources, n: [(len(resources.directory.load().releases.rows) == 1) is _turn(n, True, False)],
            lines=lambda _: ["changed release table"],
        ),
        "invite": Deed(
            say=lambda n: ("invite", invited, "--to", GUEST, *_turn(n, (), ("--take-back",)), "--yes"),
            state=lambda resources, n: [
                each is _turn(n, True, False) for each in (_sees(resources, GUEST, invited), _is_guest(resources))
            ],
            lines=lambda n: ["changed invitation", *[_turn(n, "invited", "invitation taken back")] * 2],
        ),
        "share": Deed(
            say=lambda n: _turn(n, ("project", "share", PROJECT, AGREEMENT), ("project", "close", PROJECT)),
            state=lambda resources, n: [
                each.tier.value == _turn(n, "shared", "closed")
                for each in (
                    _named(resources.directory.load().projects, PROJECT),
                    *(scope for scope in resources.catalog.scopes() if scope.follows),
                )
            ],
            lines=lambda _: ["changed policy of project"],
        ),
        "terms": Deed(
            say=lambda n: ("agreement", "change", AGREEMENT, "--text", f"wording {n}"),
            state=lambda resources, n: [
                _named(resources.directory.load().agreements, AGREEMENT).text == f"wording {n}"
            ],
            lines=lambda _: ["changed terms"],
        ),
        "party": Deed(
            say=lambda n: (
                "agreement",
                *_turn(n, ("invite", AGREEMENT, PARTNER, "--may", "data"), ("exclude", AGREEMENT, PARTNER)),
            ),
            state=lambda resources, n: [
                any(p.left_at is None for p in _named(resources.directory.load().agreements, AGREEMENT).participants)
                is _turn(n, True, False)
            ],
            lines=lambda n: [_turn(n, "invited party", "excluded party")],
        ),
        "organisation": Deed(
            say=lambda n: ("organisation", "add", f"Company {n}"),
            state=lambda resources, n: [
                f"Company {n}" in {each.name for each in resources.directory.load().organisations.values()}
            ],
            lines=lambda _: ["added organisation"],
        ),
        "token": Deed(
            say=lambda n: ("token", "add", GUEST, "--name", f"token {n}", "--act", "read"),
            state=lambda resources, n: [
                f"token {n}" in {each.name for each in resources.credentials.tokens(_person(resources, GUEST).id)}
            ],
            lines=lambda _: ["made token"],
        ),
        "user": Deed(
            say=lambda n: ("user", "add", f"person-{n}"),
            state=lambda resources, n: [resources.directory.load().person_called(f"person-{n}") is not None],
            lines=lambda _: ["made account", "made login link"],
        ),
        "deactivate": Deed(
            say=lambda n: ("user", _turn(n, "deactivate", "activate"), LEAVER),
            state=_let_in,
            lines=lambda n: [_turn(n, "deactivated account", "activated account")],
            before=lambda resources, n: _log_in(resources) if n % 2 else None,
        ),
    }


def _turn(n: int, odd: Any, even: Any) -> Any:
    return odd if n % 2 else even


def _scopes(resources: Resources, pids: Sequence[str]) -> list[Scope]:
    scopes = {scope.number: scope for scope in resources.catalog.scopes()}
    found = resources.catalog.get_many(pids, Visible(frozenset(scopes)))
    assert len(found) == len(pids)
    return [scopes[record.scope] for record in found.values()]


def _sees(resources: Resources, login: str, pid: str) -> bool:
    asker = asker_of(resources.directory.load(), _person(resources, login), datetime.now(UTC))
    return bool(resources.catalog.get_many([pid], resources.visible(asker)))


def _is_guest(resources: Resources) -> bool:
    guests = (guest for each in resources.directory.load().invitations.values() for guest in each.guests)
    return any(guest.holds_at(datetime.now(UTC)) for guest in guests)


def _named(entries: Mapping[UUID, Any], name: str) -> Any:
    return next(each for each in entries.values() if each.name == name)


def _person(resources: Resources, login: str) -> Person:
    found = resources.directory.load().person_called(login)
    assert found is not None
    return found


def _log_in(resources: Resources) -> None:
    """Give the account that is going to end a session and a token."""
    person, now = _person(resources, LEAVER), datetime.now(UTC)
    begin_session(resources, person, way="test")
    token = Token(
        id=uuid4(),
        person=person.id,
        name="of a program",
        acts=frozenset({Act.READ}),
        made_at=now,
        made_by="test",
        expires_at=now.replace(year=now.year + 1),
    )
    resources.credentials.add_token(token, uuid4().bytes * 2)


def _let_in(resources: Resources, n: int) -> list[bool]:
    person = _person(resources, LEAVER)
    if not n % 2:
        return [person.is_active]
    sessions, tokens = resources.credentials.sessions(person.id), resources.credentials.tokens(person.id)
    return [
        not person.is_active,
        all(each.ended_at is not None for each in sessions),
        all(each.revoked_at is not None for each in tokens),
    ]
