"""Where RAW4.00 has what: offsets from the start of the file, of each segment and of each range header.

Worked out from the sample files and from what programs that read the format say of it; compared with BRML files of the
same measurements by others. What is not known stands in no table.
"""

from __future__ import annotations

from kiban.readers.bruker.fields import Field

FILE_FIELDS: tuple[Field, ...] = (
    ("version", "8s", 0),
    ("date", "12s", 12),
    ("time", "10s", 24),
    ("segments_length", "I", 56),
)
FIRST_SEGMENT = 61

RANGE_FIELDS: tuple[Field, ...] = (
    ("n_measured", "I", 4),
    ("scan_type", "24s", 32),
    ("start", "d", 72),
    ("step", "d", 80),
    ("n_points", "I", 88),
    ("time_per_step", "f", 92),
    ("generator_voltage", "f", 100),
    ("generator_current", "f", 104),
    ("used_wavelength", "d", 112),
    ("record_length", "I", 136),
    ("segments_length", "I", 140),
)
RANGE_HEADER = 160
RANGE_MARKS = (0, 160)
"""Instead of the type of a segment: a range begins here."""

VARIABLE, SOURCE, DETECTOR, DRIVE, ALIGNMENT, LINE_DETECTOR, HIGH_RESOLUTION = 10, 30, 40, 50, 60, 110, 300

SEGMENTS: dict[int, tuple[str, int, tuple[Field, ...]]] = {
    VARIABLE: ("variable", 36, (("variable", "24s", 12),)),
    SOURCE: (
        "source",
        120,
        (
            ("alpha_average", "d", 72),
            ("alpha1", "d", 80),
            ("alpha2", "d", 88),
            ("beta", "d", 96),
            ("alpha2_to_alpha1", "d", 104),
            ("anode", "4s", 116),
        ),
    ),
    DETECTOR: ("detector", 36, (("detector", "24s", 12),)),
    DRIVE: ("drive", 64, (("flag", "I", 8), ("drive", "24s", 12), ("start", "d", 56))),
    ALIGNMENT: ("alignment", 76, (("flag", "I", 8), ("drive", "24s", 12), ("delta", "d", 68))),
    LINE_DETECTOR: ("line detector", 16, (("actual_2theta", "d", 8),)),
    HIGH_RESOLUTION: ("high resolution", 8, ()),
}
"""Types of segments: a name, the least length, and the fields that are read."""
