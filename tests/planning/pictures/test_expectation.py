"""What is expected, in units: against the closed form, against trials left out, and beyond the best that was seen."""

from __future__ import annotations

import numpy as np
import pytest

from kiban.planning.outcome_model import OutcomeModel
from kiban.planning.pictures.expectation import Expectation, Surrogate, back_from_scores
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Continuous, Floats
from kiban.planning.surrogates.forest import Forest
from kiban.planning.surrogates.gaussian_process import GaussianProcess
from kiban.planning.surrogates.portfolio import normal_scores
from kiban.planning.view import View

SPACE = (Continuous(name="x", low=0.0, high=1.0), Continuous(name="y", low=0.0, high=1.0))


def _model(rows: Floats, values: Floats, *, turned: bool = False) -> OutcomeModel:
    rng = np.random.default_rng(1)
    view = View(Coded(SPACE, rows), is_list=False, outcome="z", priors=(), use_density=False, rng=rng)
    return OutcomeModel(view, Coded(SPACE, rows), values, np.full(len(values), np.nan), turned=turned, rng=rng)


def _smooth(n: int, seed: int = 2) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    rows = rng.random((n, 2))
    return rows, np.sin(3 * rows[:, 0]) + rows[:, 1] ** 2 + 0.05 * rng.standard_normal(n)


@pytest.mark.parametrize("turned", [False, True])
def test_the_raw_process_says_what_suggestions_say(turned: bool) -> None:
    rows, values = _smooth(20)
    model = _model(rows, values, turned=turned)
    points = Coded(SPACE, np.random.default_rng(5).random((7, 2)))
    expected, doubts = model.in_units(model.expect(points))
    told = Expectation(model, values, Surrogate.RAW).at(points)
    assert told.middle == pytest.approx(expected)
    # Another experiment scatters around what is expected: the values were made with 0.05.
    scatter = np.sqrt(told.deviation**2 - doubts**2)
    assert scatter == pytest.approx(scatter[0])
    assert 0.02 < scatter[0] < 0.15
    assert told.highest - told.middle == pytest.approx(1.959964 * told.deviation)


@pytest.mark.parametrize("surrogate", list(Surrogate))
@pytest.mark.parametrize("turned", [False, True])
def test_an_interval_has_its_ends_in_order_and_holds_what_it_should(surrogate: Surrogate, turned: bool) -> None:
    rows, values = _smooth(60)
    expectation = Expectation(_model(rows, values, turned=turned), values, surrogate)
    told = expectation.at(Coded(SPACE, rows))
    ends = np.array([told.lowest, told.low, told.middle, told.high, told.highest])
    assert (np.diff(ends, axis=0) >= 0).all()
    quality = expectation.quality
    assert quality.n_trials == 60
    assert quality.within_95 >= 0.85
    assert quality.error < 0.6 * quality.error_of_mean
    # New trials that it has never seen.
    fresh, truth = _smooth(200, seed=9)
    new = expectation.at(Coded(SPACE, fresh))
    assert ((truth >= new.lowest) & (truth <= new.highest)).mean() >= 0.85


def test_noise_is_not_taken_for_knowledge() -> None:
    rng = np.random.default_rng(4)
    rows, values = rng.random((40, 2)), rng.standard_normal(40)
    expectation = Expectation(_model(rows, values), values)
    assert expectation.quality.skill < 0.25
    assert expectation.quality.error > 0.75 * expectation.quality.error_of_mean


def test_of_heavy_tails_the_ranks_speak_and_the_interval_is_longer_upwards() -> None:
    rows, values = _smooth(50)
    heavy = np.exp(4.0 * values)
    expectation = Expectation(_model(rows, heavy), heavy)
    assert expectation.surrogate in {Surrogate.RANKS, Surrogate.FOREST}
    assert expectation.qualities[Surrogate.RANKS].skill > expectation.qualities[Surrogate.RAW].skill
    told = expectation.at(Coded(SPACE, np.array([[0.3, 0.4]])))
    assert told.highest[0] - told.middle[0] > 1.5 * (told.middle[0] - told.lowest[0])
    assert (told.middle > 0).all()


def test_scores_lead_back_to_their_values_and_beyond_the_best() -> None:
    values = np.array([1.0, 5.0, 2.0, 2.0, 40.0])
    scores = normal_scores(values)
    assert back_from_scores(scores, values, scores) == pytest.approx(values)
    beyond = back_from_scores(np.array([scores.max() + 1.0]), values, scores)
    assert beyond[0] == pytest.approx(40.0 + 38.0 / (scores[4] - scores[2]))
    many = back_from_scores(np.linspace(-4, 4, 200), values, scores)
    assert (np.diff(many) >= 0).all()


def test_a_process_expects_a_trial_it_was_not_shown_as_one_that_was_made_without_it() -> None:
    rows, values = _smooth(12)
    rng = np.random.default_rng(7)
    view = View(Coded(SPACE, rows), is_list=False, outcome="z", priors=(), use_density=False, rng=rng)
    targets = (values - values.mean()) / values.std()
    ones, zeros = np.ones((12, 1)), np.zeros(12)
    without = GaussianProcess(view.features, rows[:-1], ones[:-1], targets[:-1], zeros[:-1], rng)
    whole = without.with_more(rows[-1:], ones[-1:], targets[-1:])
    assert whole.blind().means[:, -1] == pytest.approx(without.expect(rows[-1:], ones[-1:]).means[:, 0], abs=5e-3)


def test_a_forest_judges_by_trees_that_were_not_shown_the_trial() -> None:
    rows, _ = _smooth(30)
    rng = np.random.default_rng(8)
    noise = rng.standard_normal(30)
    blind = Forest(rows, noise, rng).blind()
    shown = Forest(rows, noise, rng).expect(rows)
    assert np.abs(noise - blind.mean()).mean() > 1.5 * np.abs(noise - shown.mean()).mean()
