"""What somebody who uses a record owes by the agreement that it is shared under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kiban.operations.directory_changes import view_of
from kiban.operations.resources import Resources
from kiban.records.parties.terms import Obligation
from kiban.records.party import Asker
from kiban.records.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """The terms of use of a shared record."""

    agreement: UUID
    name: str
    purposes: tuple[str, ...]
    obligations: tuple[Obligation, ...]
    ends: datetime | None

    def as_json(self) -> dict[str, Any]:
        """As programs are told."""
        return {
            "agreement": self.name,
            "purposes": list(self.purposes),
            "obligations": [each.value for each in self.obligations],
            "ends": self.ends and self.ends.isoformat(),
        }

    def as_sentence(self) -> str:
        """What whoever takes a file along must know, because it is not in the file."""
        said = [f"It is shared under the agreement {self.name}"]
        if self.purposes:
            said.append(f"for {', '.join(self.purposes)}")
        if self.ends is not None:
            said.append(f"until {self.ends:%Y-%m-%d}")
        owed = f" You owe: {'; '.join(each.value for each in self.obligations)}." if self.obligations else ""
        return f"{' '.join(said)}.{owed} The file does not say so."


def owed_for(asker: Asker, resources: Resources, scope: Scope) -> Owed | None:
    """What the asker owes for records of the scope; `None` where they are shared under no agreement it knows."""
    if scope.agreement is None:
        return None
    found = view_of(asker, resources).agreements.get(scope.agreement)
    if found is None:
        return None
    return Owed(
        agreement=found.id,
        name=found.name,
        purposes=found.purposes,
        obligations=tuple(each for each in Obligation if each in found.obligations),
        ends=found.ends,
    )
