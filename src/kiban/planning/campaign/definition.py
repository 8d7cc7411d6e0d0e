"""Campaigns as people define them: a short document of which most fields may be left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.campaign.asking import engine_of
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.document import limits_from_json
from kiban.planning.campaign.earlier import chosen
from kiban.planning.campaign.strict import check_fields, strictly
from kiban.planning.objective.objective import Cost, Objective
from kiban.planning.space.document import space_from_json
from kiban.planning.space.rounding import as_it_can_be_set
from kiban.planning.space.sampling import sample

_FIELDS = ("name", "description", "space", "objective", "duration", "engine", "settings", "seed", "limits", "archive")
_SPACE_FIELDS = ("parameters", "constraints", "candidates")


def campaign_of(document: Mapping[str, Any]) -> Campaign:
    """Make a new campaign of its definition.

    Name, space and objective are needed. With one target the objective needs nothing else; with several it says
    whether they are `weighted` or make a `pareto` front.

    Raises
    ------
    InvalidValue
        If something is missing, unknown or wrong, or there is no such engine; the fault names it.
    NothingAllowed
        If no point keeps to all constraints and safety limits.
    """
    check_fields(document, _FIELDS, "A campaign")
    for needed in ("name", "space", "objective"):
        if needed not in document:
            raise InvalidValue(f"The campaign has no {needed}.", mend="Give it: a name, a space and an objective.")
    check_fields(document["space"], _SPACE_FIELDS, "The space")
    given: dict[str, Any] = {}
    for name, kind in (("name", str), ("description", str), ("engine", str), ("seed", int), ("settings", dict)):
        if name in document:
            if not isinstance(document[name], kind) or isinstance(document[name], bool):
                raise InvalidValue(
                    f"The {name} of the campaign is {document[name]!r:.60}.",
                    mend=f"Give {'a whole number' if kind is int else 'a mapping' if kind is dict else 'a text'}.",
                )
            given[name] = document[name]
    if document.get("duration") is not None:
        given["duration"] = strictly(document["duration"], Cost, "duration")
    if "limits" in document:
        given["limits"] = limits_from_json(document["limits"])
    if "archive" in document:
        given["archive"] = chosen(document["archive"])
    campaign = Campaign(
        space=space_from_json(document["space"]),
        objective=strictly(document["objective"], Objective, "objective"),
        **given,
    )
    engine_of(campaign)
    # One point is looked for at once: constraints that contradict each other are mended by who writes them.
    sample(as_it_can_be_set(campaign.safe_space), 1, np.random.default_rng(campaign.seed))
    return campaign
