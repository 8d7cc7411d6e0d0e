"""netCDF files: the classic format, and netCDF-4.

Instrument
----------
Any whose program writes netCDF: sensors, simulators, and data sets saved with xarray.

What is read
------------
Each group with variables gives a Reading of technique `table` with all its variables, under their names, along the
dimensions of the file. A variable that has the name of its dimension is that dimension's axis. Units as written; of
times `seconds since 2024-01-01` the unit is the second, and the first value of such an axis gives the start. Numbers
are unpacked by `scale_factor` and `add_offset`, and NaN where `_FillValue` or `missing_value` stands.

Uncertainties
-------------
None: CF has no rule that ties them to a variable beyond doubt (`ancillary_variables` stand in the header).

What is left out
----------------
Texts and characters (in the header), variables without values, and calendars other than the usual one.

File structure
--------------
Classic netCDF (CDF-1, CDF-2, CDF-5) as in the NetCDF Classic Format Specification, read here; netCDF-4 is HDF5 with
dimension scales. CF conventions 1.11, sections 2.5.1, 4.4 and 8.1. Compared with SciPy and xarray.
"""

from __future__ import annotations

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.hdf5.conventions import Convention, convention
from kiban.readers.hdf5.opening import is_hdf5, opened
from kiban.readers.netcdf_parts.classic import MEND, SIGNATURES, read_classic
from kiban.readers.netcdf_parts.conventions import started_at, variables_of
from kiban.readers.netcdf_parts.hierarchical import read_groups
from kiban.readers.netcdf_parts.variables import NetGroup
from kiban.readers.source import Source
from kiban.records.reading import Reading


class Netcdf:
    """Reads netCDF."""

    name = "netcdf"
    version = 2
    title = "netCDF"
    makers = ()
    techniques = ("table",)
    suffixes = (".nc", ".cdf", ".nc4", ".netcdf")
    library = "h5py"

    def recognise(self, source: Source) -> Recognition | None:
        """By CDF and a version at the beginning, or by HDF5 with the marks of netCDF-4."""
        if source.head.startswith(SIGNATURES):
            return Recognition(Confidence.CERTAIN, "it begins as netCDF")
        if convention(source) is Convention.NETCDF:
            return Recognition(Confidence.LIKELY, "it is HDF5 with the dimension scales of netCDF-4")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all groups. Raises as the contract says."""
        if source.head.startswith(SIGNATURES):
            readings = _readings([read_classic(source.read(), file=source.name)], source)
        elif is_hdf5(source.head):
            with opened(source) as file:
                readings = _readings(list(read_groups(file, source)), source)
        else:
            raise DamagedFile(f"{source.name} does not begin as netCDF.", mend=MEND)
        if not readings:
            raise NothingMeasured(f"{source.name} holds no variable with values.", mend=MEND)
        return readings


def _readings(groups: list[NetGroup], source: Source) -> list[Reading]:
    readings = []
    for group in groups:
        variables, doubts = variables_of(group, limits=source.limits, file=source.name)
        if not variables:
            continue
        title = group.text("title") or (source.name if not group.name else "")
        readings.append(
            Reading(
                technique="table",
                title=": ".join(filter(None, (title or (source.name if not group.name else ""), group.name)))
                or "netCDF",
                variables=tuple(variables),
                header=dict(group.header),
                metadata={"comment": comment} if (comment := group.text("comment")) else {},
                sample_name=group.text("sample_name", "sample") or None,
                operator=group.text("operator", "operator_name", "creator_name") or None,
                instrument=group.text("instrument", "instrument_name") or None,
                started_at=started_at(group, variables),
                doubts=tuple(doubts),
            )
        )
    return readings


READER = Netcdf()
