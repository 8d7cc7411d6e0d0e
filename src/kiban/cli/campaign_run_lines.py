"""A run of a campaign as lines of the terminal: a line for each step, or JSON; what is going on, on standard error."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from kiban.cli.command import DONE, FAILED, Progress, print_json, say

if TYPE_CHECKING:
    from kiban.operations.campaign_ends import Ending
    from kiban.operations.run_campaign import Step
    from kiban.operations.show_campaign import ShownCampaign
    from kiban.operations.standing_runs import StandingRun

_INTERRUPTED = 130
_ENDS = {
    "stopped": "it was stopped",
    "left": "it was left; what is in the laboratory goes on there, and the next run finds it",
    "limit": "the limit of the run is reached",
    "spent": "the campaign's limit of {words} is used up",
    "enough": "a result is good enough",
    "no_gain": "the last experiments did not improve on the best before",
    "trouble": "the laboratory could not do the last experiments; look at it, then run again",
    "nothing_left": "{words}",
}


class Told:
    """Tells of a run step by step."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._progress = Progress()
        self._counts: Counter[str] = Counter()
        self.exit_code = DONE

    def begins(self, shown: ShownCampaign, driver: str) -> None:
        """Say what is run where."""
        say(f"{shown.record.pid} {shown.record.title} runs in the laboratory '{driver}'; Ctrl-C stops it")

    def step(self, step: Step) -> None:
        """Tell of one step; it is safe by then."""
        self._counts[step.deed.value] += 1
        self._progress.clear()
        if self._as_json:
            print_json(_as_json(step))
        elif line := _line(step):
            print(line, flush=True)
        if step.ending is not None:
            self._ended(step.ending)
        else:
            number = f"experiment {step.number}: " if step.number is not None else ""
            self._progress.show(f"{number}{step.deed.value}; {self._counts['completed']} completed in this run")

    def _ended(self, ending: Ending) -> None:
        told = ", ".join(
            f"{self._counts[deed]} {deed}" for deed in ("completed", "failed", "abandoned") if self._counts[deed]
        )
        say(f"The run ended: {_ENDS[ending.why].format(words=ending.words)}. {told or 'Nothing was done'}.")
        self.exit_code = {"trouble": FAILED, "left": _INTERRUPTED}.get(ending.why, DONE)


def _line(step: Step) -> str:
    found = ", ".join(f"{name} {value}" for name, value in step.outcomes.items())
    match step.deed.value:
        case "ended":
            return ""
        case "waited":
            return f"waiting: {step.reason}"
        case "completed":
            behind = f" ({step.evidence})" if step.evidence else ""
            return f"{step.number} completed: {found}{behind}"
        case "given" | "found":
            return f"{step.number} {step.deed.value} in the laboratory as {step.identity}".replace(
                "given in", "given to"
            )
    return f"{step.number} {step.deed.value}{f': {step.reason}' if step.reason else ''}"


def _as_json(step: Step) -> dict[str, Any]:
    from kiban.records.document import to_json

    return {
        "deed": step.deed.value,
        "experiment": step.number,
        "submission": step.identity or None,
        "outcomes": {name: to_json(value) for name, value in step.outcomes.items()},
        "evidence": step.evidence or None,
        "reason": step.reason or None,
        "ending": step.ending.why if step.ending is not None else None,
        "words": step.ending.words or None if step.ending is not None else None,
    }


def how_it_ended(why: str, words: str) -> str:
    """Why a run ended, in words."""
    return _ENDS[why].format(words=words) if why in _ENDS else f"it failed: {words}"


def standing_line(run: StandingRun) -> str:
    """A run in the background as a line."""
    goes = f"waits: {run.waits}" if run.waits else "goes on"
    told = goes if run.ended is None else f"ended at {run.ended_at}: {how_it_ended(run.ended, run.words)}"
    return f"{run.id} in the laboratory '{run.terms.laboratory}', asked for at {run.asked_at}: {told}"


def standing_as_json(run: StandingRun) -> dict[str, Any]:
    """A run in the background as JSON, without the settings of the laboratory, which may hold a secret."""
    return {
        "id": run.id,
        "laboratory": run.terms.laboratory,
        "by": run.by,
        "limit": run.terms.limit,
        "at_once": run.terms.at_once,
        "asked_at": run.asked_at,
        "waits": run.waits or None,
        "ended": run.ended,
        "words": run.words or None,
        "ended_at": run.ended_at,
    }
