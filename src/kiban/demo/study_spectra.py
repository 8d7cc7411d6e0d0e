"""The Raman, infrared and UV-Vis spectra of the simulated study, as JCAMP-DX."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from kiban.demo.jcamp_files import jcamp_spectrum
from kiban.demo.spectra_models import film_absorbance, infrared, raman
from kiban.demo.study_samples import COBALTATES, TITANIA, Titania

_SHIFTS_PER_CM = np.arange(80.0, 1000.5, 1.0)
_WAVENUMBERS_PER_CM = np.arange(4000.0, 399.0, -4.0)
_WAVELENGTHS_NM = np.arange(280.0, 800.5, 1.0)


def files(beginning: datetime) -> Iterator[tuple[str, bytes]]:
    """Make all spectra: path within the study, and bytes."""
    for number, it in enumerate(TITANIA):
        at = beginning + timedelta(minutes=20 * number)
        yield f"raman/{it.name}.jdx", _raman_of_titania(it, at, 300 + number)
        yield f"ir/{it.name}.jdx", _infrared(it, at + timedelta(days=1), 320 + number)
        yield f"uv-vis/{it.name}.jdx", _film(it, at + timedelta(days=2), 340 + number)
    for number, powder in enumerate(COBALTATES):
        spectrum = raman(
            _SHIFTS_PER_CM,
            {"lithium-cobalt-oxide": 1.0},
            broadening_per_cm=240 / powder.crystallite_nm,
            fluorescence=0.05,
            counts=900.0,
            seed=360 + number,
        )
        yield (
            f"raman/{powder.name}.jdx",
            jcamp_spectrum(
                _SHIFTS_PER_CM,
                spectrum,
                kind="raman",
                title=f"{powder.name}: Raman spectrum, 532 nm",
                sample_name=powder.name,
                measured_at=beginning + timedelta(hours=6, minutes=20 * number),
                formula="LiCoO2",
            ),
        )


def _raman_of_titania(it: Titania, at: datetime, seed: int) -> bytes:
    spectrum = raman(
        _SHIFTS_PER_CM,
        {"anatase": 1 - it.rutile_weight_fraction, "rutile": it.rutile_weight_fraction},
        broadening_per_cm=60 / it.anatase_nm,
        fluorescence=0.02 + it.hydroxyl,
        counts=1500.0,
        seed=seed,
    )
    return jcamp_spectrum(
        _SHIFTS_PER_CM,
        spectrum,
        kind="raman",
        title=f"{it.name}: Raman spectrum, 532 nm",
        sample_name=it.name,
        measured_at=at,
        formula="TiO2",
    )


def _infrared(it: Titania, at: datetime, seed: int) -> bytes:
    spectrum = infrared(_WAVENUMBERS_PER_CM, hydroxyl=it.hydroxyl, rutile=it.rutile_weight_fraction, seed=seed)
    return jcamp_spectrum(
        _WAVENUMBERS_PER_CM,
        spectrum,
        kind="ir",
        title=f"{it.name}: infrared spectrum, KBr pellet",
        sample_name=it.name,
        measured_at=at,
        formula="TiO2",
        form="SQZ",
    )


def _film(it: Titania, at: datetime, seed: int) -> bytes:
    spectrum = film_absorbance(
        _WAVELENGTHS_NM,
        gap_ev=it.gap_ev,
        urbach_mev=40 + 300 / it.anatase_nm,
        haze=0.004 * (it.rutile_nm / 30) ** 1.5,
        seed=seed,
    )
    return jcamp_spectrum(
        _WAVELENGTHS_NM,
        spectrum,
        kind="uv_vis",
        title=f"{it.name}: absorbance of the film",
        sample_name=it.name,
        measured_at=at,
        formula="TiO2",
        form="AFFN",
    )
