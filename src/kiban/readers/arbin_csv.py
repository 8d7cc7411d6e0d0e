"""Arbin: tables that MITS Pro exports of battery tests, as CSV or text.

Instrument
----------
Battery cyclers of Arbin.

What is read
------------
One Reading of technique `galvanostatic_cycling` along `time` (s, the test time), shape (n_points,), under the names
that BioLogic's files have here, so that the same analyses work: `potential` (V), `current` (A), `charge_capacity`,
`discharge_capacity` (A*h), `charge_energy`, `discharge_energy` (W*h), `cycle_number`, `step_index`, `step_time`,
`internal_resistance`, `auxiliary_temperature_1` and so on. Units are those in the names of the columns; tables copied
from Arbin's database have none. Dates become seconds since the first, which is the start, as are days since 1899.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing. Dates in which day and month cannot be told apart stay text, with a doubt. Tables with one row for each cycle
(statistics) are left to the reader of tables. Positive current is charging.

File structure
--------------
CSV, tabs or semicolons with a row of names such as `Data_Point,Test_Time(s),Date_Time,Step_Time(s),Step_Index,
Cycle_Index,Current(A),Voltage(V),Charge_Capacity(Ah),Discharge_Capacity(Ah),...`, in newer versions with blanks instead
of underscores and before the unit. Worked out from 1 file and the published names of 4 others.
"""

from __future__ import annotations

import re

from kiban.readers.battery.cycling import cycling_reading
from kiban.readers.battery.rows import find_labels, read_table
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.records.reading import Reading

_TYPICAL = frozenset(
    [
        "data_point",
        "test_time",
        "date_time",
        "step_time",
        "step_index",
        "cycle_index",
        "charge_capacity",
        "discharge_capacity",
        "charge_energy",
        "discharge_energy",
        "internal_resistance",
        "is_fc_data",
        "dv/dt",
        "ac_impedance",
        "aci_phase_angle",
        "tc_counter1",
        "test_id",
        "datetime",
    ]
)
_ENOUGH = 5


class ArbinCsv:
    """Reads tables of Arbin's cyclers."""

    name = "arbin_csv"
    version = 1
    title = "Arbin test data (CSV)"
    makers = ("Arbin",)
    techniques = ("galvanostatic_cycling",)
    suffixes = (".csv", ".txt")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose row of names has test time, voltage, current and other names that Arbin's programs write."""
        head, lower = source.head[:32768], source.head_lower[:32768]
        if b"voltage" not in lower or (b"test_time" not in lower and b"test time" not in lower):
            return None
        found = find_labels(with_plain_line_ends(decode(head)[0]).split("\n"))
        if found is None:
            return None
        folded = {_folded(label) for label in found[2]}
        if "test_time" in folded and len(folded & _TYPICAL) >= _ENOUGH:
            return Recognition(Confidence.LIKELY, "its columns have the names that Arbin's programs write")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).split("\n")
        return [cycling_reading(read_table(lines, file=source.name), file=source.name, maker="Arbin")]


def _folded(label: str) -> str:
    return re.sub(r"\s+", "_", label.split("(")[0].strip().lower())


READER = ArbinCsv()
