"""The contract of the catalog: records, facts, links and files, each carrying the number of its scope.

Every question takes the set of scopes that the asker may see (`Visible`); there is no way to ask without one. Records
of scopes whose values the asker may not read come as `without_values` leaves them, but to a `Writing`. The
in-memory catalog (`memory_catalog`) is the model that the SQL catalog (`sql_catalog`) is compared with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from kiban.query.question import EVERYTHING, Question
from kiban.query.relevance import RANKED
from kiban.query.sorting import Key, Order
from kiban.records.event import Event
from kiban.records.file_entry import Blob, FileEntry, FileStatus
from kiban.records.likeness import Likeness, Near
from kiban.records.link import Link
from kiban.records.property import Fact
from kiban.records.provenance import Direction, Walk
from kiban.records.record import Record, RecordKind
from kiban.records.rights.rights import Rights
from kiban.records.saved_search import Since
from kiban.records.scope import Scope, ScopeTerms, Visible
from kiban.store.ranked_paging import Ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Everything that is written together or not at all."""

    blobs: tuple[Blob, ...] = ()
    """Objects that the batch refers to; they are in the object store already. Known ones are passed over."""
    records: tuple[Record, ...] = ()
    """New records (version 1) or the next version of existing ones."""
    renewed: frozenset[UUID] = frozenset()
    """Of the records, those whose facts so far no longer count, because this version brings its own."""
    relinked: frozenset[UUID] = frozenset()
    """Of the records, those whose links so far (as subjects) no longer hold, because this version brings its own."""
    compositions: Mapping[UUID, Mapping[str, float]] = field(default_factory=dict)
    """Sample to element to amount fraction. Replaces what was there for the sample."""
    links: tuple[Link, ...] = ()
    facts: tuple[Fact, ...] = ()
    files: tuple[FileEntry, ...] = ()
    """New entries, or entries whose status has changed (same id)."""
    file_records: tuple[tuple[UUID, UUID], ...] = ()
    """File entry and the measurement that was made of it."""
    likenesses: Mapping[UUID, Likeness] = field(default_factory=dict)
    """Measurement to what it is compared by. Replaces what was there for it. One that is renewed without has none, and
    so has one whose new version names another normalised file.

    What a sample is compared by follows from its composition, and is worked out where that is written.
    """
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Part of an answer, and where the next part starts (`None` after the last)."""

    records: tuple[Record, ...]
    next: str | None
    keys: tuple[Key | None, ...] = ()
    """By what each record is sorted, where an order was asked for."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many records answer, or about how many."""

    n: int
    is_estimate: bool = False
    """Estimated from a sample of what the asker may see, and rounded to the digits that it tells."""
    scopes: frozenset[int] = field(default=frozenset(), compare=False)
    """Where those lie that were counted, for the audit log."""
    drawn: tuple[UUID, ...] = field(default=(), compare=False)
    """Of an estimate, answers that were drawn for it by chance, if they can be counted by facets, too."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What has come since somebody looked, the last first."""

    records: tuple[Record, ...]
    is_part: bool = False
    """So much has come that not all of it was looked at: there may be more that answers."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many answers have come since somebody looked, and whether there may be more: not all were counted."""

    n: int
    is_more: bool = False
    scopes: frozenset[int] = field(default=frozenset(), compare=False)
    """Where those lie that were counted, for the audit log."""


@dataclass(frozen=True, slots=True)
class ProjectRights:
    """What is stated of the rights in a whole project, and the project's record, which states it."""

    rights: Rights
    record: UUID


class Facet(StrEnum):
    """What answers can be counted by."""

    KIND = "kind"
    TECHNIQUE = "technique"
    TIER = "tier"
    SAMPLE = "sample"
    INSTRUMENT = "instrument"
    OPERATOR = "operator"
    YEAR = "year"
    """In which measuring began, in UTC."""
    PROJECT = "project"
    """By identifier."""
    ELEMENTS = "elements"
    """Of its sample; each counts."""
    TEMPLATE = "template"
    """By identifier, folded; one that the asker does not see is none."""
    PROPERTY = "property"
    """The terms of which it has a value; each counts."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answers have each value, most frequent first."""

    values: tuple[tuple[str, int], ...]
    is_estimate: bool = False
    """They were worked out from a sample."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the catalog that contradicts itself: which row, and what is wrong with it."""

    what: str
    fault: str


