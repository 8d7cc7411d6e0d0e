"""QR codes (ISO/IEC 18004): a text as a square of dark and light modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

QUIET_MODULES = 4
"""How many light modules the standard asks for on each side."""
SMALLEST_MODULE_MM = 0.33
"""Below it, cameras of phones and printers of 203 dots per inch begin to fail."""

Level = Literal["M", "Q"]
"""How much of the code may be damaged: M about 15 %, Q about 25 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """The modules of one code, without the quiet zone."""

    content: str
    rows: tuple[tuple[bool, ...], ...]
    """From the top, each from the left; true is dark."""

    @property
    def n_modules(self) -> int:
        """On one side."""
        return len(self.rows)

    def runs(self) -> list[tuple[int, int, int]]:
        """Dark modules that touch each other in a row, as row, first column and number."""
        found = []
        for y, row in enumerate(self.rows):
            start = None
            for x, dark in enumerate((*row, False)):
                if dark and start is None:
                    start = x
                elif not dark and start is not None:
                    found.append((y, start, x - start))
                    start = None
        return found


def qr_code(content: str, level: Level) -> Code:
    """Encode a text of ASCII characters in the smallest code; the level is raised where that costs nothing."""
    import segno

    made = segno.make(content, error=level, micro=False, boost_error=True)
    return Code(content=content, rows=tuple(tuple(bool(module) for module in row) for row in made.matrix))
