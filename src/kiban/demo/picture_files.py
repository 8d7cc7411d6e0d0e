"""A simulated Raman map as LabSpec text and a simulated series of micrographs as ImageJ's TIFF.

For the demonstration and for tests: each file says that it was simulated.
"""

from __future__ import annotations

import io
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.demo.spectra_models import raman

SIMULATED = "SIMULATED for demonstration by Kiban; not a measurement."


def labspec_map(
    rutile: NDArray[np.float64], *, sample_name: str, acquired_at: datetime, step_um: float, seed: int
) -> bytes:
    """Write a map of Raman spectra of anatase and rutile.

    Parameters
    ----------
    rutile : array, shape (n_rows, n_columns)
        Share of rutile at each place.
    acquired_at : datetime
        When the map was complete; the format has no time zone.
    step_um : float
        Between the places, along both sides.
    """
    shifts = np.arange(100.0, 720.0, 5.0)
    head = [
        ("Acq. time (s)", "0.5"),
        ("Accumulations", "1"),
        ("Instrument", "Kiban demonstration microscope"),
        ("Laser (nm)", "532"),
        ("Project", "Kiban demo"),
        ("Sample", sample_name),
        ("Title", f"{sample_name}: Raman map, 532 nm"),
        ("Remark", SIMULATED),
        ("Acquired", f"{acquired_at:%d.%m.%Y %H:%M:%S}"),
        ("AxisType[0]", "Intens"),
        ("AxisUnit[0]", "Cnt"),
        ("AxisType[1]", "Spectr"),
        ("AxisUnit[1]", "1/cm"),
        ("AxisType[2]", "X"),
        ("AxisUnit[2]", "µm"),
        ("AxisType[3]", "Y"),
        ("AxisUnit[3]", "µm"),
    ]
    lines = [f"#{key}=\t{value}" for key, value in head]
    lines.append("\t\t" + "\t".join(f"{shift:g}" for shift in shifts))
    for (row, column), share in np.ndenumerate(rutile):
        counts = raman(
            shifts,
            {"anatase": 1 - float(share), "rutile": float(share)},
            broadening_per_cm=4.0,
            fluorescence=0.05,
            counts=400.0,
            seed=seed + row * rutile.shape[1] + column,
        )
        places = f"{row * step_um:g}\t{column * step_um:g}"
        lines.append(places + "\t" + "\t".join(f"{count:.0f}" for count in counts))
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def domains(shape: tuple[int, int], *, size: float, seed: int) -> NDArray[np.float64]:
    """Draw a smooth random field between 0 and 1 with domains of about that many points."""
    noise = np.random.default_rng(seed).normal(size=shape)
    along = [np.fft.fftfreq(n) for n in shape]
    smooth = np.exp(-((np.pi * size) ** 2) * (along[0][:, None] ** 2 + along[1][None, :] ** 2))
    field = np.real(np.fft.ifft2(np.fft.fft2(noise) * smooth))
    ranks = np.argsort(np.argsort(field, axis=None)).reshape(shape)
    drawn: NDArray[np.float64] = ranks / (ranks.size - 1)
    return drawn


def imagej_series(frames: NDArray[np.uint8], *, step_um: float, interval_s: float) -> bytes:
    """Write micrographs, one after the other in time.

    Parameters
    ----------
    frames : array, shape (n_frames, n_rows, n_columns)
    step_um : float
        Between the points of a picture.
    interval_s : float
        Between the pictures.
    """
    import tifffile

    held = io.BytesIO()
    tifffile.imwrite(
        held,
        frames,
        imagej=True,
        resolution=(1 / step_um, 1 / step_um),
        metadata={"axes": "TYX", "unit": "um", "finterval": interval_s, "comment": SIMULATED},
        software=False,
    )
    return held.getvalue()
