"""The delay of the digital filter in a decay of Bruker, in points.

Newer spectrometers write it down (GRPDLY). Older ones do not, but have filters of four kinds (DSPFVS 10 to 13), whose
delay depends on the decimation alone: W. M. Westler, F. Abildgaard, "DMX digital filters and non-Bruker offline
processing III" (1996), rounded there to thousandths; here as fractions of 1 / (2 DECIM), of which those are roundings.
"""

from __future__ import annotations

_KIND_10 = {
    2: 44.75, 3: 33.5, 4: 66.625, 6: 59 + 1 / 12, 8: 68.5625, 12: 60.375, 16: 69.53125, 24: 61 + 1 / 48,
    32: 70.015625, 48: 61.34375, 64: 70.2578125, 96: 61 + 97 / 192, 128: 70.37890625, 192: 61.5859375,
    256: 70.439453125, 384: 61 + 481 / 768, 512: 70.4697265625, 768: 61.646484375, 1024: 70.48486328125,
    1536: 61 + 2017 / 3072, 2048: 70.492431640625,
}  # fmt: skip
_KIND_11 = {
    2: 46.0, 3: 36.5, 4: 48.0, 6: 50 + 1 / 6, 8: 53.25, 12: 69.5, 16: 72.25, 24: 70 + 1 / 6, 32: 72.75, 48: 70.5,
    64: 73.0, 96: 70 + 2 / 3, 128: 72.5, 192: 71 + 1 / 3, 256: 72.25, 384: 71 + 2 / 3, 512: 72.125, 768: 71 + 5 / 6,
    1024: 72.0625, 1536: 71 + 11 / 12, 2048: 72.03125,
}  # fmt: skip
_KIND_12 = _KIND_11 | {16: 71.625, 32: 72.125, 64: 72.375}
_KIND_13 = {n: 3 - 0.5 / n for n in (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96)}
_BY_KIND = {10: _KIND_10, 11: _KIND_11, 12: _KIND_12, 13: _KIND_13}


def group_delay(stated: float | None, decimation: float | None, kind: float | None) -> float | None:
    """Say how many points the filter delays the decay.

    Parameters
    ----------
    stated, decimation, kind : float, optional
        GRPDLY (negative or 0 where the spectrometer does not know it), DECIM and DSPFVS.

    Returns
    -------
    float or None
        `None` where nothing was filtered, or the filter is of another kind.
    """
    if stated is not None and stated > 0:
        return stated
    if decimation is None or kind is None or decimation != int(decimation) or kind != int(kind):
        return None
    return _BY_KIND.get(int(kind), {}).get(int(decimation))
