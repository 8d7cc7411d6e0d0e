"""Runs of a campaign in laboratories as JSON: what REST answers. Settings of laboratories are not in it."""

from __future__ import annotations

from typing import Any

from kiban.operations.laboratory_runs import RunsOfCampaign, ShownRun
from kiban.operations.named_laboratories import Laboratories
from kiban.records.record import Record


def runs_as_json(record: Record, runs: RunsOfCampaign) -> dict[str, Any]:
    """How the last run of a campaign stands, and what the asker may do."""
    return {
        "id": record.pid,
        "version": record.version,
        "run": _run(runs.last) if runs.last is not None else None,
        "may_start": runs.may_start,
        "may_stop": runs.may_stop,
    }


def laboratories_as_json(laboratories: Laboratories) -> dict[str, Any]:
    """Those in which a campaign can be run, and what is wrong with others."""
    return {
        "laboratories": [
            {"name": each.name, "title": each.title, "driver": each.driver} for each in laboratories.named
        ],
        "broken": [
            {"name": name, "fault": error.fault, "mend": error.mend} for name, error in laboratories.broken.items()
        ],
    }


def _run(run: ShownRun) -> dict[str, Any]:
    return {
        "laboratory": run.laboratory,
        "title": run.title,
        "by": run.by,
        "asked_at": run.asked_at,
        "at_once": run.at_once,
        "counts": dict(run.counts),
        "at_work": list(run.at_work),
        "waits": run.waits,
        "ended": run.ended,
        "words": run.words,
        "ended_at": run.ended_at,
    }
