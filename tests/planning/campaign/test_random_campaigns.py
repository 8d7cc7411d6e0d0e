"""What holds for every campaign, whatever is done with it in whatever order."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.planning.campaign.asking import suggest
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.course import end, is_stopped, pause, reset, resume, stop
from kiban.planning.campaign.document import campaign_from_json, campaign_to_json
from kiban.planning.campaign.experiment import Outcome, Source, State, runs
from kiban.planning.campaign.laboratory_moves import at_work, give, retry
from kiban.planning.campaign.limits import Limits
from kiban.planning.campaign.moves import abandon, accept, add, change, refuse, replicate, start
from kiban.planning.campaign.progress import advice, best
from kiban.planning.campaign.telling import Done, Spent, bring_in, fail, tell
from kiban.planning.space.constraint import Linear
from kiban.quantity.measured import Measured

from .examples import SPACE, TWO, campaign

_SAFE = Linear(coefficients={"temperature": 1.0}, high=560.0)
_UNITS = {"strength": ("MPa", "GPa"), "mass": ("kg", "g")}


@st.composite
def _moves(draw: st.DrawFn) -> list[tuple[str, int, dict[str, Any]]]:
    names = st.sampled_from(
        ["suggest"] * 4
        + ["accept", "start", "refuse", "abandon", "change", "add", "replicate", "tell", "tell", "fail", "bring in"]
        + ["pause", "resume", "end", "stop", "reset", "give", "give", "retry"]
    )
    made = []
    for _ in range(draw(st.integers(1, 25))):
        said = {
            "point": {
                "temperature": draw(st.sampled_from([300.0, 450.0, 600.0, 310.5, 900.0])),
                "solvent": draw(st.sampled_from(["water", "ethanol", "acetone"])),
            },
            "n": draw(st.integers(1, 4)),
            "outcomes": draw(st.dictionaries(st.sampled_from(["strength", "mass"]), st.floats(-1e6, 1e6), max_size=2)),
            "unit": draw(st.integers(0, 1)),
            "flag": draw(st.booleans()),
            "note": draw(st.text(max_size=5)),
            "evidence": draw(st.sampled_from(["", "kb:7Q4M-2KXD-98"])),
        }
        made.append((draw(names), draw(st.integers(1, 12)), said))
    return made


def _apply(begun: Campaign, name: str, number: int, said: Mapping[str, Any], at: str) -> Campaign:
    told: dict[str, Any] = {"at": at, "by": "sato"}
    outcomes = [
        Outcome(name=each, value=Measured(value, _UNITS[each][said["unit"]]), evidence=said["evidence"])
        for each, value in said["outcomes"].items()
    ]
    plain = {"accept": accept, "start": start, "refuse": refuse, "abandon": abandon}
    course = {"pause": pause, "resume": resume, "end": end, "stop": stop}
    if name in plain:
        return plain[name](begun, number, note=said["note"], **told)
    if name in course:
        return course[name](begun, note=said["note"], **told)
    match name:
        case "give":
            return give(begun, number, "robot", **told)
        case "retry":
            return retry(begun, number, **told)
        case "suggest":
            return suggest(begun, said["n"], **told)
        case "change":
            return change(begun, number, said["point"], beyond=said["flag"], **told)
        case "add":
            return add(begun, said["point"], beyond=said["flag"], **told)
        case "replicate":
            return replicate(begun, number, said["n"], **told)
        case "tell":
            return tell(begun, number, outcomes, is_all=said["flag"], is_correction=said["unit"] == 1, **told)
        case "fail":
            return fail(begun, number, note=said["note"], spent=Spent(cost=2.0), **told)
        case "reset":
            return reset(begun, {"limits": Limits(experiments=number + 10, safety=(_SAFE,))}, **told)
    done = Done(point=said["point"], outcomes=tuple(outcomes), rests_on=f"row {number}", note=said["note"])
    return bring_in(begun, [done], **told)


@settings(max_examples=100, deadline=None)
@given(made=_moves(), seed=st.integers(0, 5))
def test_any_moves_in_any_order_leave_a_campaign_that_keeps_its_promises(
    made: list[tuple[str, int, dict[str, Any]]], seed: int
) -> None:
    _make(made, campaign(objective=TWO, engine="random", seed=seed, limits=Limits(safety=(_SAFE,), patience=3)))


@settings(max_examples=40, deadline=None)
@given(made=_moves(), seed=st.integers(0, 5))
def test_the_embedded_engine_keeps_them_too(made: list[tuple[str, int, dict[str, Any]]], seed: int) -> None:
    _make(made, campaign(objective=TWO, seed=seed, limits=Limits(safety=(_SAFE,))))


def _make(made: list[tuple[str, int, dict[str, Any]]], begun: Campaign) -> None:
    refused: list[InvalidValue] = []
    for i, (name, number, said) in enumerate(made):
        at = f"2026-11-27T09:00:{i:02d}+00:00"
        before = json.dumps(campaign_to_json(begun))
        try:
            after = _apply(begun, name, number, said, at)
        except InvalidValue as e:
            refused.append(e)
            continue
        _check_step(begun, after, name)
        # Through text and back it is the same campaign, and what is done with it gives the same.
        assert json.dumps(campaign_to_json(begun)) == before
        read = campaign_from_json(json.loads(before))
        assert read == begun
        assert _apply(read, name, number, said, at) == after
        begun = after
    assert all(e.fault and e.mend for e in refused)
    advice(begun)
    assert set(best(begun)) <= {each.number for each in begun.of_state(State.COMPLETED)}


def _check_step(before: Campaign, after: Campaign, name: str) -> None:
    # Nothing is forgotten: experiments stay, with every move that was made on them and what was suggested.
    for old, new in zip(before.experiments, after.experiments, strict=False):
        assert new.turns[: len(old.turns)] == old.turns
        assert new.proposal == old.proposal
    fresh = after.experiments[len(before.experiments) :]
    for each in fresh if name == "suggest" else ():
        assert each.source is Source.ENGINE
        assert each.proposal is not None
        assert each.proposal.batch == len(after.batches)
        assert set(each.proposal.rests_on) <= {e.number for e in before.experiments if e.teaches}
        assert SPACE.allowed(SPACE.coded([each.point])).all()
        assert float(each.point["temperature"]) <= 560.0
        for other in before.experiments:
            if other.state is not State.ABANDONED:
                assert dict(each.point) != dict(other.point), "it suggests what is pending, done or refused"
                assert other.proposal is None or dict(each.point) != dict(other.proposal.point)
    points = [tuple(each.point.items()) for each in fresh]
    assert name != "suggest" or len(set(points)) == len(points)
    for each in after.experiments:
        if each.is_open and each.source is not Source.IMPORTED and each not in before.experiments:
            assert name == "tell" or float(each.point["temperature"]) <= 560.0
    for each in at_work(after, "robot"):
        assert each.n_attempts >= 1
        assert float(each.point["temperature"]) <= 560.0
        assert each in before.experiments or name in {"give", "retry", "tell"}
    assert name != "stop" or is_stopped(after)
    assert name not in {"pause", "resume", "end"} or not is_stopped(after)
    left = after.spending.left_of(after.limits)
    assert name not in {"suggest", "add", "replicate"} or left.get("experiments", 0) >= 0


@given(numbers=st.sets(st.integers(1, 60)))
def test_runs_of_numbers_are_those_numbers(numbers: set[int]) -> None:
    written = runs(numbers)
    assert [n for first, last in written for n in range(first, last + 1)] == sorted(numbers)
    assert all(a[1] + 1 < b[0] for a, b in itertools.pairwise(written))
