"""What every driver of a laboratory must pass, whatever laboratory it speaks to.

class TestMyDriver(LaboratorySuite):
    def make_driver(self):
        return DRIVER

    def make_settings(self, folder):
        return {...}

    def finish(self, folder, submission):
        ...  # have the laboratory end what it was given with a result, where it does not do so by itself
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiban.errors import IllegalMove, InvalidSetting, InvalidValue
from kiban.laboratory.contract import Driver, Laboratory, Result, Standing, Submission

_LONGEST_WAIT_S = 10.0
_UNFINISHED = {Standing.WAITING, Standing.RUNNING}


def a_submission(number: int = 3, attempt: int = 1, *, temperature: float = 450.0) -> Submission:
    """One with a number, a word and an outcome with a unit."""
    return Submission(
        campaign="kb:7Q4M-2KXD-98",
        number=number,
        attempt=attempt,
        point={"temperature": temperature, "solvent": "water"},
        units={"temperature": "K"},
        outcomes={"hardness": "GPa"},
    )


class LaboratorySuite:
    """The contract of a driver: `kiban.laboratory.contract`."""

    def make_driver(self) -> Driver:
        """Make the driver to be tested."""
        raise NotImplementedError

    def make_settings(self, folder: Path) -> Mapping[str, Any]:
        """Settings for a laboratory in an empty folder that is not in a hurry: it leaves a second to break off."""
        raise NotImplementedError

    def finish(self, folder: Path, submission: Submission) -> None:
        """Have the laboratory end a submission with a result."""

    def connect(self, folder: Path) -> Laboratory:
        """Connect as another process would: nothing is left of what was connected before."""
        return self.make_driver().connect(self.make_settings(folder), folder=folder)

    def wait(self, laboratory: Laboratory, identity: str) -> Result:
        """Wait for the result."""
        end = time.monotonic() + _LONGEST_WAIT_S
        while laboratory.status(identity) in _UNFINISHED:
            assert time.monotonic() < end, "no result came"
            time.sleep(0.02)
        assert laboratory.status(identity) is Standing.DONE
        return laboratory.result(identity)

    def test_it_says_what_it_is(self) -> None:
        driver = self.make_driver()
        assert isinstance(driver, Driver)
        assert re.fullmatch(r"[a-z][a-z0-9_]*", driver.name)
        assert driver.version >= 1
        assert driver.title
        assert len(set(driver.settings)) == len(driver.settings)

    def test_a_setting_that_it_does_not_have_is_refused(self, tmp_path: Path) -> None:
        settings = {**self.make_settings(tmp_path), "no such setting": 1}
        with pytest.raises(InvalidSetting, match="no such setting"):
            self.make_driver().connect(settings, folder=tmp_path)

    def test_what_was_never_given_is_unknown(self, tmp_path: Path) -> None:
        laboratory = self.connect(tmp_path)
        identity = a_submission().identity
        assert laboratory.status(identity) is Standing.UNKNOWN
        with pytest.raises(IllegalMove):
            laboratory.result(identity)
        laboratory.cancel(identity)
        assert laboratory.status(identity) is Standing.UNKNOWN

    def test_what_is_no_identity_reaches_no_file(self, tmp_path: Path) -> None:
        laboratory = self.connect(tmp_path)
        for identity in ("../../etc/passwd", "", "*", "7Q4M-2KXD-98-0-1", "7q4m-2kxd-98-3-1"):
            for deed in (laboratory.status, laboratory.result, laboratory.cancel):
                with pytest.raises(InvalidValue):
                    deed(identity)

    def test_a_result_comes_with_units_or_as_a_file_and_stays_the_same(self, tmp_path: Path) -> None:
        laboratory, submission = self.connect(tmp_path), a_submission()
        laboratory.submit(submission)
        self.finish(tmp_path, submission)
        result = self.wait(laboratory, submission.identity)
        assert result.failure is None
        assert result.file is not None or result.values["hardness"].in_unit("GPa").value > 0
        assert laboratory.result(submission.identity) == result
        assert self.wait(self.connect(tmp_path), submission.identity) == result

    def test_another_process_finds_what_was_given(self, tmp_path: Path) -> None:
        submission = a_submission()
        self.connect(tmp_path).submit(submission)
        assert self.connect(tmp_path).status(submission.identity) in {*_UNFINISHED, Standing.DONE}

    def test_given_twice_it_is_one(self, tmp_path: Path) -> None:
        submission = a_submission()
        self.connect(tmp_path).submit(submission)
        before = files_in(tmp_path)
        self.connect(tmp_path).submit(submission)
        assert files_in(tmp_path) == before
        self.finish(tmp_path, submission)
        first = self.wait(self.connect(tmp_path), submission.identity)
        self.connect(tmp_path).submit(submission)
        assert self.wait(self.connect(tmp_path), submission.identity) == first

    def test_attempts_are_apart(self, tmp_path: Path) -> None:
        laboratory = self.connect(tmp_path)
        laboratory.submit(a_submission())
        assert laboratory.status(a_submission(attempt=2).identity) is Standing.UNKNOWN
        # A prefix of another identity is not that identity.
        assert laboratory.status(a_submission(attempt=11).identity) is Standing.UNKNOWN
        assert laboratory.status(a_submission(number=31).identity) is Standing.UNKNOWN

    def test_to_cancel_is_quick_and_may_be_done_twice(self, tmp_path: Path) -> None:
        laboratory, submission = self.connect(tmp_path), a_submission()
        laboratory.submit(submission)
        laboratory.cancel(submission.identity)
        assert laboratory.status(submission.identity) is Standing.CANCELLED
        laboratory.cancel(submission.identity)
        self.connect(tmp_path).cancel(submission.identity)
        laboratory.submit(submission)
        assert self.connect(tmp_path).status(submission.identity) is Standing.CANCELLED
        with pytest.raises(IllegalMove):
            laboratory.result(submission.identity)

    def test_what_is_done_cannot_be_cancelled(self, tmp_path: Path) -> None:
        laboratory, submission = self.connect(tmp_path), a_submission()
        laboratory.submit(submission)
        self.finish(tmp_path, submission)
        result = self.wait(laboratory, submission.identity)
        laboratory.cancel(submission.identity)
        assert laboratory.result(submission.identity) == result

    def test_many_at_once_come_back_each_with_its_own(self, tmp_path: Path) -> None:
        laboratory = self.connect(tmp_path)
        given = [replace(a_submission(), number=number) for number in range(1, 6)]
        for submission in given:
            laboratory.submit(submission)
        for submission in reversed(given):
            self.finish(tmp_path, submission)
        for submission in given:
            self.wait(laboratory, submission.identity)


def files_in(folder: Path) -> dict[str, bytes]:
    """Everything below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
