"""After any history the rules give what a brute-force model of what was promised gives, right by right."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import pytest

from kiban.access.asker_of import anonymous, asker_of
from kiban.access.narrowed import within_project
from kiban.access.verdict import rights, weigh
from kiban.records.party import EVERY_ACT, Act

from . import as_entries, plain_rights
from .plain_history import Deed, Place, State
from .random_history import Chronicle

_SEED = int(os.environ.get("KIBAN_WORLD_SEED", "5"))
_N_HISTORIES = int(os.environ.get("KIBAN_WORLD_HISTORIES", "400"))


def smallest(history: Sequence[Deed], disagrees: Callable[[Sequence[Deed]], bool]) -> list[Deed]:
    """Leave out of a history what is not needed for the disagreement."""
    kept = list(history)
    for n in reversed(range(len(kept))):
        shorter = kept[:n] + kept[n + 1 :]
        try:
            if disagrees(shorter):
                kept = shorter
        except (KeyError, IndexError):  # without that deed the rest makes no sense
            continue
    return kept


def by_the_rules(
    state: State,
    person: UUID | None,
    place: Place,
    now: datetime,
    acts: frozenset[str] | None,
    within: UUID | None = None,
) -> frozenset[str]:
    """What Kiban says."""
    directory = as_entries.directory(state, {place: 7})
    scope = as_entries.scope(state, place, 7)
    allowed = EVERY_ACT if acts is None else frozenset(map(Act, acts))
    asker = (
        anonymous(directory, now)
        if person is None
        else asker_of(directory, directory.people[person], now, acts=allowed)
    )
    if within is not None and asker.id is not None:
        asker = within_project(asker, within)
    given = rights(asker, scope)
    assert weigh(asker, scope).rights == given
    return frozenset(right.value for right in given)


@pytest.mark.parametrize("part", range(4))
def test_the_rules_give_what_was_promised(part: int) -> None:
    n_given = 0
    for n in range(_N_HISTORIES // 4):
        seed = f"{_SEED}/{part}/{n}"
        chronicle = Chronicle(random.Random(seed))
        history = list(chronicle.founding())
        places = [chronicle.place() for _ in range(6)]
        for _ in range(12):
            history += chronicle.deed()
        state = State.after(history)
        for place in places:
            for person in (None, *chronicle.people):
                now, acts = chronicle.now(), chronicle.acts()
                within = chronicle.narrowed_to(acts)
                expected = plain_rights.rights(state, person, place, now, acts or plain_rights.EVERY_ACT, within)
                n_given += bool(expected)
                if by_the_rules(state, person, place, now, acts, within) != expected:
                    explain(f"seed {seed}", history, person, place, now, acts, within)
    assert n_given > _N_HISTORIES / 4  # of 24 questions of each history


def explain(
    told: str,
    history: Sequence[Deed],
    person: UUID | None,
    place: Place,
    now: datetime,
    acts: frozenset[str] | None,
    within: UUID | None = None,
) -> None:
    def disagrees(deeds: Sequence[Deed]) -> bool:
        state = State.after(deeds)
        promised = plain_rights.rights(state, person, place, now, acts or plain_rights.EVERY_ACT, within)
        return by_the_rules(state, person, place, now, acts, within) != promised

    if not disagrees(history):
        pytest.fail(f"{told}\nThe rules give what was promised: the fault lies elsewhere. {place}")
    deeds = smallest(history, disagrees)
    state = State.after(deeds)
    promised = plain_rights.rights(state, person, place, now, acts or plain_rights.EVERY_ACT, within)
    pytest.fail(
        "\n".join(
            (
                f"{told}; {person} asks at {now} with {acts} within {within} about {place}",
                *map(str, deeds),
                f"promised: {sorted(promised)}",
                f"the rules: {sorted(by_the_rules(state, person, place, now, acts, within))}",
            )
        )
    )
