"""SPECS XML: spectra that SpecsLab 2 saves, with the counts of every detector.

Instrument
----------
Electron analysers of SPECS (Phoibos with several channeltrons) with the program SpecsLab 2.

What is read
------------
Each region gives a Reading, its technique by its analysis method as for the XY files. It has

- `kinetic_energy`, shape (n,), eV, as the region defines it. Nothing is converted;
- `intensity`, in counts: the sum over the detectors, shape (n,), or [`cycle_number`, `scan_number`, energy] where there
  are several. A detector sees energies that lie its shift times the pass energy above the nominal ones; of each the
  nearest step is taken, so counts stay counts;
- `detector_counts` [..., `step_number`, `detector_number`], the counts as the file has them, and
  `detector_energy_shift` (eV), where there is more than one detector;
- `transmission`, shape (n,), where it is stated.

Uncertainties
-------------
`intensity`: √n of the Poisson distribution, origin estimate (1 where nothing was counted).

What is left out
----------------
Regions of several curves, and scan modes other than with fixed pass energy, are refused where there is more than one
detector: which energy each sees is not known. Gains and scaling factors are not applied, with a doubt. Curves that
operations made.

File structure
--------------
XML with values of CORBA: a sequence of groups, in each a sequence of regions with definition, detectors, source and
cycles; a cycle has scans with the counts of all detectors for each step in turn. `mcd_head` and `mcd_tail` more steps
were measured before and behind the region, so that all detectors see all of it. Worked out from 1 file, in which the
spectra of five detectors fall together with these shifts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.number_list import optional_number
from kiban.readers.sampled_axes import Axis
from kiban.readers.source import Source
from kiban.readers.specs.corba import MEND, array, child, items, parameters, root_of, settings, text, value
from kiban.readers.specs.metadata import metadata, technique
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

if TYPE_CHECKING:
    from lxml.etree import _Element

_FIXED = "FixedAnalyzerTransmission"
_DATA = frozenset({"counts", "transmission", "scaling_factors", "y_curves", "xy_curves"})
_DEFINED = (
    ("Analysis Method", "analysis_method"),
    ("Analyzer Lens", "analyzer_lens"),
    ("Analyzer Slit", "analyzer_slit"),
    ("Dwell Time", "dwell_time"),
    ("Excitation Energy", "excitation_energy"),
    ("Pass Energy", "pass_energy"),
    ("Eff. Workfunction", "effective_workfunction"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    """What the counts of a region mean."""

    element: _Element
    group: str
    name: str
    place: str
    n: int
    head: int
    tail: int
    shifts_ev: NDArray[np.float64]
    energies: NDArray[np.float64]
    step: float

    @property
    def n_steps(self) -> int:
        return self.n + self.head + self.tail


class SpecsXml:
    """Reads XML of SpecsLab 2."""

    name = "specs_xml"
    version = 1
    title = "SPECS SpecsLab 2 XML"
    library = "lxml"
    makers = ("SPECS",)
    techniques = ("xps", "photoemission", "auger", "electron_energy_loss", "x_ray_absorption", "spectrum")
    suffixes = (".xml",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim XML that holds serialised values of SPECS."""
        head = source.head
        if b"<any" in head and b"IDL:specs.de/Serializer/" in head:
            return Recognition(Confidence.CERTAIN, "it holds values that SpecsLab 2 serialised")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all regions, in order. Raises as the contract says."""
        content = source.read()
        root = root_of(content, source.name)
        # Each count takes a digit and a blank.
        most = len(content) // 2
        made = [_reading(_region(element, group, source.name, most)) for group, element in _regions(root)]
        if not made:
            raise NothingMeasured(f"{source.name} holds no region.", mend=MEND)
        return made


def _regions(root: _Element) -> Iterator[tuple[str, _Element]]:
    for group in root.iter("struct"):
        if group.get("type_name") == "RegionGroup":
            for region in items(group, "regions"):
                yield text(group, "name"), region


def _region(element: _Element, group: str, file: str, most: int) -> _Region:
    name = text(element, "name")
    place = f"{file}, region {name}"
    n = _count(value(element, "region", "values_per_curve", file=place), most, place)
    head, tail = (_count(value(element, key, file=place), most, place) for key in ("mcd_head", "mcd_tail"))
    step = value(element, "region", "scan_delta", file=place)
    analyser = child(element, "analyzer_info")
    detectors = items(analyser, "detectors") if analyser is not None else []
    pass_energy = value(element, "region", "pass_energy", file=place)
    shifts = np.array([value(one, "shift", file=place) * pass_energy for one in detectors] or [0.0])
    curves = optional_number(text(element, "region", "curves_per_scan"))
    mode = text(element, "region", "scan_mode", "name")
    if curves not in {None, 1.0} or (mode != _FIXED and (len(shifts) > 1 or head or tail)):
        raise UnsupportedVariant(
            f"{place}: one curve with fixed pass energy was expected; {curves or 1:g} curves with {mode[:40] or 'no'} "
            "scan mode were found.",
            mend="Export it from SpecsLab as XY or VAMAS; the file is kept as it came.",
        )
    axis = Axis(length=n, first=value(element, "region", "kinetic_energy", file=place), step=step)
    if n == 0:
        raise NothingMeasured(f"{place} holds no data points.", mend=MEND)
    if n > 1 and not axis.is_sound:
        raise DamagedFile(f"{place}: {n} points in steps of {step:g} eV are no axis.", mend=MEND)
    return _Region(
        element=element,
        group=group,
        name=name,
        place=place,
        n=n,
        head=head,
        tail=tail,
        shifts_ev=shifts,
        energies=axis.values(),
        step=step,
    )


def _count(found: float, most: int, place: str) -> int:
    if found < 0 or found % 1 or found > most:
        raise DamagedFile(
            f"{place}: a number of steps was expected that the file can hold counts of; {found:g} was found.", mend=MEND
        )
    return int(found)


def _reading(region: _Region) -> Reading:
    counts, numbers = _counts(region)
    summed = _summed(region, counts)
    repeated = [(name, n) for name, n in zip(("cycle_number", "scan_number"), numbers, strict=True) if n > 1]
    leading = tuple(name for name, _ in repeated)
    shape = tuple(n for _, n in repeated)
    variables = [
        *(_axis(name, np.arange(1, n + 1), "") for name, n in repeated),
        _axis("kinetic_energy", region.energies, "eV"),
        Variable(
            name="intensity",
            series=Series(summed.reshape(*shape, region.n), "count", counting_uncertainty(summed.reshape(*shape, -1))),
            dimensions=(*leading, "kinetic_energy"),
        ),
    ]
    if len(region.shifts_ev) > 1:
        variables += _detectors(region, counts.reshape(*shape, *counts.shape[2:]), leading)
    transmission = array(region.element, "transmission", region.place)
    if len(transmission) == region.n:
        variables.append(_along("transmission", transmission.astype(np.float64), ("kinetic_energy",), ""))
    return Reading(
        technique=technique(text(region.element, "region", "analysis_method")),
        title=": ".join(t for t in (region.group, region.name) if t) or "SPECS",
        variables=tuple(variables),
        header=_header(region),
        metadata=_metadata(region, numbers[1]),
        instrument=text(region.element, "analyzer_info", "name") or None,
        started_at=_started_at(region),
        doubts=tuple(_doubts(region, numbers[1], len(transmission))),
    )


def _counts(region: _Region) -> tuple[NDArray[np.int64], tuple[int, int]]:
    """All counts, shape (cycles, scans, steps, detectors), and the numbers of cycles and scans."""
    cycles = [items(cycle, "scans", are_all=False) for cycle in items(region.element, "cycles")]
    if not cycles or not cycles[0]:
        raise NothingMeasured(f"{region.place} holds no scan.", mend=MEND)
    if any(len(scans) != len(cycles[0]) for scans in cycles):
        raise DamagedFile(f"{region.place}: the cycles have different numbers of scans.", mend=MEND)
    expected = region.n_steps * len(region.shifts_ev)
    parts = []
    for scan in (scan for scans in cycles for scan in scans):
        found = array(scan, "counts", region.place)
        if len(found) != expected:
            raise DamagedFile(
                f"{region.place}: {len(region.shifts_ev)} detectors and {region.n_steps} steps promise {expected} "
                f"counts for each scan, {len(found)} follow.",
                mend=MEND,
            )
        if found.dtype.kind != "i":
            raise DamagedFile(f"{region.place}: whole numbers were expected as counts.", mend=MEND)
        parts.append(found.reshape(region.n_steps, -1))
    shape = (len(cycles), len(cycles[0]))
    return np.stack(parts).reshape(*shape, region.n_steps, -1), shape


def _summed(region: _Region, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Add up the detectors, each from the step at which it saw the energy."""
    total = np.zeros((*counts.shape[:2], region.n), dtype=np.int64)
    for detector, shift in enumerate(region.shifts_ev):
        start = region.head - round(float(shift) / region.step)
        if not 0 <= start <= region.n_steps - region.n:
            raise DamagedFile(
                f"{region.place}: detector {detector + 1}, shifted by {shift:g} eV, did not see all of the region.",
                mend=MEND,
            )
        total += counts[:, :, start : start + region.n, detector]
    return total


