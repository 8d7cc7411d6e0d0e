"""Bruker BRML: the zip archives of DIFFRAC.SUITE.

Instrument
----------
X-ray diffractometers of Bruker with DIFFRAC.SUITE as software: D2 PHASER, D6 PHASER, D8 ADVANCE, D8 DISCOVER.

What is read
------------
Each measured route of each raw data member, in the order that the experiments' containers list them, gives a Reading
of technique `xrd` with

- the axis that leads the scan, shape (n,), unit as stated (mostly deg): `two_theta`, `omega` (the drive Theta), `chi`,
  `phi`, `x`, ...; positions as recorded for each step, else by start and step of the scan, else `point_number`;
- `intensity`, shape (n,), in the unit of the counter (counts);
- the other scanned axes, the time and the absorber's factor of each step and recorded sensors, shape (n,), where they
  vary; otherwise they are metadata.

A line detector that stood still gives its channels as points along `two_theta`; one that was moved gives one Reading
of technique `xrd_map` with `intensity` of shape [step, channel]. Raw data members of equal length that step a drive
evenly (reciprocal-space maps, pole figures) give one Reading of technique `xrd_map`, too.

Uncertainties
-------------
`intensity`: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was counted), where
the unit is counts, all numbers are whole and the absorber's factor is 1 throughout. The file states none. Line
detectors whose channels are rebinned give fractions; those get none and a doubt.

What is left out
----------------
Pictures of area detectors are refused. Routes that DIFFRAC has computed from the measured one are passed over with a
doubt. Instructions, templates and evaluations (InstructionContainer.xml and others) are not read; the header holds
DataContainer.xml and RawDataN.xml without their rows. Positions of drives whose meaning is not known stay in the
header.

File structure
--------------
Zip with `ExperimentN/DataContainer.xml` (sample, user, instrument, list of raw data) and `ExperimentN/RawDataN.xml`:
`DataRoutes/DataRoute` with `ScanInformation` (axes with start, stop, increment), one `Datum` of comma-separated numbers
for each step, and `DataViews` that say which numbers are what; `FixedInformation` with drives, detectors and tube.
Counts of line detectors may lie in `MemoryMappedFiles/` as 64-bit floats, step by step. Worked out from 1 file and from
what other programs say of theirs, the external counts from the latter alone; their number is checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.bruker.brml_archive import MEMBER, MEND, Archive, Experiment
from kiban.readers.bruker.brml_metadata import fixed_drives, measurement, metadata, time
from kiban.readers.bruker.brml_scan import Common, scans
from kiban.readers.bruker.brml_views import Rows, columns, kind_of, whole
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.map import readings
from kiban.readers.diffraction.ranges import range_readings
from kiban.readers.diffraction.scan import Scan
from kiban.readers.source import Source
from kiban.readers.xml_header import as_dictionary, children, descend, text_at
from kiban.readers.zipped import SIGNATURE, Zipped, listed_names
from kiban.records.reading import Json, Reading

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROWS = frozenset({"Datum"})


class BrukerBrml:
    """Reads BRML."""

    name = "bruker_brml"
    version = 1
    title = "Bruker BRML"
    makers = ("Bruker",)
    techniques = ("xrd", "xrd_map")
    suffixes = (".brml",)
    library = "lxml"

    def recognise(self, source: Source) -> Recognition | None:
        """Claim zip archives with members `ExperimentN/DataContainer.xml` or `ExperimentN/RawDataN.xml`."""
        if not source.head.startswith(SIGNATURE):
            return None
        for name in listed_names(source):
            if MEMBER.fullmatch(name):
                return Recognition(Confidence.CERTAIN, f"it is a zip archive with the member {name[-60:]}")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all experiments, in order. Raises as the contract says."""
        zipped = Zipped(source)
        try:
            archive = Archive(zipped, source.name)
            found = [reading for experiment in archive.experiments() for reading in _read(archive, experiment)]
        finally:
            zipped.close()
        return found


def _read(archive: Archive, experiment: Experiment) -> list[Reading]:
    header = as_dictionary(experiment.container) if experiment.container is not None else {}
    routes: list[list[Scan]] = []
    for path in experiment.raw_data:
        routes += _routes(archive, archive.xml(path, "RawData"), path, experiment.container, header)
    if not routes:
        raise NothingMeasured(f"{archive.file}: no raw data of the experiment hold points.", mend=MEND)
    if any(len(made) > 1 for made in routes):
        # A line detector that was moved has a scan along its channels for each step, which make one map.
        return [reading for made in routes for reading in readings(made, is_map=len(made) > 1)]
    return range_readings([scan for made in routes for scan in made])


