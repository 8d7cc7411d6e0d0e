"""What the tags of an image say of microscope, detector, time and technique."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kiban.quantity.measured import Measured
from kiban.readers.gatan.images import Image
from kiban.readers.gatan.tags import Directory
from kiban.readers.sampled_axes import Kind
from kiban.records.reading import MetadataValue

_MICROSCOPE = "Microscope Info"
_NUMBERS: tuple[tuple[str, str, tuple[tuple[str, ...], ...]], ...] = (
    ("acceleration_voltage", "V", ((_MICROSCOPE, "Voltage"),)),
    ("magnification", "", ((_MICROSCOPE, "Indicated Magnification"),)),
    ("magnification_actual", "", ((_MICROSCOPE, "Actual Magnification"),)),
    ("camera_length", "mm", ((_MICROSCOPE, "STEM Camera Length"),)),
    ("spherical_aberration", "mm", ((_MICROSCOPE, "Cs(mm)"), (_MICROSCOPE, "Cs (mm)"))),
    ("probe_current", "nA", ((_MICROSCOPE, "Probe Current (nA)"),)),
    ("probe_size", "nm", ((_MICROSCOPE, "Probe Size (nm)"),)),
    ("emission_current", "uA", ((_MICROSCOPE, "Emission Current (µA)"), (_MICROSCOPE, "Emission Current (μA)"))),
    (
        "exposure_time",
        "s",
        (
            ("EELS", "Acquisition", "Exposure (s)"),
            ("DataBar", "Exposure Time (s)"),
            ("Acquisition", "Parameters", "High Level", "Exposure (s)"),
        ),
    ),
    ("n_scans", "", (("EELS", "Acquisition", "Number of frames"),)),
    ("integration_time", "s", (("EELS", "Acquisition", "Integration time (s)"),)),
    ("semi_convergence_angle", "mrad", (("EELS", "Experimental Conditions", "Convergence semi-angle (mrad)"),)),
    ("semi_collection_angle", "mrad", (("EELS", "Experimental Conditions", "Collection semi-angle (mrad)"),)),
    ("live_time", "s", (("EDS", "Live time"),)),
    ("real_time", "s", (("EDS", "Real time"),)),
    ("elevation_angle", "deg", (("EDS", "Detector Info", "Elevation angle"),)),
    ("azimuth_angle", "deg", (("EDS", "Detector Info", "Azimuthal angle"),)),
)
"""Name, unit and places. 0 says in these tags that nothing was entered."""
_WORDS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("imaging_mode", ((_MICROSCOPE, "Imaging Mode"),)),
    ("operation_mode", ((_MICROSCOPE, "Operation Mode"),)),
    ("illumination_mode", ((_MICROSCOPE, "Illumination Mode"),)),
    (
        "detector",
        (
            ("DataBar", "Device Name"),
            ("Acquisition", "Device", "Name"),
            ("EDS", "Detector Info", "Detector type"),
        ),
    ),
    ("spectrometer", (("EELS Spectrometer", "Instrument name"),)),
)
_COUNTS = frozenset({"n_scans"})
_FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([AaPp])?\.?[Mm]?\.?|.*")


def metadata_of(image: Image) -> dict[str, MetadataValue]:
    """Put what the tags say under the standard names."""
    tags = image.tags
    found: dict[str, MetadataValue] = {"maker": "Gatan"}
    if version := tags.text("GMS Version", "Saved") or tags.text("GMS Version", "Created"):
        found["software"] = f"DigitalMicrograph {version}"
    for name, unit, paths in _NUMBERS:
        value = next((number for path in paths if (number := tags.number(*path))), None)
        if value is not None:
            found[name] = int(value) if name in _COUNTS else Measured(float(value), unit)
    for name, words in _WORDS:
        if text := next((text for path in words if (text := tags.text(*path))), ""):
            found[name] = text
    if image.scale is not None:
        step, origin, unit = image.scale
        found["intensity_step"] = step
        found["intensity_origin"] = origin
        if unit:
            found["intensity_unit"] = unit
    if image.has_colours:
        found["colours"] = "red, green, blue"
    return found


def named(tags: Directory, label: str) -> str | None:
    """Who or what: the session's or the microscope's entry of that label."""
    for group in ("Session Info", _MICROSCOPE):
        if text := tags.text(group, label):
            return text
    return None


def instrument(tags: Directory) -> str | None:
    """The microscope's name as the session has it, else as its driver does."""
    return named(tags, "Microscope") or tags.text(_MICROSCOPE, "Name") or None


