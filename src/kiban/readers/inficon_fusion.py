"""INFICON Fusion: the JSON files (`.fusion-data`) of the Micro GC Fusion gas chromatograph.

Instrument
----------
INFICON Micro GC Fusion with one to four modules, each with a thermal conductivity detector; software 1.8 was seen.

What is read
------------
For each detector a Reading of technique `chromatography` with

- `time`, shape (n,), s, the axis: the number of the point over `nValuesPerSecond`, counted from injection (the tops of
  the peaks that the instrument found lie where this puts them);
- `detector_signal`, shape (n,), arbitrary unit, as the instrument wrote it.

Where the instrument found peaks, a second Reading of the detector with one row for each, in its order:
`retention_time` (s), and as far as all peaks have them `peak_start`, `peak_end` (s), `peak_height`, `peak_area`
(arbitrary unit), `tailing`, `signal_to_noise`. Amounts that only calibrated peaks have are NaN for the others:
`concentration` (in the unit of the calibration, which the file does not state) and `normalised_concentration`
(percent).

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Labels of the peaks are texts and stand in the header, in the order of the rows. `nValuesOffset` is kept in the header:
what it counts is stated nowhere, and times agree with the peaks without it.

File structure
--------------
One JSON object: `detectors` (by name: `nValuesPerSecond`, `nValuesExpected`, `values`, `analysis.peaks`),
`runTimeStamp` (ISO 8601, UTC), `methodName`, `annotations`, `systemConfiguration`, `softwareVersion`. Worked out from
2 files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.json_text import load_json
from kiban.readers.source import Source
from kiban.records.reading import MetadataValue, Reading, Role, Variable

_MEND = "Export the run again, or copy the file again; it is kept as it came."
_ARBITRARY = "arbitrary_unit"
_PEAK_COLUMNS = (
    ("top", "retention_time", "s", True),
    ("start", "peak_start", "s", True),
    ("end", "peak_end", "s", True),
    ("height", "peak_height", _ARBITRARY, True),
    ("area", "peak_area", _ARBITRARY, True),
    ("tailing", "tailing", "", False),
    ("snr", "signal_to_noise", "", False),
    ("concentration", "concentration", _ARBITRARY, False),
    ("normalizedConcentration", "normalised_concentration", "percent", False),
)
"""Key, our name, unit, and whether the column is left out unless every peak has it (else NaN where one has not)."""


class InficonFusion:
    """Reads `.fusion-data`."""

    name = "inficon_fusion"
    version = 1
    title = "INFICON Fusion (fusion-data)"
    makers = ("INFICON",)
    techniques = ("chromatography",)
    suffixes = (".fusion-data",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim JSON objects that count values per second and expected values for each of their `detectors`."""
        head = source.head
        if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return None
        if all(key in head for key in (b'"detectors"', b'"nValuesPerSecond"', b'"nValuesExpected"')):
            return Recognition(Confidence.CERTAIN, "it is JSON with detectors as the Micro GC Fusion writes them")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all detectors. Raises as the contract says."""
        run = load_json(source.read(), what=source.name, mend=_MEND)
        detectors = run.get("detectors") if isinstance(run, dict) else None
        if not isinstance(detectors, dict) or not all(isinstance(each, dict) for each in detectors.values()):
            raise DamagedFile(f"{source.name}: `detectors` should be an object of objects.", mend=_MEND)
        readings = [reading for name, each in detectors.items() for reading in _readings(run, name, each, source.name)]
        if not readings:
            raise NothingMeasured(f"{source.name}: no detector has values.", mend=_MEND)
        return readings


def _readings(run: Mapping[str, Any], name: str, detector: Mapping[str, Any], file: str) -> list[Reading]:
    place = f"{file}, detector {name}"
    values = _numbers(detector.get("values"), f"{place}: `values`")
    if not values.size:
        return []
    rate, expected = detector.get("nValuesPerSecond"), detector.get("nValuesExpected")
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not (math.isfinite(rate) and rate > 0):
        raise DamagedFile(
            f"{place}: nValuesPerSecond should be a positive number; {str(rate)[:40]} was found.", mend=_MEND
        )
    if expected != values.size:
        raise DamagedFile(f"{place}: {str(expected)[:40]} values are promised, {values.size} follow.", mend=_MEND)
    if not np.isfinite(values).all():
        raise DamagedFile(f"{place}: a value is not finite.", mend=_MEND)
    time = Variable(
        name="time", series=Series(np.arange(values.size) / rate, "s"), dimensions=("time",), role=Role.AXIS
    )
    signal = Variable(name="detector_signal", series=Series(values, _ARBITRARY), dimensions=("time",), label="values")
    trace = {key: value for key, value in detector.items() if key != "values"}
    readings = [_reading(run, name, trace, (time, signal), "chromatogram")]
    peaks = _peaks(detector, place)
    if peaks:
        readings.append(_reading(run, name, trace, peaks, "peaks"))
    return readings


def _peaks(detector: Mapping[str, Any], place: str) -> tuple[Variable, ...]:
    analysis = detector.get("analysis")
    peaks = analysis.get("peaks") if isinstance(analysis, dict) else None
    if not peaks:
        return ()
    if not isinstance(peaks, list) or not all(isinstance(peak, dict) for peak in peaks):
        raise DamagedFile(f"{place}: `analysis.peaks` should be a list of objects.", mend=_MEND)
    variables = []
    for key, name, unit, is_whole in _PEAK_COLUMNS:
        cells = [peak.get(key) for peak in peaks]
        n_missing = cells.count(None)
        if n_missing == len(cells) or (n_missing and is_whole):
            continue
        numbers = _numbers([math.nan if cell is None else cell for cell in cells], f"{place}: `{key}` of the peaks")
        role = Role.AXIS if name == "retention_time" else Role.SIGNAL
        variables.append(Variable(name=name, series=Series(numbers, unit), dimensions=("peak",), role=role, label=key))
    is_timed = bool(variables) and variables[0].name == "retention_time"
    return tuple(variables) if is_timed and np.isfinite(variables[0].series.values).all() else ()


def _numbers(cells: object, what: str) -> np.ndarray[Any, np.dtype[Any]]:
    if not isinstance(cells, list) or any(isinstance(c, bool) or not isinstance(c, int | float) for c in cells):
        raise DamagedFile(f"{what} should be a list of numbers.", mend=_MEND)
    try:
        numbers = np.array(cells) if cells else np.empty(0)
    except OverflowError as e:
        raise DamagedFile(f"{what} hold an integer that no detector gives ({e}).", mend=_MEND) from e
    if numbers.dtype.kind not in "if":
        raise DamagedFile(f"{what} hold an integer that no detector gives.", mend=_MEND)
    return numbers


def _reading(
    run: Mapping[str, Any], name: str, detector: Mapping[str, Any], variables: tuple[Variable, ...], kind: str
) -> Reading:
    rest = {key: value for key, value in run.items() if key != "detectors"}
    sample = _text(run, "annotations", "name")
    started, doubts = _started(run)
    metadata: dict[str, MetadataValue | None] = {
        "maker": "INFICON",
        "model": _text(run, "systemConfiguration", "systemInfo", "systemPartNumber"),
        "serial_number": _text(run, "systemConfiguration", "systemInfo", "systemSerialNumber"),
        "software": _text(run, "softwareVersion", "version"),
        "technique_name": _text(run, "methodName"),
        "detector": name,
        "carrier_gas": _text(detector, "carrierGas"),
    }
    title = sample or _text(run, "$displayName") or _text(run, "methodName") or "Run"
    return Reading(
        technique="chromatography",
        title=f"{title}: {name}, {kind}",
        variables=variables,
        header=_json({**rest, "detectors": {name: detector}}),
        metadata={key: value for key, value in metadata.items() if value},
        sample_name=sample,
        instrument="INFICON Micro GC Fusion",
        started_at=started,
        doubts=doubts,
    )


def _text(document: Mapping[str, Any], *path: str) -> str | None:
    found: Any = document
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found.strip() or None if isinstance(found, str) else None


def _started(run: Mapping[str, Any]) -> tuple[datetime | None, tuple[str, ...]]:
    stamp = _text(run, "runTimeStamp")
    if stamp is None:
        return None, ()
    try:
        return datetime.fromisoformat(stamp), ()
    except ValueError:
        return None, (f"The time of the run, '{stamp[:60]}', is no date.",)


def _json(value: Any) -> Any:
    """NaN and infinity, which Python's JSON takes, stand as texts: a header must be JSON."""
    if isinstance(value, dict):
        return {key: _json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_json(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


READER = InficonFusion()
