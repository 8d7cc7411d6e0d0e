"""The archive of a campaign: earlier studies, calculations and formulas, made into one expectation that engines take.

What is learnt from the sources does not depend on the campaign's own trials; `weighed` brings these in.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from kiban.planning.archive.agreement import Agreement, agreement
from kiban.planning.archive.evidence import RHO, Doubt, before, log_likelihood
from kiban.planning.archive.frame import Frame, Rows, framed
from kiban.planning.archive.learnt_before import LearntBefore
from kiban.planning.archive.scale import Scale, combined, scale_of
from kiban.planning.archive.sources import Learnt, Source, Worked, told
from kiban.planning.archive.study import Expectation, Study
from kiban.planning.objective.objective import Objective
from kiban.planning.objective.target import Goal
from kiban.planning.pool import pool
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Floats
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Trial, results

NAME = "archive"
_SIGNS = {Goal.MAXIMISE: 1.0, Goal.MINIMISE: -1.0, Goal.MATCH: 0.0}
_N_REFERENCES = 400
_UNRELATED, _UNRELATED_WEAK, _UNRELATED_NAMED, _REVERSED = 0.35, 0.7, 0.15, 0.05
"""Chances, before any trial, that a campaign has nothing to do with studies that were found and follow each other
closely, with ones that do not, and with ones that a person named; and that it follows them with the other sign."""
_CLOSE = 0.5
"""Studies follow each other closely if one more study, one standard deviation below what is expected of it, still would
follow them so. Only such may say something of the campaign with the other sign."""
_ALONE, _NAMED = 0.25, 0.5
"""The correlation that is expected of a single source: one that was found, and one that a person named."""
_LEAST, _LEAST_WEAK = 0.1, 0.3
"""An expectation that is believed to be followed less closely than so is not used at all: where the studies follow each
other closely, and where they do not."""
_STEEPEST = 4.0
_FLATTEST = 0.1
"""A study whose expectation varies less over the campaign's space, in its own standard deviations, says nothing of it:
its levels are others, or it lies elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """How much one source counts.

    Parameters
    ----------
    name : str
        As the study or formula is named.
    counts : mapping of str to float
        By outcome: the correlation between what the sources expect together and what comes out, as far as it is
        believed, times the part of this source. Negative where the campaign does the opposite. 0: it says nothing, or
        is not believed.
    """

    name: str
    counts: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The sources of one outcome with what is believed of them before any trial. Nothing of it changes."""

    sources: tuple[Source, ...]
    scales: tuple[Scale, ...]
    references: Floats
    doubts: tuple[Doubt, ...]
    shares: tuple[float, ...]
    together: Doubt
    may_turn: bool
    agreed: Agreement


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What the archive expects, as engines take it (`kiban.planning.engines.contract.Believed`)."""

    frame: Frame
    known: Mapping[str, Known]
    parts: Mapping[str, tuple[float, ...]]
    strengths: Mapping[str, float]
    name: str = NAME

    def expect(self, points: Coded, outcome: str) -> Floats | None:
        """In standard deviations over the space; `None` where the archive says nothing or is not believed."""
        if not self.strengths.get(outcome):
            return None
        return _together(self.known[outcome], self.parts[outcome], points.rows)

    def strength(self, outcome: str) -> float:
        """The correlation with the outcome, as far as it is believed."""
        return self.strengths.get(outcome, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Archive:
    """What was learnt from sources, for one space and objective. Made by `archive`."""

    space: SearchSpace
    objective: Objective
    names: tuple[str, ...]
    frame: Frame
    known: Mapping[str, Known] = field(default_factory=dict)

    def weighed(self, trials: tuple[Trial, ...]) -> tuple[Expected | None, tuple[Used, ...]]:
        """Weigh the sources by the campaign's own trials.

        Returns
        -------
        Expected, optional
            `None` where none of the sources is believed.
        tuple of Used
            One for each source that was given, in their order.
        """
        done = results(self.space, self.objective, trials)
        parts: dict[str, tuple[float, ...]] = {}
        strengths: dict[str, float] = {}
        counts: dict[str, dict[str, float]] = {name: {} for name in self.names}
        for outcome, known in self.known.items():
            there = ~np.isnan(done.outcomes[outcome])
            rows, values = done.points.rows[there], done.outcomes[outcome][there]
            parts[outcome], strengths[outcome] = _weighed(self.frame, known, rows, values)
            for source, part in zip(known.sources, parts[outcome], strict=True):
                counts[source.name][outcome] = part * strengths[outcome]
        used = tuple(
            Used(name=name, counts={o: counts[name].get(o, 0.0) for o in self.objective.outcomes})
            for name in self.names
        )
        if not any(strengths.values()):
            return None, used
        return Expected(self.frame, self.known, parts, strengths), used


def archive(
    space: SearchSpace,
    objective: Objective,
    studies: Iterable[Study],
    formulas: Iterable[Expectation] = (),
    remembered: LearntBefore[Known | None] | None = None,
) -> Archive:
    """Learn what studies and formulas expect of an objective's outcomes in a space.

    Parameters
    ----------
    remembered : LearntBefore, optional
        Where what is learnt is remembered, and taken from if nothing has changed.

    Raises
    ------
    InvalidValue
        If a formula names what is no parameter of the space with numbers.
    NothingAllowed
        If no point of the space keeps to its constraints.
    """
    given, expectations = tuple(studies), tuple(formulas)
    frame, rows = framed(space, objective.outcomes, given)
    references = _references(space)
    named = {each.name for each in given if each.is_named} | {each.name for each in expectations}
    signs = {each.name: _SIGNS[each.goal] for each in objective.targets}
    known = {}
    for outcome in objective.outcomes:
        own = [each for each in rows if len(told(each, outcome)[1]) >= 3]
        worked = [Worked(each, frame) for each in expectations if each.outcome == outcome]
        told_of = (frame, own, worked, outcome, references, named, signs.get(outcome, 0.0))
        learn = partial(_known, *told_of)
        if found := learn() if remembered is None else remembered.get(_key(*told_of), learn):
            known[outcome] = found
    names = tuple(dict.fromkeys((*(each.name for each in given), *(each.name for each in expectations))))
    return Archive(space, objective, names, frame, known)


def _key(
    frame: Frame,
    rows: Sequence[Rows],
    worked: Sequence[Worked],
    outcome: str,
    references: Floats,
    named: set[str],
    sign: float,
) -> bytes:
    """A checksum of all that `_known` learns from."""
    arrays = [references, *(array for each in rows for array in (each.numbers, each.outcomes[outcome]))]
    tables = [(axis.named_alike, axis.counterparts) for axis in frame.axes]
    arrays += [array for pair in tables for array in pair if array is not None]
    axes = [(axis.name, axis.low, axis.high, axis.unit, axis.levels) for axis in frame.axes]
    names = [each.name for each in rows], [each.name for each in worked], sorted(named)
    words = (axes, names, outcome, sign, [array.shape for array in arrays])
    digest = hashlib.sha256(repr(words).encode())
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.digest()


def _references(space: SearchSpace) -> Floats:
    """Points over which expectations are brought to one scale: always the same of one space."""
    rng = np.random.default_rng(0)
    rows = pool(space, np.empty((0, len(space.names))), rng).points.rows
    if len(rows) > _N_REFERENCES:
        rows = rows[rng.choice(len(rows), _N_REFERENCES, replace=False)]
    return rows


def _known(
    frame: Frame,
    rows: Sequence[Rows],
    worked: Sequence[Worked],
    outcome: str,
    references: Floats,
    named: set[str],
    sign: float,
) -> Known | None:
    agreed = agreement(frame, rows, outcome, worked, sign=sign)
    sources: list[Source] = [Learnt(frame, each, outcome, each.shared(), agreed.shapes) for each in rows]
    sources += worked
    kept: list[tuple[Source, Scale, float]] = []
    for source, alone in zip(sources, agreed.each, strict=True):
        expected = source.at(references)
        if expected is None or float(expected.std()) <= (_FLATTEST if isinstance(source, Learnt) else 0.0):
            continue
        kept.append((source, scale_of(expected), _expected_of(source, alone, named)))
    if not kept:
        return None
    together = agreed.together if not math.isnan(agreed.together) else max(each[2] for each in kept)
    may_turn = together - agreed.doubt >= _CLOSE
    # Whoever names a study, or writes a formula, knows that it has to do with the campaign.
    unrelated = _UNRELATED if may_turn else _UNRELATED_WEAK
    if all(each[0].name in named for each in kept):
        unrelated = _UNRELATED_NAMED
    turned = _REVERSED if may_turn else 0.0

    def doubt(correlation: float) -> Doubt:
        return before(min(max(correlation, 0.0), 0.9), agreed.doubt, unrelated=unrelated, reversed_=turned)

    return Known(
        sources=tuple(each[0] for each in kept),
        scales=tuple(each[1] for each in kept),
        references=references,
        doubts=tuple(doubt(each[2]) for each in kept),
        shares=tuple(max(each[2], 0.0) ** 2 for each in kept),
        together=doubt(together),
        may_turn=may_turn,
        agreed=agreed,
    )


def _expected_of(source: Source, alone: float, named: set[str]) -> float:
    if not math.isnan(alone):
        return alone
    return _NAMED if source.name in named else _ALONE


def _weighed(frame: Frame, known: Known, rows: Floats, values: Floats) -> tuple[tuple[float, ...], float]:
    """The part of each source, which add up to 1, and how closely the outcome follows all of them together."""
    parts = np.array(known.shares)
    if not parts.sum() > 0.0:
        return (0.0,) * len(parts), 0.0
    n = len(values)
    alike = frame.kernel(rows, rows, range(len(frame.axes)), known.agreed.shapes[0]) if n else np.zeros((0, 0))
    if n >= 2:
        logs = np.array(
            [
                doubt.log_evidence(log_likelihood(_scaled(source, scale, rows), values, alike))
                for source, scale, doubt in zip(known.sources, known.scales, known.doubts, strict=True)
            ]
        )
        parts = parts * np.exp(np.clip(logs - logs.max(), -20.0, 0.0))
    parts = parts / parts.sum()
    shares = tuple(float(part) for part in parts)
    doubt = known.together
    if n >= 2:
        doubt = doubt.given(log_likelihood(_together(known, shares, rows), values, alike))
    density = doubt.density if known.may_turn else np.where(RHO > 0.0, doubt.density, 0.0)
    strength = float(density @ RHO)
    least = _LEAST if known.may_turn else _LEAST_WEAK
    return shares, strength if abs(strength) >= least else 0.0


def _scaled(source: Source, scale: Scale, rows: Floats) -> Floats:
    found = source.at(rows)
    assert found is not None  # noqa: S101  it had something to say of the references
    return np.clip(scale.standardised(found), -_STEEPEST, _STEEPEST)


def _together(known: Known, parts: Sequence[float], rows: Floats) -> Floats:
    both = np.concatenate([rows, known.references])
    counting = [
        (part, scale, source.at(both))
        for part, source, scale in zip(parts, known.sources, known.scales, strict=True)
        if part > 0.0
    ]
    expected = [each[2] for each in counting if each[2] is not None]  # all had something to say of the references
    scales, shares = [each[1] for each in counting], [each[0] for each in counting]
    total = np.clip(combined(scales, shares, expected, len(known.references)), -_STEEPEST, _STEEPEST)
    over = total[len(rows) :]
    return np.asarray((total[: len(rows)] - over.mean()) / max(float(over.std()), 1e-9))
