"""What a question may ask of the records in memory, as far as one asker may see it, and where paths lead from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from uuid import UUID

from kiban.query.answers import TEMPLATE, answers
from kiban.query.evaluate import Described
from kiban.query.identifiers import named_record
from kiban.query.paths import WAYS_BACK, Hop
from kiban.query.words import fold
from kiban.records.link import Link
from kiban.records.provenance import Direction, depths
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Scope, Visible
from kiban.store.memory_state import MemoryState


class Descriptions:
    """Of all records of one state.

    Parameters
    ----------
    scopes : sequence of Scope
        By number.
    rights : mapping
        What the rights of whole projects answer.
    """

    def __init__(
        self,
        state: MemoryState,
        scopes: Sequence[Scope],
        visible: Visible,
        rights: Mapping[UUID, Mapping[str, tuple[str, ...]]],
    ) -> None:
        self._state = state
        self._scopes = scopes
        self._visible = visible
        self._rights = rights
        self._ways: list[Link] | None = None
        self._seen_templates: frozenset[object] | None = None
        self._seen: frozenset[str] | None = None

    def all(self) -> Iterator[Described]:
        """All current records that are visible."""
        live = (self._state.live(record_id, self._visible) for record_id in self._state.records)
        return (self.of(record) for record in live if record is not None)

    def of(self, record: Record) -> Described:
        """One of them."""
        state, visible = self._state, self._visible
        sample = self._sample(record)
        # A deleted sample has no name any more; what it was made of is still true of its measurements.
        has_composition = record.sample is not None and has_data(state, record.sample, visible)
        use = answers(record).get(TEMPLATE) if TEMPLATE in record.document else None
        agreement = self._scopes[record.scope].agreement
        return Described(
            record=record,
            tier=self._scopes[record.scope].tier,
            agreement=None if agreement is None else str(agreement),
            sample_title=None if sample is None else sample.title,
            composition=state.compositions.get(record.sample, {}) if record.sample and has_composition else {},
            facts=tuple(
                fact
                for fact in state.facts.values()
                if fact.scope in visible.data and state.is_standing(fact) and record.id in (fact.evidence, fact.subject)
            ),
            project_rights=self._rights.get(record.project, {}),
            sees_template=use is None or use[-1] in self._templates(),
            hides=partial(self._hides, record),
            sees_values=record.scope in visible.data,
            along=partial(self._along, record),
        )

    def _templates(self) -> frozenset[object]:
        """The identifiers of all templates that are visible, as records answer them."""
        if self._seen_templates is None:
            live = (self._state.live(i, self._visible) for i in self._state.records)
            found = (fold(r.pid) for r in live if r is not None and r.kind is RecordKind.TEMPLATE)
            self._seen_templates = frozenset(found)
        return self._seen_templates

    def _hides(self, record: Record, text: str) -> bool:
        """Whoever may change the record has the identifiers whole, as `kiban.operations.as_seen` shows them."""
        if (named := named_record(text)) is None or record.scope in self._visible.writable:
            return False
        if self._seen is None:
            current = (self._state.current(i, self._visible) for i in self._state.records)
            self._seen = frozenset(r.pid for r in current if r is not None)
        return named not in self._seen

    def _sample(self, record: Record) -> Record | None:
        sample = self._state.live(record.sample, self._visible)
        return sample if sample is not None and sample.kind is RecordKind.SAMPLE else None

    def _along(self, record: Record, hop: Hop) -> Iterable[Described]:
        sample = self._sample(record)
        if sample is None:
            return ()
        match hop:
            case Hop.SAMPLE:
                found = [sample]
            case Hop.MEASUREMENT:
                live = (self._state.live(i, self._visible) for i in self._state.records)
                found = [r for r in live if r is not None and r.sample == sample.id]
            case _:
                found = self._back(sample)
        kind = {Hop.PROCESS: RecordKind.PROCESS, Hop.MEASUREMENT: RecordKind.MEASUREMENT}.get(hop, RecordKind.SAMPLE)
        return (self.of(each) for each in found if each.kind is kind)

    def _back(self, sample: Record) -> list[Record]:
        """All that the sample came from, by one step or more."""
        onward: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for link in self._links():
            onward[link.subject].append(link.object)
        found = depths(onward[sample.id], self._links(), Direction.BACK)
        return [record for i in found if (record := self._state.live(i, self._visible)) is not None]

    def _links(self) -> list[Link]:
        if self._ways is None:
            state, visible = self._state, self._visible
            self._ways = [
                link
                for link in state.links.values()
                if link.predicate in WAYS_BACK
                and link.scope in visible
                and state.live(link.subject, visible)
                and state.live(link.object, visible)
            ]
        return self._ways


def has_data(state: MemoryState, record: UUID | None, visible: Visible) -> bool:
    """Say whether the asker may read the values of a record, deleted or not."""
    current = state.current(record, visible)
    return current is not None and current.scope in visible.data
