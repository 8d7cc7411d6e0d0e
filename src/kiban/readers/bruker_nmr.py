"""Bruker NMR: experiments of TopSpin and XWIN-NMR, as folders or packed with their folders into a zip archive.

Instrument
----------
NMR spectrometers of Bruker (Avance, DMX, AMX and their kin).

What is read
------------
For each experiment (a folder with `acqus`)

- what was acquired, from `fid` or `ser`: `time` (s), the axis, and `fid_real` and `fid_imaginary`, shape (n_points,) or
  (increment, n_points), as they were recorded: the digital filter's delay is still in it, and stands in the metadata as
  `group_delay` (in points) where the file states it or its filter is one whose delay has been published; `fid` alone
  where one channel was recorded;
- each processed spectrum, from `pdata/N/1r` and `1i`, or `2rr`: `chemical_shift` (ppm), descending, and of two
  dimensions `chemical_shift_indirect` for the rows; `intensity` and `intensity_imaginary`, in arbitrary units,
  multiplied by 2^NC_proc as TopSpin does. A spectrum can also come alone with its `procs`.

Uncertainties
-------------
None: the files state none.

What is left out
----------------
Experiments of three and more dimensions; imaginary parts of two-dimensional spectra; the unit of the increments of a
`ser`, which depends on the pulse program. Numbers of a FID are as they stand, without the factor 2^NC.

File structure
--------------
`acqus`, `acqu2s`, `procs`, `proc2s`: lines `##$NAME= value` (JCAMP-DX with Bruker's labels), arrays `(0..n)` and values
on the lines after, texts in angle brackets. `fid`, `ser`: int32 or float64 (DTYPA), little- or big-endian (BYTORDA),
pairs of real and imaginary numbers; TD numbers are promised and filled up with zeros to blocks of 1024 bytes. `1r`,
`1i`, `2rr`: SI numbers (DTYPP, BYTORDP), two-dimensional ones in submatrices of XDIM. Bruker's manual of TopSpin
parameters, and 2 experiments of 2021 and 2022. `audita.txt` says when the acquisition began.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import ClassVar

from kiban.errors import NothingMeasured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.nmr.folders import Below, Beside, Files, folders, folders_of
from kiban.readers.source import Source
from kiban.readers.topspin.experiment import Experiment
from kiban.readers.zipped import Zipped
from kiban.records.reading import Reading

_MARK = "acqus"
_DATA = ("fid", "ser", "pdata/*/1r", "pdata/*/2rr")
_FILES = (
    "acqus", "acqu2s", "pdata/*/procs", "pdata/*/proc2s", "pdata/*/1r", "pdata/*/1i", "pdata/*/2rr", "pdata/*/title",
    # These are not read, but they are of the experiment, and nobody should take them for tables.
    "acqu", "acqu2", "*.txt", "*list", "pulseprogram", "uxnmr.par", "format.*", "shimvalues", "scon2", "specpar",
    "precom.output", "prosol_History", "cpdprg*", "pdata/*/*",
)  # fmt: skip

_SPECTRUM_FILES = (
    "procs", "proc2s", "1i", "title",
    "proc", "proc2", "*.txt", "outd", "thumb.png", "intrng", "peak*", "parm.txt", "2ri", "2ir", "2ii", "clevels",
)  # fmt: skip
_PROCESSED = "pdata/1/"


class _AsProcessed:
    """The files of a spectrum that was given without the experiment above it, as if they were below one."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.names = tuple(_PROCESSED + name for name in files.names)

    def read(self, name: str) -> bytes:
        """One file's bytes. Raises KeyError, LimitExceeded."""
        return self._files.read(name.removeprefix(_PROCESSED))


class BrukerNmr:
    """Reads experiments in folders and zip archives."""

    name = "bruker_nmr"
    version = 2
    title = "Bruker NMR (TopSpin)"
    makers = ("Bruker",)
    techniques = ("nmr",)
    suffixes = (".zip",)
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "fid": _FILES,
        "ser": _FILES,
        "1r": _SPECTRUM_FILES,
        "2rr": _SPECTRUM_FILES,
    }

    def recognise(self, source: Source) -> Recognition | None:
        """Claim `fid`, `ser` beside `acqus`, `1r`, `2rr` beside `procs`, and zips of nothing but such experiments."""
        if source.name in self.companions:
            mark = self.companions[source.name][0]
            if mark in source.companions and b"##$" in source.companion(mark).head:
                why = f"an {mark} lies beside it" if mark == _MARK else f"{mark} lie beside it"
                return Recognition(Confidence.CERTAIN, f"{why}, as in the folder of an experiment")
        found = folders_of(source, mark=_MARK, data=_DATA, others=_FILES)
        if not found:
            return None
        return Recognition(Confidence.CERTAIN, f"it holds {len(found)} experiment(s) with acqus and data of TopSpin")

    def read(self, source: Source) -> list[Reading]:
        """Read all experiments. Raises as the contract says."""
        if source.companions:
            files: Files = Beside(source)
            if source.name in {"1r", "2rr"}:
                files = _AsProcessed(files)
            return Experiment(files=files, name=source.name).readings()
        with closing(Zipped(source)) as archive:
            readings = []
            for folder in folders(archive.names, mark=_MARK, data=_DATA, others=_FILES):
                name = f"{source.name}!/{folder}" if folder else source.name
                title = folder.rpartition("/")[2]
                readings += Experiment(files=Below(archive, folder), name=name, title=title).readings()
        if not readings:
            raise NothingMeasured(
                f"{source.name} holds no experiment with data.", mend="Pack the whole folder of the experiment."
            )
        return readings


READER = BrukerNmr()
