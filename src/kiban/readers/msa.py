"""MSA/EMSA (ISO 22029): the exchange format for spectra of electron microscopes.

Instrument
----------
X-ray, energy-loss, cathodoluminescence and Auger spectrometers on electron microscopes of all makers.

What is read
------------
Each spectrum gives a Reading, its technique by `SIGNALTYPE`: `energy_dispersive_x_ray` (EDS), `electron_energy_loss`
(ELS), `cathodoluminescence` (CLS), `auger` (AES), `photoemission` (PES), `x_ray_fluorescence` (XRF), otherwise
`spectrum` (WDS, GAM). It has

- the axis, shape (n,), in the file's unit: `energy_loss` for ELS, `energy` or `wavelength` by the unit, else by its
  label; the X of the pairs where the data are XY, else OFFSET + XPERCHAN * i;
- `intensity`, shape (n,), in counts where unit or label say so, else in the file's unit.

Uncertainties
-------------
`intensity`: √n of the Poisson distribution, origin estimate (1 where nothing was counted), for counts that are whole.
The format has no place for others.

What is left out
----------------
Keywords of the user's own and the layers of X-ray detectors are in the header only; so are positions without a unit.
The checksum is kept, not tested. CHOFFSET says again what OFFSET and XPERCHAN say.

File structure
--------------
Text, lines `#KEYWORD -unit: value` in any order between `#FORMAT` and `#SPECTRUM`, keywords of the user's own with two
signs, then the numbers, one or more points on a line, blanks or commas between them, and `#ENDOFDATA`. ISO 22029:2022
(TC202v3.0) and its forerunners by the EMSA/MAS task force (R. F. Egerton et al., EMSA Bulletin 21, 35, 1991; version
1.0, TC202v2.0), checked on 3 files.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.emsa.keywords import Head, Part, is_keyword, parts, read_head
from kiban.readers.emsa.metadata import metadata, technique
from kiban.readers.emsa.numbers import MEND, read_numbers
from kiban.readers.sampled_axes import Axis
from kiban.readers.source import Source
from kiban.readers.spectra.energy_axis import axis_name
from kiban.readers.tables.column_headers import read_label
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Reading, Role, Variable

_ENERGIES = frozenset({"eV", "keV", "MeV"})
_LENGTHS = frozenset({"nm", "um", "angstrom"})


class Msa:
    """Reads MSA."""

    name = "msa"
    version = 1
    title = "MSA/EMSA (ISO 22029)"
    makers = ("Gatan", "Thermo Fisher Scientific", "Oxford Instruments", "EDAX", "Bruker", "JEOL")
    techniques = (
        "energy_dispersive_x_ray",
        "electron_energy_loss",
        "cathodoluminescence",
        "auger",
        "photoemission",
        "x_ray_fluorescence",
        "spectrum",
    )
    suffixes = (".msa", ".emsa", ".ems")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first line names the EMSA/MAS format."""
        text, _ = decode(source.head[:4096])
        first = text.lstrip("\ufeff \t\r\n").splitlines()[:1]
        if first and is_keyword(first[0], "FORMAT") and "EMSA/MAS" in first[0].upper():
            return Recognition(Confidence.CERTAIN, "its first line names the EMSA/MAS format")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all spectra, in order. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        found = list(parts(lines))
        if not found:
            raise DamagedFile(f"{source.name}: no line #FORMAT was found.", mend=MEND)
        made = []
        for n, part in enumerate(found, 1):
            place = source.name if len(found) == 1 else f"{source.name}, spectrum {n} of {len(found)}"
            made.append(_reading(part, place))
        return made


def _reading(part: Part, place: str) -> Reading:
    head = read_head(part.head)
    promised = head.number("NPOINTS")
    if promised is not None and (promised % 1 or promised < 0):
        raise DamagedFile(f"{place}: a number of points was expected as NPOINTS; it is {promised:g}.", mend=MEND)
    if not part.is_begun:
        raise DamagedFile(f"{place}: #SPECTRUM was expected before the numbers; there is none.", mend=MEND)
    kind = head.text("DATATYPE").upper()
    if kind not in {"Y", "XY"}:
        raise DamagedFile(f"{place}: Y or XY was expected as DATATYPE; '{kind[:20]}' was found.", mend=MEND)
    n_promised = None if promised is None else int(promised)
    values = read_numbers(part.numbers, n_promised, is_xy=kind == "XY", place=f"{place}, spectrum")
    if len(values) == 0:
        raise NothingMeasured(f"{place} holds no data points.", mend=MEND)
    doubts = list(_doubts(part, promised, len(values)))
    x = values[:, 0] if kind == "XY" else _axis(head, len(values), place)
    doubts += _axis_doubts(head, x) if kind == "XY" else ()
    axis, signal = _axis_variable(head, x), _signal(head, values[:, -1], _name(head))
    doubts += _unit_doubts(axis, signal)
    return Reading(
        technique=technique(head),
        title=head.text("TITLE") or f"{head.text('SIGNALTYPE') or 'EMSA/MAS'} spectrum",
        variables=(axis, signal),
        header=head.header,
        metadata=metadata(head),
        started_at=head.started_at,
        doubts=tuple(doubts),
    )