class Writing(Protocol):
    """A transaction that is under way. It ends with its `with` block: committed, or undone by any error."""

    def existing(self, kind: RecordKind, keys: Collection[str], *, first: int | None = None) -> dict[str, Record]:
        """The project's current records with these keys, as far as the asker sees them: what is hidden takes no key.

        Holds until the transaction ends: no other can add one. Of several with one key (each made by somebody who did
        not see the others, or moved to where the asker sees it) the one in the scope `first`, else the oldest.
        """
        ...

    def existing_pids(self, kind: RecordKind, pids: Collection[str]) -> dict[str, Record]:
        """The current records of a kind with these short identifiers that the asker may see, of any project."""
        ...

    def existing_files(
        self, paths_and_checksums: Collection[tuple[str, str]], *, first: int | None = None
    ) -> dict[tuple[str, str], FileEntry]:
        """The project's file entries with these paths and checksums; which of several, as `existing` says."""
        ...

    def move(self, records: Mapping[UUID, int]) -> None:
        """Move the current versions of records, each with its links, facts, composition and files, to other scopes.

        Nothing else about them changes. Earlier versions stay in the scopes they had: what is opened does not show its
        past, and what is closed hides it, because nobody sees versions of a record whose current one they do not see.
        A file goes along when all records made of it are in the same scope afterwards.

        A record keeps its key, also where another one in the scope has it: a move is neither stopped by what is there
        nor tells of it, because who judges exports moves records to where they see nothing.

        Raises
        ------
        RecordNotFound
            If one is not there, not the project's, or not visible to the asker.
        Refused
            If the asker may not write to the scope that it is in, or to that which it goes to.
        """
        ...

    def add(self, batch: Batch) -> None:
        """Write. May be called several times.

        Raises
        ------
        Conflict
            If a record's next version exists already, or takes a key that another record has which the asker sees, or
            a file is there that the asker sees.
        Refused
            If something is written into a scope that the asker may not write to.
        InvalidValue
            If by its links a record would come from itself, through records that are visible to the asker.
        """
        ...


