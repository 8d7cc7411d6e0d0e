"""Drives of Bruker's goniometers under our names, and the drive against which each type of scan is drawn.

Names as RAW, UXD and BRML write them. Theta is the angle between the incident beam and the sample's surface, which
other makers call ω; here it is `omega` whoever made the file. Where a name is not in the table no unit is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiban.readers.diffraction.scan import axis_name

_KNOWN = {
    "2theta": ("two_theta", "deg"),
    "twotheta": ("two_theta", "deg"),
    "tth": ("two_theta", "deg"),
    "theta": ("omega", "deg"),
    "omega": ("omega", "deg"),
    "om": ("omega", "deg"),
    "chi": ("chi", "deg"),
    "khi": ("chi", "deg"),
    "phi": ("phi", "deg"),
    "psi": ("psi", "deg"),
    "x": ("x", "mm"),
    "xdrive": ("x", "mm"),
    "y": ("y", "mm"),
    "ydrive": ("y", "mm"),
    "z": ("z", "mm"),
    "zdrive": ("z", "mm"),
}


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive: our name, the file's and its unit (empty where none is known)."""

    name: str
    label: str
    unit: str


def drive(label: str) -> Drive:
    """Look a drive up by the name that the file gives it."""
    name, unit = _KNOWN.get(folded(label), (axis_name(label), ""))
    return Drive(name, label, unit)


def is_known(label: str) -> bool:
    """Say whether the drive's meaning and unit are known."""
    return folded(label) in _KNOWN


def folded(text: str) -> str:
    """Leave out what spellings of one name differ by: `2-Theta`, `2THETA` and `2θ` become `2theta`."""
    return re.sub(r"[\s_/-]", "", text.replace("θ", "theta").replace("Θ", "theta").lower())


# Scan types: their names with all but letters and digits left out, and the drives they can be drawn against, the
# first that started where the scan did. A coupled scan counts in steps of 2θ or, on some instruments, of θ.
_COUPLED = ("2Theta", "Theta")
_DRAWN_AGAINST = {
    "lockedcoupled": _COUPLED,
    "unlockedcoupled": _COUPLED,
    "unlockedcoupledhrxrd": _COUPLED,
    "coupledtwothetatheta": _COUPLED,
    "coupled2thetatheta": _COUPLED,
    "detectorscan": ("2Theta",),
    "twothetascan": ("2Theta",),
    "2thetascan": ("2Theta",),
    "rockingcurve": ("Theta", "Omega"),
    "thetascan": ("Theta", "Omega"),
    "omegascan": ("Omega", "Theta"),
    "chiscan": ("Chi",),
    "phiscan": ("Phi",),
    "psdfixscan": ("2Theta",),
    "psdfixedscan": ("2Theta",),
    "psdfastscan": ("2Theta",),
    "xscan": ("X-Drive", "X"),
    "yscan": ("Y-Drive", "Y"),
    "zscan": ("Z-Drive", "Z"),
}
_COUPLED_NAMES = frozenset(name for name, drives in _DRAWN_AGAINST.items() if drives is _COUPLED) | {"psdfastscan"}
"""A fast scan with a line detector may move θ as well; so no position of θ is given for it."""


def candidates(scan_type: str) -> tuple[str, ...]:
    """The drives against which a scan of that type can be drawn; empty where the type is not known."""
    return _DRAWN_AGAINST.get(folded(scan_type), ())


def moves_together(scan_type: str, drawn: str) -> frozenset[str]:
    """Our names of the drives that move in a scan of that type drawn against the drive of that name."""
    return frozenset({"two_theta", "omega", drawn}) if folded(scan_type) in _COUPLED_NAMES else frozenset({drawn})


def is_detector_fixed(scan_type: str) -> bool:
    """Say whether the channels of a line detector give the angles while no drive moves."""
    return folded(scan_type) in {"psdfixscan", "psdfixedscan"}


def called(scan_type: str) -> str:
    """Name a scan for titles: `locked coupled` and `Detector Scan` to `locked coupled scan`, `Detector scan`."""
    stem = scan_type.strip()
    if stem.lower().endswith("scan"):
        stem = stem[: -len("scan")].rstrip()
    return f"{stem} scan" if stem else "X-ray scan"
