"""LAND and Landt: records of battery tests exported as text or CSV.

Instrument
----------
Battery testers of LANHE (LAND) and Landt, with LANDdt or LANBTS as program.

What is read
------------
One Reading of technique `galvanostatic_cycling` along `time` (of the test), shape (n_points,), under the names that
BioLogic's files have here, so that the same analyses work: `potential` (V), `current`, `capacity`, `specific_capacity`,
`energy`, `cycle_number`, `step_index`, `step_time` and so on, in the units that the names of the columns state.
`step_type` numbers the states, whose words stand in the header.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing. Reports in which cycles, steps and records stand under one another are not read.

File structure
--------------
Text between tabs or commas with one row of names `Record`, `TestTime/h`, `StepTime/h`, `Voltage/V`, `Current/mA`,
`Capacity/mAh`, `SpeCap/mAh/g`, `SysTime`, `CycleNo`, `StepNo`, `State`, ... and one row for each record. Worked out
from the names that other programs cite; no file of the maker was at hand.
"""

from __future__ import annotations

import re

from kiban.readers.battery.cycling import cycling_reading
from kiban.readers.battery.recognised import labels_in, lines_of, n_typical
from kiban.readers.battery.rows import read_table
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.records.reading import Reading

_TYPICAL = re.compile(
    r"(?:Test|Step)Time(?:/.+)?|SysTime|CycleNo|StepNo|Cycle-Index|SpeCap(?:_cal)?/.+|SpeEnergy/.+|Capacity/.+|Energy/.+"
    r"|dQ/?dV/.+|dV/?dQ/.+|MedVolt/.+|AveVolt/.+"
)
_ENOUGH = 4


class LandtText:
    """Reads records of LAND's testers."""

    name = "landt_text"
    version = 1
    title = "LAND and Landt test data (text, CSV)"
    makers = ("LANHE", "Landt")
    techniques = ("galvanostatic_cycling",)
    suffixes = (".txt", ".csv")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose row of names has Voltage/V and at least four of those that only LAND's programs write."""
        labels = labels_in(source, b"SpeCap", b"TestTime")
        if any(label.startswith("Voltage/") for label in labels) and n_typical(labels, _TYPICAL) >= _ENOUGH:
            return Recognition(Confidence.LIKELY, "its columns have the names that LAND's programs write")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table. Raises as the contract says."""
        table = read_table(lines_of(source.read()), file=source.name)
        return [cycling_reading(table, file=source.name, maker="LANHE")]


READER = LandtText()
