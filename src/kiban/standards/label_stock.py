"""Labels as they are sold: sheets of paper for office printers, and rolls for label printers.

Makers give the size of a label, how many there are in each direction, and how far one is from the next; on all the
sheets here the field of labels lies in the middle of the paper, so the margins follow. `tests` compare them with the
margins that the sources give. Another kind of label is one more `LabelStock`, made by `sheet` or `roll`.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from kiban.errors import InvalidValue, WrongUsage

_A4_MM = (210.0, 297.0)
_SLACK_MM = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStock:
    """One kind of label."""

    name: str
    title: str
    width_mm: float
    height_mm: float
    """Of one label, as it is read."""
    padding_mm: tuple[float, float]
    """Left free at the left and right, and at the top and bottom: what the printer cannot reach, or misses."""
    source: str
    """Who says so."""
    columns: int = 1
    rows: int = 1
    page_mm: tuple[float, float]
    first_mm: tuple[float, float] = (0.0, 0.0)
    """The upper left corner of the first label, from the upper left corner of the page."""
    pitch_mm: tuple[float, float] = (0.0, 0.0)
    """From one label to the next, to the right and down."""
    dots_per_inch: int = 300
    """Modules of the code are whole dots of such a printer (and of those with a multiple of it)."""

    def __post_init__(self) -> None:
        if self.columns < 1 or self.rows < 1:
            raise InvalidValue(f"{self.name} has no labels.", mend="Give at least one column and one row.")
        spaces = zip(self.padding_mm, (self.width_mm, self.height_mm), strict=True)
        if any(padding < 0 or size <= 2 * padding for padding, size in spaces):
            raise InvalidValue(
                f"A label of {self.name}, {self.width_mm:g} mm by {self.height_mm:g} mm, has no room in its margins.",
                mend="Give a larger label or smaller margins.",
            )
        steps = zip(self.pitch_mm, (self.columns, self.rows), (self.width_mm, self.height_mm), strict=True)
        if any(n > 1 and pitch < size - _SLACK_MM for pitch, n, size in steps):
            raise InvalidValue(f"The labels of {self.name} overlap.", mend="Give a pitch of at least a label's size.")
        corner = self.corner_mm(self.n_labels)
        right, bottom = corner[0] + self.width_mm, corner[1] + self.height_mm
        if min(self.first_mm) < 0 or right > self.page_mm[0] + _SLACK_MM or bottom > self.page_mm[1] + _SLACK_MM:
            raise InvalidValue(
                f"The labels of {self.name} reach to {right:g} mm by {bottom:g} mm, beyond the page of "
                f"{self.page_mm[0]:g} mm by {self.page_mm[1]:g} mm.",
                mend="Compare number, size, pitch and margins with the leaflet of the sheet.",
            )

    @property
    def n_labels(self) -> int:
        """On one page."""
        return self.columns * self.rows

    def corner_mm(self, position: int) -> tuple[float, float]:
        """Where a label's upper left corner lies; positions count from 1, row by row."""
        row, column = divmod(position - 1, self.columns)
        return (self.first_mm[0] + column * self.pitch_mm[0], self.first_mm[1] + row * self.pitch_mm[1])


def sheet(
    name: str,
    title: str,
    size_mm: tuple[float, float],
    grid: tuple[int, int],
    *,
    source: str,
    gap_mm: tuple[float, float] = (0.0, 0.0),
    padding_mm: float = 2.0,
    page_mm: tuple[float, float] = _A4_MM,
) -> LabelStock:
    """Describe a sheet whose columns and rows of labels lie in the middle of the paper, `gap_mm` apart."""
    pitch = (size_mm[0] + gap_mm[0], size_mm[1] + gap_mm[1])
    used = tuple((n - 1) * step + size for n, step, size in zip(grid, pitch, size_mm, strict=True))
    return LabelStock(
        name=name,
        title=title,
        width_mm=size_mm[0],
        height_mm=size_mm[1],
        padding_mm=(padding_mm, padding_mm),
        source=source,
        columns=grid[0],
        rows=grid[1],
        page_mm=page_mm,
        first_mm=(round((page_mm[0] - used[0]) / 2, 3), round((page_mm[1] - used[1]) / 2, 3)),
        pitch_mm=pitch,
        dots_per_inch=300,
    )


def roll(
    name: str,
    title: str,
    size_mm: tuple[float, float],
    *,
    source: str,
    padding_mm: tuple[float, float],
    dots_per_inch: int,
) -> LabelStock:
    """Describe a label that comes one by one: each is a page."""
    return LabelStock(
        name=name,
        title=title,
        width_mm=size_mm[0],
        height_mm=size_mm[1],
        padding_mm=padding_mm,
        source=source,
        page_mm=size_mm,
        dots_per_inch=dots_per_inch,
    )


