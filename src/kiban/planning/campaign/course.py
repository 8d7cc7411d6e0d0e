"""The course of a campaign: pausing, going on, ending, and changing what it is set to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiban.errors import IllegalMove, InvalidValue
from kiban.planning.campaign.campaign import Campaign, Passage, Stage

CHANGEABLE = ("name", "description", "limits", "engine", "settings")
"""What may become another one; space and objective stay, or what was learnt would mean something else."""


def pause(campaign: Campaign, *, at: str, by: str, note: str = "") -> Campaign:
    """Suggest nothing for a while; what is running can still be told."""
    return _to(campaign, Stage.PAUSED, "paused", at=at, by=by, note=note)


def resume(campaign: Campaign, *, at: str, by: str, note: str = "") -> Campaign:
    """Go on after a pause, or after an end that was none."""
    return _to(campaign, Stage.ACTIVE, "resumed", at=at, by=by, note=note)


def end(campaign: Campaign, *, at: str, by: str, note: str = "") -> Campaign:
    """Be done with it."""
    return _to(campaign, Stage.ENDED, "ended", at=at, by=by, note=note)


def reset(campaign: Campaign, changes: Mapping[str, Any], *, at: str, by: str, note: str = "") -> Campaign:
    """Give it another name, description, limits, engine or settings.

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
    return replace(campaign, **changes, passages=(*campaign.passages, passage))


def _to(campaign: Campaign, stage: Stage, action: str, *, at: str, by: str, note: str) -> Campaign:
    if campaign.stage is stage:
        raise IllegalMove(f"The campaign is {stage} already.", mend="Look at its history for who did that, and when.")
    passage = Passage(action=action, at=at, by=by, note=note.strip())
    return replace(campaign, stage=stage, passages=(*campaign.passages, passage))
