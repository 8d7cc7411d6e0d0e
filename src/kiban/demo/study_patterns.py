"""The powder patterns of the simulated study."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from kiban.demo.powder_pattern import CU_KALPHA1_NM, CU_KALPHA2_NM, Diffractometer, Phase, counts, expected
from kiban.demo.structures import STRUCTURES, Key
from kiban.demo.study_samples import COBALTATES, STANDARD, TITANIA, Titania
from kiban.demo.vendor_files import SimulatedPattern, ras, rasx, xrdml

_ANGLES_DEG = np.round(np.arange(18.0, 80.01, 0.03), 2)
_STANDARD_ANGLES_DEG = np.round(np.arange(25.0, 96.01, 0.03), 2)
_COUNT_TIME_S = 0.5
_BACKGROUND = 60.0
_INSTRUMENTS = {
    "xrdml": Diffractometer(),
    "ras": Diffractometer(caglioti_deg2=(0.006, -0.004, 0.010)),
    "rasx": Diffractometer(caglioti_deg2=(0.003, -0.002, 0.005), lorentzian_deg=0.015),
}
_WRITE = {"xrdml": xrdml, "ras": ras, "rasx": rasx}
_SECOND_INSTRUMENT = ("TiO2-A600", "TiO2-A800")
_CUT_SHORT = "TiO2-A600"


def files(beginning: datetime) -> Iterator[tuple[str, bytes]]:
    """Make all patterns: path within the study, and bytes."""
    for number, suffix in enumerate(_WRITE):
        phases = [_phase("silicon", 1.0, 300.0)]
        content = _pattern(STANDARD, phases, suffix, beginning + timedelta(hours=number), 9000.0, 0.0, 10 + number)
        yield f"xrd/{STANDARD}.{suffix}", content
    for number, it in enumerate(TITANIA):
        content = _titania(it, "xrdml", beginning + timedelta(days=1, hours=number), 20 + number)
        yield f"xrd/{it.name}.xrdml", content
        if it.name == _CUT_SHORT:
            # As a copy over a network that broke off: the middle of the numbers is the end of the file.
            yield f"xrd/{it.name}_interrupted.xrdml", content[: len(content) * 2 // 3]
        if it.name in _SECOND_INSTRUMENT:
            again = _titania(it, "ras", beginning + timedelta(days=2, hours=number), 40 + number)
            yield f"xrd/{it.name}.ras", again
    for number, powder in enumerate(COBALTATES):
        phases = [_phase("lithium-cobalt-oxide", 1.0, powder.crystallite_nm)]
        at = beginning + timedelta(days=3, hours=number)
        yield f"xrd/{powder.name}.rasx", _pattern(powder.name, phases, "rasx", at, 6000.0, 0.0, 60 + number)


def _titania(it: Titania, suffix: str, started_at: datetime, seed: int) -> bytes:
    rutile = it.rutile_weight_fraction
    phases = [_phase("anatase", 1 - rutile, it.anatase_nm), _phase("rutile", rutile, it.rutile_nm)]
    # Fine grains spread the same intensity over a wider line.
    highest = 4500.0 * min(1.0, (max(it.anatase_nm, it.rutile_nm) + 8) / 60)
    present = [phase for phase in phases if phase.weight_fraction > 0]
    return _pattern(it.name, present, suffix, started_at, highest, it.amorphous_counts, seed)


def _phase(key: Key, weight_fraction: float, crystallite_nm: float) -> Phase:
    return Phase(structure=STRUCTURES[key], weight_fraction=weight_fraction, crystallite_nm=crystallite_nm)


def _pattern(
    sample_name: str,
    phases: list[Phase],
    suffix: str,
    started_at: datetime,
    highest_counts: float,
    amorphous_counts: float,
    seed: int,
) -> bytes:
    angles = _STANDARD_ANGLES_DEG if sample_name == STANDARD else _ANGLES_DEG
    mean = expected(
        angles,
        phases,
        instrument=_INSTRUMENTS[suffix],
        highest_counts=highest_counts,
        background_counts=_BACKGROUND,
        amorphous_counts=amorphous_counts,
    )
    contents = "; ".join(
        f"{phase.structure.name.lower()}, weight fraction {phase.weight_fraction:g}, crystallites of "
        f"{phase.crystallite_nm:g} nm, structure of {phase.structure.reference}"
        for phase in phases
    )
    return _WRITE[suffix](
        SimulatedPattern(
            two_theta_deg=angles,
            counts=counts(mean, seed=seed),
            sample_name=sample_name,
            started_at=started_at,
            comment=f"Calculated from: {contents}.",
            wavelength_nm=CU_KALPHA1_NM,
            kalpha2_nm=CU_KALPHA2_NM,
            count_time_s=_COUNT_TIME_S,
        )
    )
