"""Pictures of a campaign in the words of its pages, each with the numbers that it is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from kiban.operations.campaign_pictures import AskedSlices, ShownSlices
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment
from kiban.planning.objective.objective import Way
from kiban.planning.pictures.expectation import Surrogate
from kiban.planning.pictures.front import Front, front_of
from kiban.planning.pictures.lines import lines_of
from kiban.planning.pictures.pair_map import PairMap
from kiban.planning.pictures.slices import Bar, Near, Slice, Slices
from kiban.planning.space.parameter import Categorical, Value
from kiban.web.campaign_shown import point_text
from kiban.web.front_picture import Next, front_picture, lines_picture
from kiban.web.language import Speaker
from kiban.web.number_text import concise, number_text
from kiban.web.slice_picture import map_picture, slice_picture, slices_scale
from kiban.web.unit_text import axis_title, with_unit

_MOST_ROWS = 200
_MOST_CHOICES = 300


def overview_pictures(pid: str, campaign: Campaign, speaker: Speaker) -> dict[str, Any]:
    """What `campaign_pictures.html` shows: the front and all experiments, of which nothing has to be learnt."""
    return {"front": _front(pid, campaign, speaker), "lines": _lines(pid, campaign, speaker)}


def slices_values(campaign: Campaign, shown: ShownSlices, speaker: Speaker) -> dict[str, Any]:
    """What `campaign_slices_part.html` shows."""
    found = shown.slices
    up = slices_scale(found.slices)
    name = axis_title(speaker.term(found.outcome), found.unit)
    address = _address(shown.id)

    def told(near: Near) -> tuple[str, str]:
        said = speaker("campaign.experiment_n", number=near.number)
        value = with_unit(number_text(near.value, 5), found.unit)
        return address(near.number), f"{said}{speaker('parties.colon')}{value}"

    pictures = []
    for each in found.slices:
        across = axis_title(each.parameter, each.unit)
        picture = None
        if up is not None and any(bar is not None for bar in each.bars):
            label = speaker(
                "campaign_picture.slice_label", outcome=speaker.term(found.outcome), parameter=each.parameter
            )
            picture = slice_picture(each, up, label=label, across=across, axis=name, told=told)
        pictures.append({"slice": each, "across": across, "picture": picture, "rows": _rows(each), "near": _near(each)})
    return {
        "found": found,
        "n_studies": shown.n_studies,
        "where": point_text(campaign.space, found.point, speaker),
        "expected": _expected(found.at, found.unit) if found.at is not None else None,
        "outcome_axis": name,
        "outcome_name": speaker.term(found.outcome),
        "quality": _quality(found, speaker),
        "qualities": _qualities(found, speaker),
        "pictures": pictures,
        "map": _map(shown.map, found, speaker) if shown.map is not None else None,
        "address": address,
    }


def form_values(campaign: Campaign, asked: AskedSlices, shown: ShownSlices | None, speaker: Speaker) -> dict[str, Any]:
    """What the form of the page has to choose from, with what was chosen."""
    fields = []
    for parameter in campaign.space.parameters:
        levels, unit = (parameter.levels, "") if isinstance(parameter, Categorical) else ((), parameter.unit)
        fields.append(
            {
                "name": f"at.{parameter.name}",
                "title": axis_title(parameter.name, unit),
                "levels": levels,
                "value": str(asked.settings.get(parameter.name, "")),
            }
        )
    open_first = sorted(campaign.experiments, key=lambda each: (not each.is_open, -each.number))
    return {
        "fields": fields,
        "asked": asked,
        "outcomes": [(name, speaker.term(name)) for name in campaign.objective.outcomes],
        "choices": [(each.number, _choice(each, speaker)) for each in open_first[:_MOST_CHOICES]],
        "surrogates": [(each.value, speaker.word("campaign_surrogate", each.value)) for each in Surrogate],
        "for_map": shown.for_map if shown is not None else (),
        "has_own": bool(asked.settings),
    }


def slices_address(pid: str, asked: AskedSlices) -> str:
    """The address of the page that shows this."""
    said: list[tuple[str, str]] = []
    if asked.experiment is not None:
        said.append(("experiment", str(asked.experiment)))
    said += [(f"at.{name}", str(value)) for name, value in asked.settings.items()]
    said += [(key, value) for key, value in (("outcome", asked.outcome), ("surrogate", asked.surrogate)) if value]
    return f"/campaigns/{pid}/slices" + (f"?{urlencode(said)}" if said else "")


def _address(pid: str) -> Any:
    def address(number: int) -> str:
        return f"/records/{pid}#experiment-{number}"

    return address


def _choice(experiment: Experiment, speaker: Speaker) -> str:
    said = speaker("campaign.experiment_n", number=experiment.number)
    return f"{said} ({speaker.word('campaign_state', experiment.state.value)})"


def _told(pid: str, campaign: Campaign, speaker: Speaker) -> Any:
    by_number = {each.number: each for each in campaign.experiments}
    address = _address(pid)

    def told(number: int) -> tuple[str, str]:
        experiment = by_number[number]
        parts = [_choice(experiment, speaker), point_text(campaign.space, experiment.point, speaker)]
        parts += [
            f"{speaker.term(each.name)} {with_unit(number_text(each.value.value, 5), each.value.unit)}"
            for each in experiment.outcomes
        ]
        return address(number), "\n".join(parts)

    return told


def _front(pid: str, campaign: Campaign, speaker: Speaker) -> dict[str, Any] | None:
    if campaign.objective.way is not Way.PARETO:
        return None
    front = front_of(campaign)
    first, second = front.targets[:2]
    following = []
    for each in campaign.experiments:
        expected = each.proposal.expected if each.is_open and each.proposal is not None and not each.is_changed else {}
        if first.name in expected and second.name in expected:
            ends = expected[first.name].value, expected[second.name].value
            following.append(Next(number=each.number, across=ends[0], up=ends[1]))
    axes = (axis_title(speaker.term(first.name), first.unit), axis_title(speaker.term(second.name), second.unit))
    label = speaker("campaign_picture.front_label", one=speaker.term(first.name), other=speaker.term(second.name))
    told = _told(pid, campaign, speaker)
    return {
        "picture": front_picture(front, following, label=label, axes=axes, told=told),
        "titles": [axis_title(speaker.term(target.name), target.unit) for target in front.targets],
        "rows": _front_rows(front, campaign, speaker),
        "has_next": bool(following),
        "n_targets": len(front.targets),
        "n_on": len(front.numbers),
        "n_all": len(front.points),
        "n_left_out": front.n_left_out,
        "course": [(each.number, number_text(each.volume, 5)) for each in front.course],
    }


def _front_rows(front: Front, campaign: Campaign, speaker: Speaker) -> list[dict[str, Any]]:
    by_number = {each.number: each for each in campaign.experiments}
    first = front.targets[0].name
    best = sorted((p for p in front.points if p.is_on_front), key=lambda p: p.values[first])
    return [
        {
            "number": point.number,
            "values": [number_text(point.values[target.name], 5) for target in front.targets],
            "point": point_text(campaign.space, by_number[point.number].point, speaker),
        }
        for point in best[:_MOST_ROWS]
    ]


def _lines(pid: str, campaign: Campaign, speaker: Speaker) -> dict[str, Any] | None:
    found = lines_of(campaign)
    names = [axis_title(speaker.term(axis.name) if axis.is_outcome else axis.name, axis.unit) for axis in found.axes]
    target = speaker.term(found.target)
    label = speaker("campaign_picture.lines_label", target=target)
    picture = lines_picture(found, label=label, names=names, told=_told(pid, campaign, speaker))
    if picture is None:
        return None
    has_next = any(line.is_open for line in found.lines)
    return {"picture": picture, "n_left_out": found.n_left_out, "target": target, "has_next": has_next}


def _rows(found: Slice) -> list[tuple[str, str, str, str]]:
    """Setting, middle with its standard uncertainty, 68 % and 95 %, of what keeps to the constraints."""
    return [
        (
            _value(setting),
            concise(bar.expected, bar.deviation),
            f"{number_text(bar.low, 4)} – {number_text(bar.high, 4)}",
            f"{number_text(bar.lowest, 4)} – {number_text(bar.highest, 4)}",
        )
        for setting, bar in zip(found.settings, found.bars, strict=True)
        if bar is not None
    ]


def _near(found: Slice) -> list[tuple[int, str, str, str]]:
    return [
        (near.number, _value(near.setting), number_text(near.value, 5), number_text(near.distance, 2))
        for near in found.near
    ]


def _expected(bar: Bar, unit: str) -> Mapping[str, str]:
    return {
        "value": with_unit(concise(bar.expected, bar.deviation), unit),
        "low": number_text(bar.lowest, 4),
        "high": with_unit(number_text(bar.highest, 4), unit),
    }


def _quality(found: Slices, speaker: Speaker) -> dict[str, Any] | None:
    quality = found.quality
    if quality is None or found.surrogate is None:
        return None
    kind = "good" if quality.skill >= 0.4 else "some" if quality.skill >= 0.1 else "none"
    return {
        "surrogate": speaker.word("campaign_surrogate", found.surrogate.value),
        "verdict": speaker.word("campaign_skill", kind),
        "kind": kind,
        "error": with_unit(number_text(quality.error, 3), found.unit),
        "error_of_mean": with_unit(number_text(quality.error_of_mean, 3), found.unit),
        "within_95": number_text(100 * quality.within_95, 2),
    }


def _qualities(found: Slices, speaker: Speaker) -> list[tuple[str, str, str, str, str, bool]]:
    return [
        (
            speaker.word("campaign_surrogate", each.value),
            number_text(quality.error, 3),
            number_text(100 * quality.within_68, 2),
            number_text(100 * quality.within_95, 2),
            number_text(quality.skill, 2),
            each is found.surrogate,
        )
        for each, quality in found.qualities.items()
    ]


def _map(found: PairMap, slices: Slices, speaker: Speaker) -> dict[str, Any]:
    axes = (axis_title(found.names[0], found.units[0]), axis_title(found.names[1], found.units[1]))

    def told(i: int, j: int, value: float) -> str:
        return speaker("campaign.comma").join(
            [
                f"{found.names[0]} {with_unit(_value(found.across[i]), found.units[0])}",
                f"{found.names[1]} {with_unit(_value(found.up[j]), found.units[1])}",
                f"{speaker.term(slices.outcome)} {with_unit(number_text(value, 4), slices.unit)}",
            ]
        )

    label = speaker("campaign_picture.map_label", one=found.names[0], other=found.names[1])
    known = [value for row in found.expected for value in row if value is not None]
    return {
        "picture": map_picture(found, label=label, axes=axes, told=told),
        "axes": axes,
        "across": [_value(value) for value in found.across],
        "rows": [
            (_value(up), ["" if value is None else number_text(value, 4) for value in row])
            for up, row in reversed(list(zip(found.up, found.expected, strict=True)))
        ],
        "n": found.n_averaged,
        "low": number_text(min(known), 4) if known else "",
        "high": with_unit(number_text(max(known), 4), slices.unit) if known else "",
    }


def _value(value: Value) -> str:
    return value if isinstance(value, str) else number_text(value, 5)
