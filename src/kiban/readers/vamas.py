"""VAMAS (ISO 14976): the exchange format of surface analysis.

Instrument
----------
Photoelectron, Auger and mass spectrometers of all makers (Kratos, SPECS, Scienta Omicron, ULVAC-PHI, Thermo, ...), and
CasaXPS, which writes what it has processed in the same format.

What is read
------------
Each block gives a Reading, its technique by the block's own word: `xps`, `photoemission` (UPS), `auger`,
`secondary_ion_mass_spectrometry`, `mass_spectrometry` (SNMS, FABMS), `electron_energy_loss`,
`energy_dispersive_x_ray`, `x_ray_fluorescence`, otherwise `spectrum`. It has

- the abscissa, shape (n,), in the file's unit: `kinetic_energy` or `binding_energy` (eV), `time`, `mass`, ... as its
  label says. Nothing is converted from one to the other;
- `intensity`, shape (n,): counts where unit or label say so, or where pulses were counted and all numbers are whole;
  count/s where it says so; otherwise the file's unit, which may be a plain number;
- the other corresponding variables, shape (n,): `transmission`, more signals.

Blocks of the scan mode MAPPING give [`pixel_y`, `pixel_x`] where the corners of the map say its shape. Blocks of depth
profiles (SDP, MAPDP) and maps (MAP) that have region, axis and settings in common give one Reading: stacked along the
experimental variable (`etch_time`, ...) where that rises or falls from block to block, else along the coordinates. All
other blocks stand by themselves, with their experimental variables in the metadata.

Uncertainties
-------------
`intensity`: √n of the Poisson distribution, origin estimate (1 where nothing was counted), for counts that are whole,
and for counts per second that become whole when they are multiplied by collection time and number of scans. The
format has no place for others.

What is left out
----------------
Peak fits and regions of CasaXPS stay text in the block's comment, in the header. An energy calibration of CasaXPS is
stated as metadata and doubted, for it is not applied to the axis. The time difference to Greenwich is taken for a zone
unless it is 0, which programs write where they do not know. Files that pack many entries into one line are refused.

File structure
--------------
Text with one entry on each line, in the order of W. A. Dench, L. B. Hazell and M. P. Seah, Surf. Interface Anal. 13, 63
(1988), which became ISO 14976:1998: the head of the experiment, then for each block its head of 40 parts, a number of
ordinate values, minima and maxima, and the values, those of the corresponding variables in turn. Parts may be left out
of all blocks but the first. In irregular scans the first corresponding variable is the abscissa. 1E+37 says that a
number is not known. `end of experiment` ends it; another experiment may follow in the same file.
"""

from __future__ import annotations

from dataclasses import replace
from io import IncrementalNewlineDecoder

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.readers.vamas_file.assembled import readings
from kiban.readers.vamas_file.block import Block, read_block
from kiban.readers.vamas_file.experiment import SIGNATURE, read_experiment
from kiban.readers.vamas_file.lines import MEND, Lines
from kiban.records.reading import Reading

_TERMINATOR = "end of experiment"


class Vamas:
    """Reads VAMAS."""

    name = "vamas"
    version = 2
    title = "VAMAS (ISO 14976)"
    makers = ("Kratos", "SPECS", "Scienta Omicron", "ULVAC-PHI", "Thermo Fisher Scientific", "CasaXPS")
    techniques = (
        "xps",
        "photoemission",
        "auger",
        "secondary_ion_mass_spectrometry",
        "mass_spectrometry",
        "electron_energy_loss",
        "energy_dispersive_x_ray",
        "x_ray_fluorescence",
        "electron_microscopy",
        "spectrum",
    )
    suffixes = (".vms", ".npl", ".vamas")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first line that is not empty is the format's identifier."""
        text, _ = decode(source.head[:8192])
        if text.lstrip("\ufeff \t\r\n").startswith(SIGNATURE):
            return Recognition(Confidence.CERTAIN, "it begins with the identifier of the VAMAS format")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all blocks of all experiments, in order. Raises as the contract says."""
        text, _ = decode(source.read())
        text = IncrementalNewlineDecoder(None, translate=True).decode(text.lstrip("\ufeff"), final=True)
        lines = Lines(text, source.name)
        made: list[Reading] = []
        n_experiments = 0
        while n_experiments == 0 or not lines.is_at_end:
            lines.skip_empty()
            made += _experiment(lines, source.name)
            n_experiments += 1
        if not made:
            raise NothingMeasured(f"{source.name} holds no block with points.", mend=MEND)
        return made


def _experiment(lines: Lines, file: str) -> list[Reading]:
    experiment = read_experiment(lines)
    blocks: list[Block] = []
    for n in range(1, experiment.n_blocks + 1):
        first = blocks[0].header if blocks else None
        blocks.append(read_block(lines, experiment, first, f"{file}, block {n} of {experiment.n_blocks}"))
    made = readings(blocks, experiment)
    lines.skip_empty()
    if lines.is_at_end:
        doubt = f"The file ends without '{_TERMINATOR}': blocks after the last one may be missing."
        return [_with_doubt(reading, doubt) for reading in made]
    end = lines.text(_TERMINATOR)
    if end.lower() != _TERMINATOR:
        raise DamagedFile(
            f"{lines.place}: '{_TERMINATOR}' was expected after {experiment.n_blocks} blocks; '{end[:40]}' was found.",
            mend=MEND,
        )
    return made


def _with_doubt(reading: Reading, doubt: str) -> Reading:
    return replace(reading, doubts=(*reading.doubts, doubt))


READER = Vamas()
