"""The archive of a campaign: earlier studies that were found or named, weighed for the next suggestions.

Only what the asker may put into models counts. Which studies counted, and how much, is kept with the suggestions;
whoever may not read a study sees neither its name nor its number there (`kiban.operations.as_seen`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kiban.errors import InvalidValue, RecordNotFound
from kiban.operations.audited import reads, saw
from kiban.operations.campaign_records import campaign_of, records_in
from kiban.operations.changed_records import current
from kiban.operations.earlier_campaigns import earlier_campaigns
from kiban.operations.earlier_study import FoundStudy
from kiban.operations.earlier_tables import earlier_tables
from kiban.operations.resources import Resources
from kiban.operations.terms import vocabulary_of
from kiban.planning.archive.archive import archive
from kiban.planning.campaign.asking import engine_of, takes_priors
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.earlier import AUTO, StudyUsed, formulas_of, is_formula
from kiban.planning.engines.contract import Prior
from kiban.query.identifiers import named_record
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import RecordKind

_KINDS = frozenset({RecordKind.CAMPAIGN, RecordKind.MEASUREMENT})
MOST_STUDIES = 10
"""So many are compared, those that were named first, then those with most experiments: the work grows with their
square."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What the archive has to say for one batch of suggestions."""

    priors: tuple[Prior, ...] = ()
    used: tuple[StudyUsed, ...] = ()


def weighed_archive(asker: Asker, resources: Resources, identifier: str, seen: Campaign) -> Weighed:
    """Find the studies that a campaign may rest on, and weigh them by each other and by its own trials.

    Parameters
    ----------
    seen : Campaign
        Cut down to what the asker may put into models.
    """
    if not seen.archive or not takes_priors(engine_of(seen)):
        return Weighed()
    found = studies_for(asker, resources, identifier)
    formulas = formulas_of(seen.archive, seen.space, seen.objective)
    if not found and not formulas:
        return Weighed()
    learnt = archive(seen.safe_space, seen.objective, (each.study for each in found), formulas, resources.learnt)
    prior, counted = learnt.weighed(seen.trials())
    by_name = {each.study.name: each for each in found}
    used = tuple(
        StudyUsed(
            name=by_name[each.name].title if each.name in by_name else each.name,
            record=by_name[each.name].record if each.name in by_name else "",
            n_trials=len(by_name[each.name].study.trials) if each.name in by_name else 0,
            counts={outcome: round(count, 4) for outcome, count in each.counts.items()},
        )
        for each in counted
    )
    return Weighed(priors=() if prior is None else (prior,), used=used)


@reads("looked for studies")
def studies_for(asker: Asker, resources: Resources, identifier: str) -> tuple[FoundStudy, ...]:
    """The earlier studies that a campaign may rest on, for this asker.

    These are other campaigns for the same outcome, and tables of samples with values of it, that share a parameter.

    Raises
    ------
    RecordNotFound
        If there is no such campaign that the asker may see.
    """
    record = current(asker, resources, identifier, RecordKind.CAMPAIGN)
    campaign = campaign_of(record)
    known = vocabulary_of(asker, resources)
    named = _named(campaign.archive)
    finds = AUTO in campaign.archive
    if not named and not finds:
        return ()
    own = list(earlier_campaigns(asker, resources, record, campaign, known, named=named, finds=finds))
    # What was measured for a campaign, this one or another, is not a study a second time.
    counted = {*records_in(campaign), *(pid for each in own for pid in each.rests_on)}
    found = own + list(
        earlier_tables(asker, resources, campaign, known, named=named, finds=finds, without=counted - named)
    )
    found.sort(key=lambda each: (not each.study.is_named, -len(each.study.trials), each.record))
    chosen = tuple(found[:MOST_STUDIES])
    saw(record, *(member for each in chosen for member in each.members), subject=record.pid, n=len(chosen))
    return chosen


def check_named(asker: Asker, resources: Resources, choice: Iterable[str]) -> None:
    """Refuse studies that are none.

    Raises
    ------
    RecordNotFound
        If one is no record that the asker may put into models.
    InvalidValue
        If one is neither a campaign nor a measurement, or no identifier.
    """
    listed = [each for each in choice if each != AUTO and not is_formula(each)]
    for text in listed:
        if named_record(text) is None:
            raise InvalidValue(
                f"'{text[:80]}' is no study.",
                mend="Name a campaign, or a measurement of a table, by its identifier; or write a formula: "
                "'hardness = 3 * {temperature}'.",
            )
    visible = resources.visible(asker, Right.USE)
    pids = {text: named_record(text) or "" for text in listed}
    there = (
        {each.pid: each for each in resources.catalog.get_many(sorted(pids.values()), visible).values()} if pids else {}
    )
    for text, pid in pids.items():
        if pid not in there:
            raise RecordNotFound(text)
        if there[pid].kind not in _KINDS:
            raise InvalidValue(
                f"{pid} is a {there[pid].kind}, and no study.",
                mend="Name a campaign, or a measurement of the table of experiments that is meant.",
            )


def _named(choice: Iterable[str]) -> frozenset[str]:
    return frozenset(pid for each in choice if not is_formula(each) and (pid := named_record(each)) is not None)
