"""How code and words share one label: beside each other on a wide label, one below the other on a square one.

The quiet zone of the code lies wholly inside the label, since what the label is stuck on may be dark. A module is a
whole number of the printer's dots.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from kiban.errors import InvalidValue
from kiban.standards.label_code import QUIET_MODULES, SMALLEST_MODULE_MM
from kiban.standards.label_font import MONO_ADVANCE_EM
from kiban.standards.label_stock import STOCKS, LabelStock

POINT_MM = 25.4 / 72
SMALLEST_IDENTIFIER_MM = 4.5 * POINT_MM
IDENTIFIER_LINES = ((15,), (8, 7))
"""Characters in each line of `kb:7Q4M-2KXD-98`, in one line or broken after the first group."""
LINE_EM = 1.2
"""From one line to the next."""
_LARGEST_MODULE_MM = 0.8
_SHARE_OF_CODE = 0.45
_WIDE = 1.3
"""A label is wide from this ratio on."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where things go on a label, in mm from its upper left corner."""

    module_mm: float
    code_x_mm: float
    code_y_mm: float
    text_x_mm: float
    text_y_mm: float
    text_width_mm: float
    text_height_mm: float


def divided(stock: LabelStock, n_modules: int, dots_per_inch: int, about: str) -> Room:
    """Divide a label, with as large a code as leaves enough to the words.

    Raises
    ------
    InvalidValue
        If a code that a phone can read and the whole identifier do not both fit; it says which labels would do.
    """
    room = _best(stock, n_modules, dots_per_inch)
    if room is not None:
        return room
    smallest = next(_modules_mm(dots_per_inch))
    side = (n_modules + 2 * QUIET_MODULES) * smallest
    larger = sorted((s for s in STOCKS if _best(s, n_modules, s.dots_per_inch)), key=lambda s: s.width_mm * s.height_mm)
    advice = ", ".join(f"{s.name} ({s.width_mm:g} mm × {s.height_mm:g} mm)" for s in larger[:3])
    bare = " Or leave out the base address: the code of an identifier alone is smaller." if n_modules > 21 else ""
    raise InvalidValue(
        f"A label of {stock.width_mm:g} mm × {stock.height_mm:g} mm ({stock.name}) is too small for {about}: its code "
        f"needs {side:.1f} mm × {side:.1f} mm ({n_modules} modules of {smallest:.2f} mm and the quiet zone), and the "
        "identifier room beside or below it.",
        mend=(f"Take larger labels: {advice}." if advice else "Give a shorter base address.") + bare,
    )


def identifier_size_mm(width_mm: float, height_mm: float) -> tuple[int, float]:
    """In how many lines the identifier stands, and how large its letters can be (in em), if it may take the height."""
    options = [
        (len(lines), min(width_mm / (max(lines) * MONO_ADVANCE_EM), height_mm / (len(lines) * LINE_EM)))
        for lines in IDENTIFIER_LINES
    ]
    one, two = options
    return two if two[1] > one[1] and one[1] < 5.5 * POINT_MM else one


def _best(stock: LabelStock, n_modules: int, dots_per_inch: int) -> Room | None:
    is_wide = stock.width_mm >= _WIDE * stock.height_mm
    for beside in (is_wide, not is_wide):
        best = None
        for module in _modules_mm(dots_per_inch):
            room = (_beside if beside else _below)(stock, n_modules * module, module)
            if room is None or identifier_size_mm(room.text_width_mm, room.text_height_mm)[1] < SMALLEST_IDENTIFIER_MM:
                break
            share = n_modules * module / (stock.width_mm if beside else stock.height_mm)
            if best is not None and share > _SHARE_OF_CODE:
                break
            best = room
        if best is not None:
            return best
    return None


def _modules_mm(dots_per_inch: int) -> Iterator[float]:
    """Sizes of modules that may be printed, from the smallest."""
    dot_mm = 25.4 / dots_per_inch
    n_dots = math.ceil(SMALLEST_MODULE_MM / dot_mm)
    yield n_dots * dot_mm
    while (n_dots + 1) * dot_mm <= _LARGEST_MODULE_MM:
        n_dots += 1
        yield n_dots * dot_mm


def _beside(stock: LabelStock, side_mm: float, module_mm: float) -> Room | None:
    quiet = QUIET_MODULES * module_mm
    padding_x, padding_y = stock.padding_mm
    left = max(padding_x, quiet)
    text_x = left + side_mm + quiet
    if side_mm + 2 * max(padding_y, quiet) > stock.height_mm or text_x >= stock.width_mm - padding_x:
        return None
    return Room(
        module_mm,
        left,
        (stock.height_mm - side_mm) / 2,
        text_x,
        padding_y,
        stock.width_mm - padding_x - text_x,
        stock.height_mm - 2 * padding_y,
    )


def _below(stock: LabelStock, side_mm: float, module_mm: float) -> Room | None:
    quiet = QUIET_MODULES * module_mm
    padding_x, padding_y = stock.padding_mm
    top = max(padding_y, quiet)
    text_y = top + side_mm + quiet
    if side_mm + 2 * max(padding_x, quiet) > stock.width_mm or text_y >= stock.height_mm - padding_y:
        return None
    return Room(
        module_mm,
        (stock.width_mm - side_mm) / 2,
        top,
        padding_x,
        text_y,
        stock.width_mm - 2 * padding_x,
        stock.height_mm - padding_y - text_y,
    )
