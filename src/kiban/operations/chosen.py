"""Choosing the records that a steward decides on: one, those that answer a question, those of a scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from kiban.errors import InvalidValue, RecordNotFound, Refused
from kiban.operations.find import understood
from kiban.operations.resources import Resources, require_act
from kiban.operations.show import resolve
from kiban.query.question import EVERYTHING, Question
from kiban.records.parties.right import Role
from kiban.records.party import Act, Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Scope, Visible

_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is needed of a record to move it."""

    id: UUID
    pid: str
    title: str
    project: UUID
    scope: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The records that were chosen, and how many were not because the asker is no steward of their project."""

    records: tuple[Chosen, ...]
    n_left: int = 0


def chosen_record(asker: Asker, resources: Resources, identifier: str) -> Choice:
    """One record.

    Raises
    ------
    RecordNotFound
        If there is none that the asker may see.
    Refused
        If the asker may see it, and is no steward of its project.
    """
    require_act(asker, Act.ADMINISTER)
    record = resources.catalog.get(resolve(identifier), resources.visible(asker))
    _check_steward(asker, record)
    return Choice(records=(_of(record),))


def chosen_by(asker: Asker, resources: Resources, question: str) -> Choice:
    """All that answer a question, and are of projects of which the asker is a steward.

    Raises
    ------
    InvalidQuestion
    InvalidValue
        If there are none.
    """
    require_act(asker, Act.ADMINISTER)
    return _choice(asker, _all(resources, understood(asker, resources, question), resources.visible(asker)))


def chosen_of(asker: Asker, resources: Resources, scope: Scope) -> Choice:
    """All records of a scope. Raises RecordNotFound where the asker may see none, InvalidValue where there are none."""
    require_act(asker, Act.ADMINISTER)
    visible = resources.visible(asker)
    if scope.number not in visible:
        raise RecordNotFound(str(scope.number))
    alone = Visible(frozenset({scope.number}))
    return _choice(asker, _all(resources, EVERYTHING, alone))


def _choice(asker: Asker, found: Iterable[Record]) -> Choice:
    chosen: list[Chosen] = []
    n_left = 0
    for record in found:
        if record.kind is RecordKind.PROJECT:
            continue
        if asker.has_role(record.project, Role.STEWARD):
            chosen.append(_of(record))
        else:
            n_left += 1
    if not chosen:
        raise InvalidValue(
            "No record of a project of which you are a steward is meant.",
            mend="Ask another question, or ask a steward of the project.",
        )
    return Choice(records=tuple(chosen), n_left=n_left)


def _check_steward(asker: Asker, record: Record) -> None:
    if record.kind is RecordKind.PROJECT:
        raise InvalidValue("A project's own record has no tier to choose.", mend="Change the project's settings.")
    if not asker.has_role(record.project, Role.STEWARD):
        raise Refused(f"Who may see {record.pid} is decided by the stewards of its project.", mend="Ask one of them.")


def _all(resources: Resources, question: Question, visible: Visible) -> Iterator[Record]:
    after: str | None = None
    while True:
        page = resources.catalog.find(question, visible, limit=_PAGE, after=after)
        yield from page.records
        after = page.next
        if after is None:
            return


def _of(record: Record) -> Chosen:
    return Chosen(id=record.id, pid=record.pid, title=record.title, project=record.project, scope=record.scope)
