"""NeXus files (HDF5).

Instrument
----------
Beamlines at synchrotrons and neutron sources, and programs that write NeXus (pynxtools, HyperSpy, GDA, ...).

What is read
------------
Each NXdata group that names a signal gives a Reading, the one that the chain of `default` leads to first; a signal that
several groups show is read once. Variables have the names of the datasets: the signal and auxiliary signals, of any
shape; the axes, each along the dimension that `axes` or `NAME_indices` names, edges of histograms along a dimension of
their own; whatever else has numbers along these dimensions. Units as written. The technique is that of the entry's
`definition`, else `table`. Title, sample, instrument, user, start and end as NXentry, NXsample, NXinstrument and NXuser
have them; wavelength, photon energy, temperature, pressure where they are one number; of files that Kiban wrote the
rights that they state.

Uncertainties
-------------
`NAME_errors`, or `errors` beside the signal: standard uncertainties, origin file. Spectra of whole numbers in counts
without them: √n of the Poisson distribution, origin estimate (1 where nothing was counted).

What is left out
----------------
Data outside NXdata groups (the header has single numbers and texts of the whole entry, and names the rest), and groups
without a signal. Nothing in other files is ever opened: external links, external storage and virtual datasets that show
other files, or one another, are refused where the signal needs them, and named in a doubt or the header elsewhere.
Numbers packed by filters that HDF5 does not bring itself (Blosc, bitshuffle, ...) or by N-bit are refused by name.

File structure
--------------
HDF5 by the NeXus definitions v2026.01, base classes NXroot, NXentry and NXdata, and NXdata as it was before 2014.
Checked on 2 files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiban.errors import DamagedFile, NothingMeasured, UnknownFormat
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.hdf5.conventions import Convention, convention
from kiban.readers.hdf5.links import walk
from kiban.readers.hdf5.opening import MEND, is_hdf5, opened
from kiban.readers.hdf5.tree_header import as_json
from kiban.readers.hdf5.values import is_numeric
from kiban.readers.nexus.entry import Entry, describe, entries, plots
from kiban.readers.nexus.plot import read_plot
from kiban.readers.source import Source
from kiban.records.reading import Json, Reading
from kiban.records.technique import TECHNIQUES

if TYPE_CHECKING:
    import h5py

_MOST_NAMED = 12
_MOST_PLOTS = 1_000


class NexusHdf5:
    """Reads NeXus."""

    name = "nexus_hdf5"
    version = 2
    title = "NeXus (HDF5)"
    makers = ()
    techniques = (
        "table",
        *(key for key, each in TECHNIQUES.items() if each.nexus),
        "small_angle_scattering",
        "electron_microscopy",
        "scanning_probe_microscopy",
    )
    suffixes = (".nxs", ".h5", ".hdf5", ".nx")
    library = "h5py"

    def recognise(self, source: Source) -> Recognition | None:
        """By a group of the class NXentry; HDF5 by no convention that is known is claimed too, to say what is in it."""
        if not is_hdf5(source.head):
            return None
        found = convention(source)
        if found is Convention.NEXUS:
            return Recognition(Confidence.CERTAIN, "it is HDF5 with an NXentry")
        if found is None or found is Convention.NONE:
            return Recognition(Confidence.POSSIBLE, "it is HDF5")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all plots of all entries. Raises as the contract says."""
        if not is_hdf5(source.head):
            raise DamagedFile(f"{source.name} does not begin as HDF5.", mend=MEND)
        with opened(source) as file:
            found = entries(file["/"])
            readings = [reading for entry in found for reading in _readings(entry, source)]
            if not readings:
                raise _nothing(file, source, is_nexus=bool(found))
            return readings


def _readings(entry: h5py.Group, source: Source) -> list[Reading]:
    described: Entry | None = None
    header: dict[str, Json] = {}
    readings: list[Reading] = []
    for group, signal in plots(entry):
        if described is None:
            described = describe(entry, limits=source.limits, file=source.name)
            tree = as_json(entry, limits=source.limits, file=source.name)
            header = {str(entry.name): tree}
        if len(readings) >= _MOST_PLOTS:
            break
        plot = read_plot(group, signal, limits=source.limits, file=source.name)
        name = str(group.name).rpartition("/")[2]
        readings.append(
            Reading(
                technique=described.technique or "table",
                title=f"{described.title}: {name}" if described.title else name,
                variables=plot.variables,
                header=header,
                metadata=described.metadata,
                sample_name=described.sample_name,
                operator=described.operator,
                instrument=described.instrument,
                started_at=described.started_at,
                rights=described.rights,
                doubts=(*plot.doubts, *described.doubts),
            )
        )
    return readings


def _nothing(file: h5py.File, source: Source, *, is_nexus: bool) -> NothingMeasured | UnknownFormat:
    """Say what is in the file instead."""
    import h5py

    listed = []
    for path, node in walk(file["/"]):
        if isinstance(node, h5py.Dataset) and is_numeric(node) and node.shape:
            listed.append(f"{path} ({' × '.join(map(str, node.shape))})")
            if len(listed) > _MOST_NAMED:
                listed[-1] = "..."
                break
    inside = f"It holds {', '.join(listed)}." if listed else "It holds no arrays of numbers."
    if is_nexus:
        return NothingMeasured(
            f"{source.name} is NeXus, but no NXdata group names a signal. {inside}",
            mend="Set the attribute signal of an NXdata group to the dataset that is to be drawn.",
        )
    return UnknownFormat(
        f"{source.name} is HDF5, but by no convention that says what is drawn against what (NeXus, EMD, HyperSpy, "
        f"netCDF). {inside}",
        mend="It is kept as it came. Write it as NeXus or netCDF, or install a reader for it.",
    )


READER = NexusHdf5()
