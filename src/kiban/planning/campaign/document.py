"""Campaigns as JSON documents, and back: all of a campaign in one document with a format version.

Format 1 is the first; format 2 says which earlier studies the campaign may rest on. When the format changes, a step
that brings a document of the version before to the next one is added to `_STEPS`, and the tests keep a document of each
version as it was written then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kiban.errors import InvalidValue
from kiban.planning.campaign.campaign import Batch, Campaign, Passage, Stage
from kiban.planning.campaign.experiment import Experiment
from kiban.planning.campaign.limits import Limits
from kiban.planning.campaign.standstill import Standstill
from kiban.planning.campaign.strict import check_fields, strictly
from kiban.planning.objective.objective import Cost, Objective
from kiban.planning.space.document import constraint_from_json, constraint_to_json, space_from_json, space_to_json
from kiban.records.document import from_json, to_json

FORMAT = 2


def _with_archive(document: dict[str, Any]) -> dict[str, Any]:
    """A campaign from before rests on no earlier study, as it did, until somebody says otherwise."""
    return {**document, "archive": []}


_STEPS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _with_archive}
"""By the version that a document has, what makes one of the next version of it."""
_FIELDS = (
    *("format", "name", "description", "space", "objective", "duration", "engine", "settings", "seed", "limits"),
    *("archive", "stage", "batches", "experiments", "passages"),
)
_STANDSTILL = "standstill"
"""Written only where there is one."""

_PLAIN_LIMITS: Mapping[str, Any] = {
    "experiments": int,
    "cost": float,
    "hours": float,
    "enough": dict[str, float],
    "patience": int,
    "ahead": int,
}


def campaign_to_json(campaign: Campaign) -> dict[str, Any]:
    """Write a campaign down."""
    document = {
        "format": FORMAT,
        "name": campaign.name,
        "description": campaign.description,
        "space": space_to_json(campaign.space),
        "objective": to_json(campaign.objective),
        "duration": to_json(campaign.duration) if campaign.duration is not None else None,
        "engine": campaign.engine,
        "settings": dict(campaign.settings),
        "seed": campaign.seed,
        "limits": limits_to_json(campaign.limits),
        "archive": list(campaign.archive),
        "stage": campaign.stage.value,
        "batches": [_lean(to_json(batch)) for batch in campaign.batches],
        "experiments": [_lean(to_json(experiment)) for experiment in campaign.experiments],
        "passages": [_lean(to_json(passage)) for passage in campaign.passages],
    }
    if campaign.standstill is not None:
        document[_STANDSTILL] = to_json(campaign.standstill)
    return document


def campaign_from_json(document: Mapping[str, Any]) -> Campaign:
    """Make a campaign of its document, also of an older version.

    Raises
    ------
    InvalidValue
        If it is of a version that is not known, or something in it is missing, unknown or wrong; the fault names it.
    """
    current = _current(document)
    check_fields(current, (*_FIELDS, _STANDSTILL), "A campaign")
    if missing := sorted(set(_FIELDS) - set(current)):
        raise InvalidValue(
            f"The document of a campaign has no '{missing[0]}'.", mend="Take the document as it was written."
        )
    return Campaign(
        name=from_json(current["name"], str),
        description=from_json(current["description"], str),
        space=space_from_json(current["space"]),
        objective=strictly(current["objective"], Objective, "objective"),
        duration=strictly(current["duration"], Cost, "duration") if current["duration"] is not None else None,
        engine=from_json(current["engine"], str),
        settings=from_json(current["settings"], dict[str, Any]),
        seed=from_json(current["seed"], int),
        limits=limits_from_json(current["limits"]),
        archive=from_json(current["archive"], tuple[str, ...]),
        stage=from_json(current["stage"], Stage),
        batches=strictly(current["batches"], tuple[Batch, ...], "batches"),
        experiments=strictly(current["experiments"], tuple[Experiment, ...], "experiments"),
        passages=strictly(current["passages"], tuple[Passage, ...], "passages"),
        standstill=strictly(said, Standstill, _STANDSTILL) if (said := current.get(_STANDSTILL)) is not None else None,
    )


def limits_to_json(limits: Limits) -> dict[str, Any]:
    """Write limits down."""
    document: dict[str, Any] = {
        name: getattr(limits, name) for name in ("experiments", "cost", "hours", "enough", "patience")
    }
    if limits.ahead is not None:
        document["ahead"] = limits.ahead
    return {**document, "enough": dict(limits.enough), "safety": [constraint_to_json(each) for each in limits.safety]}


def limits_from_json(document: Mapping[str, Any]) -> Limits:
    """Make limits of their document. Raises InvalidValue."""
    check_fields(document, (*_PLAIN_LIMITS, "safety"), "Limits")
    given = {
        name: from_json(document[name], kind) for name, kind in _PLAIN_LIMITS.items() if document.get(name) is not None
    }
    safety = document.get("safety") or ()
    if not isinstance(safety, list | tuple):
        raise InvalidValue("The safety limits are no list.", mend="Give a list of constraints.")
    return Limits(safety=tuple(constraint_from_json(each) for each in safety), **given)


def _lean(value: Any) -> Any:
    """Leave out what is empty or not known: it is so wherever nothing is said, and there are many experiments."""
    if isinstance(value, dict):
        return {name: _lean(inner) for name, inner in value.items() if inner is not None and inner not in ("", (), {})}
    return [_lean(inner) for inner in value] if isinstance(value, list | tuple) else value


def _current(document: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(document, Mapping):
        raise InvalidValue("The document of a campaign is no mapping.", mend="Take the document as it was written.")
    written = dict(document)
    version = written.get("format")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= FORMAT:
        raise InvalidValue(
            f"The document of a campaign has the format {version!r}; 1 to {FORMAT} are known.",
            mend="Read it with the version of Kiban that wrote it, or with a later one.",
        )
    for step in range(version, FORMAT):
        written = _STEPS[step](written)
    return written
