"""A data set: records that were chosen, each in one version, so that they can be cited together.

It is drafted, then frozen. What is frozen stays as it is: a change makes another data set, the next version, which
names the one before. What is added to a frozen one is only what becomes of it: its DOI, when it was published, that it
was withdrawn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from kiban.errors import InvalidValue
from kiban.records.field import Label
from kiban.records.identity import parse_pid
from kiban.records.record import RecordKind
from kiban.records.related import Related, ResourceType, doi_of
from kiban.records.rights.outside_ids import doi_address, ror_of
from kiban.records.rights.rights import Rights

MEMBER_KINDS = (RecordKind.SAMPLE, RecordKind.PROCESS, RecordKind.MEASUREMENT)
"""What a data set is made of."""
MOST_MEMBERS = 20_000
MOST_KEYWORDS = 100
MOST_RELATED = 200
LONGEST_TITLE = 500
LONGEST_TEXT = 20_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# What XML has no place for, so that every export can carry it.
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class DatasetState(StrEnum):
    """How far it has come."""

    DRAFT = "draft"
    FROZEN = "frozen"
    """What it says and holds does not change any more."""
    WITHDRAWN = "withdrawn"
    """It should no longer be used; that it was there, and why it is not any more, stays to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A record of a data set, in the version that belongs to it."""

    id: str
    """Short identifier."""
    version: int
    uuid: UUID
    """The long identifier of the same record, which links go by."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", parse_pid(self.id))
        if self.version < 1:
            raise InvalidValue(f"{self.id} was given in version {self.version}.", mend="Versions count from 1.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What is said of a data set, and what it holds.

    Parameters
    ----------
    title, description : Label
        In English, Japanese or both; a title is needed.
    members : tuple of Member
        Each record once.
    question : str
        What was asked to choose them; empty where they were picked by hand.
    publisher : str
        Who makes it available: the institute or company.
    publisher_ror : str
        Its ROR ID.
    published_on : str
        A day, as 2026-11-27; empty until it is published, unless it is set before.
    doi : str
        As somebody registered it; empty where there is none.
    techniques : tuple of str
        Of its measurements, as it was published.
    number : int
        Version 1 of what it is about, version 2, ...
    previous : Member, optional
        The data set that was the version before.
    frozen_at, frozen_by : str
        When, in ISO 8601, and which party.
    published_at : str
        When somebody published it, in ISO 8601; under an embargo it is open only after that.
    reason : str
        Why it was withdrawn.
    """

    title: Label
    description: Label = field(default_factory=Label)
    members: tuple[Member, ...] = ()
    question: str = ""
    keywords: tuple[str, ...] = ()
    resource_type: ResourceType = ResourceType.DATASET
    publisher: str = ""
    publisher_ror: str = ""
    published_on: str = ""
    related: tuple[Related, ...] = ()
    doi: str = ""
    rights: Rights | None = None
    techniques: tuple[str, ...] = ()
    number: int = 1
    previous: Member | None = None
    state: DatasetState = DatasetState.DRAFT
    frozen_at: str = ""
    frozen_by: str = ""
    published_at: str = ""
    withdrawn_at: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        _settle(self, "title", _label(self.title, "title", LONGEST_TITLE))
        _settle(self, "description", _label(self.description, "description", LONGEST_TEXT))
        if not (self.title.en or self.title.ja):
            raise InvalidValue("A data set needs a title.", mend="Give one in English or Japanese.")
        for name, most in (("publisher", LONGEST_TITLE), ("reason", LONGEST_TEXT), ("question", LONGEST_TEXT)):
            _settle(self, name, _text(getattr(self, name), name, most))
        _settle(self, "keywords", _keywords(self.keywords))
        _check_many("members", len(self.members), MOST_MEMBERS)
        _check_many("related works", len(self.related), MOST_RELATED)
        twice = {each.id for each in self.members}
        if len(twice) < len(self.members):
            raise InvalidValue("A record was put into the data set twice.", mend="Name each record once.")
        _settle(self, "publisher_ror", ror_of(self.publisher_ror) if self.publisher_ror.strip() else "")
        _settle(self, "doi", doi_of(self.doi) if self.doi.strip() else "")
        _settle(self, "published_on", _day(self.published_on))
        if self.number < 1:
            raise InvalidValue(f"Version {self.number} was given.", mend="Versions count from 1.")
        if self.state is DatasetState.WITHDRAWN and not (self.reason and self.withdrawn_at):
            raise InvalidValue("A data set was withdrawn without a reason.", mend="Say why, for those who come for it.")

    @property
    def name(self) -> str:
        """What lists call it."""
        return self.title.in_language("en")

    @property
    def doi_address(self) -> str:
        """Where its DOI leads; empty where it has none."""
        return doi_address(self.doi) if self.doi else ""

    @property
    def year(self) -> int | None:
        """Of its publication."""
        return int(self.published_on[:4]) if self.published_on else None

    @property
    def is_frozen(self) -> bool:
        """Whether what it says and holds stays as it is."""
        return self.state is not DatasetState.DRAFT

    def missing(self) -> tuple[str, ...]:
        """What it lacks to be cited, as words for a person."""
        rights = self.rights
        needed = {
            "at least one record": bool(self.members),
            "a publisher": bool(self.publisher),
            "a licence": rights is not None and bool(rights.licence),
            "at least one contributor": rights is not None and bool(rights.contributors),
        }
        return tuple(what for what, is_there in needed.items() if not is_there)

    def check_same_contents(self, other: Dataset) -> None:
        """Refuse another one that says or holds something else. Raises InvalidValue."""
        if self._contents() != other._contents():
            raise InvalidValue(
                f"The data set '{self.name[:60]}' is frozen: what it says and holds does not change.",
                mend="Make its next version, and change that.",
            )

    def _contents(self) -> Dataset:
        """All but what becomes of it after it was frozen."""
        return replace(
            self,
            doi="",
            published_on="",
            published_at="",
            techniques=(),
            state=DatasetState.FROZEN,
            withdrawn_at="",
            reason="",
        )


def _settle(noun: object, name: str, value: object) -> None:
    object.__setattr__(noun, name, value)


def _label(label: Label, what: str, most: int) -> Label:
    return Label(en=_text(label.en, what, most), ja=_text(label.ja, what, most))


def _text(text: str, what: str, most: int) -> str:
    found = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if what in {"title", "publisher", "keyword"}:
        found = " ".join(found.split())
    if _ODD.search(found):
        raise InvalidValue(f"The {what} holds characters that no text holds.", mend="Type it anew.")
    if len(found) > most:
        raise InvalidValue(f"The {what} has {len(found)} characters.", mend=f"At most {most} are kept: shorten it.")
    return found


def _keywords(given: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(filter(None, (_text(each, "keyword", 200) for each in given))))
    _check_many("keywords", len(found), MOST_KEYWORDS)
    return found


def _check_many(what: str, n: int, most: int) -> None:
    if n > most:
        raise InvalidValue(f"{n} {what} were given.", mend=f"At most {most} are kept.")


def _day(text: str) -> str:
    given = text.strip()
    if not given:
        return ""
    try:
        if not _DAY.fullmatch(given):
            raise ValueError
        date.fromisoformat(given)
    except ValueError:
        raise InvalidValue(f"'{given[:40]}' is no day of publication.", mend="Write it like 2026-11-27.") from None
    return given
