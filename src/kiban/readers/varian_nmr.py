"""Varian and Agilent NMR: experiments of VNMR, VnmrJ and OpenVnmrJ, as folders or packed into a zip archive.

Instrument
----------
NMR spectrometers and imagers of Varian and Agilent (Unity, Inova, Mercury, VNMRS, DD2).

What is read
------------
Each experiment (a folder, usually called `NAME.fid`, with `fid` and `procpar`) gives one Reading of technique `nmr`:

- `time` (s), the axis, from the spectral width `sw`, shape (n_points,);
- `fid_real` and `fid_imaginary`, as they were recorded, shape (n_points,), or (increment, n_points) of a series;
- of a series `increment`, its count, and the parameter that was stepped under its own name (`d2`, `pw`), where it is
  one, or several that go together; delays in s, pulses in us.

Uncertainties
-------------
None: the files state none.

What is left out
----------------
Spectra (`datdir/data`, `phasefile`), which are not part of what VnmrJ saves. How the decays of a two-dimensional
experiment are combined depends on the pulse sequence: they come in the order of acquisition. A block's scale is not
applied, its drift corrections are not read.

File structure
--------------
`fid`: a header of 32 bytes (numbers of blocks, of traces in a block, of numbers in a trace, their sizes, status),
then blocks of one header of 28 bytes and the traces, big-endian (files in the other order have been made by other
programs). Status bits tell 16- and 32-bit integers and floats. `procpar`: text, three lines or more for each
parameter. `text`: the operator's words. Varian's manual "VnmrJ User Programming", chapter on parameters and data. No
real file was at hand: what is read here was compared with the open program nmrglue.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import ClassVar

from kiban.errors import NothingMeasured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.nmr.folders import Below, Beside, folders, folders_of
from kiban.readers.source import Source
from kiban.readers.varian.experiment import read_experiment
from kiban.readers.varian.fid_file import shape
from kiban.readers.zipped import Zipped
from kiban.records.reading import Reading

_MARK = "procpar"
_DATA = ("fid",)
_FILES = (
    "procpar", "text",
    # These are not read, but they are of the experiment, and nobody should take them for tables.
    "log", "log.txt", "sampleinfo", "studypar", "curpar", "conpar", "global", "phasing", "shims", "acqfil/*",
)  # fmt: skip


class VarianNmr:
    """Reads experiments in folders and zip archives."""

    name = "varian_nmr"
    version = 1
    title = "Varian and Agilent NMR (VnmrJ)"
    makers = ("Varian", "Agilent")
    techniques = ("nmr",)
    suffixes = (".fid", ".zip")
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {"fid": _FILES}

    def recognise(self, source: Source) -> Recognition | None:
        """Claim a `fid` beside `procpar` whose sizes fit each other, and zip archives of nothing but such folders."""
        if source.name in self.companions and _MARK in source.companions:
            if shape(source.head) is None:
                return None
            return Recognition(
                Confidence.CERTAIN, "a procpar lies beside it, and the sizes in its header fit each other"
            )
        found = folders_of(source, mark=_MARK, data=_DATA, others=_FILES)
        if not found:
            return None
        return Recognition(Confidence.CERTAIN, f"it holds {len(found)} experiment(s) with fid and procpar of VnmrJ")

    def read(self, source: Source) -> list[Reading]:
        """Read all experiments. Raises as the contract says."""
        if source.companions:
            return [read_experiment(Beside(source), source.name)]
        with closing(Zipped(source)) as archive:
            readings = []
            for folder in folders(archive.names, mark=_MARK, data=_DATA, others=_FILES):
                name = f"{source.name}!/{folder}" if folder else source.name
                title = folder.rpartition("/")[2].removesuffix(".fid") or source.name
                readings.append(read_experiment(Below(archive, folder), name, title))
        if not readings:
            raise NothingMeasured(
                f"{source.name} holds no experiment with fid and procpar.",
                mend="Pack the whole folder of the experiment.",
            )
        return readings


READER = VarianNmr()
