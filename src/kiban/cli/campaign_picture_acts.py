"""What `kiban campaign` says in the place of pictures: what is expected around a point, and the Pareto front."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiban.cli.acts import Act
from kiban.cli.campaign_files import pairs
from kiban.cli.campaign_options import add_id
from kiban.cli.command import DONE, platform, print_json, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kiban.planning.pictures.slices import Bar, Slice, Slices

_SURROGATES = ("raw", "ranks", "forest")
_WORDS = {
    "raw": "a Gaussian process of the values",
    "ranks": "a Gaussian process of the values' ranks",
    "forest": "a forest of the values' ranks",
}


def _add_slices(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    parser.add_argument(
        "--experiment", type=int, metavar="NUMBER", help="through its point (default: that of the best)"
    )
    parser.add_argument(
        "--at",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="with this setting instead: temperature='350 K'; several times",
    )
    parser.add_argument("--outcome", metavar="NAME", help="what is expected (default: the first target)")
    parser.add_argument(
        "--surrogate", choices=_SURROGATES, help="which model is to speak (default: the one that did best)"
    )


def _slices(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaign_pictures import NO_MAP, AskedSlices, campaign_slices
    from kiban.operations.campaign_pictures_as_json import slices_as_json

    asked = AskedSlices(
        experiment=arguments.experiment,
        settings=pairs(arguments.at, "setting"),
        outcome=arguments.outcome,
        surrogate=arguments.surrogate,
        # Of a map the lines of a terminal show little.
        pair=None if arguments.json else NO_MAP,
    )
    with platform(arguments, n_workers=1) as (asker, resources):
        shown = campaign_slices(asker, resources, arguments.id, asked)
    if arguments.json:
        print_json(slices_as_json(shown))
        return DONE
    _print(shown.slices)
    return DONE


def _print(found: Slices) -> None:
    units = {each.parameter: each.unit for each in found.slices}
    where = f"experiment {found.experiment}" if found.experiment is not None else "the point"
    print(f"{found.outcome} around {where}: {_settings(found.point, units)}")
    quality = found.quality
    if found.surrogate is None or quality is None or found.at is None:
        say(f"{found.n_measured} experiments are too few to expect anything, or all came out the same.")
        return
    print(f"  expected there: {_bar(found.at, found.unit)}")
    print(f"  by {_WORDS[found.surrogate.value]}, learnt from {found.n_trials} of {found.n_measured} experiments")
    print(
        f"  of each, from the others, it is {quality.error:.3g} off, the mean {quality.error_of_mean:.3g}; "
        f"{quality.within_95:.0%} came out within their 95 %"
    )
    for each in found.slices:
        _print_slice(each, found.unit)


def _print_slice(found: Slice, unit: str) -> None:
    print(f"  along {found.parameter}{f' / {found.unit}' if found.unit else ''}:")
    if found.giving_way:
        print(f"    {', '.join(found.giving_way)} give way")
    known = [(s, bar) for s, bar in zip(found.settings, found.bars, strict=True) if bar is not None]
    if not known:
        print("    no setting keeps to the constraints")
    step = max(1, len(known) // 8)
    for setting, bar in known[::step]:
        print(f"    {_value(setting):>12}  {_bar(bar, unit)}")


def _bar(bar: Bar, unit: str) -> str:
    ends = f"68 % within {bar.low:.4g} to {bar.high:.4g}, 95 % within {bar.lowest:.4g} to {bar.highest:.4g}"
    return f"{bar.expected:.4g}{f' {unit}' if unit else ''}, {ends}"


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


def _settings(point: Mapping[str, float | str], units: Mapping[str, str]) -> str:
    return ", ".join(
        f"{name}={_value(value)}{f' {unit}' if (unit := units.get(name, '')) else ''}" for name, value in point.items()
    )


def _front(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaign_pictures import campaign_front
    from kiban.operations.campaign_pictures_as_json import front_as_json

    with platform(arguments, n_workers=1) as (asker, resources):
        shown, front = campaign_front(asker, resources, arguments.id)
    if arguments.json:
        print_json(front_as_json(shown, front))
        return DONE
    campaign = shown.campaign
    units = {parameter.name: getattr(parameter, "unit", "") for parameter in campaign.space.parameters}
    for point in front.points:
        if point.is_on_front:
            values = ", ".join(f"{t.name} {point.values[t.name]:.6g} {t.unit}".rstrip() for t in front.targets)
            print(f"  {point.number} {values} at {_settings(campaign.experiment(point.number).point, units)}")
    if front.course:
        print(f"  volume under the front: {front.course[-1].volume:.6g}, {front.course[0].volume:.6g} at first")
    say(f"{len(front.numbers)} of {len(front.points)} experiments are on the front.")
    return DONE


PICTURE_ACTS = (
    Act(
        "slices",
        "what is expected along each parameter around a point, and how well that is known",
        _add_slices,
        _slices,
    ),
    Act("front", "the Pareto front, and how the volume under it grew", add_id, _front),
)
