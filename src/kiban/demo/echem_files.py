"""Simulated electrochemical measurements in the text format of BioLogic's EC-Lab (`.mpt`).

For the demonstration and for tests. Every file says in its comment, its user and its device that it was simulated; no
file of an instrument says so. The same arguments give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.demo.echem_models import Cycling, ReversibleCouple, Voltammogram

SIMULATED = "SIMULATED for demonstration by Kiban; not a measurement."
"""The first line of every comment."""

_Column = tuple[str, NDArray[np.float64] | NDArray[np.int64], int]
"""Label, values of shape (n_points,) and decimals; 0 decimals for whole numbers."""

_GALVANOSTATIC, _POTENTIOSTATIC = 1, 2


def galvanostatic_mpt(
    cycling: Cycling,
    *,
    sample_name: str,
    started_at: datetime,
    comment: str = "",
    active_mass_mg: float = 10.0,
    electrolyte: str = "1 M LiPF6 in EC:DMC (1:1)",
    channel: int = 1,
) -> bytes:
    """Write cycling as the export of "Galvanostatic Cycling with Potential Limitation".

    Parameters
    ----------
    sample_name : str
        Stands in the comment, as "Sample: name"; EC-Lab has no field for it.
    started_at : datetime
        Local time; the format cannot state a zone.
    """
    half = cycling.half_cycle
    # Both kinds of half cycle begin at the first point that belongs to them, with the charge of the point before.
    before = np.concatenate([[0.0], cycling.charge_mah[:-1]])
    starts = np.flatnonzero(np.diff(half, prepend=-1))
    of_half_cycle = cycling.charge_mah - np.repeat(before[starts], np.diff(np.append(starts, len(half))))
    charging = cycling.current_ma > 0
    columns: list[_Column] = [
        ("mode", np.full(len(half), _GALVANOSTATIC), 0),
        ("ox/red", charging.astype(np.int64), 0),
        ("error", np.zeros(len(half), dtype=np.int64), 0),
        ("Ns changes", (np.diff(half, prepend=0) != 0).astype(np.int64), 0),
        ("Ns", half % 2, 0),
        ("time/s", cycling.time_s, 15),
        ("dq/mA.h", cycling.charge_mah - before, 15),
        ("(Q-Qo)/mA.h", cycling.charge_mah, 15),
        ("control/V/mA", cycling.current_ma, 7),
        ("Ewe/V", cycling.potential_v, 7),
        ("Q charge/discharge/mA.h", of_half_cycle, 15),
        ("half cycle", half, 0),
        ("<I>/mA", cycling.current_ma, 15),
        ("Q discharge/mA.h", np.where(charging, 0.0, -of_half_cycle), 15),
        ("Q charge/mA.h", np.where(charging, of_half_cycle, 0.0), 15),
        ("Capacity/mA.h", np.abs(of_half_cycle), 15),
        ("cycle number", half // 2, 15),
    ]
    current = float(np.abs(cycling.current_ma[0]))
    limits = (float(np.max(cycling.potential_v)), float(np.min(cycling.potential_v)))
    parameters = (
        ("Ns", "0", "1"),
        ("Is", f"{current:.3f}", f"{-current:.3f}"),
        ("unit Is", "mA", "mA"),
        ("EM (V)", f"{limits[0]:.3f}", f"{limits[1]:.3f}"),
    )
    return _mpt(
        "Galvanostatic Cycling with Potential Limitation",
        [
            f"Electrolyte : {electrolyte}",
            *_comments(sample_name, comment),
            f"Mass of active material : {active_mass_mg:.3f} mg",
            "Cycle Definition : Charge/Discharge alternance",
        ],
        parameters,
        columns,
        started_at=started_at,
        channel=channel,
    )


def voltammogram_mpt(
    sweep: Voltammogram,
    couple: ReversibleCouple,
    *,
    sample_name: str,
    started_at: datetime,
    comment: str = "",
    reference_electrode: str = "Ag/AgCl / KCl (3.5M) (0.205 V)",
    electrolyte: str = "0.1 M KCl in water",
    channel: int = 1,
) -> bytes:
    """Write a voltammogram as the export of "Cyclic Voltammetry". Arguments as of `galvanostatic_mpt`."""
    interval_s = np.diff(sweep.time_s, prepend=0.0)
    rising = (np.diff(sweep.potential_v, prepend=sweep.potential_v[0]) >= 0).astype(np.int64)
    columns: list[_Column] = [
        ("mode", np.full(len(rising), _POTENTIOSTATIC), 0),
        ("ox/red", rising, 0),
        ("error", np.zeros(len(rising), dtype=np.int64), 0),
        ("control changes", np.ones(len(rising), dtype=np.int64), 0),
        ("time/s", sweep.time_s, 15),
        ("control/V", sweep.potential_v, 7),
        ("Ewe/V", sweep.potential_v, 7),
        ("<I>/mA", sweep.current_ma, 15),
        ("cycle number", sweep.cycle_number, 15),
        ("(Q-Qo)/C", np.cumsum(sweep.current_ma * interval_s) * 1e-3, 7),
    ]
    parameters = (
        ("Ei (V)", f"{sweep.potential_v[0]:.3f}"),
        ("vs.", "Ref"),
        ("dE/dt", f"{1e3 * sweep.scan_speed_v_per_s:.3f}"),
        ("dE/dt unit", "mV/s"),
        ("E1 (V)", f"{np.max(sweep.potential_v):.3f}"),
        ("vs.", "Ref"),
        ("nc cycles", str(int(sweep.cycle_number[-1]) - 1)),
    )
    return _mpt(
        "Cyclic Voltammetry",
        [
            f"Electrolyte : {electrolyte}",
            *_comments(sample_name, comment),
            f"Reference electrode : {reference_electrode}",
            f"Electrode surface area : {couple.area_cm2:.4f} cm²",
        ],
        parameters,
        columns,
        started_at=started_at,
        channel=channel,
    )


def _comments(sample_name: str, comment: str) -> list[str]:
    return [f"Comments : {line}" for line in (SIMULATED, f"Sample: {sample_name}", *comment.splitlines())]


def _mpt(
    technique: str,
    cell: Sequence[str],
    parameters: Sequence[tuple[str, ...]],
    columns: Sequence[_Column],
    *,
    started_at: datetime,
    channel: int,
) -> bytes:
    """Put a file together: header, column row, rows; CRLF and CP1252 as EC-Lab writes them on Western systems.

    Text that CP1252 has no letters for is written in UTF-8.
    """
    header = [
        "",
        technique,
        "",
        f"Run on channel : {channel} (SN 0)",
        "User : Kiban simulation",
        f"Acquisition started on : {started_at:%m/%d/%Y %H:%M:%S}.{started_at.microsecond // 1000:03d}",
        "Device : SIMULATED (SN none)",
        *cell,
        *("".join(cell_text.ljust(20) for cell_text in row) for row in parameters),
        "",
    ]
    lines = ["EC-Lab ASCII FILE", f"Nb header lines : {len(header) + 3}".ljust(46), *header]
    lines.append("".join(f"{label}\t" for label, _, _ in columns))
    lines += ["\t".join(row) for row in zip(*(_texts(values, n) for _, values, n in columns), strict=True)]
    text = "\r\n".join(lines) + "\r\n"
    try:
        return text.encode("cp1252")
    except UnicodeEncodeError:
        return text.encode("utf-8")


def _texts(values: NDArray[np.float64] | NDArray[np.int64], decimals: int) -> list[str]:
    if decimals == 0:
        return [str(int(value)) for value in values]
    return [_scientific(float(value), decimals) for value in values]


def _scientific(value: float, decimals: int) -> str:
    """EC-Lab's exponents have three digits."""
    mantissa, _, exponent = f"{value:.{decimals}E}".partition("E")
    return f"{mantissa}E{int(exponent):+04d}"
