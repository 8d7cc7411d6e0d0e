"""Releases that wait for somebody's decision, and what export control holds back. Pure: all is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kiban.access.asker_of import anonymous, asker_of
from kiban.access.rules.export_control import RULE, relation
from kiban.access.verdict import weigh
from kiban.records.parties.directory import Directory
from kiban.records.parties.export_control import Release, ReleaseFacts, ReleaseRow
from kiban.records.parties.people import Person
from kiban.records.party import Asker
from kiban.records.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """Somebody who would see records of a scope, were it not for export control.

    Parameters
    ----------
    row : ReleaseRow
        The row of the table that decided.
    through : str
        What gives the right that is held back, in words.
    """

    person: Person
    scope: Scope
    row: ReleaseRow
    through: str

    @property
    def waits(self) -> bool:
        """Whether a person with the role may decide it; otherwise the table refuses."""
        return self.row.says is Release.ASK


def held_back(directory: Directory, scopes: Iterable[Scope], at: datetime) -> tuple[HeldBack, ...]:
    """Everybody from whom export control keeps what something else would show them; those who wait come first."""
    known = tuple(scopes)
    found = []
    for person in directory.people.values():
        asker = asker_of(directory, person, at)
        for scope in known:
            judgement = weigh(asker, scope)
            if judgement.permissions and any(name == RULE.name for name, _ in judgement.refusals):
                through = judgement.permissions[0][1].reason
                found.append(HeldBack(person=person, scope=scope, row=row_for(asker, scope), through=through))
    return tuple(sorted(found, key=lambda h: (not h.waits, h.person.name, h.scope.number)))


def row_for(asker: Asker, scope: Scope) -> ReleaseRow:
    """The row of the table that speaks of an asker and records of a scope."""
    return asker.releases.decide(
        ReleaseFacts(
            export_class=scope.export_class,
            item=scope.export_item,
            relation=relation(asker, scope),
            residency=asker.residency,
            country=asker.country,
        )
    )


def publication(directory: Directory, scope: Scope, at: datetime) -> ReleaseRow:
    """What the table says of giving records of an open scope to everybody."""
    return row_for(anonymous(directory, at), scope)
