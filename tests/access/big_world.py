"""A world of many people, projects and records in a real catalog, and the plain ledger of what was written there.

The ledger says of every record, file and event where it lies. It is kept by what was done (written, moved, changed), in
plain words; the brute-force model (`plain_answers`) reads it, and never asks Kiban who may see what.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kiban.operations.resources import Resources
from kiban.quantity.measured import Measured
from kiban.records.document import to_json
from kiban.records.event import Event
from kiban.records.file_entry import Blob, FileEntry, FileStatus
from kiban.records.identity import new_pid
from kiban.records.link import Link, Predicate
from kiban.records.measurement import Measurement
from kiban.records.process import Process
from kiban.records.property import Fact, Property
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.records.scope import Visible
from kiban.store.catalog import Batch
from kiban.testing.question_strategies import ELEMENTS, NUMBERS, TEXTS

from . import as_entries
from .plain_history import Deed, Place, State
from .random_history import Chronicle

TITLES = tuple(text for text in TEXTS if text.strip())
TERMS = {"d_spacing": ("angstrom", "nm"), "charge_capacity": ("mA*h", "A*h"), "hardness": ("GPa", "MPa")}
_DAY = datetime(2024, 1, 31, 23, 30, 0, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Size:
    """How large a world is made."""

    n_people: int = 200
    n_organisations: int = 30
    n_groups: int = 12
    n_projects: int = 16
    n_agreements: int = 40
    n_records: int = 20_000
    n_places: int = 14
    """In each project."""


@dataclass
class Kept:
    """One record of the ledger: what it says, where it lies, and what hangs on it."""

    record: Record
    place: Place
    before: tuple[tuple[int, Place], ...] = ()
    """Its earlier versions, each with the place it had then."""
    elements: frozenset[str] = frozenset()
    facts: list[Fact] = field(default_factory=list)
    files: list[KeptFile] = field(default_factory=list)
    made_at: Place | None = None
    """Where it lay when it came: the event of its coming stays there."""


@dataclass
class KeptFile:
    """A file of the ledger."""

    entry: FileEntry
    place: Place
    records: list[UUID] = field(default_factory=list)


class BigWorld:
    """Makes it, and lets time pass. The same seed gives the same world, but for the short identifiers."""

    def __init__(self, resources: Resources, seed: str, size: Size) -> None:
        self.resources = resources
        self.rng = random.Random(seed)
        self.size = size
        self.chronicle = Chronicle(
            self.rng,
            n_organisations=size.n_organisations,
            n_people=size.n_people,
            n_groups=size.n_groups,
            n_projects=size.n_projects,
            n_agreements=size.n_agreements,
            n_invitations=size.n_projects * 2,
        )
        self.history: list[Deed] = list(self.chronicle.founding())
        for _ in range(size.n_people * 3):
            self.history += self.chronicle.deed()
        self.state = State.after(self.history)
        self.places = {
            project: [self.chronicle.place(project) for _ in range(size.n_places)]
            for project in self.chronicle.projects
        }
        self.numbers: dict[Place, int] = {}
        self.kept: dict[UUID, Kept] = {}
        self.links: list[Link] = []
        self.files: list[KeptFile] = []
        self._contents: dict[str, bytes] = {}
        self._entries: dict[UUID, Any] = {}
        self._n = 0
        # Many records say the same: what answers to a question is worked out once for all of them.
        self._documents = [_measurement(self.rng) for _ in range(200)]
        self._sample_documents = [(t, to_json(Sample(name=t, formula=f))) for t in TITLES for f in ("TiO2", "")]
        self._process_documents = [(t, to_json(Process(name=t, operator="Eve"))) for t in TITLES]

    def build(self) -> None:
        """Write it all, one batch for each project."""
        self._tell_directory()
        for project in self.chronicle.projects:
            self._write(project, self.size.n_records // self.size.n_projects)

    def pass_time(self, *, n_deeds: int = 60, n_moved: int = 200, n_changed: int = 40) -> None:
        """Let people come and go, projects and terms change, records be moved and changed."""
        for _ in range(n_deeds):
            for deed in self.chronicle.deed():
                self.history.append(deed)
                self.state.happen(deed)
        self._tell_directory()
        for project in self.rng.sample(self.chronicle.projects, min(5, len(self.chronicle.projects))):
            self.places[project].append(self.chronicle.place(project))
        self._move(n_moved)
        self._change(n_changed)

    # The directory

    def _tell_directory(self) -> None:
        """Put in what has changed."""
        state, found = self.state, {}
        for make, of in (
            (as_entries.organisation, state.organisations),
            (as_entries.person, state.people),
            (as_entries.group, state.groups),
            (as_entries.agreement, state.agreements),
            (as_entries.project, state.projects),
            (as_entries.invitation, state.guests),
        ):
            found |= {identity: make(state, identity) for identity in of}
        directory = self.resources.directory
        changed = [entry for identity, entry in found.items() if self._entries.get(identity) != entry]
        table = as_entries.releases(state)
        loaded = directory.load()
        new = changed if loaded.releases == table else [*changed, table]
        loaded = directory.change(new, by="world", expected=loaded.revision) if new else loaded
        self._entries |= found
        for place, _ in state.releases:
            self._number(place)
        decided = [each for each in as_entries.decisions(state, self.numbers) if self._entries.get(each.id) != each]
        if decided:
            directory.change(decided, by="world", expected=loaded.revision)
            self._entries |= {each.id: each for each in decided}

    def _number(self, place: Place) -> int:
        if place not in self.numbers:
            scope = self.resources.catalog.ensure_scope(as_entries.scope_terms(self.state, place))
            assert scope.number not in self.numbers.values()
            self.numbers[place] = scope.number
        return self.numbers[place]

    def _everything(self) -> Visible:
        return Visible(frozenset(self.numbers.values()))

    # The records

    def _write(self, project: UUID, n_records: int) -> None:
        rng = self.rng
        new: list[Kept] = []
        links: list[Link] = []
        files: list[KeptFile] = []
        samples: list[Kept] = []
        processes: list[Kept] = []
        foreign = [each for each in self.kept.values() if each.record.kind is RecordKind.SAMPLE]
        for n in range(n_records):
            place = rng.choice(self.places[project])
            if n % 16 == 0:
                made = self._record(RecordKind.PROCESS, place, *rng.choice(self._process_documents))
                processes.append(made)
                if samples:
                    links.append(self._link(made, Predicate.USED, rng.choice(samples)))
            elif n % 4 == 1:
                made = self._sample(place)
                if samples and rng.random() < 0.4:
                    links.append(self._link(made, Predicate.DERIVED_FROM, rng.choice(samples)))
                if rng.random() < 0.3:
                    links.append(self._link(made, Predicate.MADE_BY, rng.choice(processes)))
                samples.append(made)
            else:
                of = rng.choice(foreign) if foreign and rng.random() < 0.05 else rng.choice(samples or [None])
                of = of if rng.random() < 0.9 else None
                made = self._measurement(place, of, files)
                if of is not None:
                    links.append(self._link(made, Predicate.MEASURED, of))
            new.append(made)
        batch = Batch(
            blobs=tuple({file.entry.checksum: Blob(file.entry.checksum, file.entry.size) for file in files}.values()),
            records=tuple(each.record for each in new),
            compositions={
                each.record.id: dict.fromkeys(sorted(each.elements), 1 / len(each.elements))
                for each in new
                if each.elements
            },
            links=tuple(links),
            facts=tuple(fact for each in new for fact in each.facts),
            files=tuple(file.entry for file in files),
            file_records=tuple((file.entry.id, record) for file in files for record in file.records),
            events=tuple(
                Event(at=_DAY, actor="world", action="made", subject=each.record.id, scope=each.record.scope)
                for each in new
            ),
        )
        with self.resources.catalog.writing(self._everything(), project=project) as writing:
            writing.add(batch)
        self.kept |= {each.record.id: each for each in new}
        self.links += links
        self.files += files

    def _sample(self, place: Place) -> Kept:
        rng = self.rng
        made = self._record(RecordKind.SAMPLE, place, *rng.choice(self._sample_documents))
        made.elements = frozenset(rng.sample(ELEMENTS, rng.choice((0, 1, 2, 3))))
        return made

    def _measurement(self, place: Place, of: Kept | None, files: list[KeptFile]) -> Kept:
        rng = self.rng
        file = files[-1] if files and rng.random() < 0.05 and files[-1].entry.project == place.project else None
        if file is None:
            file = self._file(place)
            files.append(file)
        title, document = rng.choice(self._documents)
        made = self._record(RecordKind.MEASUREMENT, place, title, document, sample=of.record.id if of else None)
        made.files.append(file)
        file.records.append(made.record.id)
        for term in rng.sample(list(TERMS), rng.choice((0, 1, 2))):
            value = Measured(rng.choice(NUMBERS), rng.choice(TERMS[term]))
            claim = Property(term=term, value=value, method="test/1")
            of_sample = of.record.id if of else None
            made.facts.append(
                Fact(
                    id=self._id(),
                    property=claim,
                    subject=of_sample,
                    evidence=made.record.id,
                    scope=made.record.scope,
                )
            )
        return made

    def _record(
        self, kind: RecordKind, place: Place, title: str, document: Mapping[str, Any], *, sample: UUID | None = None
    ) -> Kept:
        identity = self._id()
        record = Record(
            id=identity,
            pid=new_pid(),
            kind=kind,
            title=title,
            project=place.project,
            owner="world",
            scope=self._number(place),
            key=f"key {identity}",
            sample=identity if kind is RecordKind.SAMPLE else sample,
            document=document,
            created_at=_DAY + timedelta(hours=self.rng.choice((0, 12, 24 * 40))),
            created_by="world",
        )
        return Kept(record, place, made_at=place)

    def _link(self, subject: Kept, predicate: Predicate, target: Kept) -> Link:
        return Link(subject=subject.record.id, predicate=predicate, object=target.record.id, scope=subject.record.scope)

    def _file(self, place: Place) -> KeptFile:
        content = f"{self.rng.randrange(self.size.n_records // 3)}".encode()  # the same bytes come from several sides
        checksum = hashlib.sha256(content).hexdigest()
        if checksum not in self._contents:
            self._contents[checksum] = content
            self.resources.objects.put([content])
        identity = self._id()
        entry = FileEntry(
            id=identity,
            path=f"folder/{identity}.txt",
            checksum=checksum,
            size=len(content),
            media_type="text/plain",
            status=self.rng.choice((FileStatus.STRUCTURED, FileStatus.STRUCTURED, FileStatus.KEPT)),
            reason="test",
            project=place.project,
            scope=self._number(place),
            deposited_at=_DAY,
            deposited_by="world",
        )
        return KeptFile(entry, place)

    def _id(self) -> UUID:
        """In order of time, as version 7 is."""
        self._n += 1
        return UUID(int=(0x0190_0000_0000 + self._n) << 80 | 0x7 << 76 | 0x2 << 62 | self.rng.getrandbits(60))

    # What becomes of them

    def _move(self, n_moved: int) -> None:
        for project, chosen in self._some(n_moved):
            places = {each.record.id: self.rng.choice(self.places[project]) for each in chosen}
            moves = {identity: self._number(place) for identity, place in places.items()}
            with self.resources.catalog.writing(self._everything(), project=project) as writing:
                writing.move(moves)
            for identity, place in places.items():
                self._lay(self.kept[identity], place)
            for file in {id(file): file for each in chosen for file in each.files}.values():
                where = {self.kept[record].place for record in file.records}
                if len(where) == 1:
                    [file.place] = where

    def _change(self, n_changed: int) -> None:
        """New versions, some of which go elsewhere as they are written."""
        for project, chosen in self._some(n_changed):
            new = []
            for each in chosen:
                place = each.place if self.rng.random() < 0.5 else self.rng.choice(self.places[project])
                before = ((each.record.version, each.place), *each.before)
                record = replace(each.record, version=each.record.version + 1, scope=self._number(place))
                each.record, each.before = record, before
                self._lay(each, place)
                new.append(each.record)
            with self.resources.catalog.writing(self._everything(), project=project) as writing:
                writing.add(Batch(records=tuple(new)))

    def _lay(self, kept: Kept, place: Place) -> None:
        kept.place = place
        kept.record = replace(kept.record, scope=self._number(place))

    def _some(self, n: int) -> Iterable[tuple[UUID, list[Kept]]]:
        chosen: dict[UUID, list[Kept]] = {}
        for each in self.rng.sample(list(self.kept.values()), min(n, len(self.kept))):
            chosen.setdefault(each.record.project, []).append(each)
        return chosen.items()


def _measurement(rng: random.Random) -> tuple[str, Mapping[str, Any]]:
    title = rng.choice(TITLES)
    metadata = {
        "anode": rng.choice(TITLES),
        "wavelength": {"value": rng.choice(NUMBERS), "unit": rng.choice(("angstrom", "nm"))},
        "steps": rng.choice(NUMBERS),
        "scan": {"mode": rng.choice(TITLES), "step": rng.choice(NUMBERS)},
    }
    document = Measurement(
        technique=rng.choice(("xrd", "ir", "table")),
        title=title,
        file_checksum=hashlib.sha256(title.encode()).hexdigest(),
        file_name=rng.choice(TITLES),
        reading_index=0,
        reader=rng.choice(TITLES),
        reader_version=1,
        why="It looks like it.",
        normalised="",
        sample_name=rng.choice((None, *TITLES)),
        operator=rng.choice((None, *TITLES)),
        instrument=rng.choice((None, *TITLES)),
        started_at=rng.choice((None, "2024-01-31T23:30:00.000005", "2024-02-01", "2024-12-31T10:00:00+09:00")),
        metadata={key: value for key, value in metadata.items() if rng.random() < 0.6},
    )
    return title, to_json(document)
