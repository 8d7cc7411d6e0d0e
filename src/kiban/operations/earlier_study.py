"""An earlier study as it was found, and which names of it mean what a campaign means by its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kiban.operations.outcome_terms import term_of
from kiban.planning.archive.study import Study
from kiban.planning.campaign.campaign import Campaign
from kiban.query.vocabulary import Vocabulary
from kiban.records.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStudy:
    """A study with the records that it rests on.

    Parameters
    ----------
    title : str
        What people call it.
    record : str
        Short identifier of the record that stands for it. All of it lies in the scope of that record, or is a campaign
        without what the asker may not use.
    members : tuple of Record
        What was read for it.
    rests_on : frozenset of str
        Short identifiers of the measurements in it.
    """

    study: Study
    title: str
    record: str
    members: tuple[Record, ...]
    rests_on: frozenset[str]


def same_outcomes(campaign: Campaign, others: Iterable[str], known: Vocabulary) -> dict[str, str]:
    """By outcome of a campaign, what is the same term among others: itself, or one that either was merged into."""
    there = {known.root(term_of(other, known)): other for other in others}
    roots = {own: known.root(term_of(own, known)) for own in campaign.objective.outcomes}
    return {own: there[root] for own, root in roots.items() if root in there}


def same_parameter(own: str, others: Collection[str]) -> str | None:
    """What is called like a parameter: itself, or the one other name whose last part is the same.

    `temperature` is `process.anneal.temperature`, and that is `process.heat.temperature`, where no second one ends so.
    """
    if own in others:
        return own
    last = own.rpartition(".")[2].casefold()
    found = [other for other in others if other.rpartition(".")[2].casefold() == last]
    return found[0] if len(found) == 1 else None
