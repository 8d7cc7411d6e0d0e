"""Title and lines of a label in the room that the identifier leaves: as large as they fit, or else shortened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiban.standards.label import Label
from kiban.standards.label_font import Fonts, width_em
from kiban.standards.label_room import LINE_EM, POINT_MM
from kiban.standards.label_text import broken, shortened

SMALLEST_TEXT_MM = 5 * POINT_MM
_STEP_MM = 0.25 * POINT_MM
_LINE_TO_TITLE = 0.85
_SMALLER_LINE = 0.75
"""A line is rather set smaller by this than broken."""


@dataclass(frozen=True, slots=True)
class SetText:
    """The title or a line, as it will be printed."""

    text: str
    """Shortened where that has to be."""
    rows: tuple[str, ...]
    """The same, broken."""
    size_mm: float


class Fit:
    """Finds the largest setting of title and lines for the room that is left."""

    def __init__(self, label: Label, fonts: Fonts, width_mm: float, height_mm: float, largest_mm: float) -> None:
        self.label = label
        self.largest_mm = largest_mm
        self.fonts = fonts
        self.width_mm = width_mm
        self.height_mm = height_mm

    def setting(self) -> tuple[SetText, ...]:
        """Give the title, then those lines that have room."""
        size_mm = self.largest_mm
        while size_mm >= SMALLEST_TEXT_MM:
            whole = self._whole(size_mm)
            if whole is not None:
                return whole
            size_mm -= _STEP_MM
        lines = self.label.lines
        for n_lines in range(len(lines), -1, -1):
            for n_rows, n_title_rows in ((2, 3), (2, 2), (1, 2), (1, 1)):
                texts = (
                    self._short(self.label.title, n_title_rows),
                    *(self._short(line, n_rows) for line in lines[:n_lines]),
                )
                if self._has_room(texts):
                    return texts
        return ()

    def _whole(self, size_mm: float) -> tuple[SetText, ...] | None:
        line_mm = max(SMALLEST_TEXT_MM, _LINE_TO_TITLE * size_mm)
        found = (self._rows(self.label.title, size_mm), *(self._line(line, line_mm) for line in self.label.lines))
        texts = tuple(text for text in found if text is not None)
        return texts if len(texts) == len(found) and self._has_room(texts) else None

    def _line(self, text: str, size_mm: float) -> SetText | None:
        """Keep a line in one row if that takes little off its size."""
        one_row_mm = self.width_mm / self._width(text)
        if one_row_mm >= max(SMALLEST_TEXT_MM, _SMALLER_LINE * size_mm):
            return SetText(text, (text,), min(one_row_mm, size_mm))
        return self._rows(text, size_mm)

    def _rows(self, text: str, size_mm: float) -> SetText | None:
        rows = broken(text, self._width, self.width_mm / size_mm, int(self.height_mm / (size_mm * LINE_EM)))
        return None if rows is None else SetText(text, rows, size_mm)

    def _short(self, text: str, n_rows: int) -> SetText:
        room = self.width_mm / SMALLEST_TEXT_MM

        def fits(shorter: str) -> bool:
            return broken(shorter, self._width, room, n_rows) is not None

        short = text if fits(text) else shortened(text, fits) or ""
        return SetText(short, broken(short, self._width, room, n_rows) or (), SMALLEST_TEXT_MM)

    def _has_room(self, texts: Sequence[SetText]) -> bool:
        return sum(len(text.rows) * text.size_mm for text in texts) * LINE_EM <= self.height_mm

    def _width(self, text: str) -> float:
        return width_em(self.fonts.glyphs(text, f"the label of {self.label.pid}"))


def losses_of(label: Label, setting: Sequence[SetText]) -> tuple[str, ...]:
    """Say what is shortened or has no room."""
    losses = []
    names = ["title", *("line" for _ in label.lines)]
    for number, (name, given) in enumerate(zip(names, (label.title, *label.lines), strict=True)):
        printed = setting[number].text if number < len(setting) else ""
        if not printed:
            losses.append(f"{label.pid}: the {name} '{given}' has no room.")
        elif printed != given:
            losses.append(f"{label.pid}: the {name} '{given}' is shortened to '{printed}'.")
    return tuple(losses)


def n_lost(label: Label, setting: Sequence[SetText]) -> int:
    """How many characters are not printed."""
    return sum(map(len, (label.title, *label.lines))) - sum(len(text.text) for text in setting)
