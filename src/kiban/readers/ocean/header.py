"""The lines above the numbers in text of Ocean Optics: `key: value`, in English or Japanese."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.records.reading import Json, MetadataValue

_FIELD = re.compile(r"(?P<key>[^:]{1,80}):\s*(?P<value>.*)")
_FROM = re.compile(r"Data from (?P<name>.+?)(?:\.txt)? Node")
_PROGRAM = re.compile(r"(?P<name>OOIBase32 Version [\d.]+|SpectraSuite|Jaz)(?: Absolute Irradiance)?(?: Data)?.*")
_SERIAL = re.compile(r"(?P<value>.*?)\s*\((?P<serial>[^()]*)\)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_JAVA = re.compile(
    r"[A-Za-z]{3} (?P<month>[A-Za-z]{3}) (?P<day>\d{1,2}) (?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})"
    r"(?: (?P<zone>[A-Z]{1,5}))? (?P<year>\d{4})"
)
_HOURS = {"UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "JST": 9, "KST": 9, "NZST": 12}
"""Abbreviations that only one zone uses; CST, EST and IST are not among them."""
_JAPANESE = {
    "日時": "Date",
    "ユーザ": "User",
    "分光器": "Spectrometers",
    "スペクトル平均": "Spectra Averaged",
    "平滑化": "Boxcar Smoothing",
    "処理済みスペクトルピクセル数": "Number of Pixels in Processed Spectrum",
}
_TIMES = (("Integration Time (usec)", "us"), ("Integration Time (msec)", "ms"), ("Integration Time (sec)", "s"))
_PIXELS = ("Number of Pixels in Spectrum", "Number of Pixels in Processed Spectrum", "Number of Pixels in File")
_SCANS = ("Scans to average", "Spectra Averaged")
_SPECTROMETERS = ("Spectrometer", "Spectrometers", "Spectrometer Serial Number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What a header says."""

    title: str
    header: dict[str, Json]
    texts: dict[str, str]
    metadata: dict[str, MetadataValue]
    operator: str | None
    instrument: str | None
    started_at: datetime | None
    n_pixels: float | None
    is_irradiance: bool

    def text(self, key: str) -> str:
        """The text under a key in English, whatever the language of the file; empty where there is none."""
        return self.texts.get(key.lower(), "")


def fields(lines: list[str]) -> Fields:
    """Read a header."""
    header: dict[str, Json] = {}
    texts: dict[str, str] = {}
    other: list[Json] = []
    title = ""
    for line in lines:
        bare = line.strip()
        if (named := _FROM.fullmatch(bare)) is not None:
            title = named["name"]
        match = _FIELD.fullmatch(bare) if named is None else None
        if match is None:
            other += [bare] if bare.strip("+") else []
            continue
        key = match["key"].strip()
        header[key] = match["value"].strip()
        plain = unicodedata.normalize("NFKC", key)
        texts.setdefault(_JAPANESE.get(plain, plain).lower(), match["value"].strip())
    if other:
        header["#text"] = other
    first = unicodedata.normalize("NFKC", str(other[0])) if other else ""
    return Fields(
        title=title or texts.get("graph title", ""),
        header=header,
        texts=texts,
        metadata=_metadata(texts, first),
        operator=texts.get("user") or None,
        instrument=_first(texts, _SPECTROMETERS) or None,
        started_at=_time(texts.get("date", "")),
        n_pixels=optional_number(_first(texts, _PIXELS)),
        is_irradiance="Absolute Irradiance" in first,
    )


def _first(texts: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((text for key in keys if (text := texts.get(key.lower(), ""))), "")


def _metadata(texts: dict[str, str], first: str) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Ocean Insight"}
    if (program := _PROGRAM.match(first)) is not None:
        metadata["software"] = program["name"]
    serial = _first(texts, _SPECTROMETERS)
    for key, unit in _TIMES:
        text = texts.get(key.lower(), "")
        match = _SERIAL.fullmatch(text[:200])
        number = optional_number(match["value"] if match else text)
        if number is not None:
            metadata["exposure_time"] = Measured(number, unit)
            serial = serial or (match["serial"] if match else "")
    averaged = _first(texts, _SCANS)
    match = _SERIAL.fullmatch(averaged[:200])
    n_scans = optional_number(match["value"] if match else averaged)
    if n_scans is not None and n_scans >= 1 and n_scans == int(n_scans):
        metadata["n_scans"] = int(n_scans)
    if serial:
        metadata["serial_number"] = serial
    return metadata


def _time(text: str) -> datetime | None:
    """Read `Wed May 16 14:30:04 EET 2012`; OOIBase32's numbers leave day and month open."""
    match = _JAVA.fullmatch(text.strip())
    month = match["month"].lower() if match else ""
    if match is None or month not in _MONTHS:
        return None
    zone = match["zone"] or ""
    hours = _HOURS.get(zone)
    known = None if hours is None else UTC if hours == 0 else timezone(timedelta(hours=hours))
    day, hour, minute, second = (int(match[part]) for part in ("day", "hour", "minute", "second"))
    try:
        return datetime(int(match["year"]), _MONTHS.index(month) + 1, day, hour, minute, second, tzinfo=known)
    except ValueError:
        return None
