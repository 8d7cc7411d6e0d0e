"""Gwyddion text: channels of probe microscopes that Gwyddion exports as a matrix.

Instrument
----------
Probe microscopes and profilers of any maker; what Gwyddion shows of a channel.

What is read
------------
One Reading, of technique `surface_topography` where the values are lengths, else `scanning_probe_microscopy`, with

- `height` (or the channel's name), shape (n_rows, n_columns), in the unit of the values;
- `position_y` and `position_x` in the units of height and width: the middle of each pixel, from the upper left corner.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing. Exports without the information of the header are tables of numbers, which nobody can know.

File structure
--------------
Text. Comments `# Channel: Height`, `# Width: 1.00 µm`, `# Height: 1.00 µm`, `# Value units: m`, then a row of numbers
between tabs for each row of the image, with decimal commas in some countries. The data matrix of Gwyddion's user guide.
"""

from __future__ import annotations

import re

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.quantity.unit import is_compatible
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import optional_number, rows
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import slug
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_MEND = "Export the channel again from Gwyddion, with the information of the header; the file is kept as it came."
_KEYS = ("Channel", "Width", "Height", "Value units")
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?# Channel:[^\n]*\n# Width:[^\n]*\n# Height:[^\n]*\n# Value units:")


class GwyddionText:
    """Reads matrices of Gwyddion."""

    name = "gwyddion_text"
    version = 1
    title = "Gwyddion text matrix"
    makers = ("Gwyddion",)
    techniques = ("surface_topography", "scanning_probe_microscopy")
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with Gwyddion's comments from Channel to Value units."""
        if _FIRST.match(source.head.replace(b"\r", b"")):
            return Recognition(Confidence.CERTAIN, "it begins with Gwyddion's '# Channel' to '# Value units'")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the channel. Raises as the contract says."""
        lines = decode(source.read())[0].lstrip("\ufeff").splitlines()
        comments = [line[1:].partition(":") for line in lines if line.startswith("#")]
        fields = {key.strip(): value.strip() for key, _, value in comments}
        first = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
        table = rows(lines[first:], what="data", file=source.name, first_line=first + 1)
        if len(table) == 0:
            raise NothingMeasured(f"{source.name} has no row of numbers.", mend=_MEND)
        channel, unit = fields.get("Channel", ""), fields.get("Value units", "")
        is_length = bool(unit) and read_unit(unit) is not None and is_compatible(read_unit(unit) or "", "m")
        x = _axis("position_x", fields.get("Width", ""), table.shape[1], source.name)
        y = _axis("position_y", fields.get("Height", ""), table.shape[0], source.name)
        name = "height" if is_length else slug(channel) or "signal"
        signal = Variable(
            name=name if name not in {"position_x", "position_y"} else "signal",
            series=Series(table, (read_unit(unit) or "arbitrary_unit") if unit else ""),
            dimensions=("position_y", "position_x"),
            label=channel,
            unit_as_written=unit,
        )
        header: dict[str, Json] = dict(fields)
        metadata: dict[str, MetadataValue] = {"software": "Gwyddion"}
        return [
            Reading(
                technique="surface_topography" if is_length else "scanning_probe_microscopy",
                title=channel or source.name or "Image",
                variables=(y, x, signal),
                header=header,
                metadata=metadata,
            )
        ]


def _axis(name: str, written: str, n: int, file: str) -> Variable:
    number, _, unit = written.partition(" ")
    size, ours = optional_number(number), read_unit(unit.strip())
    if size is None or size <= 0 or not ours:
        raise DamagedFile(f"{file}: a size with its unit was expected; '{written[:40]}' was found.", mend=_MEND)
    return Variable(
        name=name,
        series=Series((np.arange(n) + 0.5) * (size / n), ours),
        dimensions=(name,),
        role=Role.AXIS,
        label="Width" if name == "position_x" else "Height",
        unit_as_written=unit.strip(),
    )


READER = GwyddionText()
