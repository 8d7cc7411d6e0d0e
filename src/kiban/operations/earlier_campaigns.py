"""Other campaigns as earlier studies: those that looked for the same outcome with some of the same parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from kiban.operations.campaign_records import campaign_of, part_for
from kiban.operations.earlier_study import FoundStudy, same_outcomes, same_parameter
from kiban.operations.resources import Resources
from kiban.planning.archive.study import Study
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.trial import Ending, Trial
from kiban.quantity.measured import Measured
from kiban.query.question import Comparison, Operator
from kiban.query.vocabulary import Vocabulary
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind

_MOST = 200
_CAMPAIGNS = Comparison("kind", Operator.EQUAL, RecordKind.CAMPAIGN.value)
LEAST_TRIALS = 3
"""With fewer, nothing is a study."""


def earlier_campaigns(
    asker: Asker,
    resources: Resources,
    record: Record,
    campaign: Campaign,
    known: Vocabulary,
    *,
    named: Collection[str],
    finds: bool,
) -> Iterator[FoundStudy]:
    """Those that the asker may put into models, each without what rests on records that it may not.

    Parameters
    ----------
    record, campaign
        The one that asks.
    named : collection of str
        Short identifiers that a person named.
    finds : bool
        Whether others are looked for too, the newest 200.
    """
    visible = resources.visible(asker, Right.USE)
    found = {each.pid: each for each in resources.catalog.get_many(sorted(named), visible).values()} if named else {}
    if finds:
        found |= {each.pid: each for each in resources.catalog.find(_CAMPAIGNS, visible, limit=_MOST).records}
    for pid in sorted(found):
        if pid == record.pid or found[pid].kind is not RecordKind.CAMPAIGN:
            continue
        other = part_for(asker, resources, campaign_of(found[pid]))
        trials = _as_seen_by(campaign, other, known)
        if len(trials) >= LEAST_TRIALS:
            yield FoundStudy(
                study=Study(name=pid, trials=trials, is_named=pid in named),
                title=found[pid].title,
                record=pid,
                members=(found[pid],),
                rests_on=frozenset(r for each in other.experiments for r in each.records),
            )


def _as_seen_by(campaign: Campaign, other: Campaign, known: Vocabulary) -> tuple[Trial, ...]:
    """The measured experiments of another campaign under the names of this one."""
    outcomes = same_outcomes(campaign, other.objective.outcomes, known)
    names = {each.name: same_parameter(each.name, other.space.names) for each in campaign.space.parameters}
    places = {own: name for own, name in names.items() if name is not None}
    if not outcomes or not places:
        return ()
    units = {each.name: getattr(each, "unit", "") for each in other.space.parameters}
    return tuple(
        Trial(
            point={own: _valued(trial.point, name, units[name]) for own, name in places.items()},
            outcomes={own: trial.outcomes[name] for own, name in outcomes.items() if name in trial.outcomes},
            rests_on=trial.rests_on,
        )
        for trial in other.trials()
        if trial.ending is Ending.MEASURED and any(name in trial.outcomes for name in outcomes.values())
    )


def _valued(point: Mapping[str, float | str | Measured], name: str, unit: str) -> str | Measured:
    value = point[name]
    return value if isinstance(value, str | Measured) else Measured(value, unit)