def _routes(
    archive: Archive, raw: _Element, path: str, container: _Element | None, header: dict[str, Json]
) -> Iterator[list[Scan]]:
    """The scans of each measured route."""
    place = archive.place(path)
    listed = descend(raw, "DataRoutes")
    routes = list(children(listed, "DataRoute")) if listed is not None else []
    measured = [route for route in routes if (route.get("RouteFlag") or "Measured") == "Measured"]
    doubts = []
    if measured and len(measured) < len(routes):
        doubts.append(f"{len(routes) - len(measured)} routes that were computed from the measured one are not read.")
    if routes and not measured:
        measured = routes
        doubts.append("The file holds no measured data, only what was computed from them.")
    status = text_at(raw, "MeasurementStatus")
    if status not in {"", "Measured", "Finished", "Completed"}:
        doubts.append(f"The measurement has the status '{status[:40]}': it may have ended early.")
    for route in measured:
        rows = Rows(route, place=place)
        if not rows.n_steps:
            continue
        information = descend(route, "ScanInformation")
        common = Common(
            header={"DataContainer": header, "RawData": as_dictionary(raw, without=_ROWS)},
            metadata=metadata(container, raw, information),
            drives=tuple(fixed_drives(raw)),
            sample_name=measurement(container, "SampleName") or None,
            operator=measurement(container, "UserName") or None,
            instrument=text_at(container, "ExperimentInfo", "InstrumentDescription", "InstrumentName") or None,
            started_at=time(text_at(raw, "TimeStampStarted")),
            doubts=(*doubts, *_length_doubts(route, rows.n_steps, place=place)),
        )
        found = columns(route, rows, _external(archive, path, route, rows.n_steps), place=place)
        yield scans(common, information, found, n_steps=rows.n_steps, place=place)


def _length_doubts(route: _Element, n_steps: int, *, place: str) -> Iterator[str]:
    """Compare the rows with the number of points that was promised; scans that were stopped say so elsewhere."""
    promised = text_at(route, "ScanInformation", "MeasurementPoints")
    if not promised.isdecimal() or int(promised) == n_steps:
        return
    parts = descend(route, "SubScans")
    measured = [
        whole(part, "MeasuredSteps", place=place)
        for part in (children(parts, "SubScanInfo") if parts is not None else ())
        if part.get("MeasuredSteps")
    ]
    if not measured or sum(measured) != n_steps:
        raise DamagedFile(f"{place}: {promised} points were promised, {n_steps} rows follow.", mend=MEND)
    yield f"{n_steps} of {promised} points were measured."


def _external(archive: Archive, path: str, route: _Element, n_steps: int) -> NDArray[np.float64] | None:
    """Counts that lie in a member of their own, shape (n_steps, n_channels).

    Raises
    ------
    UnsupportedVariant
        If they are linked in another way than is known, or are not as many as promised.
    """
    views = descend(route, "DataViews")
    outside = (
        [view for view in children(views, "RawDataView") if kind_of(view).startswith("ExtMemory")]
        if views is not None
        else []
    )
    if not outside:
        return None
    place = archive.place(path)
    link = descend(route, "ScanDataExternalLink")
    name = (link.get("Name") or "") if link is not None else ""
    if len(outside) > 1 or link is None or link.get("LinkType") != "MemoryMapped" or not name:
        raise UnsupportedVariant(
            f"{place}: its counts lie in another file, linked in a way that is not known.",
            mend="Save the scan from DIFFRAC as RAW or XY as well. The file is kept as it came.",
        )
    above = path.rpartition("/")[0].rpartition("/")[0]
    member = "/".join(part for part in (above, "MemoryMappedFiles", name) if part)
    content = archive.read(member)
    n_channels = whole(outside[0], "Length", place=place)
    if n_channels < 1 or len(content) != 8 * n_steps * n_channels:
        raise UnsupportedVariant(
            f"{archive.place(member)}: {n_steps} × {n_channels} numbers of 8 bytes were expected; {len(content)} bytes "
            "were found.",
            mend="Save the scan from DIFFRAC as RAW or XY as well. The file is kept as it came.",
        )
    return np.frombuffer(content, "<f8").reshape(n_steps, n_channels)


READER = BrukerBrml()
