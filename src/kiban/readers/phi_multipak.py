"""PHI SPE and PRO: spectra and depth profiles of ULVAC-PHI, as SmartSoft, Compass and MultiPak save them.

Instrument
----------
Photoelectron and Auger spectrometers of ULVAC-PHI (Quantera, Quantes, VersaProbe, Quantum 2000, X-tool, ...).

What is read
------------
Each region at each place on the sample gives a Reading of technique `xps` (`auger`, `photoemission`,
`electron_energy_loss` where the header says so) with

- the energy, shape (n,), eV: `binding_energy` for XPS and UPS that run from high to low, `kinetic_energy` for AES that
  run from low to high, otherwise `energy` with a doubt. The header has no word for it; nothing is converted;
- `intensity`, in count/s, shape (n,), or [`sputter_time`, energy] for a depth profile;
- of depth profiles `sputter_time` (s) for each cycle, or `cycle_number` where no times are stated, and `peak_area`
  (count*eV/s), the area that the program worked out.

Uncertainties
-------------
`intensity`: where the rate times the time for each point is whole everywhere, √n of the Poisson distribution divided
by that time, origin estimate (1 count where nothing was counted). The file states none.

What is left out
----------------
Nothing of the header. Nothing is corrected for the transmission of the analyser. Regions that were defined but not
measured are in the header only. A region whose step runs away from its end is refused: it cannot be told which way the
energies run. Files of TOF-SIMS instruments and images have the same beginning and are refused by name.

File structure
--------------
Text between `SOFH` and `EOFH`, lines `Key: value`, line ends CRLF or LF. `SpectralRegDef` holds number, set, name,
atomic number, points, step, start, end, start and end of analysis, time for each point and pass energy. Then binary:
4 integers of 32 bits (1, number n of blocks, 96·n, 16), n entries of 96 bytes, then the numbers. An entry has, in
32-bit integers, at 12 region, at 16 place, at 20 the sizes of up to three axes, the first running fastest, at 76 length
in bytes and at 80 place of the numbers, counted from the first byte that is no text; and as texts ended by a zero byte
the tags of the axes at 32, 40 and 48 (`pnt`, `sar`, `cyc`, `reg`), the unit at 56 and the type (`f4`, `f8`) at 72.
Depth profiles have tables of region 0 over cycle and region: sputter times (unit s) and areas (c/s * eV). Worked out
from 4 files of three instruments, compared with text that NIMS exported of two of them.
"""

from __future__ import annotations

from kiban.errors import UnsupportedVariant
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.phi.blocks import read_blocks
from kiban.readers.phi.header import read_header, read_regions
from kiban.readers.phi.spectra import readings
from kiban.readers.source import Source
from kiban.records.reading import Reading

_START = b"SOFH"


class PhiMultipak:
    """Reads SPE and PRO of ULVAC-PHI."""

    name = "phi_multipak"
    version = 1
    title = "PHI SPE/PRO"
    makers = ("ULVAC-PHI",)
    techniques = ("xps", "auger", "photoemission", "electron_energy_loss", "spectrum")
    suffixes = (".spe", ".pro")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with SOFH and define spectral regions."""
        if not source.head.startswith((_START + b"\r", _START + b"\n")):
            return None
        if b"SpectralRegDef" in source.head:
            return Recognition(Confidence.CERTAIN, "it begins with SOFH and defines spectral regions")
        return Recognition(Confidence.LIKELY, "it begins with SOFH")

    def read(self, source: Source) -> list[Reading]:
        """Read all regions. Raises as the contract says."""
        content = source.read()
        header = read_header(content, source.name)
        regions = read_regions(header)
        if not regions:
            kind = header.text("FileType") or header.text("Technique") or "of another kind"
            raise UnsupportedVariant(
                f"{source.name}: a spectrum or depth profile was expected; no region is defined ({kind[:40]}).",
                mend="Export it from its program as text; the file is kept as it came.",
            )
        return readings(header, regions, read_blocks(content, header.length, source.name))


READER = PhiMultipak()
