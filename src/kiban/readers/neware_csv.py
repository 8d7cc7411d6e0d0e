"""Neware: records of battery tests as BTSDA and BTS export them to CSV or text.

Instrument
----------
Battery cyclers of Neware, with BTSDA (new), BTS 7 or BTS 8 as program.

What is read
------------
One Reading of technique `galvanostatic_cycling` along `time` (s), shape (n_points,), under the names that BioLogic's
files have here, so that the same analyses work: `potential` (V), `current` (mA or A), `charge_capacity`,
`discharge_capacity`, `capacity`, `specific_capacity`, `energy`, `cycle_number`, `step_index`, `step_time`, `power` and
so on, in the units of the file. `time` is the total time of the test; files that have only the clock get the seconds
since the first record. `step_type` numbers the kinds of steps, whose words stand in the header. In the layered report
each record gets the numbers of its cycle and step; the rows of cycles and steps stand in the header. Names in Chinese
are understood.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing. Where the current of discharging steps is not negative, the file gives it without its sign: then it is called
`current_magnitude`, with a doubt, because analyses would take discharging for charging.

File structure
--------------
CSV or tabs, in UTF-8, GB 18030 or CP1252. Either one row of names (`DataPoint,Cycle Index,Step Index,Step Type,Time,
Total Time,Current(A),Voltage(V),...` or `Record ID,Time(h:min:s.ms),Voltage(V),Current(mA),...`) and one row for each
record; or three rows of names, for cycles, steps and records, indented by empty cells, and the rows below them indented
alike. Times are `h:min:s.ms`, within the step unless called total. Worked out from the names of columns that other
programs cite; no file of the maker was at hand.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from kiban.readers.battery.cycling import cycling_reading
from kiban.readers.battery.layered import find_layers, flatten
from kiban.readers.battery.rows import find_labels, read_table
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.records.reading import Json, Reading

_TYPICAL = re.compile(
    r"(?:Record ?(?:ID|Index|number)|Data ?Point|Cycle ?(?:ID|Index)|Step ?(?:ID|Index)|Step ?(?:Type|Name)|Status|Jump"
    r"|CapaCity\(mAh\)|CapaCity-D?Chg\(m?Ah\)|D?Chg\. ?(?:Spec\. )?Cap\.\(.*|D?Chg\. ?Energy\(.*|Spec\. ?Cap\..*"
    r"|(?:Relative )?Time\(h:m(?:in)?:s.*|Realtime|Total Time(?:\(.*)?|Cumulative Time|Engy-?_?D?Chg\(.*"
    r"|Capacitance_D?Chg\(.*|Capacity Density\(.*|CmpEng\(.*|Contact resistance\(.*|DCIR\(.*|dQm/dV.*"
    r"|循环(?:序)?号|工步(?:序)?号|工步类型|(?:数据|记录)序号|总时间|绝对时间|[充放]电容量\(.*)"
)
_OWN = re.compile(r"Record ?ID|Cycle ?ID|D?Chg\. ?Cap\.|CapaCity|Time\(h:m|Realtime|DataPoint|工步|循环")
_PARTS_OF_OWN = ("Record", "Cycle", "Chg.", "CapaCity", "Time(h:m", "Realtime", "DataPoint", "工步", "循环")
"""Each way to fulfil `_OWN` has one of these; they are found many times as fast."""
_ENOUGH = 4
_DISCHARGE = re.compile(r"dchg|discharge|放电", re.IGNORECASE)


class NewareCsv:
    """Reads exports of Neware's programs."""

    name = "neware_csv"
    version = 1
    title = "Neware test data (CSV, text)"
    makers = ("Neware",)
    techniques = ("galvanostatic_cycling",)
    suffixes = (".csv", ".txt")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose row of names, or three rows of names, are made of those that Neware's programs write."""
        head = source.head[:32768]
        if b"\0" in head[:1024] or not head.strip():
            return None
        text = _text(head)
        # Without one of these there is none of the words looked for below: do not take every text apart for them.
        if not any(word in text for word in ("Voltage", "电压")) and not (
            any(word in text for word in _PARTS_OF_OWN) and _OWN.search(text)
        ):
            return None
        lines = text.split("\n")
        if (layers := find_layers(lines)) is not None:
            names = " ".join(layers.labels[2])
            if re.search(r"Voltage|电压", names) and re.search(r"Current|Cur\(|电流", names):
                return Recognition(Confidence.LIKELY, "it has the three rows of names of Neware's layered report")
            return None
        found = find_labels(lines)
        if found is None:
            return None
        typical = [label for label in found[2] if _TYPICAL.fullmatch(label)]
        if len(typical) >= _ENOUGH and any(_OWN.search(label) for label in typical):
            return Recognition(Confidence.LIKELY, "its columns have the names that Neware's programs write")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all records. Raises as the contract says."""
        lines = _text(source.read()).split("\n")
        layers = find_layers(lines)
        tables: dict[str, list[list[str]]] = {}
        if layers is not None:
            table, tables = flatten(lines, layers, file=source.name)
        else:
            table = read_table(lines, file=source.name)
        own = {"time": "step_time", "时间": "step_time"} if _has_other_time(table.labels) else None
        reading = cycling_reading(table, file=source.name, maker="Neware", own=own)
        more: dict[str, Json] = {name: [list(row) for row in rows] for name, rows in tables.items()}
        return [_with_honest_current(replace(reading, header={**reading.header, **more}))]


def _text(content: bytes) -> str:
    """Decode as others do, but for Chinese: its national coding looks like CP1252 or CP932 to them."""
    text, encoding = decode(content)
    if encoding not in {"utf-8", "utf-8-sig", "utf-16", "utf-32"}:
        try:
            chinese = content.decode("gb18030")
        except UnicodeDecodeError:
            pass
        else:
            if re.search(r"电压|电流|工步|循环", chinese):
                text = chinese
    return with_plain_line_ends(text)


def _has_other_time(labels: list[str]) -> bool:
    """Say whether another column than `Time` tells when a record was taken: then `Time` is that of the step."""
    return any(
        re.match(r"Total Time|Cumulative Time|Realtime|Absolute Time|Date|总时间|绝对时间", label) for label in labels
    )


def _with_honest_current(reading: Reading) -> Reading:
    """Rename a current that has lost its sign."""
    if "current" not in reading or "step_type" not in reading:
        return reading
    step_type = next(v for v in reading.variables if v.name == "step_type")
    words = reading.header.get("categories", {})
    kinds = words.get(step_type.label) if isinstance(words, dict) else None
    if not isinstance(kinds, list):
        return reading
    discharging = [n for n, kind in enumerate(kinds) if isinstance(kind, str) and _DISCHARGE.search(kind)]
    current = reading["current"].values[np.isin(step_type.series.values, discharging)]
    if not bool(np.any(current > 0)) or bool(np.any(current < 0)):
        return reading
    variables = tuple(replace(v, name="current_magnitude") if v.name == "current" else v for v in reading.variables)
    doubt = "The current of discharging steps is not negative: the file gives it without its sign."
    return replace(reading, variables=variables, doubts=(*reading.doubts, doubt))


READER = NewareCsv()