class Catalog(Protocol):
    """Keeps and finds."""

    def scopes(self) -> tuple[Scope, ...]:
        """All scopes there are."""
        ...

    def ensure_scope(self, wanted: ScopeTerms) -> Scope:
        """Find the scope with these terms, or make it. Safe when several do it at once.

        Of scopes that follow their project there is one, whatever its tier: tier and agreement are those that the
        project has now. The number of a scope that is given as terms does not matter.
        """
        ...

    def writing(self, visible: Visible, *, project: UUID) -> AbstractContextManager[Writing]:
        """Begin a transaction on one project's records; others that write to the same project wait.

        Each event that is added becomes a line of the audit log as well, in the same transaction. What the same thread
        changes in the directory in the block, as the last thing in it, happens with it or not at all.

        Raises
        ------
        DatabaseUnavailable
            If the connection is lost, then or on the way; nothing was written.
        DiskFull
        """
        ...

    def get(self, identifier: UUID | str, visible: Visible, *, version: int | None = None) -> Record:
        """One record by id or short identifier, its current version unless another is asked for.

        Raises
        ------
        RecordNotFound
            If there is none, or it is not visible, or its current version is a deletion.
        """
        ...

    def get_many(self, ids: Collection[UUID | str], visible: Visible) -> dict[UUID, Record]:
        """The current versions of those that exist and are visible, by id or short identifier."""
        ...

    def get_versions(self, wanted: Collection[tuple[UUID, int]], visible: Visible) -> dict[tuple[UUID, int], Record]:
        """Single versions of records, by id and number; as `get` for each, without those that it would not find."""
        ...

    def versions(self, record: UUID, visible: Visible) -> tuple[Record, ...]:
        """All versions, newest first; empty where none is visible."""
        ...

    def find(
        self,
        question: Question,
        visible: Visible,
        *,
        limit: int = 50,
        after: str | None = None,
        order: Order | None = None,
    ) -> Page:
        """Records that answer the question, newest first (by id, descending), or as the order says.

        Where the question asks for what is similar, the nearest come first in any case.

        Parameters
        ----------
        after : str, optional
            `next` of the page before, in the same order.
        """
        ...

    def ranked(
        self, question: Question, visible: Visible, *, limit: int = 50, after: str | None = None, most: int = RANKED
    ) -> Ranked:
        """Records that answer the question, those first that its words fit best; of equals the newest first.

        How well they fit is a whole number, see `kiban.query.relevance`. Of more than `most` answers the newest are
        ranked; the others follow newest first.

        Parameters
        ----------
        after : str, optional
            `next` of the page before.
        """
        ...

    def count(self, question: Question, visible: Visible) -> int:
        """How many records answer the question."""
        ...

    def count_about(self, question: Question, visible: Visible) -> Count:
        """How many records answer: counted where that is quick, else estimated from what the asker may see."""
        ...

    def count_by_scope(self, visible: Visible, question: Question = EVERYTHING) -> dict[int, int]:
        """How many records there are, or answer a question, in each visible scope that has some."""
        ...

    def facets(
        self, question: Question, visible: Visible, facet: Facet, *, limit: int = 50
    ) -> tuple[tuple[str, int], ...]:
        """How many answers have each value, most frequent first, then by value. Absent values are left out."""
        ...

    def narrowing(
        self,
        question: Question,
        visible: Visible,
        facets: Collection[Facet],
        *,
        count: Count,
        projects: Collection[UUID] | None = None,
        limit: int = 50,
    ) -> dict[Facet, Counts]:
        """As `facets`, of several, in a bounded time: what would take longer is estimated, and says so.

        Parameters
        ----------
        count : Count
            How many answer, or about how many, as `count_about` has it.
        projects : collection of UUID, optional
            Those that the asker may know of: records that are seen may lie in others, and no facet tells of these. All
            unless given.
        """
        ...

    def entry_names(self, visible: Visible, *, newest: int = 500) -> dict[str, frozenset[int]]:
        """The paths of entries of the metadata (`metadata.wavelength`) that the newest so many records have.

        The most frequent first, then by name; each with the scopes of these records.
        """
        ...

    def now(self) -> datetime:
        """The moment, by the catalog's clock, until which all that has arrived can be seen.

        What is being written at this moment may arrive later by this clock, not earlier.
        """
        ...

    def arrived(self, question: Question, visible: Visible, since: Since, *, limit: int = 50) -> Arrived:
        """Answers that were not there when somebody looked, the last to arrive first.

        Of very much that has come only the last is looked at, and the answer says that it is a part.

        A record has arrived when its current version was written, or was moved to another scope. After those that have
        arrived since come those whose scope could not be seen then, or not its values, the newest first.
        """
        ...

    def count_arrived(
        self, asked: Sequence[tuple[Question, Since]], visible: Visible, *, most: int = 500
    ) -> tuple[Arrivals, ...]:
        """Count what `arrived` would give for each of several questions, at most `most`; may look at a part only."""
        ...

    def links(self, records: Collection[UUID], visible: Visible) -> tuple[Link, ...]:
        """Links that start or end at one of the records. Both ends are visible."""
        ...

    def walk(self, start: Collection[UUID], visible: Visible, *, direction: Direction, most: int = 10_000) -> Walk:
        """Follow links from records as far as they lead, through records that are visible; nearest first.

        Starts that are not there or not visible are left out. Of more than `most` records the nearest are given.
        """
        ...

    def project_rights(
        self, visible: Visible, *, projects: Collection[UUID] | None = None
    ) -> dict[UUID, ProjectRights]:
        """What is stated of the rights in whole projects, by project: of each of which the asker may see some scope.

        A record of a project can be given to others whom the project's own record is closed to. The rights that come
        with it then are theirs to see; nothing else of the project's record is. Of two records of one project that
        state rights, the older one counts.

        Parameters
        ----------
        projects : collection of UUID, optional
            Only of these.
        """
        ...

    def facts(
        self,
        visible: Visible,
        *,
        evidence: Collection[UUID] | None = None,
        subjects: Collection[UUID] | None = None,
        terms: Collection[str] | None = None,
    ) -> tuple[Fact, ...]:
        """Facts that rest on one of the measurements, or are claimed for one of the samples, in order of id."""
        ...

    def compositions(self, samples: Collection[UUID], visible: Visible) -> dict[UUID, dict[str, float]]:
        """Amount fractions of the elements of each sample that has some."""
        ...

    def nearest(self, record: UUID, visible: Visible, *, at_least: float) -> tuple[Near, ...] | None:
        """Other current records that are like one, the nearest first; of equals the newest first.

        Of records whose values the asker may read, the 500 that come nearest by a rough comparison are compared exactly
        (`kiban.analysis.similarity`). `None` where the record has nothing to be compared by, or none that the asker may
        know of.

        Parameters
        ----------
        at_least : float
            The least score.
        """
        ...

    def likenesses(self, records: Collection[UUID], visible: Visible) -> dict[UUID, Likeness]:
        """What current records are compared by, of those that have it in the form of today."""
        ...

    def files(
        self,
        visible: Visible,
        *,
        statuses: Collection[FileStatus] | None = None,
        record: UUID | None = None,
        checksum: str | None = None,
        limit: int = 100,
        after: UUID | None = None,
    ) -> tuple[FileEntry, ...]:
        """File entries, newest first (by id, descending, from below `after`)."""
        ...

    def records_of_file(self, file: UUID, visible: Visible) -> tuple[Record, ...]:
        """The current measurements made of a file, in order of reading."""
        ...

    def events(self, visible: Visible, *, subject: UUID | None = None, limit: int = 100) -> tuple[Event, ...]:
        """What was done, newest first."""
        ...

    def blobs(self) -> Iterator[Blob]:
        """Every object that the catalog refers to, in order of checksum. For verification: not bound to an asker."""
        ...

    def is_used(self, scope: int) -> bool:
        """Whether anything has a scope, earlier versions too. For verification: not bound to an asker."""
        ...

    def faults(self) -> Iterator[Fault]:
        """Look for contradictions: links, facts and files that lead nowhere, records without their versions."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
