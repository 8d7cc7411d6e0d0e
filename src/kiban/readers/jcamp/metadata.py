"""JCAMP-DX, the part of the header that colleagues need, under standard names; dates; chemical shifts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.jcamp.labels import Block, number
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import MetadataValue, Role, Variable

_TEXTS = (
    ("comment", ("COMMENTS", "COMMENT", "")),
    ("state", ("STATE",)),
    ("solvent", (".SOLVENTNAME", "$SOLVENT")),
    ("molecular_formula", ("MOLFORM",)),
    ("serial_number", ("SERIAL", "SERIALNUMBER")),
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?:[:.](\d{2})(?:[.,](\d{1,6}))?\d*)?\s*([AaPp][Mm])?\s*(Z|[+-]\d{2}:?\d{2})?")


def metadata(block: Block, x_unit: str, technique: str) -> dict[str, MetadataValue]:
    """Pick the standard names out of a block; what it does not state is left out."""
    found: dict[str, MetadataValue] = {}
    for name, keys in _TEXTS:
        if text := _plain(block.value(*keys)):
            found[name] = text
    record = block.find("JCAMPDX")
    if record is not None and re.search(r"\d\.\d|[Vv]\d", record.comment):
        # The standard puts the program that wrote the file here; people put other remarks there too.
        found["software"] = record.comment
    if cas := re.search(r"\b\d{2,7}-\d{2}-\d\b", block.value("CASREGISTRYNO")):
        found["cas_number"] = cas[0]
    if (resolution := number(block.value("RESOLUTION"))) and resolution.value > 0 and x_unit:
        found["resolution"] = Measured(resolution.value, x_unit)
    for name, key, usual in (("temperature", "TEMPERATURE", "degC"), ("pressure", "PRESSURE", "")):
        if (measured := _measured(block.value(key), usual)) is not None:
            found[name] = measured
    if (averages := number(block.value(".AVERAGES"))) is not None and averages.value in range(1, 10**12):
        found["n_scans"] = int(averages.value)
    if technique == "nmr":
        found = _nmr(block) | found
    return found


def _nmr(block: Block) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {}
    frequency = block.value(".OBSERVEFREQUENCY")
    if "," not in frequency and (stated := number(frequency)) is not None:
        found["observe_frequency"] = Measured(stated.value, "MHz")
    # Bruker's temperature of the sample, in kelvin by its manual.
    if (kelvin := number(block.value("$TE"))) is not None and kelvin.value > 0:
        found.setdefault("temperature", Measured(kelvin.value, "K"))
    nucleus = re.fullmatch(
        r"\^?<?(\d{1,3})\^?\s*([A-Z][a-z]?)>?", block.value(".OBSERVENUCLEUS", "$NUC1"), re.IGNORECASE
    )
    if nucleus:
        found["nucleus"] = f"{nucleus[1]}{nucleus[2].capitalize()}"
    return found


def _plain(text: str) -> str:
    """Take the brackets of JCAMP-DX texts off."""
    return text[1:-1].strip() if text.startswith("<") and text.endswith(">") else text


def _measured(text: str, usual: str) -> Measured | None:
    """Read a number with its unit, such as `101.3 kPa`; a bare number has the unit of the standard, if there is one."""
    value = number(text)
    if value is None:
        return None
    unit = re.sub(r"^[+-]?[\d.,]+(?:[EeDd][+-]?\d+)?\s*", "", text.strip())
    spelled = "degC" if unit.upper() in {"C", "DEG C", "DEGREES C"} else read_unit(unit) if unit else usual
    return Measured(value.value, spelled) if spelled else None


def sample_name(block: Block) -> str | None:
    """Say what the sample is called."""
    for key in ("SAMPLENAME", "$SAMPLENAME", "NAMES", "CASNAME", "SAMPLEDESCRIPTION"):
        if text := _plain(block.value(key)).partition("\n")[0].strip():
            return text[:200]
    return None


def started_at(block: Block) -> tuple[datetime | None, list[str]]:
    """Read LONG DATE, or DATE and TIME.

    Returns
    -------
    (datetime or None, list of str)
        With the time zone where one is stated. A day without a time of day is that day's midnight, with a doubt.
    """
    written = block.value("LONGDATE")
    day = _day(written or block.value("DATE"))
    if day is None:
        given = written or block.value("DATE")
        return None, [f"The date {given[:40]!r} can be read in several ways."] if re.search(
            r"\d\D\d+\D\d", given
        ) else []
    rest = re.sub(r"^\D*\d+\D+\w+\D+\d+", "", written) if written else ""
    clock = _CLOCK.search(rest) or _CLOCK.search(block.value("TIME")) or _CLOCK.search(block.value("DATE"))
    try:
        if clock is None:
            return datetime(*day), [f"The file states the day, {datetime(*day):%Y-%m-%d}, but no time of day."]
        hour = int(clock[1]) % 12 + (12 if clock[5].lower() == "pm" else 0) if clock[5] else int(clock[1])
        micro = int((clock[4] or "0").ljust(6, "0"))
        return datetime(*day, hour, int(clock[2]), int(clock[3] or 0), micro, _zone(clock[6])), []
    except ValueError:
        return None, [f"The date {written or block.value('DATE')!r} with the time {block.value('TIME')!r} is none."]


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    shift = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-shift if text[0] == "-" else shift)


def _day(text: str) -> tuple[int, int, int] | None:
    """Read year, month and day: `1997/08/29`, `96/11/04` (the standard's order), `13/2/1997`, `12-JAN-1998`."""
    parts = re.findall(r"\d+|[A-Za-z]{3,}", text)[:8]
    month = next((_MONTHS.index(p[:3].lower()) + 1 for p in parts if p[:3].lower() in _MONTHS), None)
    if month is not None:
        numbers = [p for p in parts if p.isdigit()]
        year = next((int(p) for p in numbers if len(p) == 4), None)
        days = [int(p) for p in numbers if len(p) <= 2]
        return (year, month, days[0]) if year is not None and days else None
    match = re.match(r"\s*(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?!\d)", text)
    if match is None:
        return None
    one, two, three = match.groups()
    orders = [(one, two, three)] if len(three) <= 2 else []
    if len(one) <= 2:
        orders += [(three, one, two), (three, two, one)]
    valid = [(_year(y), int(m), int(d)) for y, m, d in orders if 1 <= int(m) <= 12 and 1 <= int(d) <= 31]
    is_standard = bool(valid) and valid[0] == (_year(one), int(two), int(three))
    return valid[0] if is_standard or len(set(valid)) == 1 else None


def _year(text: str) -> int:
    """JCAMP-DX 4.24 has two digits of the year; it dates from 1988."""
    return int(text) + (1900 if int(text) >= 70 else 2000) if len(text) <= 2 else int(text)


def chemical_shift(block: Block, frequency: Variable) -> tuple[Variable | None, list[str]]:
    """Work out the chemical shift of each point of an NMR spectrum whose axis is in Hz.

    Two statements fix it: `.SHIFT REFERENCE` (a point's number, counted from 1, and its shift), or Bruker's
    `$OFFSET` (the first point's shift); then delta = delta_ref + (nu - nu_ref) / nu_0. nu_0 is Bruker's `$SF`, the
    frequency of 0 ppm, where stated, else `.OBSERVE FREQUENCY`.

    Returns
    -------
    (Variable or None, list of str)
        `None` where nothing fixes it, or two statements contradict each other, which is a doubt.
    """
    observed = number(block.value(".OBSERVEFREQUENCY"))
    zero = number(block.value("$SF")) or observed
    x = frequency.series.values
    if zero is None or zero.value <= 0 or (observed and abs(zero.value - observed.value) > 0.01 * observed.value):
        return None, []
    references = _references(block, x.size)
    shifts = [shift + (x - x[point]) / zero.value for point, shift in references]
    if not shifts or frequency.series.unit != "Hz" or not np.all(np.isfinite(shifts[0])):
        return None, []
    if len(shifts) == 2 and abs(float(shifts[0][0] - shifts[1][0])) > 0.01:
        return None, ["$OFFSET and .SHIFT REFERENCE contradict each other, so no chemical shifts are given."]
    return (
        Variable(
            name="chemical_shift",
            series=Series(shifts[0], "ppm"),
            dimensions=frequency.dimensions,
            role=Role.AUXILIARY,
        ),
        [],
    )


def _references(block: Block, n: int) -> list[tuple[int, float]]:
    found = []
    parts = block.value(".SHIFTREFERENCE").split(",")
    if len(parts) == 4:
        point, shift = number(parts[2]), number(parts[3])
        if point is not None and shift is not None and 1 <= point.value <= n and point.value == int(point.value):
            found.append((int(point.value) - 1, shift.value))
    offset = number(block.value("$OFFSET"))
    if offset is not None and "$SF" in block:
        found.append((0, offset.value))
    return found
