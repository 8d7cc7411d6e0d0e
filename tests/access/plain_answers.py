"""What each question must be answered with, record by record, worked out from the ledger by brute force.

Who may see what comes from `plain_rights`; Kiban's access rules and catalogs are not asked. Whether a record, a fact
or a sample by itself answers a single condition is asked of `kiban.query.evaluate`, which knows of no asker.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from kiban.query import vocabulary
from kiban.query.answers import started
from kiban.query.condition import (
    AllOf,
    Along,
    AnyOf,
    Condition,
    ConfidenceCondition,
    KnownCondition,
    Negation,
    NumberCondition,
    SetCondition,
    TextCondition,
    TimeCondition,
    WordsCondition,
)
from kiban.query.evaluate import Described, holds
from kiban.query.paths import Hop
from kiban.query.process_answers import NAMES, TEMPLATE_STEP
from kiban.query.words import fold
from kiban.records.file_entry import FileEntry
from kiban.records.link import Predicate
from kiban.records.property import Fact
from kiban.records.record import RecordKind
from kiban.records.scope import Tier

from . import plain_rights
from .big_world import BigWorld, Kept
from .plain_history import Place

Truth = npt.NDArray[np.bool_]
_AHEAD = timedelta(days=60)
_OWN = (
    *(TextCondition, SetCondition, NumberCondition, ConfidenceCondition, KnownCondition, TimeCondition),
    WordsCondition,
)
_NAMES_OF_PROCESS = (NAMES, TEMPLATE_STEP)
_BACK = (Predicate.DERIVED_FROM, Predicate.PART_OF, Predicate.MADE_BY, Predicate.USED)


@dataclass(frozen=True)
class Who:
    """Who asks, when, and with what."""

    person: UUID | None
    now: datetime
    acts: frozenset[str] | None
    within: UUID | None = None
    """The project that a token is good for."""


class PlainAnswers:
    """The world as it stands at one point of its history. Made anew after each change."""

    def __init__(self, world: BigWorld) -> None:
        self.world = world
        self.all: list[Kept] = sorted(world.kept.values(), key=lambda each: each.record.id)
        self.index = {each.record.id: n for n, each in enumerate(self.all)}
        self.by_pid = {each.record.pid: each for each in self.all}
        places = {place: n for n, place in enumerate(world.numbers)}
        self._places = list(places)
        self._place = np.array([places[each.place] for each in self.all])
        self._place_number = places
        self._sample = np.array([self.index.get(each.record.sample, -1) for each in self.all])  # type: ignore[arg-type]
        facts = [(fact, places[each.place]) for each in self.all for fact in each.facts]
        self._facts = [fact for fact, _ in facts]
        self._fact_place = np.array([place for _, place in facts])
        self._evidence = np.array([self.index[fact.evidence] for fact in self._facts])
        self._subject = np.array([self.index[fact.subject] if fact.subject else -1 for fact in self._facts])
        self.of_subject: defaultdict[UUID, list[Fact]] = defaultdict(list)
        for fact in self._facts:
            if fact.subject is not None:
                self.of_subject[fact.subject].append(fact)
        self._back: defaultdict[UUID, list[Any]] = defaultdict(list)
        self._forward: defaultdict[UUID, list[Any]] = defaultdict(list)
        for link in world.links:
            self._back[link.subject].append(link)
            self._forward[link.object].append(link)
        ways = [(self.index[w.subject], self.index[w.object]) for w in world.links if w.predicate in _BACK]
        self._later, self._earlier = np.array(ways, int).reshape(-1, 2).T
        self._kind = np.array([each.record.kind.value for each in self.all])
        self.files_of: defaultdict[str, list[Any]] = defaultdict(list)
        for file in world.files:
            self.files_of[file.entry.checksum].append(file)
        self._cache: dict[Any, Any] = {}

    def place_of(self, n: int) -> int:
        """In which place a record lies."""
        return int(self._place[n])

    def sample_of(self, n: int) -> int | None:
        """Its sample among `all`."""
        return int(self._sample[n]) if self._sample[n] >= 0 else None

    # Who may do what where

    def may(self, who: Who, right: str) -> Truth:
        """Of each place: has the asker the right there?"""
        return np.array([right in held for held in self._rights(who)], bool)

    def lies_where(self, who: Who, right: str) -> Truth:
        """Of each record: has the asker the right?"""
        return self.may(who, right)[self._place]

    def may_at(self, who: Who, place: Place, right: str) -> bool:
        """Has the asker the right at one place?"""
        return right in self._rights(who)[self._place_number[place]]

    def _rights(self, who: Who) -> list[frozenset[str]]:
        def work_out() -> list[frozenset[str]]:
            is_known = who.person is not None and plain_rights.is_in_force(self.world.state, who.person, who.now)
            if is_known and who.acts is not None and who.acts.isdisjoint({"read", "write", "administer"}):
                return [frozenset()] * len(self._places)  # a token that is not for reading finds nothing
            acts = who.acts or plain_rights.EVERY_ACT
            return [
                plain_rights.rights(self.world.state, who.person, place, who.now, acts, who.within)
                for place in self._places
            ]

        return self._once(("rights", who), work_out)  # type: ignore[no-any-return]

    def _once(self, key: Any, work_out: Callable[[], Any]) -> Any:
        if key not in self._cache:
            self._cache[key] = work_out()
        return self._cache[key]

    # Which records answer

    def answering(self, condition: Condition, who: Who, right: str = "metadata") -> Truth:
        """Of each record: may it be seen, and does it answer, as far as the asker may know?"""
        seen = self.lies_where(who, right)
        values = self.may(who, right) & self.may(who, "data")
        return seen & self._answers(condition, seen, values)

    def _answers(self, condition: Condition, seen: Truth, values: Truth) -> Truth:
        match condition:
            case AllOf(parts):
                return np.logical_and.reduce([self._all_of(True), *(self._answers(p, seen, values) for p in parts)])
            case AnyOf(parts):
                return np.logical_or.reduce([self._all_of(False), *(self._answers(p, seen, values) for p in parts)])
            case Negation(part):
                return ~self._answers(part, seen, values)
            case Along(hop, part):
                return self._along(hop, seen & self._answers(part, seen, values), seen)
        assert isinstance(condition, _OWN)
        path = getattr(condition, "path", None)
        if path == "tier":
            of_place = [self._holds(condition, tier=self._tier(place)) for place in self._places]
            return np.array(of_place, bool)[self._place]
        if path == "agreement":
            under = [self._holds(condition, agreement=self._agreement(place)) for place in self._places]
            return np.array(under, bool)[self._place]
        if path == "sample":
            named = (self._sample >= 0) & seen[self._sample]
            return np.where(named, self._by_title(condition)[self._sample], self._own(condition))
        if path == vocabulary.ELEMENTS or (path is not None and vocabulary.is_number_of_sample(path)):
            known = (self._sample >= 0) & values[self._place[self._sample]]
            return np.where(known, self._by_elements(condition)[self._sample], self._holds(condition))
        if path is not None and vocabulary.is_term(path) and path not in _NAMES_OF_PROCESS:
            shown = self._by_fact(condition) & values[self._fact_place]
            found = self._all_of(False)
            found[self._evidence[shown]] = True
            found[self._subject[shown & (self._subject >= 0)]] = True
            return found
        return self._own(condition)

    def _along(self, hop: Hop, there: Truth, seen: Truth) -> Truth:
        """Of each record: does the way from its sample lead to one of those, through what is seen?"""
        samples = (self._kind == RecordKind.SAMPLE) & seen
        found = self._all_of(False)
        if hop is Hop.SAMPLE:
            found = there
        elif hop is Hop.MEASUREMENT:
            of = self._sample[there & (self._kind == RecordKind.MEASUREMENT)]
            found[of[of >= 0]] = True
        else:
            kind = RecordKind.PROCESS if hop is Hop.PROCESS else RecordKind.SAMPLE
            wanted = there & (self._kind == kind)
            is_open = seen[self._later] & seen[self._earlier]
            later, earlier = self._later[is_open], self._earlier[is_open]
            while True:
                reached = self._all_of(False)
                reached[later[(wanted | found)[earlier]]] = True
                if not (reached & ~found).any():
                    break
                found = found | reached
        return (self._sample >= 0) & (samples & found)[self._sample]

    def _all_of(self, value: bool) -> Truth:
        return np.full(len(self.all), value)

    def _tier(self, place: Place) -> Tier:
        return Tier(place.tier or self.world.state.projects[place.project].tier)

    def _agreement(self, place: Place) -> str | None:
        agreement = self.world.state.projects[place.project].agreement if place.tier is None else place.agreement
        return None if agreement is None else str(agreement)

    def _holds(self, condition: Condition, **known: Any) -> bool:
        nobody = self.all[0].record
        return holds(condition, Described(**({"record": nobody, "tier": Tier.CLOSED} | known)))

    def _own(self, condition: Condition) -> Truth:
        """By what the records themselves say. Answers are worked out once for records that say the same."""

        def work_out() -> Truth:
            said: dict[Any, bool] = {}
            found = []
            for each in self.all:
                record = each.record
                key: Any = record.id
                if getattr(condition, "path", "") != "id":
                    key = (record.kind, record.title, record.created_at, record.project, id(record.document))
                if key not in said:
                    said[key] = self._holds(condition, record=record)
                found.append(said[key])
            return np.array(found, bool)

        return self._once(("own", condition), work_out)  # type: ignore[no-any-return]

    def _by_title(self, condition: Condition) -> Truth:
        titles = {each.record.title for each in self.all}

        def work_out() -> Truth:
            of_title = {title: self._holds(condition, sample_title=title) for title in titles}
            return np.array([of_title[each.record.title] for each in self.all], bool)

        return self._once(("title", condition), work_out)  # type: ignore[no-any-return]

    def _by_elements(self, condition: Condition) -> Truth:
        def work_out() -> Truth:
            of_set = {
                s: self._holds(condition, composition=dict.fromkeys(s, 1 / len(s)) if s else {})
                for s in {each.elements for each in self.all}
            }
            return np.array([of_set[each.elements] for each in self.all], bool)

        return self._once(("elements", condition), work_out)  # type: ignore[no-any-return]

    def _by_fact(self, condition: Condition) -> Truth:
        def work_out() -> Truth:
            of_value: dict[Any, bool] = {}
            found = []
            for fact in self._facts:
                key = (fact.property.term, fact.property.value)
                if key not in of_value:
                    of_value[key] = self._holds(condition, facts=(fact,))
                found.append(of_value[key])
            return np.array(found, bool)

        return self._once(("fact", condition), work_out)  # type: ignore[no-any-return]

    def hits(self, answering: Truth, *, limit: int, after: UUID | None = None) -> list[str]:
        """Newest first."""
        found = np.flatnonzero(answering)[::-1]
        below = len(self.all) if after is None else self.index[after]
        return [self.all[n].record.pid for n in found[found < below][:limit]]

    def facets(self, answering: Truth, who: Who, right: str = "metadata") -> dict[str, list[tuple[str, int]]]:
        """How many answers have each value."""
        seen = self.lies_where(who, right)
        names = ("kind", "technique", "tier", "sample", "instrument", "operator", "year", "project", "elements")
        counts: dict[str, Counter[str]] = {name: Counter() for name in (*names, "template", "property")}
        newest: dict[tuple[str, str], str] = {}
        values = self.may(who, right) & self.may(who, "data")
        terms: defaultdict[int, set[str]] = defaultdict(set)
        for fact, place, *records in zip(self._facts, self._fact_place, self._evidence, self._subject, strict=True):
            if values[place]:
                for n in records:
                    terms[int(n)].add(fact.property.term)
        for n in np.flatnonzero(answering):
            each = self.all[n]
            counts["project"][str(each.record.project)] += 1
            counts["property"].update(terms[int(n)])
            for name in ("instrument", "operator"):
                said = each.record.document.get(name)
                if isinstance(said, str) and fold(said):
                    counts[name][fold(said)] += 1
                    newest[name, fold(said)] = said.strip()
            if at := started(each.record):
                counts["year"][str(at.astimezone(UTC).year)] += 1
            if self._sample[n] >= 0 and values[self._place[self._sample[n]]]:
                counts["elements"].update(set(self.all[self._sample[n]].elements))
            used = each.record.document.get("template")
            template = self.by_pid.get(used["id"]) if used else None
            if template is not None and seen[self.index[template.record.id]]:
                counts["template"][template.record.pid.lower()] += 1
            counts["kind"][each.record.kind.value] += 1
            counts["tier"][self._tier(each.place).value] += 1
            if technique := each.record.document.get("technique"):
                counts["technique"][technique] += 1
            sample = self._sample[n]
            written = each.record.document.get("sample_name")
            if sample >= 0 and seen[sample]:
                counts["sample"][self.all[sample].record.title] += 1
            elif written and written.strip():
                counts["sample"][written] += 1
        most = {
            name: sorted(found.items(), key=lambda pair: (-pair[1], pair[0].encode()))[:50]
            for name, found in counts.items()
        }
        return {name: [(newest.get((name, value), value), n) for value, n in found] for name, found in most.items()}

    def endings(self, who: Who) -> dict[int, int]:
        """How many records there are of each scope whose embargo ends within sixty days, for members of its project."""
        numbers, seen, found = self.world.numbers, self.may(who, "metadata"), {}
        for n, place in enumerate(self._places):
            is_soon = place.closed_until is not None and who.now < place.closed_until <= who.now + _AHEAD
            if (
                is_soon
                and seen[n]
                and plain_rights.roles_in(self.world.state, who.person, place.project, who.now, who.within)
            ):
                found[numbers[place]] = int((self._place == n).sum())
        return {number: n_records for number, n_records in found.items() if n_records}

    # Single records

    def shown(self, kept: Kept, who: Who) -> dict[str, Any] | None:
        """All that a page about one record says; `None` where it does not exist for the asker."""
        if not self.may_at(who, kept.place, "metadata"):
            return None
        record = kept.record
        sample = self.world.kept.get(record.sample) if record.sample is not None else None
        if sample is not None and not self.may_at(who, sample.place, "metadata"):
            sample = None
        facts = self.of_subject[record.id] if record.kind.value == "sample" else kept.facts
        facts = [fact for fact in facts if self._shows_values(who, self.world.kept[fact.evidence].place)]
        versions = [(record.version, kept.place), *kept.before]
        has_elements = sample is not None and self._shows_values(who, sample.place)
        return {
            "sample": sample.record.pid if sample else None,
            "ties": {
                (link.predicate.value, other.record.pid, link.subject == record.id)
                for link in (*self._back[record.id], *self._forward[record.id])
                if self._links(who, link)
                and (other := self.world.kept[link.object if link.subject == record.id else link.subject])
            },
            "facts": {fact.id for fact in facts},
            "evidence": {fact.evidence for fact in facts},
            "elements": set(sample.elements) if sample is not None and has_elements else set(),
            "files": self._files(kept, who),
            "versions": [number for number, place in versions if self.may_at(who, place, "metadata")],
            "events": int(kept.made_at is not None and self.may_at(who, kept.made_at, "metadata")),
        }

    def _shows_values(self, who: Who, place: Place) -> bool:
        return self.may_at(who, place, "metadata") and self.may_at(who, place, "data")

    def _files(self, kept: Kept, who: Who) -> set[UUID]:
        if not self._shows_values(who, kept.place):
            return set()
        return {file.entry.id for file in kept.files if self._shows_values(who, file.place)}

    def _links(self, who: Who, link: Any) -> bool:
        """A link is seen where both of its ends are."""
        ends = (self.world.kept[link.subject], self.world.kept[link.object])
        return all(self.may_at(who, end.place, "metadata") for end in ends)

    def files(self, checksum: str, who: Who) -> set[UUID]:
        """The paths under which bytes were deposited, as far as the asker may read them."""
        return {f.entry.id for f in self.files_of[checksum] if self._shows_values(who, f.place)}

    def made_of(self, entry: FileEntry, who: Who) -> set[str]:
        """What was made of a file that the asker may read."""
        [file] = [file for file in self.files_of[entry.checksum] if file.entry.id == entry.id]
        records = (self.world.kept[record] for record in file.records)
        return {each.record.pid for each in records if self._shows_values(who, each.place)}

    def walk(self, start: Kept, who: Who, *, forward: bool) -> tuple[set[str], set[tuple[str, str, str]]] | None:
        """Records that are reached through records that are seen, and the links between them."""
        if not self.may_at(who, start.place, "metadata"):
            return None
        reached, waiting = {start.record.id}, deque([start.record.id])
        while waiting:
            here = waiting.popleft()
            for link in self._forward[here] if forward else self._back[here]:
                there = link.subject if forward else link.object
                if self._links(who, link) and there not in reached:
                    reached.add(there)
                    waiting.append(there)
        pid = {identity: self.world.kept[identity].record.pid for identity in reached}
        links = {
            (pid[link.subject], link.predicate.value, pid[link.object])
            for each in reached
            for link in self._back[each]
            if link.object in reached and self._links(who, link)
        }
        return set(pid.values()), links

    def graph(self, start: Kept, who: Who) -> set[str] | None:
        """What an export of provenance is made of: back and forward."""
        back, forward = (self.walk(start, who, forward=forward) for forward in (False, True))
        return None if back is None or forward is None else back[0] | forward[0]

    # Tables

    def table(self, condition: Condition, who: Who) -> set[tuple[str, str, str, float, str]]:
        """Rows of the long table: of values that the asker may use, of samples that it may use too."""
        answering = self.answering(condition, who, "use")
        rows = set()
        for n in np.flatnonzero(answering):
            each = self.all[n]
            for fact in self.of_subject[each.record.id] if each.record.kind.value == "sample" else each.facts:
                evidence = self.world.kept[fact.evidence]
                owner = self.world.kept[fact.subject] if fact.subject is not None else evidence
                if self.may_at(who, evidence.place, "use") and self.may_at(who, owner.place, "use"):
                    value = fact.property.value
                    rows.add(
                        (owner.record.pid, evidence.record.pid, fact.property.term, float(value.value), value.unit)
                    )
        return rows
