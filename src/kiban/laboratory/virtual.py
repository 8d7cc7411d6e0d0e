"""A virtual laboratory, for tests and teaching: a formula or a measured data set, with noise, delays and failures.

It is as far from the platform as a real one: it goes on while nobody looks, and its memory is a folder of its own, so
that it survives whatever happens to who gave it experiments. Chance follows from the seed, the experiment's number and
the attempt, and from nothing else: the same campaign comes out the same, however often it is interrupted.

Settings: `folder`; `formulas` by outcome, or `pool`, a CSV file; `levels`, numbers that words stand for in formulas;
`noise` by outcome, a standard deviation in its unit; `delay_s`, from and to; `failures`, which part of the experiments
cannot be made; `impossible`, a formula that is above 0 where nothing can be made; `troubles`, which part of the
attempts comes to nothing for no reason of the point; `hours` and `cost` of an experiment; `seed`; `answers`, `file` or
`values`. A file is a table in CSV: what was set and what came out, with units, and with standard uncertainties where
there is noise.
"""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from kiban.errors import DamagedFile, IllegalMove, InvalidSetting
from kiban.laboratory.contract import Failure, Result, ResultFile, Standing, Submission, check_identity
from kiban.laboratory.settings_of import Given
from kiban.laboratory.submission_document import submission_from_json, submission_to_json
from kiban.laboratory.virtual_truth import FormulaTruth, Truth, formulas_in, pool_in, value_of
from kiban.laboratory.whole_file import write_whole
from kiban.planning.space.formula import Formula
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty

_ANSWERS = ("file", "values")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nature:
    """What happens in the laboratory, and with which chance."""

    truth: Truth
    levels: Mapping[str, Mapping[str, float]]
    noise: Mapping[str, float]
    delay_s: tuple[float, float]
    failures: float
    troubles: float
    impossible: Formula | None
    seed: int


