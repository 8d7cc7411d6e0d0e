"""Results of experiments found in the catalog: the values of a measurement or a sample, as a campaign asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiban.errors import InvalidValue
from kiban.operations.audited import reads, saw
from kiban.operations.campaign_records import campaign_of
from kiban.operations.changed_records import current
from kiban.operations.may_read import require_right
from kiban.operations.outcome_terms import term_of
from kiban.operations.resources import Resources
from kiban.operations.terms import vocabulary_of
from kiban.planning.campaign.experiment import Outcome
from kiban.quantity.measured import Measured
from kiban.query.vocabulary import Vocabulary
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.property import Fact
from kiban.records.record import RecordKind

_MOST_TOLD = 5


@reads("read results for campaign")
def outcomes_from(
    asker: Asker,
    resources: Resources,
    identifier: str,
    source: str,
    *,
    names: Sequence[str] = (),
    condition: Mapping[str, str] | None = None,
) -> tuple[Outcome, ...]:
    """Find the outcomes of a campaign among the values of a measurement, or of all measurements of a sample.

    An outcome is found where it is called like the term of a value, by its key or as people call it. Each has the
    measurement that it rests on as its evidence.

    Parameters
    ----------
    identifier : str
        Of the campaign.
    source : str
        Of the measurement or sample.
    names : sequence of str
        Outcomes that must be there; all that can be found, unless given.
    condition : mapping of str to str
        Which of several values of a term is meant: `{"peak": "1"}`.

    Raises
    ------
    RecordNotFound
        If there is no such campaign, measurement or sample that the asker may see.
    Refused
        If the asker may not use its values.
    InvalidValue
        If none is found, or several are and nothing says which is meant.
    """
    campaign = campaign_of(current(asker, resources, identifier, RecordKind.CAMPAIGN))
    record = current(asker, resources, source, RecordKind.MEASUREMENT, RecordKind.SAMPLE)
    require_right(asker, resources, record, Right.USE)
    visible = resources.visible(asker, Right.USE)
    is_sample = record.kind is RecordKind.SAMPLE
    claimed = resources.catalog.facts(
        visible, subjects=[record.id] if is_sample else None, evidence=None if is_sample else [record.id]
    )
    evidence = resources.catalog.get_many({fact.evidence for fact in claimed}, visible)
    facts = [fact for fact in claimed if fact.evidence in evidence]
    saw(record, *evidence.values(), subject=record.pid)
    known = vocabulary_of(asker, resources)
    wanted = {name: unit for name, unit in campaign.objective.outcomes.items() if not names or name in names}
    if unknown := sorted(set(names) - set(wanted)):
        raise InvalidValue(
            f"The campaign asks for no outcome '{unknown[0]}'.",
            mend=f"Its outcomes are: {', '.join(campaign.objective.outcomes)}.",
        )
    found: list[Outcome] = []
    for name, unit in wanted.items():
        matching = [
            fact for fact in facts if _matches(fact, name, condition or {}, known) and fact.evidence in evidence
        ]
        if len(matching) > 1:
            raise _several(record.pid, name, matching)
        if matching:
            (fact,) = matching
            value = fact.property.value.in_unit(unit)
            found.append(Outcome(name=name, value=value, evidence=evidence[fact.evidence].pid))
    missing = [name for name in wanted if name not in {each.name for each in found}]
    if not found or (names and missing):
        there = sorted({fact.property.term for fact in facts})
        raise InvalidValue(
            f"{record.pid} has no value of {', '.join(missing)} under this condition."
            if condition
            else f"{record.pid} has no value of {', '.join(missing)}.",
            mend=f"It has values of: {', '.join(there) or 'nothing'}. Give the value itself, or name another record.",
        )
    return tuple(found)


def _matches(fact: Fact, name: str, condition: Mapping[str, str], known: Vocabulary) -> bool:
    if known.root(fact.property.term) != known.root(term_of(name, known)):
        return False
    return all(_said(fact.property.condition.get(key)) == text for key, text in condition.items())


def _several(pid: str, name: str, facts: Sequence[Fact]) -> InvalidValue:
    told = [
        ", ".join([f"{fact.property.value}", *(f"{k}={_said(v)}" for k, v in fact.property.condition.items())])
        for fact in facts[:_MOST_TOLD]
    ]
    more = f"; and {len(facts) - _MOST_TOLD} more" if len(facts) > _MOST_TOLD else ""
    return InvalidValue(
        f"{pid} has {len(facts)} values of {name}: {'; '.join(told)}{more}.",
        mend="Say which is meant by its condition, name its measurement, or give the value itself.",
    )


def _said(value: Measured | str | float | None) -> str | None:
    return None if value is None else str(value)
