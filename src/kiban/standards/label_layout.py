"""Where each letter of one label stands. PDF, SVG and PNG are all drawn from this.

The identifier is always whole: in one line as on the page, or broken after its first group. Title and lines take the
rest: as large as they fit; if not even at the smallest size, shortened in the middle; last, whole lines are left out.
What was shortened or left out is said in the losses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kiban.standards.label import Label, code_content
from kiban.standards.label_code import Code, Level, qr_code
from kiban.standards.label_font import MONO_ADVANCE_EM, Fonts, Glyph
from kiban.standards.label_room import (
    IDENTIFIER_LINES,
    LINE_EM,
    POINT_MM,
    SMALLEST_IDENTIFIER_MM,
    Room,
    divided,
    identifier_size_mm,
)
from kiban.standards.label_setting import SMALLEST_TEXT_MM, Fit, SetText, losses_of, n_lost
from kiban.standards.label_stock import LabelStock

_LARGEST_TEXT_MM = 11 * POINT_MM
_LARGEST_IDENTIFIER_MM = 11 * POINT_MM
_SHARE_OF_IDENTIFIER = 0.45
_TITLE_TO_IDENTIFIER = 1.3
_GAP_EM = 0.3
"""Between identifier and title."""
_BASELINE_EM = 0.92
"""From the top of a line to the feet of its letters."""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """Letters on one baseline."""

    text: str
    glyphs: tuple[Glyph, ...]
    x_mm: float
    baseline_mm: float
    """From the top of the label."""
    size_mm: float
    """Of an em."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One label, in mm from its upper left corner."""

    width_mm: float
    height_mm: float
    code: Code
    room: Room
    lines: tuple[PlacedLine, ...]
    losses: tuple[str, ...]


def lay_out(
    label: Label,
    stock: LabelStock,
    fonts: Fonts,
    *,
    base_url: str | None,
    level: Level,
    dots_per_inch: int | None = None,
) -> Drawing:
    """Place everything on one label.

    Raises
    ------
    InvalidValue
        If the label is too small for the code and the identifier, or no font has one of the characters.
    """
    code = qr_code(code_content(label.pid, base_url), level)
    room = divided(stock, code.n_modules, dots_per_inch or stock.dots_per_inch, code.content)
    first, *smaller = _identifiers(room)
    chosen = first, _setting(label, first, room, fonts)
    for identifier in smaller:
        if losses_of(label, chosen[1]):
            other = identifier, _setting(label, identifier, room, fonts)
            chosen = min(chosen, other, key=lambda pair: n_lost(label, pair[1]))
    (n_lines, identifier_mm), setting = chosen
    return Drawing(
        width_mm=stock.width_mm,
        height_mm=stock.height_mm,
        code=code,
        room=room,
        lines=_placed(_cut(label.pid, IDENTIFIER_LINES[n_lines - 1]), identifier_mm, setting, room, fonts),
        losses=losses_of(label, setting),
    )


def _identifiers(room: Room) -> Iterator[tuple[int, float]]:
    """Lines and size: first large, but for less than half of the height; then as small as can be read.

    The smaller ones are for labels where a large identifier would cost letters of the name.
    """
    n_lines, most_mm = identifier_size_mm(room.text_width_mm, room.text_height_mm)
    modest_mm = _SHARE_OF_IDENTIFIER * room.text_height_mm / (n_lines * LINE_EM)
    yield n_lines, min(most_mm, _LARGEST_IDENTIFIER_MM, max(modest_mm, SMALLEST_TEXT_MM))
    one_row_mm = room.text_width_mm / (sum(IDENTIFIER_LINES[0]) * MONO_ADVANCE_EM)
    if one_row_mm < SMALLEST_IDENTIFIER_MM:
        yield n_lines, min(most_mm, SMALLEST_TEXT_MM)
        return
    if n_lines > 1:
        yield 1, one_row_mm
    yield 1, min(one_row_mm, SMALLEST_TEXT_MM)


def _setting(label: Label, identifier: tuple[int, float], room: Room, fonts: Fonts) -> tuple[SetText, ...]:
    """Set title and lines beside such an identifier."""
    n_lines, identifier_mm = identifier
    left_mm = room.text_height_mm - (n_lines * LINE_EM + _GAP_EM) * identifier_mm
    largest_mm = min(_LARGEST_TEXT_MM, max(SMALLEST_TEXT_MM, _TITLE_TO_IDENTIFIER * identifier_mm))
    return Fit(label, fonts, room.text_width_mm, left_mm, largest_mm).setting()


def _placed(
    identifier: Sequence[str], identifier_mm: float, setting: Sequence[SetText], room: Room, fonts: Fonts
) -> tuple[PlacedLine, ...]:
    """Put rows below each other, in the middle of their room."""
    rows = [(part, identifier_mm, True) for part in identifier]
    rows += [(row, text.size_mm, False) for text in setting for row in text.rows]
    gap_mm = _GAP_EM * identifier_mm if setting else 0
    top_mm = room.text_y_mm + max(0.0, (room.text_height_mm - gap_mm - sum(size for _, size, _ in rows) * LINE_EM) / 2)
    placed = []
    for number, (row, size_mm, mono) in enumerate(rows):
        if number == len(identifier):
            top_mm += gap_mm
        glyphs = fonts.glyphs(row, f"the row '{row}'", mono=mono)
        placed.append(PlacedLine(row, glyphs, room.text_x_mm, top_mm + _BASELINE_EM * size_mm, size_mm))
        top_mm += size_mm * LINE_EM
    return tuple(placed)


def _cut(text: str, lengths: Sequence[int]) -> list[str]:
    parts = []
    for length in lengths:
        parts.append(text[:length])
        text = text[length:]
    return parts
