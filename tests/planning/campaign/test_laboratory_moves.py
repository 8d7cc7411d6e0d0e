"""What laboratories do with experiments, and what stopping means to them."""

from __future__ import annotations

import pytest

from kiban.errors import IllegalMove, OutOfRange
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.course import is_stopped, pause, reset, resume, stop
from kiban.planning.campaign.document import campaign_from_json, campaign_to_json
from kiban.planning.campaign.experiment import Move
from kiban.planning.campaign.laboratory_moves import at_work, give, retry, to_be_done
from kiban.planning.campaign.limits import Limits
from kiban.planning.campaign.moves import add, change, start
from kiban.planning.campaign.telling import tell
from kiban.planning.space.constraint import Linear

from .examples import SAID, campaign, strength


def _with(n: int) -> Campaign:
    begun = campaign()
    for i in range(n):
        begun = add(begun, {"temperature": 300.0 + 50.0 * i, "solvent": "water"}, **SAID)
    return begun


def test_what_is_given_is_running_and_remembers_who_does_it_and_how_often() -> None:
    given = give(_with(2), 1, "robot", note="first", **SAID)
    assert [each.number for each in at_work(given, "robot")] == [1]
    assert at_work(given, "other") == ()
    assert to_be_done(given) == given.experiment(2)
    again = retry(given, 1, note="dropped", **SAID)
    assert (given.experiment(1).n_attempts, again.experiment(1).n_attempts) == (1, 2)
    assert [turn.move for turn in again.experiment(1).turns] == [Move.ADD, Move.START, Move.RETRY]
    assert campaign_from_json(campaign_to_json(again)) == again
    done = tell(again, 1, [strength(2)], **SAID)
    assert at_work(done, "robot") == ()
    with pytest.raises(IllegalMove):
        retry(done, 1, **SAID)
    with pytest.raises(IllegalMove):
        give(again, 1, "robot", **SAID)


def test_what_a_person_began_with_is_not_the_laboratorys() -> None:
    begun = start(_with(1), 1, **SAID)
    assert at_work(begun, "robot") == ()
    assert to_be_done(begun) is None


def test_what_is_in_the_laboratory_cannot_be_changed() -> None:
    with pytest.raises(IllegalMove, match="being done by the laboratory 'robot'"):
        change(give(_with(1), 1, "robot", **SAID), 1, {"solvent": "ethanol"}, **SAID)


def test_safety_limits_hold_at_the_door_of_the_laboratory() -> None:
    begun = reset(_with(2), {"limits": Limits(safety=(Linear(coefficients={"temperature": 1.0}, high=320.0),))}, **SAID)
    give(begun, 1, "robot", **SAID)
    with pytest.raises(OutOfRange):
        give(begun, 2, "robot", **SAID)


def test_stopped_is_more_than_paused() -> None:
    begun = give(_with(2), 1, "robot", **SAID)
    paused = pause(begun, **SAID)
    assert not is_stopped(paused)
    for stopped in (stop(begun, **SAID), stop(paused, **SAID)):
        assert (stopped.stage, is_stopped(stopped)) == (Stage.PAUSED, True)
        with pytest.raises(IllegalMove):
            give(stopped, 2, "robot", **SAID)
        with pytest.raises(IllegalMove):
            retry(stopped, 1, **SAID)
        with pytest.raises(IllegalMove):
            stop(stopped, **SAID)
        named = reset(stopped, {"name": "Other"}, **SAID)
        assert is_stopped(named)
        assert not is_stopped(resume(stopped, **SAID))
        assert not is_stopped(pause(resume(stopped, **SAID), **SAID))
