"""Whatever stands in a document, it is a campaign or refused with a fault and a mend: never another error."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiban.errors import KibanError
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.document import campaign_from_json, campaign_to_json

from .test_document import DEFINITION, VERSION_1

FULL: dict[str, Any] = {
    **DEFINITION,
    "space": {
        "parameters": [
            *DEFINITION["space"]["parameters"],
            {"kind": "integer", "name": "n", "low": 1, "high": 5},
            {"kind": "discrete", "name": "t", "values": [300, 400], "unit": "K"},
            {"kind": "categorical", "name": "s", "levels": ["a", "b"], "descriptors": {"mass": [1, 2]}},
        ],
        "constraints": [
            {"kind": "mixture", "names": ["Ni", "Fe"], "total": 1},
            {"kind": "at most", "names": ["Ni", "Fe"], "n": 2},
            {"kind": "linear", "coefficients": {"t": 1.0}, "high": 1000},
            {"kind": "nonlinear", "formula": "t * log(n)", "low": 0},
            {"kind": "forbidden", "combination": [{"name": "s", "levels": ["a"]}, {"name": "n", "low": 4}]},
        ],
        "candidates": {"Ni": [0.5], "Fe": [0.5], "n": [1], "t": [300], "s": ["a"]},
    },
    "objective": {
        "targets": [
            {"name": "y", "low": 0, "high": 1},
            {"name": "z", "goal": "match", "value": 1, "low": 0, "high": 2},
        ],
        "way": "weighted",
        "weights": [1, 2],
        "limits": [{"name": "w", "low": 0}],
        "cost": {"fixed": 1, "per_unit": {"t": 0.1}, "per_level": {"s": {"a": 1}}},
    },
    "duration": {"fixed": 1},
    "limits": {
        "experiments": 5,
        "safety": [{"kind": "linear", "coefficients": {"t": 1}, "high": 500}],
        "enough": {"y": 1},
    },
}
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([10**400, -(10**400), 2**63, 1e308, 0.5])
    | st.sampled_from(
        ["", "a", "Ni", "t", "continuous", "mixture", "pareto", "K", "min", "(" * 200, "9**9**9", "\ud800"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "name", "x", "fixed"]), inner),
    max_leaves=4,
)


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, inner in items for place in _places(inner, (*at, key)))]


def _with(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    changed = copy.deepcopy(document)
    inside = changed
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    return changed


def _made(read: Any, document: Any) -> Campaign | None:
    try:
        made: Campaign = read(document)
    except KibanError as e:
        return None if e.fault and e.mend else made
    return made


@settings(max_examples=600, deadline=None)
@given(place=st.sampled_from(_places(FULL)), value=_JSON)
@example(place=("space", "parameters", 0, "kind"), value=["continuous"])
@example(place=("space", "constraints"), value=5)
@example(place=("space", "parameters", 0, "low"), value=10**400)
@example(place=("space", "parameters", 2, "low"), value=-(10**400))
@example(place=("space", "parameters", 0, "low"), value="\ud800")
@example(place=("space", "candidates", "Ni"), value=[10**400])
def test_any_definition_is_a_campaign_or_refused(place: tuple[Any, ...], value: Any) -> None:
    made = _made(campaign_of, _with(FULL, place, value))
    if made is not None:
        assert campaign_from_json(json.loads(json.dumps(campaign_to_json(made)))) == made


@settings(max_examples=600, deadline=None)
@given(place=st.sampled_from(_places(json.loads(VERSION_1))), value=_JSON)
def test_any_document_is_a_campaign_or_refused(place: tuple[Any, ...], value: Any) -> None:
    _made(campaign_from_json, _with(json.loads(VERSION_1), place, value))


def test_the_document_that_is_changed_is_a_sound_one() -> None:
    assert _made(campaign_of, FULL) is not None
