"""A table of what is known of the samples that answer a question."""

from __future__ import annotations

from dataclasses import replace

from kiban.learning.settings import with_settings
from kiban.learning.table import Subject, Table, long, wide
from kiban.operations.audited import reads, saw
from kiban.operations.find import understood
from kiban.operations.resources import Resources
from kiban.operations.rights_of import effective_rights
from kiban.operations.settings_of import settings_of
from kiban.operations.terms import vocabulary_of
from kiban.query.question import Question
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible
from kiban.store.catalog import Facet

_PAGE = 1000


@reads("table made", at_one_moment=True)
def table(asker: Asker, resources: Resources, text: str, *, all_values: bool = False, settings: bool = False) -> Table:
    """Draw a table from the samples and measurements that answer the question and that the asker may use.

    Parameters
    ----------
    text : str
        A question. A sample that answers it brings all its values; a measurement brings those that rest on it.
    all_values : bool
        One row for each value, instead of one for each sample.
    settings : bool
        Also what was set: the parameters of the processes that the samples came out of, and their nominal compositions.

    Raises
    ------
    InvalidQuestion
    """
    visible = resources.visible(asker, Right.USE)
    known = vocabulary_of(asker, resources)
    question = understood(asker, resources, text, known)
    records = _all(resources, question, visible)
    samples = [r.id for r in records if r.kind is RecordKind.SAMPLE]
    measurements = {r.id: r for r in records if r.kind is RecordKind.MEASUREMENT}
    facts = {f.id: f for f in resources.catalog.facts(visible, subjects=samples)} if samples else {}
    if measurements:
        facts |= {f.id: f for f in resources.catalog.facts(visible, evidence=list(measurements))}
    rests_on = {f.evidence for f in facts.values()}
    evidence = resources.catalog.get_many(rests_on, visible)
    owners = resources.catalog.get_many(
        {*samples, *(r.sample for r in measurements.values() if r.sample is not None)}, visible
    )
    scopes = {fact.scope for fact in facts.values()}
    asked = {"question": text} if text.strip() else {}
    saw(*records, *owners.values(), *evidence.values(), scopes=scopes, n=len(records), details=asked)
    subjects = {record.id: _subject(record) for record in owners.values()}
    subjects |= {r.id: Subject(id=r.pid, name=r.title) for r in measurements.values() if r.sample is None}
    in_order = [facts[i] for i in sorted(facts)]
    pids = {i: record.pid for i, record in evidence.items()}
    drawn = long(in_order, subjects, pids) if all_values else wide(in_order, subjects, pids, known)
    if settings:
        made = {i: record for i, record in owners.items() if record.kind is RecordKind.SAMPLE}
        drawn = with_settings(drawn, settings_of(asker, resources, made, visible))
    sources = {record.id: record for record in (*owners.values(), *evidence.values(), *measurements.values())}
    stated = effective_rights(resources, visible, sources.values())
    return replace(
        drawn,
        n_left_out=_n_answers(resources, question, resources.visible(asker)) - len(samples) - len(measurements),
        rights={sources[i].pid: rights for i, rights in stated.items()},
    )


def _n_answers(resources: Resources, question: Question, visible: Visible) -> int:
    counts = dict(resources.catalog.facets(question, visible, Facet.KIND))
    return counts.get(RecordKind.SAMPLE.value, 0) + counts.get(RecordKind.MEASUREMENT.value, 0)


def _all(resources: Resources, question: Question, visible: Visible) -> list[Record]:
    records: list[Record] = []
    after: str | None = None
    while True:
        page = resources.catalog.find(question, visible, limit=_PAGE, after=after)
        records.extend(page.records)
        after = page.next
        if after is None:
            return records


def _subject(record: Record) -> Subject:
    return Subject(id=record.pid, name=record.title, formula=str(record.document.get("formula", "")))
