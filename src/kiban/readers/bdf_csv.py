"""BDF: the Battery Data Format of the Battery Data Alliance, as CSV.

Instrument
----------
Any battery cycler: programs convert its files into this format.

What is read
------------
One Reading of technique `galvanostatic_cycling` along `time` (s), shape (n_points,), under the names that BioLogic's
files have here, so that the same analyses work: `potential` (V), `current` (A), `charge_capacity`,
`discharge_capacity` (A*h), `charge_energy`, `discharge_energy` (W*h), `cycle_number`, `step_index`, `step_count`,
`internal_resistance` (ohm), `surface_temperature_1` (degC) and so on. Columns that the format does not know go along;
where one means the same, the standard one has the plain name and the other is numbered (`potential_2`). Columns of
words become numbered categories, whose words stand in the header. The start comes from `Unix Time / s` (UTC), or else
from a column of dates.

Uncertainties
-------------
None: the format states none.

What is left out
----------------
Nothing. Metadata are in a file of their own beside this one, which is not read. The format does not fix the sign of the
current; analyses take positive current for charging, as all converters write it.

File structure
--------------
CSV with a row of names, of which `Test Time / s`, `Voltage / V` and `Current / A` are required, or the same in
machine-readable form (`test_time_second`, `voltage_volt`, `current_ampere`); the units are fixed. Described in the
repository battery-data-alliance/battery-data-format.
"""

from __future__ import annotations

from kiban.readers.battery.cycling import cycling_reading
from kiban.readers.battery.rows import find_labels, read_table
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.records.reading import Reading

_REQUIRED = (
    frozenset({"Test Time / s", "Voltage / V", "Current / A"}),
    frozenset({"test_time_second", "voltage_volt", "current_ampere"}),
)


class BdfCsv:
    """Reads the Battery Data Format."""

    name = "bdf_csv"
    version = 1
    title = "Battery Data Format (BDF), CSV"
    makers = ()
    techniques = ("galvanostatic_cycling",)
    suffixes = (".bdf", ".csv")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with a row that has the three required names, in either form."""
        head = source.head[:32768]
        if not (b"Test Time / s" in head or b"test_time_second" in head):
            return None
        found = find_labels(with_plain_line_ends(decode(head)[0]).split("\n"))
        if found is not None and any(required <= set(found[2]) for required in _REQUIRED):
            return Recognition(Confidence.CERTAIN, "its columns have the names that BDF requires")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).split("\n")
        return [cycling_reading(read_table(lines, file=source.name), file=source.name)]


READER = BdfCsv()
