"""The run of a campaign in a laboratory, in the words of the campaign's page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from markupsafe import Markup

from kiban.operations.directory_changes import as_uuid, view_of
from kiban.operations.laboratory_runs import RunsOfCampaign, ShownRun
from kiban.web.asker import Desk
from kiban.web.language import Speaker
from kiban.web.show_values import instant

_STATES = ("completed", "failed", "abandoned")


def run_values(desk: Desk, runs: RunsOfCampaign, speaker: Speaker) -> dict[str, Any]:
    """What `campaign_run_part.html` needs."""
    last = runs.last
    return {
        "runs": runs,
        "run": last,
        "run_by": _called(desk, last, speaker) if last is not None else "",
        "run_since": instant(datetime.fromisoformat(last.asked_at)) if last is not None else "",
        "run_until": instant(datetime.fromisoformat(last.ended_at)) if last is not None and last.ended_at else "",
        "run_counts": [(state, last.counts[state]) for state in _STATES if last.counts.get(state)] if last else [],
        "run_end": _end(last, speaker) if last is not None and last.ended is not None else "",
        "run_said": _said(last, speaker) if last is not None else "",
    }


def _said(run: ShownRun, speaker: Speaker) -> str:
    """How it stands in one sentence, for who listens to the page."""
    counts = [
        f"{speaker.word('campaign_state', state)} {run.counts[state]}" for state in _STATES if run.counts.get(state)
    ]
    parts = [speaker("run.goes" if run.ended is None else "run.went", name=run.title), *counts]
    if run.ended is not None:
        parts.append(f"{speaker('run.ended')} {_plain(_end(run, speaker))}")
    elif run.waits:
        parts.append(f"{speaker('run.waits')} {_plain(speaker.said(run.waits))}")
    return speaker("campaign.comma").join(parts)


def _called(desk: Desk, run: ShownRun, speaker: Speaker) -> str:
    identifier = as_uuid(run.by) if run.by is not None else None
    if identifier is None:
        return speaker("run.by_machine")
    return view_of(desk.asker, desk.resources).name_of(identifier) or speaker("parties.somebody")


def _end(run: ShownRun, speaker: Speaker) -> Any:
    """Why it ended; what went wrong, or an engine said, in its own words."""
    if run.ended == "spent":
        return speaker("run.spent", limit=speaker.word("run_limit", run.words))
    if run.ended in {"failed", "nothing_left"}:
        return speaker.said(run.words)
    return speaker.word("run_end", run.ended or "")


def _plain(text: str) -> str:
    return text.striptags() if isinstance(text, Markup) else text
