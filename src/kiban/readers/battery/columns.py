"""What cyclers call their columns, and what we call them: alike with the columns of BioLogic's files.

Arbin writes `Charge_Capacity(Ah)`, BDF `Charging Capacity / Ah`, Neware `Chg. Cap.(Ah)`, `CapaCity-Chg(mAh)` or
`充电容量(Ah)`: all are the `charge_capacity`. Maccor's `Amps` and BaSyTec's `I[A]` are the `current`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from kiban.readers.biologic.labels import role_of
from kiban.readers.tables.column_headers import ColumnHeader, read_label, slug, unique
from kiban.records.reading import Role

_NAMES = {
    "time": ("test time", "testtime", "total time", "cumulative time", "run time", "time", "总时间", "时间"),
    "step_time": ("step time", "steptime", "t step", "relative time", "工步时间"),
    "date_time": ("date time", "datetime", "date", "realtime", "real time", "absolute time", "system time", "绝对时间",
                  "date and time", "dpt time", "systime", "sys time"),
    "unix_time": ("unix time",),
    "potential": ("voltage", "volt", "potential", "电压"),
    "current": ("current", "cur", "电流"),
    "charge_capacity": ("charge capacity", "charging capacity", "chg cap", "charge cap",
                        "capacity chg", "cap chg", "chgcap", "capacitance chg", "充电容量"),
    "discharge_capacity": ("discharge capacity", "discharging capacity", "dchg cap",
                           "discharge cap", "capacity dchg", "cap dchg", "dchgcap", "capacitance dchg", "放电容量"),
    "charge_energy": ("charge energy", "charging energy", "chg energy", "engy chg", "chgeng",
                      "充电能量"),
    "discharge_energy": ("discharge energy", "discharging energy", "dchg energy", "engy dchg",
                         "dchgeng", "放电能量"),
    "capacity": ("capacity", "cap", "容量"),
    "energy": ("energy", "engy total", "能量"),
    "specific_capacity": ("spec cap", "specific capacity", "capacity density", "cmpcap", "specap", "比容量"),
    "specific_charge_capacity": ("chg spec cap", "specific capacity chg", "充电比容量"),
    "specific_discharge_capacity": ("dchg spec cap", "specific capacity dchg", "放电比容量"),
    "specific_energy": ("spec energy", "cmpeng", "cmpenergy", "speenergy", "比能量"),
    "net_capacity": ("net capacity",),
    "step_capacity": ("step capacity",),
    "cumulative_capacity": ("cumulative capacity",),
    "net_energy": ("net energy",),
    "step_energy": ("step energy",),
    "cumulative_energy": ("cumulative energy",),
    "power": ("power", "功率"),
    "internal_resistance": ("internal resistance",),
    "direct_current_resistance": ("dcir",),
    "alternating_current_resistance": ("acr",),
    "contact_resistance": ("contact resistance", "接触电阻"),
    "ac_impedance": ("ac impedance",),
    "ac_impedance_phase": ("aci phase angle",),
    "cycle_number": ("cycle index", "cycle id", "cycleid", "cycle count", "cycle number", "cycle", "cycleno",
                     "cyc count", "循环号", "循环序号"),
    "step_index": ("step index", "step id", "stepid", "stepno", "step", "工步号", "工步序号"),
    "step_count": ("step count", "step number"),
    "step_type": ("step type", "step name", "status", "state", "instruction name", "command", "工步类型",
                  "状态"),
    "data_point": ("data point", "datapoint", "record id", "recordid", "record index", "record number", "record",
                   "test point", "数据序号", "记录序号"),
    "temperature": ("temperature", "temp", "auxiliary temperature", "surface temp"),
    "ambient_temperature": ("ambient temperature",),
    "ambient_pressure": ("ambient pressure",),
    "applied_pressure": ("applied pressure",),
    "dv_dt": ("dv/dt",),
    "dq_dv": ("dq/dv",),
    "dv_dq": ("dv/dq",),
}  # fmt: skip
_BY_WORDS = {words: name for name, spellings in _NAMES.items() for words in spellings}
_NUMBERED = (
    (re.compile(r"(?:aux|auxiliary) (temperature|voltage|current|pressure)[ _]?(\d+)"), r"auxiliary_\1_\2"),
    (re.compile(r"(?:aux|temp) #?(\d+)"), r"auxiliary_temperature_\1"),
    (re.compile(r"surface temperature t(\d+)"), r"surface_temperature_\1"),
    (re.compile(r"t(\d+)"), r"auxiliary_temperature_\1"),
)
_AUXILIARY = frozenset(
    ["date_time", "unix_time", "step_count", "step_type", "data_point", "step_time", "cycle_number", "step_index"]
)
_CLOCK_FORM = re.compile(
    r"\s*\((?:(?:d:)?h:m(?:in)?:s[.:]?m?s?(?:[.:]us)?|hours in hh:mm:ss(?:\.x+)?)\)\s*$", re.IGNORECASE
)
_INDEX_BEHIND = re.compile(r"^(?P<words>[^()]+)(?P<unit>\([^()]*\))_(?P<index>\d+)$")
_UNIT_LETTERS = (
    (re.compile(r"\((m?)O\)$"), r"(\1Ω)"),
    (re.compile(r"\(oC\)$"), "(°C)"),
    (re.compile(r"\(°\)$"), "(°C)"),
    # A degree sign that did not survive the program's own encoding.
    (re.compile(r"^(T\d+|CPU|Aux\.Ave\.T)\(\?\)$"), r"\1(°C)"),
)

FIRST = ("time", "potential", "current", "charge_capacity", "discharge_capacity", "capacity")
"""What stands first in a Reading."""


def read_columns(labels: Sequence[str], own: Mapping[str, str] | None = None) -> list[ColumnHeader]:
    """Name the columns; each name is there once, and goes to the column whose unit is stated.

    Parameters
    ----------
    own : mapping of str to str, optional
        Names by the words of labels that mean something else in this maker's files: Neware's `Time` is that of a step.
    """
    headers = [_read(label) for label in labels]
    if own:
        headers = [replace(h, name=own.get(h.label.split("(")[0].strip().lower(), h.name)) for h in headers]
    order = sorted(range(len(headers)), key=lambda i: not headers[i].unit and not headers[i].label.endswith("/ 1"))
    named = unique([headers[i] for i in order])
    back = dict(zip(order, named, strict=True))
    return [back[i] for i in range(len(headers))]


def is_known(label: str) -> bool:
    """Say whether the label is one that cyclers write."""
    return name_of(label) in _NAMES


def name_of(label: str) -> str:
    """Our name of the column, whatever its unit; empty where the label is none that cyclers write."""
    header = _read(label)
    return header.name if header.name in _NAMES or header.name.startswith(("auxiliary_", "surface_")) else ""


@lru_cache(maxsize=4096)
def _read(text: str) -> ColumnHeader:
    label = re.sub(r"\s+", " ", text).strip().strip('"').lstrip("\ufeff")
    plain = _CLOCK_FORM.sub("", unicodedata.normalize("NFKC", label))
    behind = _INDEX_BEHIND.match(plain)
    if behind is not None:
        plain = f"{behind['words']}_{behind['index']}{behind['unit']}"
    for pattern, unit in _UNIT_LETTERS:
        plain = pattern.sub(unit, plain)
    # BDF's machine-readable names end in the unit in words; others are abbreviations, or units alone.
    plain = _MACHINE_NAMES.get(plain, _SHORT_NAMES.get(plain, plain))
    plain = re.sub(r"\s*/\s*1$", "", plain)
    header = replace(read_label(plain), label=label)
    return replace(header, name=_name(plain, header) or header.name or slug(plain))


_MACHINE_NAMES = {
    "test_time_second": "Test Time / s",
    "voltage_volt": "Voltage / V",
    "current_ampere": "Current / A",
    "unix_time_second": "Unix Time / s",
    "step_time_second": "Step Time / s",
    "ambient_temperature_celsius": "Ambient Temperature / degC",
    "charging_capacity_ah": "Charging Capacity / Ah",
    "discharging_capacity_ah": "Discharging Capacity / Ah",
    "step_capacity_ah": "Step Capacity / Ah",
    "net_capacity_ah": "Net Capacity / Ah",
    "cumulative_capacity_ah": "Cumulative Capacity / Ah",
    "charging_energy_wh": "Charging Energy / Wh",
    "discharging_energy_wh": "Discharging Energy / Wh",
    "step_energy_wh": "Step Energy / Wh",
    "net_energy_wh": "Net Energy / Wh",
    "cumulative_energy_wh": "Cumulative Energy / Wh",
    "power_watt": "Power / W",
    "internal_resistance_ohm": "Internal Resistance / Ohm",
    "ambient_pressure_pa": "Ambient Pressure / Pa",
    "applied_pressure_pa": "Applied Pressure / Pa",
    **{f"temperature_t{n}_celsius": f"Surface Temperature T{n} / degC" for n in range(1, 6)},
}

_SHORT_NAMES = {
    # Maccor
    "Rec#": "Record number",
    "Rec": "Record number",
    "Cyc#": "Cycle Index",
    "Cycle P": "Cycle Index",
    "TestTime(s)": "Test Time (s)",
    "StepTime(s)": "Step Time (s)",
    "Test (Sec)": "Test Time (s)",
    "Step (Sec)": "Step Time (s)",
    "Amps": "Current (A)",
    "Volts": "Voltage (V)",
    "Amp-hr": "Capacity (Ah)",
    "Watt-hr": "Energy (Wh)",
    "Cap. [Ah]": "Capacity (Ah)",
    "Ener. [Wh]": "Energy (Wh)",
    "ACImp/Ohms": "ACR (Ohm)",
    "DCIR/Ohms": "DCIR (Ohm)",
    "MD": "State",
    "Md": "State",
    # BaSyTec
    "U[V]": "Voltage (V)",
    "I[A]": "Current (A)",
    "I[mA]": "Current (mA)",
    "Ah[Ah]": "Capacity (Ah)",
    "Ah[mAh]": "Capacity (mAh)",
    "Wh[Wh]": "Energy (Wh)",
    "Count": "Counter",
}
"""Labels whose words do not say what they name, or not in what unit."""


def _name(plain: str, header: ColumnHeader) -> str:
    words = plain
    if header.unit_as_written:
        end = plain.rfind(header.unit_as_written)
        words = plain[:end].rstrip(" ([/") if end > 0 else plain
    folded = " ".join(re.sub(r"[._\-]+", " ", words.split("(")[0]).lower().split())
    if folded in _BY_WORDS:
        return _BY_WORDS[folded]
    for pattern, name in _NUMBERED:
        match = pattern.fullmatch(folded)
        if match is not None:
            return match.expand(name)
    return ""


def role(name: str) -> Role:
    """Tell signals from counters and conditions."""
    bare = re.sub(r"_\d+$", "", name)
    is_signal = bare in _NAMES and bare not in _AUXILIARY and "temperature" not in bare and "pressure" not in bare
    return role_of(name) if is_signal else Role.AUXILIARY
