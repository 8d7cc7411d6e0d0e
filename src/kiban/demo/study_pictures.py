"""The Raman map and the micrographs of the simulated study."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from kiban.demo.picture_files import domains, imagej_series, labspec_map

_MAPPED = "TiO2-A700"
_HEATED = "TiO2-gel"


def files(beginning: datetime) -> Iterator[tuple[str, bytes]]:
    """Make the map and the series: path within the study, and bytes."""
    grains = domains((10, 14), size=2.5, seed=400)
    yield (
        f"raman/{_MAPPED}_map.txt",
        labspec_map(
            np.clip(4 * (grains - 0.6), 0.0, 1.0),
            sample_name=_MAPPED,
            acquired_at=beginning + timedelta(hours=2),
            step_um=0.5,
            seed=1000,
        ),
    )
    # Grains that grow while the film is heated: the same field, smoother from one picture to the next.
    noise = np.random.default_rng(410)
    series = [
        np.clip(60 + 130 * domains((96, 128), size=size, seed=411) + noise.normal(0, 6, (96, 128)), 0, 255)
        for size in (1.5, 2.2, 3.2, 4.5, 6.0)
    ]
    yield f"micrographs/{_HEATED}_heating.tif", imagej_series(np.array(series, np.uint8), step_um=0.05, interval_s=600)