_GLABELS = "size as Avery names it; number, pitch and margins agree with the gLabels templates within 0.6 mm"
_GLABELS_ROUGHLY = "size and pitch as Avery names them; the gLabels templates have columns about 1 mm farther apart"
_LABEL_PROGRAMS = "size as Avery names it; margins and gaps as in programs that print on it, within 0.5 mm"
_COMPUTED = "size and number as sold; margins computed, not compared with a sheet: print a proof with outlines first"
_BROTHER = "size as Brother names it; printable area of the gLabels templates"
_DYMO = "size as Dymo names it, as in the gLabels templates"

STOCKS: tuple[LabelStock, ...] = (
    sheet("avery-l7163", "Avery L7163", (99.1, 38.1), (2, 7), gap_mm=(2.5, 0), source=_GLABELS_ROUGHLY),
    sheet("avery-l7162", "Avery L7162", (99.1, 33.9), (2, 8), gap_mm=(2.5, 0), source=_GLABELS_ROUGHLY),
    sheet("avery-l7160", "Avery L7160", (63.5, 38.1), (3, 7), gap_mm=(2.54, 0), source=_GLABELS),
    sheet("avery-l7159", "Avery L7159", (63.5, 33.9), (3, 8), gap_mm=(2.54, 0), source=_COMPUTED),
    sheet("avery-l4770", "Avery L4770, L7654", (45.7, 25.4), (4, 10), gap_mm=(2.8, 0), source=_GLABELS),
    sheet("avery-l7651", "Avery L7651", (38.1, 21.2), (5, 13), gap_mm=(2.5, 0), padding_mm=1.2, source=_GLABELS),
    sheet("avery-l4732", "Avery L4732", (35.6, 16.9), (5, 16), gap_mm=(2.5, 0), padding_mm=1.0, source=_GLABELS),
    sheet("avery-l4731", "Avery L4731", (25.4, 10.0), (7, 27), gap_mm=(2.5, 0), padding_mm=0.8, source=_LABEL_PROGRAMS),
    sheet("a-one-24", "エーワン A4 24面", (66.0, 33.9), (3, 8), source=_COMPUTED),
    sheet(
        "a-one-44",
        "エーワン A4 44面 (28388, 28368)",
        (48.3, 25.4),
        (4, 11),
        source="A-one 28388, the maker's drawing as a label program cites it: margins of 8.4 mm and 8.8 mm",
    ),
    sheet("a-one-65", "エーワン A4 65面", (38.1, 21.2), (5, 13), gap_mm=(2.5, 0), padding_mm=1.2, source=_COMPUTED),
    roll("brother-62x29", "Brother DK-11209", (62, 29), padding_mm=(1.6, 3.05), dots_per_inch=300, source=_BROTHER),
    roll(
        "brother-62",
        "Brother 62 mm (DK-22205), cut after 40 mm",
        (62, 40),
        padding_mm=(1.6, 3.05),
        dots_per_inch=300,
        source=_BROTHER,
    ),
    roll("brother-29x90", "Brother DK-11201", (90, 29), padding_mm=(3.05, 1.6), dots_per_inch=300, source=_BROTHER),
    roll("brother-17x54", "Brother DK-11204", (54, 17), padding_mm=(3.05, 1.6), dots_per_inch=300, source=_BROTHER),
    roll("dymo-11354", "Dymo 11354", (57, 32), padding_mm=(3, 3), dots_per_inch=300, source=_DYMO),
    roll("dymo-11355", "Dymo 11355", (51, 19), padding_mm=(2, 1.5), dots_per_inch=300, source=_DYMO),
    roll(
        "25x25",
        "25 mm × 25 mm, printer of 203 dpi",
        (25, 25),
        padding_mm=(1.5, 1.5),
        dots_per_inch=203,
        source="common size of thermal labels",
    ),
    roll(
        "cryo-33x13",
        "33 mm × 13 mm, for cryogenic vials of 1.5 ml and 2 ml",
        (33, 13),
        padding_mm=(1, 1),
        dots_per_inch=300,
        source="common size of labels for vials (1.28 inch × 0.50 inch)",
    ),
)


def stock_named(name: str) -> LabelStock:
    """Look one up, also without its maker and in capitals: `L7160`. Raises WrongUsage if there is none of that name."""
    known = {stock.name: stock for stock in STOCKS}
    folded = name.strip().lower()
    meant = [each for each in known if each == folded] or [each for each in known if each.endswith(f"-{folded}")]
    if len(meant) == 1:
        return known[meant[0]]
    close = difflib.get_close_matches(name, known, n=1)
    raise WrongUsage(
        f"There are no labels '{name[:40]}'.",
        mend=f"Did you mean {close[0]}?" if close else f"Use one of: {', '.join(known)}.",
    )