def _axis(name: str, values: NDArray[np.generic], unit: str) -> Variable:
    return Variable(name=name, series=Series(values, unit), dimensions=(name,), role=Role.AXIS, unit_as_written=unit)


def _along(name: str, values: NDArray[np.generic], dimensions: tuple[str, ...], unit: str) -> Variable:
    return Variable(
        name=name, series=Series(values, unit), dimensions=dimensions, role=Role.AUXILIARY, unit_as_written=unit
    )


def _detectors(region: _Region, counts: NDArray[np.int64], leading: tuple[str, ...]) -> list[Variable]:
    return [
        _along("detector_counts", counts, (*leading, "step_number", "detector_number"), "count"),
        _along("detector_energy_shift", region.shifts_ev, ("detector_number",), "eV"),
    ]


def _header(region: _Region) -> dict[str, Json]:
    found = settings(region.element, _DATA)
    return {"group": region.group, **(found if isinstance(found, dict) else {})}


def _metadata(region: _Region, n_scans: int) -> dict[str, MetadataValue]:
    written = {name: text(region.element, "region", key) for name, key in _DEFINED}
    written["Analyzer"] = text(region.element, "analyzer_info", "name")
    written["Scan Mode"] = text(region.element, "region", "scan_mode", "name")
    written["Source"] = text(region.element, "source_info", "name")
    found = metadata(written, n_scans)
    source = child(region.element, "source_info")
    if source is not None and (anode := parameters(source).get("Anode")):
        found["anode"] = anode
    return found


def _started_at(region: _Region) -> datetime | None:
    first = next(iter(items(region.element, "cycles")), None)
    seconds = optional_number(text(first, "time")) if first is not None else None
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def _doubts(region: _Region, n_scans: int, n_transmission: int) -> Iterator[str]:
    promised = optional_number(text(region.element, "region", "num_scans"))
    if promised is not None and promised != n_scans:
        yield f"{promised:g} scans are promised, {n_scans} are there."
    analyser = child(region.element, "analyzer_info")
    gains = {text(one, "gain") for one in items(analyser, "detectors")} if analyser is not None else set()
    if any(optional_number(gain) not in {1.0, None} for gain in gains):
        yield "The detectors have gains other than 1, which are not applied."
    scans = (scan for cycle in items(region.element, "cycles") for scan in items(cycle, "scans", are_all=False))
    if any(len(array(scan, "scaling_factors", region.place)) for scan in scans):
        yield "The file holds scaling factors for the counts, which are not applied."
    if n_transmission not in {0, region.n}:
        yield f"The transmission has {n_transmission} points, the region {region.n}; it is left out."


READER = SpecsXml()