def _doubts(part: Part, promised: float | None, found: int) -> Iterator[str]:
    if not part.is_ended:
        yield "The file ends without #ENDOFDATA."
    if promised is None:
        yield "The file does not promise a number of points (NPOINTS)."
    elif found > promised:
        yield f"The head promises {promised:g} points, {found} follow; all are given."


def _axis(head: Head, n: int, place: str) -> NDArray[np.float64]:
    offset, step = head.number("OFFSET"), head.number("XPERCHAN")
    if offset is None or step is None:
        raise DamagedFile(
            f"{place}: numbers were expected as OFFSET and XPERCHAN; '{head.text('OFFSET')[:20]}' and "
            f"'{head.text('XPERCHAN')[:20]}' were found.",
            mend=MEND,
        )
    axis = Axis(length=n, first=offset, step=step)
    if n > 1 and not axis.is_sound:
        raise DamagedFile(f"{place}: {n} points from {offset:g} on in steps of {step:g} are no axis.", mend=MEND)
    return axis.values()


def _axis_doubts(head: Head, x: NDArray[np.float64]) -> Iterator[str]:
    with np.errstate(over="ignore"):
        steps = np.diff(x)
    if len(steps) and not (bool(np.all(steps > 0)) or bool(np.all(steps < 0))):
        yield "The axis neither rises nor falls all the way; its points are in the file's order."
    offset, step = head.number("OFFSET"), head.number("XPERCHAN")
    if offset is not None and step:
        with np.errstate(over="ignore"):
            off = float(np.max(np.abs(x - offset - step * np.arange(len(x)))))
        if off > 0.51 * abs(step):
            yield (
                f"OFFSET and XPERCHAN promise steps of {step:g} from {offset:g} on; the X of the points lie up to "
                f"{off:.3g} beside them. The X of the points are given."
            )


def _name(head: Head) -> str:
    """Name the axis by what the unit measures; which energy it is, the type of the signal says."""
    unit = _unit(head.text("XUNITS"))
    if unit in _ENERGIES:
        return "energy_loss" if technique(head) == "electron_energy_loss" else "energy"
    if unit in _LENGTHS:
        return "wavelength"
    return axis_name(head.text("XLABEL"), otherwise="abscissa")


def _unit(written: str) -> str:
    """Read `eV`, `Energy Loss (eV)`, `Counts`."""
    unit = read_unit(written)
    return unit if unit is not None else read_label(written).unit


def _axis_variable(head: Head, x: NDArray[np.float64]) -> Variable:
    written = head.text("XUNITS")
    name = _name(head)
    return Variable(
        name=name,
        series=Series(x, _unit(written)),
        dimensions=(name,),
        role=Role.AXIS,
        label=head.text("XLABEL"),
        unit_as_written=written,
    )


def _signal(head: Head, values: NDArray[np.float64], along: str) -> Variable:
    written, label = head.text("YUNITS"), head.text("YLABEL")
    unit = _unit(written)
    # The examples of the standard have "Intensity" as unit and "Counts" as label.
    if unit not in {"count", "count/s"} and read_unit(label) in {"count", "count/s"}:
        unit = read_unit(label) or unit
    elif not unit and written.strip().lower() == "intensity":
        unit = "arbitrary_unit"
    return Variable(
        name="intensity",
        series=Series(values, unit, counting_uncertainty(values) if unit == "count" else None),
        dimensions=(along,),
        label=label,
        unit_as_written=written,
    )


def _unit_doubts(axis: Variable, signal: Variable) -> Iterator[str]:
    for variable in (axis, signal):
        if not variable.series.unit and variable.unit_as_written:
            yield f"The unit '{variable.unit_as_written[:40]}' of {variable.name} is not known; it is given without."
    if signal.series.unit == "count" and signal.series.uncertainty is None:
        yield (
            "The file calls the intensities counts, but they are not whole positive numbers: they were scaled or "
            "corrected after counting, so no counting uncertainty is given."
        )


READER = Msa()
