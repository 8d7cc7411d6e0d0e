"""PANalytical (Malvern Panalytical) XRDML, all schema versions.

Instrument
----------
X-ray diffractometers of PANalytical: X'Pert, Empyrean, Aeris, CubiX, with Data Collector as software.

What is read
------------
Each `<scan>` gives a Reading of technique `xrd` with

- the scanned axis, shape (n,): `two_theta` (deg) for Gonio, 2Theta and 2Theta-Omega scans, `omega` for Omega and
  Omega-2Theta scans, else `phi`, `chi`, `psi`, `x`, `y`, `z`; from `listPositions`, or evenly from `startPosition` to
  `endPosition`, both included. Where nothing moved it is `point`, counted from 1;
- `intensity`, shape (n,), count: the numbers of `<counts>` or `<intensities>` as they stand;
- other axes that moved, shape (n,), under their names; axes that stood still are metadata (`position_phi`);
- `corrected_intensity`, shape (n,), where the file has `<intensities>` beside `<counts>`;
- `attenuation` and `divergence_correction` (number 1), `count_time` (s), shape (n,), where the file lists them for each
  point; otherwise they are metadata;
- `temperature_log`, shape (m,), with the mean as metadata `temperature`, where a non-ambient stage recorded it.

Scans of a measurement that the file calls an area measurement (reciprocal-space maps, pole figures), and three or
more scans of equal length that step an axis evenly, give one Reading of technique `xrd_map`: `intensity` of shape
[scan, point], the stepped axis of shape [scan] and the scanned axis of shape [point], or both [scan, point] where they
do not make a grid. Its header holds what all scans share once and what differs as lists, under `#each`.

In `<counts>` (schema 2) the detector's numbers are not yet multiplied by the attenuation; in `<intensities>` (schema
1) they are. The numbers are never changed here; a doubt says it where the attenuation varies along `<counts>`.

Uncertainties
-------------
`intensity`: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was counted), for
`<counts>`, and for `<intensities>` whose attenuation is 1 throughout; only where the unit is counts and the numbers
are whole. The file states none. For `<intensities>` with an attenuation f it would be √(f·I); none is given then.

What is left out
----------------
Nothing of the header; it is kept as written, but for the lists of numbers that became variables. Scans that were
stopped before their first point hold no data; a doubt of the other scans counts them.

File structure
--------------
XML: `xrdMeasurements` > `sample`, `xrdMeasurement` (one or more) > `usedWavelength`, `incidentBeamPath`, ..., `scan`
(one or more) > `header`, `nonAmbientPoints`, `dataPoints`. Schema versions 1.0 to 2.x differ in their namespace and in
`counts` against `intensities`; elements are found by local name. Sources: the vendor's schema as others describe it
(meaning of `counts`, `intensities` and of the factors; even steps from start to end), and 10 files of schemas 1.3 to
2.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.spelling import respell
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.map import readings
from kiban.readers.diffraction.panalytical_points import LISTS, DataPoints
from kiban.readers.diffraction.scan import Scan, Track, axis_name
from kiban.readers.number_list import optional_number
from kiban.readers.source import Source
from kiban.readers.xml import parse
from kiban.readers.xml_header import as_dictionary, as_json, children, descend, first_tag, local_name, text_at
from kiban.records.reading import Json, MetadataValue, Reading

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROOT = "xrdMeasurements"
_STEP_MODES = ("pre-set time", "pre-set counts", "discrete", "step")
_WRITTEN_BY_PROGRAM = re.compile(
    r"(Configuration|Goniometer|Sample stage|Diffractometer system|Measurement program|Batch program"
    r"|Fine Calibration Offset for \w+)\s*=|PHD Lower Level"
)
_WAVELENGTHS = (("kAlpha1", "wavelength"), ("kAlpha2", "wavelength_kalpha2"), ("kBeta", "wavelength_kbeta"))


class PanalyticalXrdml:
    """Reads XRDML."""

    name = "panalytical_xrdml"
    version = 1
    title = "PANalytical XRDML"
    makers = ("PANalytical", "Malvern Panalytical")
    techniques = ("xrd", "xrd_map")
    suffixes = (".xrdml",)
    library = "lxml"

    def recognise(self, source: Source) -> Recognition | None:
        """Claim XML whose root element is `xrdMeasurements`."""
        name, attributes = first_tag(source.head)
        if name != _ROOT:
            return None
        version = attributes.partition("xrdml.com/XRDMeasurement/")[2][:3]
        schema = f" of the XRDML schema {version}" if version else ""
        return Recognition(Confidence.CERTAIN, f"its root element is <{_ROOT}>{schema}")

    def read(self, source: Source) -> list[Reading]:
        """Read all measurements, in order. Raises as the contract says."""
        root = parse(source.read().lstrip(), name=source.name)
        if local_name(root) != _ROOT:
            raise DamagedFile(
                f"{source.name}: the root element <{_ROOT}> was expected; <{local_name(root)}> was found.",
                mend="Export the measurement again; the file is kept as it came.",
            )
        found = [reading for measurement in children(root, "xrdMeasurement") for reading in _read(measurement, source)]
        if not found:
            raise NothingMeasured(
                f"{source.name}: no scan of the file holds data points.",
                mend="If points were measured, export the file again; it is kept as it came.",
            )
        return found


def _read(measurement: _Element, source: Source) -> list[Reading]:
    elements = list(children(measurement, "scan"))
    points = [DataPoints(e, place=f"{source.name}, scan {n}") for n, e in enumerate(elements, 1)]
    filled = [(element, data) for element, data in zip(elements, points, strict=True) if len(data)]
    if not filled:
        return []
    n_empty = len(elements) - len(filled)
    doubts = [f"{n_empty} of the measurement's {len(elements)} scans hold no points."] if n_empty else []
    has_factors = any(track.name == "attenuation" for _, data in filled for track in data.factors())
    common = _Common(measurement, doubts=tuple(doubts), has_factors=has_factors)
    scans = [_scan(common, element, data) for element, data in filled]
    step = measurement.get("measurementStepAxis") or ""
    kind = (measurement.get("measurementType") or "").lower()
    movement = descend(measurement, "sampleMovement")
    is_spinning = movement is not None and descend(movement, "spinnerRevolutionTime") is not None
    return readings(
        scans,
        is_map=len(scans) > 1 and (step not in {"", "None"} or "area" in kind or "pole figure" in kind),
        step_axis=axis_name(step) if step else "",
        not_stepped=frozenset({"phi"}) if is_spinning else frozenset(),
    )


class _Common:
    """What all scans of a measurement share, worked out once: a map can have hundreds of them."""

    def __init__(self, measurement: _Element, *, doubts: tuple[str, ...], has_factors: bool) -> None:
        parent = measurement.getparent()
        root = measurement if parent is None else parent
        self.of_file = as_dictionary(root, without=frozenset({"xrdMeasurement"}))
        self.of_measurement = as_dictionary(measurement, without=frozenset({"scan"}))
        self.metadata = _metadata(root, measurement)
        self.sample_name = text_at(root, "sample", "name") or text_at(root, "sample", "id") or None
        self.has_factors = has_factors
        status = measurement.get("status") or "Completed"
        self.doubts = (*doubts, *_status_doubts("measurement", status))

    def header(self, scan: _Element) -> dict[str, Json]:
        """The headers of file, measurement and scan, nested as in the file."""
        measurement = {**self.of_measurement, "scan": as_json(scan, without_text=LISTS)}
        return {_ROOT: {**self.of_file, "xrdMeasurement": measurement}}


def _scan(common: _Common, element: _Element, data: DataPoints) -> Scan:
    scan_axis = element.get("scanAxis") or ""
    axis, tracks = data.tracks(scan_axis)
    if common.has_factors and not any(track.name == "attenuation" for track in tracks):
        # The factor is left out where no attenuator was in the beam, also among scans that have one.
        tracks = (
            *tracks,
            Track(name="attenuation", label="", values=np.asarray(1.0), unit="", metadata_name="attenuation"),
        )
    started_at, ended_at, time_doubts = _times(element)
    metadata = {**common.metadata, **_scan_metadata(element, data, next(t for t in tracks if t.name == axis))}
    if ended_at is not None:
        metadata["ended_at"] = ended_at
    return Scan(
        axis=axis,
        intensity=data.intensity,
        tracks=tracks,
        is_raw=not data.is_scaled,
        sort=f"{scan_axis or 'X-ray'} scan",
        header=common.header(element),
        metadata=metadata,
        sample_name=common.sample_name,
        operator=text_at(element, "header", "author", "name") or None,
        instrument=text_at(element, "header", "source", "instrumentControlSoftware") or None,
        started_at=started_at,
        doubts=(*common.doubts, *time_doubts, *_doubts(element, tracks, data)),
    )


def _times(scan: _Element) -> tuple[datetime | None, datetime | None, list[str]]:
    found: list[datetime | None] = []
    doubts = []
    for name in ("startTimeStamp", "endTimeStamp"):
        text = text_at(scan, "header", name)
        try:
            found.append(datetime.fromisoformat(text) if text else None)
        except ValueError:
            found.append(None)
            doubts.append(f"The {name} '{text[:40]}' is not a time in ISO 8601.")
    return found[0], found[1], doubts


def _status_doubts(what: str, status: str) -> Iterator[str]:
    if status != "Completed":
        yield f"The {what} has the status '{status}', not 'Completed': it may have ended early."


def _doubts(scan: _Element, tracks: tuple[Track, ...], data: DataPoints) -> Iterator[str]:
    yield from _status_doubts("scan", scan.get("status") or "Completed")
    for track in tracks:
        if track.name == "attenuation" and data.intensity.label == "counts" and bool(np.any(track.values != 1)):
            yield (
                "An attenuator was in the beam: the intensity is given as counted behind it; multiply it by the "
                "attenuation to compare points."
            )


def _metadata(root: _Element, measurement: _Element) -> dict[str, MetadataValue]:
    """What the file says of tube, wavelength and comments."""
    metadata: dict[str, MetadataValue] = {"maker": "PANalytical"}
    wavelengths = descend(measurement, "usedWavelength")
    for name, ours in _WAVELENGTHS:
        _put(metadata, ours, descend(wavelengths, name), "Angstrom")
    if (ratio := optional_number(text_at(wavelengths, "ratioKAlpha2KAlpha1"))) is not None:
        metadata["kalpha2_to_kalpha1"] = ratio
    tube = descend(measurement, "incidentBeamPath", "xRayTube")
    _put(metadata, "tube_voltage", descend(tube, "tension"), "kV")
    _put(metadata, "tube_current", descend(tube, "current"), "mA")
    if anode := text_at(tube, "anodeMaterial"):
        metadata["anode"] = anode
    detector = descend(measurement, "diffractedBeamPath", "detector")
    if detector is not None and (detector_name := detector.get("name")):
        metadata["detector"] = detector_name
    if comment := "\n".join([*_comments(measurement), *_comments(root)]):
        metadata["comment"] = comment
    if sample_id := text_at(root, "sample", "id"):
        metadata["sample_id"] = sample_id
    return metadata


def _put(metadata: dict[str, MetadataValue], name: str, element: _Element | None, unit: str) -> None:
    value = optional_number(element.text) if element is not None else None
    if element is not None and value is not None:
        metadata[name] = Measured(value, respell(element.get("unit") or unit))


def _comments(element: _Element) -> Iterator[str]:
    """What people wrote; entries that the program writes of itself stay in the header only."""
    comment = descend(element, "comment")
    for entry in children(comment, "entry") if comment is not None else ():
        text = (entry.text or "").strip().removeprefix("user notes=")
        if text and not _WRITTEN_BY_PROGRAM.match(text):
            yield text


def _scan_metadata(scan: _Element, data: DataPoints, axis: Track) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {}
    source = descend(scan, "header", "source")
    if scan_axis := scan.get("scanAxis"):
        metadata["scan_axis"] = scan_axis
    if mode := (scan.get("mode") or "").lower():
        metadata["scan_mode"] = "step" if mode in _STEP_MODES else mode
    if model := text_at(source, "instrumentControlSoftware"):
        metadata["model"] = model
    if serial_number := text_at(source, "instrumentID"):
        metadata["serial_number"] = serial_number
    software = descend(source, "applicationSoftware")
    if software is not None and software.text:
        metadata["software"] = f"{software.text.strip()} {software.get('version') or ''}".strip()
    if len(data) > 1 and data.is_evenly_spaced(axis.label):
        step = (axis.values[-1] - axis.values[0]) / (len(data) - 1)
        metadata["step"] = Measured(float(step), respell(axis.unit))
    return metadata


READER = PanalyticalXrdml()
