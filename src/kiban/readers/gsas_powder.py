"""GSAS powder data: the text files that GSAS and GSAS-II read (`.gsa`, `.gss`, `.gda`, `.fxye`, `.raw` as text).

Instrument
----------
Powder diffractometers with X-rays or neutrons, whose data were converted for refinement; beamlines write it themselves.

What is read
------------
Each bank gives a Reading of technique `xrd` (neutrons as well: the file does not name the radiation) with

- `two_theta`, shape (n,), deg (the file has hundredths of a degree), where steps are constant and no angle passes 180°;
  `time_of_flight`, shape (n,), µs, otherwise;
- `intensity`, shape (n,), counts for STD, arbitrary units for ESD, FXY and FXYE, whose numbers may be scaled.

Uncertainties
-------------
`intensity`: standard, origin file, of ESD and FXYE; of STD √(I/counters) of the Poisson distribution, origin
estimate (of 1 count where nothing was counted), where all numbers are whole and positive.

What is left out
----------------
Time maps, LPSD, EDS and CONQ banks and the format ALT, about whose scale programs disagree, are refused. Wavelength
and instrument parameters are in another file (`.prm`, `.instprm`), whose name is in the header.

File structure
--------------
Text, often in lines of 80 characters. A title; perhaps `Instrument parameter file: NAME`; comments after `#`; then for
each bank `BANK number points records type start step 0 0 FORMAT`. Types: CONST (CONS, COND) with constant steps, SLOG,
RALF and others for times of flight. Formats: STD (or nothing), ten fields of 8 characters, the first two of which are
the number of counters; ESD, five pairs of 8 characters; FXY and FXYE, columns of position, intensity and uncertainty.
GSAS manual (Larson and Von Dreele, LAUR 86-748).
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.gsas.bank import BANK, MEND, Bank, banks, values
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, Reading, Role, Variable

_HALF_A_TURN = 18000.0
"""In hundredths of a degree: what passes it is no angle of scattering."""
_OWN = re.compile(BANK.pattern.encode(), re.MULTILINE)


class GsasPowder:
    """Reads powder data of GSAS."""

    name = "gsas_powder"
    version = 1
    title = "GSAS powder data"
    makers = ("GSAS",)
    techniques = ("xrd",)
    suffixes = (".gsa", ".gss", ".gsas", ".gda", ".fxye", ".raw")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with a line BANK, two numbers and the type of its steps."""
        if b"BANK" in source.head and b"\0" not in source.head[:1024] and _OWN.search(source.head):
            return Recognition(Confidence.CERTAIN, "it has a line 'BANK ...' as GSAS has it")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all banks, in order. Raises as the contract says."""
        text, _ = decode(source.read())
        before, found = banks(text.lstrip("\ufeff"), file=source.name)
        if not found:
            raise NothingMeasured(f"{source.name} has no line BANK.", mend=MEND)
        title = (before[0].strip() if before else "") or source.name or "Powder pattern"
        return [
            _reading(
                bank,
                before,
                f"{title}: bank {bank.number}" if len(found) > 1 else title,
                place=f"{source.name}, bank {bank.number}",
            )
            for bank in found
        ]


def _reading(bank: Bank, before: list[str], title: str, *, place: str) -> Reading:
    x, intensity, standard = values(bank, place=place)
    if bool(np.any(np.diff(x) <= 0)):
        raise DamagedFile(f"{place}: positions were expected to ascend; they do not.", mend=MEND)
    is_angle = bank.is_constant and float(x[-1]) <= _HALF_A_TURN
    axis, unit = ("two_theta", "deg") if is_angle else ("time_of_flight", "us")
    is_count = bank.form == "STD"
    header: dict[str, Json] = {"lines": [line.strip() for line in before if line.strip()], "BANK": bank.line.strip()}
    if bank.comments:
        header["comments"] = list[Json](bank.comments)
    return Reading(
        technique="xrd",
        title=title,
        variables=(
            Variable(
                name=axis,
                series=Series(x / 100 if is_angle else x, unit),
                dimensions=(axis,),
                role=Role.AXIS,
                label=bank.steps,
                unit_as_written="centidegree" if is_angle else unit,
            ),
            Variable(
                name="intensity",
                series=Series(
                    intensity,
                    "count" if is_count else "arbitrary_unit",
                    None if standard is None else _uncertainties(standard, is_count=is_count),
                ),
                dimensions=(axis,),
                label=bank.form,
            ),
        ),
        header=header,
        doubts=_doubts(bank, standard),
    )


def _uncertainties(standard: NDArray[np.float64], *, is_count: bool) -> Uncertainties:
    return Uncertainties(
        values=standard,
        origin=Origin.ESTIMATE if is_count else Origin.FILE,
        distribution=Distribution.POISSON if is_count else Distribution.UNKNOWN,
    )


def _doubts(bank: Bank, standard: NDArray[np.float64] | None) -> tuple[str, ...]:
    if bank.form == "STD" and standard is None:
        return ("The intensities are not whole positive numbers of counts, so no counting uncertainty is given.",)
    n_unknown = 0 if standard is None else int(np.count_nonzero(np.isnan(standard)))
    return (f"{n_unknown} points have no positive uncertainty: GSAS leaves such points out.",) if n_unknown else ()


READER = GsasPowder()
