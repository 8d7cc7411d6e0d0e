"""Novonix: records of battery tests from high-precision coulometers, as CSV.

Instrument
----------
High-precision chargers (HPC, UHPC) of Novonix.

What is read
------------
One Reading of technique `galvanostatic_cycling` along `time` (h, run time), shape (n_points,), under the names that
BioLogic's files have here, so that the same analyses work: `potential` (V), `current` (A), `capacity` (A*h), `energy`
(W*h), `cycle_number`, `step_type`, `step_time` (h), `temperature` (degC) and so on.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing: the summary and the protocol above the data stand in the header as written.

File structure
--------------
CSV: `[Summary]`, lines `Name: value` such as `Started: ...`, `[End Summary]`, perhaps the protocol, `[Data]`, a row of
names `Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),Potential (V),...` and the rows.
Worked out from the heads that other programs cite; no file of the maker was at hand.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kiban.readers.battery.cycling import cycling_reading
from kiban.readers.battery.recognised import labels_in, lines_of
from kiban.readers.battery.rows import read_table
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.date_columns import read_date
from kiban.records.reading import MetadataValue, Reading


class NovonixCsv:
    """Reads files of Novonix's chargers."""

    name = "novonix_csv"
    version = 1
    title = "Novonix test data (CSV)"
    makers = ("Novonix",)
    techniques = ("galvanostatic_cycling",)
    suffixes = (".csv",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose row of names has date and time, run time in hours, and potential."""
        labels = labels_in(source, b"Run Time (h)")
        if {"Date and Time", "Run Time (h)", "Current (A)", "Potential (V)"} <= set(labels):
            sure = source.head.lstrip(b"\xef\xbb\xbf").startswith(b"[Summary]") or b"ovonix" in source.head
            confidence = Confidence.CERTAIN if sure else Confidence.LIKELY
            return Recognition(confidence, "its columns have the names that Novonix's programs write")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table. Raises as the contract says."""
        reading = cycling_reading(
            read_table(lines_of(source.read()), file=source.name), file=source.name, maker="Novonix"
        )
        above = reading.header.get("lines_above")
        stated: dict[str, str] = {}
        for line in above if isinstance(above, list) else []:
            match = re.match(r"\s*(Started|Cell|Cell Name|Protocol|Protocol Name|Channel)\s*:\s*(\S.*)", str(line))
            if match is not None:
                stated.setdefault(match[1].removesuffix(" Name"), match[2].strip(" ,"))
        metadata: dict[str, MetadataValue] = dict(reading.metadata)
        if stated.get("Protocol"):
            metadata["method"] = stated["Protocol"]
        started = reading.started_at or read_date(stated.get("Started", ""))
        return [replace(reading, sample_name=stated.get("Cell"), metadata=metadata, started_at=started)]


READER = NovonixCsv()
