"""The CF conventions: packed numbers, missing values, units of time, and which variables are coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import LimitExceeded
from kiban.quantity.series import Series
from kiban.quantity.spelling import respell
from kiban.readers.hdf5.naming import variable_name
from kiban.readers.netcdf_parts.variables import NetGroup, NetVariable
from kiban.readers.source import Limits
from kiban.records.reading import Role, Variable

_SINCE = re.compile(r"\s*(\w+)\s+since\s+(.+?)\s*", re.IGNORECASE)
_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
}
_UNITS = {1.0: "s", 1e-3: "ms", 60.0: "min", 3600.0: "h", 86400.0: "d"}
_CALENDARS = frozenset({"", "standard", "gregorian", "proleptic_gregorian"})


def variables_of(group: NetGroup, *, limits: Limits, file: str) -> tuple[list[Variable], list[str]]:
    """Turn a group's variables into those of a Reading, coordinates first, and collect doubts.

    Raises
    ------
    UnreadableFile
        If a variable along dimensions cannot be read.
    """
    doubts: list[str] = []
    ordered = sorted(group.variables, key=lambda each: each.dimensions != (each.name,))
    _check_total(ordered, limits, file)
    names: dict[str, str] = {}
    for each in ordered:
        names[each.name] = variable_name(each.name, names.values())
    dimensions = _dimension_names(ordered, names)
    found = []
    for each in ordered:
        if each.kind not in "iuf" or 0 in each.shape:
            continue
        values, more = each.load()
        doubts.extend(more)
        along = tuple(dimensions[key] for key in zip(each.dimensions, each.shape, strict=True))
        if len(set(along)) != len(along):
            along = tuple(f"{name}_{n}" if name in along[:n] else name for n, name in enumerate(along))
        unpacked = unpack(values, each)
        is_axis = each.dimensions == (each.name,) and bool(np.isfinite(unpacked).all())
        if each.dimensions == (each.name,) and not is_axis:
            doubts.append(f"The coordinate {each.name} has gaps (missing values).")
        found.append(_variable(each, names[each.name], unpacked, along, is_axis=is_axis))
    return found, doubts


def _check_total(variables: list[NetVariable], limits: Limits, file: str) -> None:
    """Packed numbers are small in the file and large in memory."""
    total = sum(8 * int(np.prod([*each.shape, 1], dtype=object)) for each in variables if each.kind in "iuf")
    if total > 2 * limits.whole_bytes:
        raise LimitExceeded(
            f"{file}: its variables take {total} bytes; at most {2 * limits.whole_bytes} are read.",
            mend="Export a part of the data. The file is kept as it came.",
        )


def _dimension_names(variables: list[NetVariable], names: dict[str, str]) -> dict[tuple[str, int], str]:
    """Our names of dimensions, by those of the file and their lengths: that of the coordinate where there is one.

    A dimension without a coordinate may have the name of a variable that runs along others, and one of the same name in
    another group may have another length.
    """
    found = {(each.name, each.shape[0]): names[each.name] for each in variables if each.dimensions == (each.name,)}
    taken = set(names.values())
    for each in variables:
        for key in zip(each.dimensions, each.shape, strict=True):
            if key not in found:
                ours = variable_name(key[0])
                found[key] = variable_name(f"{ours}_dimension" if ours in taken else ours, taken)
                taken.add(found[key])
    return found


def _variable(
    each: NetVariable, name: str, values: NDArray[Any], dimensions: tuple[str, ...], *, is_axis: bool
) -> Variable:
    unit = each.text("units")
    since = _SINCE.fullmatch(unit)
    seconds = _SECONDS.get(since[1].lower()) if since else None
    is_beside = (
        not dimensions or each.name.endswith(("_bnds", "_bounds")) or (not is_axis and each.dimensions == (each.name,))
    )
    return Variable(
        name=name,
        series=Series(values, _UNITS[seconds] if seconds else respell(unit)),
        dimensions=dimensions,
        role=Role.AXIS if is_axis else Role.AUXILIARY if is_beside else Role.SIGNAL,
        label=each.text("long_name") or each.text("standard_name") or each.name,
        unit_as_written=unit,
    )


def unpack(values: NDArray[Any], each: NetVariable) -> NDArray[Any]:
    """Put NaN where a value is missing, and scale packed numbers: number * scale_factor + add_offset.

    Numbers that are neither packed nor missing anywhere stay as they are.
    """
    missing = np.zeros(values.shape, np.bool_)
    for name in ("_FillValue", "missing_value"):
        marker = _marker(each.number(name), values.dtype)
        if marker is not None:
            missing |= values == marker
    scale, offset = each.number("scale_factor"), each.number("add_offset")
    is_packed = (scale is not None and scale != 1) or bool(offset)
    if not is_packed and not missing.any():
        return values
    unpacked = values.astype(np.float64 if is_packed or values.dtype.kind in "iu" else values.dtype)
    if is_packed:
        # A factor of infinity makes NaN of 0, which is what it is worth.
        with np.errstate(over="ignore", invalid="ignore"):
            unpacked = unpacked * (1.0 if scale is None else scale) + (offset or 0.0)
    unpacked[missing] = np.nan
    return unpacked


def _marker(number: float | int | None, dtype: np.dtype[Any]) -> Any:
    """The number as a value of the variable; `None` where none of them can have it."""
    if number is None or number != number:
        return None
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return dtype.type(int(number)) if limits.min <= number <= limits.max and number == int(number) else None
    with np.errstate(over="ignore"):
        marker = np.float64(number).astype(dtype)
    return marker if np.isfinite(marker) or not np.isfinite(number) else None


def started_at(group: NetGroup, variables: list[Variable]) -> datetime | None:
    """When measuring began: `time_coverage_start`, else the first value of a time that counts from a date.

    By CF a date without a zone is in UTC; files that do not name CF say nothing of it.
    """
    written = group.text("time_coverage_start")
    for moment in _moments(written):
        return moment
    is_cf = group.text("Conventions").upper().startswith(("CF", "COARDS"))
    for each in variables:
        since = _SINCE.fullmatch(each.unit_as_written)
        seconds = _SECONDS.get(since[1].lower()) if since else None
        calendar = next((v.text("calendar") for v in group.variables if v.text("units") == each.unit_as_written), "")
        if since is None or seconds is None or each.role is not Role.AXIS or calendar.lower() not in _CALENDARS:
            continue
        for reference in _moments(since[2].removesuffix("UTC").strip()):
            zone = UTC if is_cf and reference.tzinfo is None else reference.tzinfo
            try:
                return reference.replace(tzinfo=zone) + timedelta(seconds=float(each.series.values.flat[0]) * seconds)
            except (OverflowError, ValueError):
                return None
    return None


def _moments(text: str) -> Iterator[datetime]:
    """The moment that a text is, if it is one: ISO 8601, months and days of one digit too."""
    padded = re.sub(r"(?<=-)(\d)(?!\d)", r"0\1", text)
    padded = re.sub(r"(?<=[ T])(\d)(?=:)", r"0\1", padded)
    try:
        yield datetime.fromisoformat(padded)
    except ValueError:
        return