class VirtualLaboratory:
    """See the module. `clock` says what time it is, in seconds."""

    def __init__(
        self,
        folder: Path,
        nature: _Nature,
        *,
        answers: str = "file",
        spent: Mapping[str, float] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._nature = nature
        self._answers = answers
        self._spent = dict(spent or {})
        self._clock = clock

    def submit(self, submission: Submission) -> None:
        """See `Laboratory`."""
        path = self._submitted(submission.identity)
        if not path.exists():
            document = {"given_at_s": self._clock(), "submission": submission_to_json(submission)}
            write_whole(path, json.dumps(document, ensure_ascii=False, indent=1).encode())

    def status(self, identity: str) -> Standing:
        """See `Laboratory`."""
        if self._cancelled(identity).exists():
            return Standing.CANCELLED
        found = self._found(identity)
        if found is None:
            return Standing.UNKNOWN
        submission, given_at_s = found
        low, high = self._nature.delay_s
        delay_s = low + (high - low) * float(self._chance(submission, 0).random())
        return Standing.DONE if self._clock() >= given_at_s + delay_s else Standing.RUNNING

    def result(self, identity: str) -> Result:
        """See `Laboratory`."""
        if (standing := self.status(identity)) is not Standing.DONE:
            raise IllegalMove(f"The submission {identity} is {standing}.", mend="Ask for its result when it is done.")
        found = self._found(identity)
        assert found is not None  # noqa: S101  what is done was found
        submission = found[0]
        failure = self._failure(submission)
        if failure is not None:
            return self._told(Result(failure=failure))
        values = self._measured(submission)
        if not values:
            return self._told(Result(failure=Failure(reason="Nothing could be measured at this point.")))
        if self._answers == "values":
            return self._told(Result(values=values))
        content = _table(submission, values)
        return self._told(Result(file=ResultFile(name=f"{identity}.csv", content=content)))

    def cancel(self, identity: str) -> None:
        """See `Laboratory`."""
        if self.status(identity) in {Standing.WAITING, Standing.RUNNING}:
            write_whole(self._cancelled(identity), b"")

    def _submitted(self, identity: str) -> Path:
        return self._folder / "submitted" / f"{check_identity(identity)}.json"

    def _cancelled(self, identity: str) -> Path:
        return self._folder / "cancelled" / check_identity(identity)

    def _found(self, identity: str) -> tuple[Submission, float] | None:
        path = self._submitted(identity)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            document = json.loads(content)
            given_at_s, written = float(document["given_at_s"]), json.dumps(document["submission"]).encode()
        except (ValueError, KeyError, TypeError) as e:
            raise DamagedFile(
                f"{path} is not as the virtual laboratory wrote it: {e}.",
                mend="Restore the file, or abandon the experiment and repeat it.",
            ) from e
        return submission_from_json(written, path.name), given_at_s

    def _chance(self, submission: Submission, what: int) -> np.random.Generator:
        """Not by the campaign's identifier: the same campaign begun twice comes out the same."""
        return np.random.default_rng([self._nature.seed, submission.number, submission.attempt, what])

    def _failure(self, submission: Submission) -> Failure | None:
        nature = self._nature
        if float(self._chance(submission, 1).random()) < nature.troubles:
            return Failure(reason="The virtual robot dropped the sample.", is_of_point=False)
        by_point = np.random.default_rng([nature.seed, submission.number, 2])
        if float(by_point.random()) < nature.failures:
            return Failure(reason="The virtual sample cracked.")
        if nature.impossible is not None and value_of(nature.impossible, submission, nature.levels) > 0:
            return Failure(reason="Nothing can be made with these settings.")
        return None

    def _told(self, result: Result) -> Result:
        return replace(result, cost=self._spent.get("cost"), hours=self._spent.get("hours"))

    def _measured(self, submission: Submission) -> dict[str, Measured]:
        chance = self._chance(submission, 3)
        found = {}
        for name, value in self._nature.truth(submission).items():
            noise = self._nature.noise.get(name, 0.0)
            doubt = Uncertainty(value=noise, origin=Origin.FILE) if noise else None
            found[name] = Measured(value + noise * float(chance.standard_normal()), submission.outcomes[name], doubt)
        return found


def _table(submission: Submission, values: Mapping[str, Measured]) -> bytes:
    """A table of one row. Numbers are written so that they come back as they are."""
    headers, cells = ["sample"], [submission.identity]
    for name, value in submission.point.items():
        headers.append(_header(name, submission.units.get(name, "")))
        cells.append(value if isinstance(value, str) else repr(float(value)))
    for name, measured in values.items():
        headers.append(_header(name, measured.unit))
        cells.append(repr(measured.value))
        if measured.uncertainty is not None:
            headers.append(_header(f"{name} standard uncertainty", measured.unit))
            cells.append(repr(measured.uncertainty.standard))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([headers, cells])
    return out.getvalue().encode()


def _header(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


@lru_cache(maxsize=16)
def _truth_in_pool(path: Path, changed_ns: int) -> Truth:  # noqa: ARG001  a changed file is read again
    return pool_in(path)


class VirtualDriver:
    """See the module."""

    name = "virtual"
    version = 1
    title = "Virtual laboratory"
    settings: tuple[str, ...] = (
        *("folder", "formulas", "pool", "levels", "noise", "delay_s", "failures", "impossible", "troubles"),
        *("hours", "cost", "seed", "answers"),
    )

    def connect(self, settings: Mapping[str, Any], *, folder: Path) -> VirtualLaboratory:
        """See `Driver`."""
        given = Given(self.name, settings, self.settings, folder)
        if given.has("formulas") == given.has("pool"):
            raise InvalidSetting(
                "A virtual laboratory needs formulas or a pool, and not both.",
                mend="Give formulas = {hardness = '...'} or pool = 'measured.csv'.",
            )
        levels = {
            name: {str(word): float(number) for word, number in words.items()}
            for name, words in given.mapping("levels").items()
        }
        nature = _Nature(
            truth=_truth(given, levels),
            levels=levels,
            noise=given.numbers("noise"),
            delay_s=given.span("delay_s"),
            failures=given.number("failures", 0.0, high=1.0),
            troubles=given.number("troubles", 0.0, high=1.0),
            impossible=formulas_in({"impossible": settings["impossible"]})["impossible"]
            if given.has("impossible")
            else None,
            seed=given.whole("seed", 0),
        )
        spent = {name: given.number(name, 0.0) for name in ("hours", "cost") if given.has(name)}
        return VirtualLaboratory(given.path("folder"), nature, answers=given.choice("answers", _ANSWERS), spent=spent)


def _truth(given: Given, levels: Mapping[str, Mapping[str, float]]) -> Truth:
    if not given.has("pool"):
        return FormulaTruth(formulas=formulas_in(given.mapping("formulas")), levels=levels)
    path = given.path("pool")
    try:
        return _truth_in_pool(path, path.stat().st_mtime_ns)
    except OSError as e:
        raise given.refusal("pool", str(path), "Name a CSV file that is there.") from e


DRIVER = VirtualDriver()
