"""A saved search: a question that a person asks again and again, and what she had seen when she last looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kiban.errors import InvalidValue
from kiban.records.scope import Visible

LONGEST_NAME = 200
LONGEST_QUESTION = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What somebody had before them at one moment: all that answered, in the scopes that they could see.

    A record that answers now was not there then if it came later into the scope in which it is (as a new record, a new
    version, or from another scope), or if its scope was not theirs to see.

    Parameters
    ----------
    at : datetime
        The moment, by the clock of the catalog.
    scopes : frozenset of int
        Scopes whose records they could see.
    data : frozenset of int
        Of these, the scopes whose values they could read.
    """

    at: datetime
    scopes: frozenset[int]
    data: frozenset[int]

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise InvalidValue("The moment of looking came without a zone.", mend="Give it in UTC.")


def newly_seen(visible: Visible, since: Since) -> frozenset[int]:
    """The scopes of which more can be seen than when somebody looked: their records, or the values of these."""
    return (visible.numbers - since.scopes) | (visible.data - since.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """One question of one person under a name.

    Parameters
    ----------
    question : str
        In the language of questions, as it was written.
    is_notified : bool
        New answers are counted on the person's pages.
    since : Since
        When they last looked, and what they could see then.
    removed_at : datetime, optional
        It is removed, and can be brought back for a while.
    """

    id: UUID
    person: UUID
    name: str
    question: str
    is_notified: bool = True
    since: Since
    made_at: datetime
    removed_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidValue("A saved search has no name.", mend="Say in a few words what it is about.")
        if len(self.name) > LONGEST_NAME:
            raise InvalidValue(
                f"The name of a saved search has {len(self.name)} characters.",
                mend=f"Use at most {LONGEST_NAME}; the question says the rest.",
            )
        if len(self.question) > LONGEST_QUESTION:
            raise InvalidValue(
                f"The question has {len(self.question)} characters.", mend=f"Use at most {LONGEST_QUESTION}."
            )
        if "\0" in self.name + self.question:
            raise InvalidValue("A saved search holds a zero character.", mend="Leave it out.")
