"""SPECS XY: spectra that SpecsLab Prodigy exports as text.

Instrument
----------
Electron analysers of SPECS (Phoibos, Themis, Kreios, ...) with the programs SpecsLab Prodigy and SpecsLab 2.

What is read
------------
Each region gives a Reading, its technique by its analysis method: `xps`, `photoemission` (UPS, ARPES), `auger`,
`electron_energy_loss`, `x_ray_absorption`, otherwise `spectrum`. It has

- the energy, shape (n,), eV: `kinetic_energy` or `binding_energy` as the export settings say. Nothing is converted;
- `intensity` in count/s or counts, with what was repeated or stepped as further dimensions: cycles (along the parameter
  that was stepped, else `cycle_number`), curves (along `non_energy_ordinate`, else `curve_number`), `scan_number`,
  `channel_number`;
- other columns, and external channels that were measured with every spectrum, as auxiliary variables.

Blocks that do not make a whole grid, external channels of other points and results of operations (backgrounds, fits)
give a Reading each.

Uncertainties
-------------
`intensity`: the column of errors where there is one, origin file. Otherwise √n of the Poisson distribution, origin
estimate, for counts that are whole, and for rates that become whole when multiplied by dwell time and number of scans.

What is left out
----------------
Nothing of the settings; those of more than 1000 blocks are cut in the header. The unit of the non-energy ordinate,
which the file does not state.

File structure
--------------
Text, settings as `# Key: value`, the sign as chosen at export: settings of the export, then groups, regions, cycles,
and blocks `# Cycle: 0, Curve: 0, Scan: 0` with `# ColumnLabels: energy counts/s` and rows of numbers. Dates have the
month first. Worked out from 3 files and what other programs read.
"""

from __future__ import annotations

import re

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.specs.lines import MEND, Lines
from kiban.readers.specs.spectra import readings
from kiban.readers.text import decode, may_mention
from kiban.records.reading import Reading

_FIRST = re.compile(r"\s*(?P<prefix>\S{1,4}?)\s*Created by:\s*SpecsLab[^\r\n]*", re.IGNORECASE)
_SETTINGS = re.compile(r"^(?P<prefix>\S{1,4}?)\s*XY-Serializer Export Settings:", re.MULTILINE)


class SpecsXy:
    """Reads XY of SPECS."""

    name = "specs_xy"
    version = 2
    title = "SPECS Prodigy XY"
    makers = ("SPECS",)
    techniques = (
        "xps",
        "photoemission",
        "auger",
        "electron_energy_loss",
        "x_ray_absorption",
        "spectrum",
    )
    suffixes = (".xy",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first line names SpecsLab, or that has the settings of its export."""
        head = source.head[:4096]
        if b"specslab" not in head.lower() and not may_mention(head, "XY-Serializer"):
            return None
        return _claim(decode(head)[0])

    def read(self, source: Source) -> list[Reading]:
        """Read all regions, in order. Raises as the contract says."""
        text, _ = decode(source.read())
        text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        prefix = _prefix(text[:4096])
        if prefix is None:
            raise DamagedFile(f"{source.name}: a first line that names SpecsLab was expected.", mend=MEND)
        lines = Lines(prefix, source.name)
        lines.take(text.split("\n"))
        made = []
        for region in lines.regions:
            made += readings(region, lines.settings, source.name)
        if not made:
            raise NothingMeasured(f"{source.name} holds no spectrum.", mend=MEND)
        return made


def _prefix(head: str) -> str | None:
    match = _FIRST.match(head) or _SETTINGS.search(head)
    return match["prefix"] if match is not None else None


def _claim(head: str) -> Recognition | None:
    head = head.lstrip("\ufeff")
    if _FIRST.match(head):
        return Recognition(Confidence.CERTAIN, "its first line names SpecsLab as the program that wrote it")
    if _SETTINGS.search(head):
        return Recognition(Confidence.CERTAIN, "it has the export settings of SpecsLab Prodigy")
    return None


READER = SpecsXy()
