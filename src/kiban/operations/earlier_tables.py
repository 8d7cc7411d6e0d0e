"""Samples that were made and measured as earlier studies: the rows of a table of past experiments or of calculated
values, and other measurements of one project."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from kiban.learning.settings import Setting
from kiban.learning.table import in_order_of_rank
from kiban.operations.earlier_campaigns import LEAST_TRIALS
from kiban.operations.earlier_study import FoundStudy, same_parameter
from kiban.operations.experiments_matched import rows_of_table, said_of
from kiban.operations.outcome_terms import term_of
from kiban.operations.resources import Resources
from kiban.operations.settings_of import settings_of
from kiban.planning.archive.study import Study
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.trial import Trial
from kiban.quantity.measured import Measured
from kiban.query.question import And, Comparison, Known, Operator, Or
from kiban.query.vocabulary import Vocabulary, is_path
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible

_PAGE, _MOST = 1000, 5000
Group = tuple[str, int, str]
"""Project, scope and table: one study. All that is in it is visible to the same people."""


def earlier_tables(
    asker: Asker,
    resources: Resources,
    campaign: Campaign,
    known: Vocabulary,
    *,
    named: Collection[str],
    finds: bool,
    without: Collection[str],
) -> Iterator[FoundStudy]:
    """Those that the asker may put into models.

    Parameters
    ----------
    named : collection of str
        Short identifiers of measurements: the studies that they are in are meant.
    finds : bool
        Whether others are looked for too, among the newest 5000 measurements of the campaign's outcomes.
    without : collection of str
        Short identifiers of measurements that count elsewhere.
    """
    visible = resources.visible(asker, Right.USE)
    measurements = _measurements(resources, campaign, known, visible, named, finds=finds)
    measurements = {i: each for i, each in measurements.items() if each.pid not in without}
    if not measurements:
        return
    terms = {term: own for own in campaign.objective.outcomes for term in known.same_as(term_of(own, known))}
    facts = [
        fact
        for fact in resources.catalog.facts(visible, evidence=sorted(measurements), terms=sorted(terms))
        if fact.subject is not None
    ]
    samples = _samples(resources, visible, facts)
    settings = settings_of(asker, resources, samples, visible) if samples else {}
    wanted = {_group(each) for each in measurements.values() if each.pid in named}
    for group, own in sorted(_grouped(facts, measurements).items()):
        if group not in wanted and not finds:
            continue
        rows = {i: found for i, found in own.items() if i in samples}
        trials = tuple(
            trial
            for i, found in rows.items()
            if (trial := _trial(campaign, settings[samples[i].pid], found, terms)) is not None
        )
        if len(trials) >= LEAST_TRIALS:
            evidence = {fact.evidence for found in rows.values() for fact in found}
            first = measurements[min(evidence)]
            yield FoundStudy(
                study=Study(name=first.pid, trials=trials, is_named=group in wanted),
                title=str(said_of(first).get("table") or first.title),
                record=first.pid,
                members=tuple(measurements[i] for i in sorted(evidence)) + tuple(samples[i] for i in rows),
                rests_on=frozenset(measurements[i].pid for i in evidence),
            )


def _measurements(
    resources: Resources,
    campaign: Campaign,
    known: Vocabulary,
    visible: Visible,
    named: Collection[str],
    *,
    finds: bool,
) -> dict[UUID, Record]:
    found: dict[UUID, Record] = {}
    for one in resources.catalog.get_many(sorted(named), visible).values() if named else ():
        if one.kind is RecordKind.MEASUREMENT:
            found[one.id] = one
            if (table := said_of(one).get("table")) is not None:
                for row in rows_of_table(resources, visible, str(table), project=one.project):
                    found[row.id] = row
    outcomes = campaign.objective.outcomes
    # An outcome may be called as people like, 硬さ or "my score": what cannot be the name of a term was never measured.
    keys = [term for own in outcomes for term in known.same_as(term_of(own, known)) if is_path(term)]
    if not keys:
        return found
    terms = tuple(Known(term, known=True) for term in keys)
    question = And((Comparison("kind", Operator.EQUAL, RecordKind.MEASUREMENT.value), Or(terms)))
    after: str | None = None
    while finds and len(found) < _MOST:
        page = resources.catalog.find(question, visible, limit=_PAGE, after=after)
        found |= {each.id: each for each in page.records}
        after = page.next
        if after is None:
            break
    return found


def _samples(resources: Resources, visible: Visible, facts: Sequence[Fact]) -> dict[UUID, Record]:
    ids = {fact.subject for fact in facts if fact.subject is not None}
    there = resources.catalog.get_many(ids, visible) if ids else {}
    return {i: each for i, each in there.items() if each.kind is RecordKind.SAMPLE}


def _group(measurement: Record) -> Group:
    return (str(measurement.project), measurement.scope, str(said_of(measurement).get("table") or ""))


def _grouped(facts: Sequence[Fact], measurements: Mapping[UUID, Record]) -> dict[Group, dict[UUID, list[Fact]]]:
    """By study and sample, what was found out."""
    found: dict[Group, dict[UUID, list[Fact]]] = {}
    for fact in sorted(facts, key=lambda each: each.id):
        if fact.subject is not None:
            found.setdefault(_group(measurements[fact.evidence]), {}).setdefault(fact.subject, []).append(fact)
    return found


def _trial(
    campaign: Campaign, settings: Sequence[Setting], facts: Sequence[Fact], terms: Mapping[str, str]
) -> Trial | None:
    nearest: dict[str, Measured | str] = {}
    for setting in settings:
        nearest.setdefault(setting.name, setting.value)
    names = {own: same_parameter(own, nearest) for own in campaign.space.names}
    point = {own: nearest[name] for own, name in names.items() if name is not None}
    if not point:
        return None
    outcomes: dict[str, Measured] = {}
    for fact in in_order_of_rank(facts):
        outcomes.setdefault(terms[fact.property.term], fact.property.value)
    return Trial(point=point, outcomes=outcomes)