def technique(image: Image) -> str:
    """What was measured, by the tags and, where they say nothing, by the units of the axes."""
    tags = image.tags
    signal = tags.text("Meta Data", "Signal").upper()
    kinds = {axis.kind for axis in image.axes}
    if Kind.ENERGY in kinds or signal in {"EELS", "X-RAY", "CL"}:
        if signal == "EELS" or (not signal and tags.directory("EELS").entries):
            return "electron_energy_loss"
        if signal == "X-RAY" or (not signal and tags.directory("EDS").entries):
            return "energy_dispersive_x_ray"
        if signal == "CL":
            return "cathodoluminescence"
    if len(image.axes) == 1:
        return "spectrum"
    microscope = tags.directory(_MICROSCOPE)
    if not microscope.entries and not tags.directory("DataBar").entries:
        return "image"
    is_pattern = "DIFFRACTION" in tags.text("Meta Data", "Format").upper() or bool(
        kinds & {Kind.RECIPROCAL, Kind.ANGLE} and image.values.dtype.kind != "c"
    )
    # A scanning image is taken with the lenses in diffraction mode, so the mode alone says nothing there.
    is_still = "DIFFRACTION" in microscope.text("Operation Mode").upper() and Kind.LENGTH not in kinds
    return "electron_diffraction" if is_pattern or is_still else "electron_microscopy"


def started(tags: Directory) -> tuple[datetime | None, tuple[str, ...]]:
    """When the measurement began, and a doubt where its date cannot be told.

    Dates are texts in the habit of the computer's country. Where 7/9/2014 could be two days, a time in UTC beside it
    may tell; it gives no zone, because the texts have none.
    """
    utc = _utc(tags)
    for date, time in _date_texts(tags):
        choices = set(_readings(date, time))
        if utc is not None:
            # No zone is farther than 14 hours from UTC, and writing takes its time.
            choices = {moment for moment in choices if abs(moment - utc.replace(tzinfo=None)) < timedelta(hours=15)}
        if len(choices) == 1:
            return choices.pop(), ()
        if utc is None:
            return None, (f"The date '{date[:40]}' cannot be told: day and month are unclear.",)
    return utc, ()


def _date_texts(tags: Directory) -> Iterator[tuple[str, str]]:
    for group, date, time in (
        (("EELS", "Acquisition"), "Date", "Start time"),
        (("EDS", "Acquisition"), "Date", "Start time"),
        (("DataBar",), "Acquisition Date", "Acquisition Time"),
    ):
        if text := tags.text(*group, date):
            yield text, tags.text(*group, time)


def _utc(tags: Directory) -> datetime | None:
    """The moment in UTC, as camera and databar may have it: milliseconds since 1970, or 100 ns since 1601."""
    milliseconds = tags.number("Acquisition", "Frame", "Sequence", "Acquisition Start Time (epoch)")
    ticks = tags.number("DataBar", "Acquisition Time (OS)")
    try:
        if milliseconds:
            moment = _UNIX_EPOCH + timedelta(milliseconds=int(milliseconds))
        elif ticks:
            moment = _FILETIME_EPOCH + timedelta(microseconds=int(ticks) // 10)
        else:
            return None
    except OverflowError:
        return None
    return moment.replace(microsecond=0) if 1990 <= moment.year <= 2100 else None


def _readings(date: str, time: str) -> Iterator[datetime]:
    """The moments that the two texts can mean."""
    parts = _DATE.fullmatch(date.strip())
    clock = _TIME.fullmatch(time.strip())
    if parts is None or clock is None:
        return
    first, second, third = parts.groups()
    year_first, day_first, month_first = (first, second, third), (third, second, first), (third, first, second)
    for year, month, day in [year_first] if len(first) == 4 else [day_first, month_first]:
        try:
            yield datetime(_four_digits(year), int(month), int(day), *_clock(clock))
        except ValueError:
            continue


def _four_digits(year: str) -> int:
    number = int(year)
    return number if len(year) > 2 else number + (1900 if number >= 90 else 2000)


def _clock(match: re.Match[str]) -> tuple[int, int, int]:
    if match[1] is None:
        return 0, 0, 0
    hour = int(match[1])
    if half := (match[4] or "").lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, int(match[2]), int(match[3] or 0)
