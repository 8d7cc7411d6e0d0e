"""What pictures of a campaign show as JSON: what `kiban campaign slices --json` and `front --json` print, and REST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiban.operations.campaign_pictures import ShownSlices
from kiban.operations.show_campaign import ShownCampaign
from kiban.planning.pictures.front import Front
from kiban.records.document import to_json


def slices_as_json(shown: ShownSlices) -> dict[str, Any]:
    """Slices through a point, with which surrogate says so and how each of them did."""
    found = shown.slices
    return {
        "id": shown.id,
        "outcome": found.outcome,
        "unit": found.unit,
        "point": dict(found.point),
        "experiment": found.experiment,
        "expected": to_json(found.at),
        "surrogate": found.surrogate.value if found.surrogate is not None else None,
        "qualities": {each.value: to_json(quality) for each, quality in found.qualities.items()},
        "n_trials": found.n_trials,
        "n_measured": found.n_measured,
        "n_studies": shown.n_studies,
        "slices": [
            {
                "parameter": each.parameter,
                "unit": each.unit,
                "settings": list(each.settings),
                "expected": [to_json(bar) for bar in each.bars],
                "here": each.here,
                "giving_way": list(each.giving_way),
                "near": [to_json(one) for one in each.near],
            }
            for each in found.slices
        ],
        "map": None if shown.map is None else _listed(to_json(shown.map)),
        "for_map": list(shown.for_map),
    }


def front_as_json(shown: ShownCampaign, front: Front) -> dict[str, Any]:
    """A front with the settings of its experiments, and how the volume under it grew."""
    by_number = {each.number: each for each in shown.campaign.experiments}
    return {
        "id": shown.record.pid,
        "targets": [to_json(target) for target in front.targets],
        "front": list(front.numbers),
        "points": [
            {**to_json(point), "values": dict(point.values), "point": dict(by_number[point.number].point)}
            for point in front.points
        ],
        "course": [to_json(each) for each in front.course],
        "reference": list(front.reference),
        "n_left_out": front.n_left_out,
    }


def _listed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _listed(inner) for name, inner in value.items()}
    return [_listed(inner) for inner in value] if isinstance(value, list | tuple) else value
