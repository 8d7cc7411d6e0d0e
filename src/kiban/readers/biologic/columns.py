"""What the column numbers of a BioLogic `.mpr` file mean, and how many bytes each takes.

A record of the data module holds one value for each column number that the module lists, in that order and without
padding. The numbers follow the list of variables of EC-Lab's OLE-COM interface; widths are in no document. They come
from two sources, kept apart below because they are not equally sure, and for some columns are not known at all.
"""

from __future__ import annotations

from dataclasses import dataclass

FLAG_BITS = {
    1: ("mode", 0x03),
    2: ("ox/red", 0x04),
    3: ("error", 0x08),
    21: ("control changes", 0x10),
    31: ("Ns changes", 0x20),
    65: ("counter inc.", 0x80),
}
"""Columns that share one byte, at the place of the first of them: label and bits. Bit 0x40 marks the last point of a
technique or loop; it has no column number."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: EC-Lab's label, and the numpy type of its values where it is known."""

    label: str
    dtype: str | None


def column(number: int) -> Column | None:
    """Look a column up; `None` for a number that nothing here knows."""
    return _COLUMNS.get(number)


# Each of these was compared value by value with EC-Lab's text export of the same measurement, or stands in a record
# whose size leaves no other width for it.
_COMPARED = {
    "f4": {
        5: "control/V/mA",
        6: "Ewe/V",
        8: "I/mA",
        16: "Analog IN 1/V",
        17: "Analog IN 2/V",
        19: "control/V",
        20: "control/mA",
        32: "freq/Hz",
        33: "|Ewe|/V",
        34: "|I|/A",
        35: "Phase(Z)/deg",
        36: "|Z|/Ohm",
        37: "Re(Z)/Ohm",
        38: "-Im(Z)/Ohm",
        70: "P/W",
        76: "<I>/mA",
        77: "<Ewe>/V",
        96: "|Ece|/V",
        98: "Phase(Zce)/deg",
        99: "|Zce|/Ohm",
        100: "Re(Zce)/Ohm",
        101: "-Im(Zce)/Ohm",
        168: "Rcmp/Ohm",
        169: "Cs/µF",
        172: "Cp/µF",
        174: "<Ewe>/V",
        430: "Phase(Zwe-ce)/deg",
        431: "|Zwe-ce|/Ohm",
        432: "Re(Zwe-ce)/Ohm",
        433: "-Im(Zwe-ce)/Ohm",
        434: "(Q-Qo)/C",
        435: "dQ/C",
        441: "<Ece>/V",
        471: "<Ece>/V",
        473: "THD Ewe/%",
        474: "THD I/%",
        476: "NSD Ewe/%",
        477: "NSD I/%",
        479: "NSR Ewe/%",
        480: "NSR I/%",
    },
    "f8": {
        4: "time/s",
        7: "dq/mA.h",
        11: "<I>/mA",
        13: "(Q-Qo)/mA.h",
        23: "dQ/mA.h",
        24: "cycle number",
        74: "|Energy|/W.h",
        123: "Energy charge/W.h",
        124: "Energy discharge/W.h",
        125: "Capacitance charge/µF",
        126: "Capacitance discharge/µF",
        438: "step time/s",
        467: "Q charge/discharge/mA.h",
    },
    "u2": {39: "I Range", 131: "Ns"},
    "u4": {468: "half cycle"},
}

# None of these occurs in the files at hand; other programs read files that hold them with these widths.
_REPORTED = {
    "f4": {
        9: "Ece/V",
        26: "Rapp/Ohm",
        27: "Ewe-Ece/V",
        50: "E0/V",
        69: "R/Ohm",
        73: "rotation rate/rpm",
        75: "Analog OUT/V",
        78: "Cs-2/µF-2",
        163: "|Estack|/V",
        173: "Cp-2/µF-2",
        422: "Phase(Zstack)/deg",
        423: "|Zstack|/Ohm",
        424: "Re(Zstack)/Ohm",
        425: "-Im(Zstack)/Ohm",
        426: "<Estack>/V",
        462: "Temperature/°C",
        475: "THD Ece/%",
        478: "NSD Ece/%",
        481: "NSR Ece/%",
        504: "Rac/Ohm",
        505: "Rdc/Ohm",
    },
    "u1": {509: "Acir/Dcir Control"},
    "u4": {469: "z cycle"},
}

