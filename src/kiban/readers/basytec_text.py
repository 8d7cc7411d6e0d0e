"""BaSyTec: results of battery tests converted to text.

Instrument
----------
Battery testers of BaSyTec (CTS, XCTS, GSM, ...).

What is read
------------
One Reading of technique `galvanostatic_cycling` along `time` (h or as the file has it), shape (n_points,), under the
names that BioLogic's files have here, so that the same analyses work: `potential` (V), `current` (A), `capacity` (A*h,
as the tester counts it), `energy` (W*h), `step_time`, `cycle_number`, `auxiliary_temperature_1` (degC) and so on.
`step_type` numbers the commands, whose words stand in the header. The battery is the sample.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing: the lines above the table stand in the header as written.

File structure
--------------
Text in CP1252 or UTF-8: `~Resultfile from Basytec Battery Test System`, lines `~Name: value`, a row of names that
begins with `~Time[h]` (`DataSet`, `DateTime`, `t-Step[h]`, `Command`, `U[V]`, `I[A]`, `Ah[Ah]`, ...) and rows between
tabs. Worked out from the heads that other programs cite; no file of the maker was at hand.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kiban.readers.battery.cycling import cycling_reading
from kiban.readers.battery.recognised import labels_in, lines_of
from kiban.readers.battery.rows import read_table
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.records.reading import MetadataValue, Reading

_TIME = re.compile(r"[~#]?Time\[(?:h|min|s)\]")


class BasytecText:
    """Reads text of BaSyTec's testers."""

    name = "basytec_text"
    version = 1
    title = "BaSyTec test data (text)"
    makers = ("BaSyTec",)
    techniques = ("galvanostatic_cycling",)
    suffixes = (".txt", ".dat")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with the signature, or whose row of names begins with `~Time[h]` and has `U[V]` and `I[A]`."""
        labels = labels_in(source, b"Time[")
        if not labels or _TIME.fullmatch(labels[0]) is None:
            return None
        if b"asytec Battery Test System" in source.head[:256]:
            return Recognition(Confidence.CERTAIN, "it begins as BaSyTec's results do")
        if labels[0].startswith(("~", "#")):
            return Recognition(Confidence.LIKELY, "its columns have the names that BaSyTec's programs write")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table. Raises as the contract says."""
        table = read_table(lines_of(source.read()), file=source.name)
        table.labels[0] = table.labels[0].lstrip("~#")
        reading = cycling_reading(table, file=source.name, maker="BaSyTec")
        stated: dict[str, str] = {}
        for line in table.lines_above:
            name, colon, value = line.lstrip("~# ").partition(":")
            if colon and value.strip():
                stated.setdefault(name.strip(), value.strip())
        metadata: dict[str, MetadataValue] = dict(reading.metadata)
        channel = stated.get("Testchannel", "")
        if channel.isdecimal():
            metadata["channel"] = int(channel[:6])
        if stated.get("Testplan"):
            metadata["method"] = stated["Testplan"]
        return [
            replace(
                reading,
                title=stated.get("Name of Test") or reading.title,
                sample_name=stated.get("Battery"),
                operator=stated.get("Operator (Test)"),
                metadata=metadata,
            )
        ]


READER = BasytecText()
