"""The course of a campaign: pausing, stopping, going on, ending, and changing what it is set to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiban.errors import IllegalMove, InvalidValue
from kiban.planning.campaign.campaign import Campaign, Passage, Stage

CHANGEABLE = ("name", "description", "limits", "engine", "settings", "archive")
"""What may become another one; space and objective stay, or what was learnt would mean something else."""
STOPPED = "stopped"
_COURSES = frozenset({"paused", "resumed", "ended", STOPPED})
"""What passages say of the stage."""


def pause(campaign: Campaign, *, at: str, by: str, note: str = "") -> Campaign:
    """Suggest nothing for a while; what is running can still be told."""
    return _to(campaign, Stage.PAUSED, "paused", at=at, by=by, note=note)


def stop(campaign: Campaign, *, at: str, by: str, note: str = "") -> Campaign:
    """Pause it, and have laboratories break off what they are doing for it. One that is paused can be stopped."""
    if is_stopped(campaign):
        raise IllegalMove("The campaign is stopped already.", mend="Look at its history for who did that, and when.")
    stage = Stage.PAUSED if campaign.stage is Stage.ACTIVE else campaign.stage
    return _with(campaign, stage, STOPPED, at=at, by=by, note=note)


def is_stopped(campaign: Campaign) -> bool:
    """Whether laboratories break off what they are doing for it, instead of finishing it."""
    said = [each.action for each in campaign.passages if each.action in _COURSES]
    return campaign.stage is not Stage.ACTIVE and bool(said) and said[-1] == STOPPED


def resume(campaign: Campaign, *, at: str, by: str, note: str = "") -> Campaign:
    """Go on after a pause, or after an end that was none."""
    return _to(campaign, Stage.ACTIVE, "resumed", at=at, by=by, note=note)


def end(campaign: Campaign, *, at: str, by: str, note: str = "") -> Campaign:
    """Be done with it."""
    return _to(campaign, Stage.ENDED, "ended", at=at, by=by, note=note)


def reset(campaign: Campaign, changes: Mapping[str, Any], *, at: str, by: str, note: str = "") -> Campaign:
    """Give it another name, description, limits, engine or settings, or other earlier studies.

    Raises
    ------
    InvalidValue
        If something else is named, or nothing changes.
    """
    if unknown := sorted(set(changes) - set(CHANGEABLE)):
        raise InvalidValue(
            f"The {unknown[0]} of a campaign does not change.",
            mend=f"Change one of: {', '.join(CHANGEABLE)}; or begin another campaign and import what this one knows.",
        )
    changed = sorted(name for name, value in changes.items() if getattr(campaign, name) != value)
    if not changed:
        raise InvalidValue("The campaign would stay as it is.", mend="Change something.")
    passage = Passage(action=f"changed {', '.join(changed)}", at=at, by=by, note=note.strip())
    # Whether suggestions can be made now is seen when they are next asked for.
    return replace(campaign, **changes, passages=(*campaign.passages, passage), standstill=None)


def _to(campaign: Campaign, stage: Stage, action: str, *, at: str, by: str, note: str) -> Campaign:
    if campaign.stage is stage:
        raise IllegalMove(f"The campaign is {stage} already.", mend="Look at its history for who did that, and when.")
    return _with(campaign, stage, action, at=at, by=by, note=note)


def _with(campaign: Campaign, stage: Stage, action: str, *, at: str, by: str, note: str) -> Campaign:
    passage = Passage(action=action, at=at, by=by, note=note.strip())
    return replace(campaign, stage=stage, passages=(*campaign.passages, passage), standstill=None)