# The list of variables names these; how wide they are in a file is not known. If such a column is the only one of its
# file, the size of a record tells.
_NAMED = {
    10: "Aux/V",
    12: "log(|<I>/A|)",
    14: "x",
    18: "Analog IN 3/V",
    22: "log(|I/A|)",
    25: "DQ/mA.h",
    28: "control/°C",
    29: "T/°C",
    30: "rotation rate/rpm",
    40: "Q charge/mA.h",
    41: "Q discharge/mA.h",
    44: "Q anodic/C",
    45: "Q cathodic/C",
    51: "Ian min/mA",
    52: "Ian max/mA",
    53: "Ica min/mA",
    54: "Ica max/mA",
    55: "Ean end/V",
    56: "Eca end/V",
    57: "Ece min/V",
    58: "Ece max/V",
    66: "I forward/mA",
    67: "I reverse/mA",
    68: "I delta/µA",
    71: "control/°C",
    72: "T/°C",
    79: "E step/V",
    80: "Rp/Ohm",
    81: "Ecorr/V",
    82: "Icorr/mA",
    97: "|Ice|/A",
    103: "Estack/V",
    104: "Istack/A",
    119: "Re(Y)/Ohm-1",
    120: "Im(Y)/Ohm-1",
    121: "|Y|/Ohm-1",
    122: "Phase(Y)/deg",
    132: "dI/dt/mA/s",
    133: "Delta(mass)/g",
    170: "sin ampl/V",
    175: "Efficiency/%",
    427: "<Istack>/mA",
    436: "Ece dc/V",
    437: "cycle time/s",
    439: "charge time/s",
    440: "discharge time/s",
    443: "Capacity/mA.h",
    444: "control disk/V",
    445: "control disk/mA",
    446: "Edisk/V",
    448: "Idisk/mA",
    449: "dQdisk/C",
    450: "(Q-Qo)disk/C",
    452: "control ring/V",
    453: "Ering/V",
    454: "Iring/mA",
    455: "(Q-Qo)ring/C",
    456: "Pdisk/W",
    457: "Pring/W",
    460: "<time>/s",
    470: "It/mA",
    472: "Vcorr/mm/yr",
    506: "TCU control/°C",
    507: "TCU meas. /°C",
    536: "Ewe initial/V",
    537: "Ewe final/V",
    538: "I initial/mA",
    539: "I final/mA",
}


def _families() -> dict[int, Column]:
    """Runs of columns that differ by a count only: the 30 elements of a stack and the harmonics 2 to 7."""
    stack = {
        240: "|E{}|/V",
        270: "Phase(Z{})/deg",
        300: "|Z{}|/Ohm",
        330: "Re(Z{})/Ohm",
        360: "-Im(Z{})/Ohm",
        390: "<E{}>/V",
    }
    found = {start + k: Column(label.format(k), "f4") for start, label in stack.items() for k in range(1, 31)}
    harmonics = {484: "|Ewe h{}|/V", 490: "|I h{}|/A", 496: "|Ece h{}|/V"}
    found |= {start + k: Column(label.format(k), "f4") for start, label in harmonics.items() for k in range(2, 8)}
    return found


def _all() -> dict[int, Column]:
    columns: dict[int, Column] = {number: Column(label, None) for number, label in _NAMED.items()}
    columns |= _families()
    for group in (_REPORTED, _COMPARED):
        columns |= {n: Column(label, dtype) for dtype, labels in group.items() for n, label in labels.items()}
    return columns


_COLUMNS = _all()
