"""The protocol of an experiment as PDF, on sheets of A4: the fonts and the code are those of labels."""

from __future__ import annotations

from collections.abc import Iterator

from kiban.standards.label_code import qr_code
from kiban.standards.label_font import Fonts, Glyph
from kiban.standards.label_layout import Drawing, PlacedLine
from kiban.standards.label_room import POINT_MM, Room
from kiban.standards.label_sheet import drawings_as_pdf
from kiban.standards.label_stock import LabelStock
from kiban.standards.protocol import Language, Line, Protocol, entry_code, expectation, reason, word

_WIDTH_MM, _HEIGHT_MM, _MARGIN_MM = 210.0, 297.0, 18.0
_CODE_MM = 30.0
_TEXT_MM, _TITLE_MM, _HEADING_MM = 10.5 * POINT_MM, 18 * POINT_MM, 12 * POINT_MM
_LEADING = 1.55
_COLUMN_MM = 70.0
_RULE = "_"
_A4 = LabelStock(
    name="a4",
    title="A4",
    width_mm=_WIDTH_MM,
    height_mm=_HEIGHT_MM,
    padding_mm=(_MARGIN_MM, _MARGIN_MM),
    source="ISO 216",
    page_mm=(_WIDTH_MM, _HEIGHT_MM),
)


def protocol_pdf(protocol: Protocol, *, base_url: str | None, language: Language) -> bytes:
    """Draw it.

    Raises
    ------
    InvalidValue
        If a character is in no font, or the address of the platform is none that a code can hold.
    """
    page = _Page()
    page.put(word("title", language, number=protocol.number), size_mm=_TITLE_MM, width_mm=page.beside_code_mm)
    page.put(f"{word('campaign', language)}: {protocol.campaign}", width_mm=page.beside_code_mm)
    page.put(protocol.pid, mono=True, width_mm=page.beside_code_mm)
    page.put(f"{word('sample', language)}: {protocol.sample}", width_mm=page.beside_code_mm)
    page.below_code()
    if why := reason(protocol, language):
        page.put(f"{word('why', language)}: {why}")
    if protocol.note:
        page.put(f"{word('note', language)}: {protocol.note}")
    page.heading(word("set", language))
    for each in protocol.settings:
        page.pair(each.name, f"{each.value} {each.unit}".rstrip())
    page.heading(word("done", language))
    page.rules(2)
    page.heading(word("measure", language))
    for each in protocol.outcomes:
        page.skip(_TEXT_MM * 0.4)
        page.pair(_named(each), _RULE * 20 + f"  {expectation(each, language)}".rstrip())
    page.heading(word("remarks", language))
    page.rules(2)
    page.skip(_TEXT_MM)
    page.pair(f"{word('date', language)} {_RULE * 14}", f"{word('person', language)} {_RULE * 24}")
    code = qr_code(entry_code(protocol, base_url), "M")
    room = Room(
        module_mm=_CODE_MM / code.n_modules,
        code_x_mm=_WIDTH_MM - _MARGIN_MM - _CODE_MM,
        code_y_mm=_MARGIN_MM,
        text_x_mm=_MARGIN_MM,
        text_y_mm=_MARGIN_MM,
        text_width_mm=_WIDTH_MM - 2 * _MARGIN_MM,
        text_height_mm=_HEIGHT_MM - 2 * _MARGIN_MM,
    )
    drawings = [
        Drawing(width_mm=_WIDTH_MM, height_mm=_HEIGHT_MM, code=code, room=room, lines=tuple(lines), losses=())
        for lines in page.pages
    ]
    return drawings_as_pdf(drawings, _A4)


def _named(line: Line) -> str:
    return f"{line.name} ({line.unit})" if line.unit else line.name


class _Page:
    """Text from the top down; what does not fit goes on on a further sheet, which has the code as well."""

    beside_code_mm = _WIDTH_MM - 2 * _MARGIN_MM - _CODE_MM - 6.0
    whole_mm = _WIDTH_MM - 2 * _MARGIN_MM

    def __init__(self) -> None:
        self.pages: list[list[PlacedLine]] = [[]]
        self._fonts = Fonts()
        self._y_mm = _MARGIN_MM

    def put(
        self, text: str, *, size_mm: float = _TEXT_MM, width_mm: float = whole_mm, x_mm: float = 0.0, mono: bool = False
    ) -> None:
        """Write a text, broken where the width ends."""
        for row in self._rows(text, size_mm, width_mm, mono):
            self._room_for(size_mm * _LEADING)
            self._y_mm += size_mm * _LEADING
            told = "".join(glyph.character for glyph in row)
            placed = PlacedLine(told, row, _MARGIN_MM + x_mm, self._y_mm - size_mm * (_LEADING - 1), size_mm)
            self.pages[-1].append(placed)

    def pair(self, left: str, right: str) -> None:
        """Write two texts beside each other."""
        self._room_for(_TEXT_MM * _LEADING)
        n_pages, top_mm = len(self.pages), self._y_mm
        self.put(left, width_mm=_COLUMN_MM - 4.0)
        below_mm = self._y_mm
        if len(self.pages) == n_pages:
            self._y_mm = top_mm
        self.put(right, x_mm=_COLUMN_MM, width_mm=self.whole_mm - _COLUMN_MM)
        self._y_mm = max(self._y_mm, below_mm)

    def heading(self, text: str) -> None:
        """Write a heading that does not stand alone at the end of a sheet."""
        self._room_for(_HEADING_MM * 4 * _LEADING)
        self.skip(_HEADING_MM * 0.8)
        self.put(text, size_mm=_HEADING_MM)

    def rules(self, n: int) -> None:
        """Leave lines to write on."""
        for _ in range(n):
            self.skip(_TEXT_MM * 0.7)
            self.put(_RULE * 82)

    def skip(self, height_mm: float) -> None:
        """Leave room."""
        self._y_mm += height_mm

    def below_code(self) -> None:
        """Go on below the code."""
        self._y_mm = max(self._y_mm, _MARGIN_MM + _CODE_MM)

    def _room_for(self, height_mm: float) -> None:
        if self._y_mm + height_mm > _HEIGHT_MM - _MARGIN_MM:
            self.pages.append([])
            self._y_mm = _MARGIN_MM
            self.below_code()

    def _rows(self, text: str, size_mm: float, width_mm: float, mono: bool) -> Iterator[tuple[Glyph, ...]]:
        """Break at the last blank, or anywhere where there is none, as in Japanese."""
        left = list(self._fonts.glyphs(text, f"'{text[:40]}'", mono=mono))
        while left:
            n, width_em = 0, 0.0
            while n < len(left) and width_em + left[n].advance_em <= width_mm / size_mm:
                width_em += left[n].advance_em
                n += 1
            n = max(n, 1)
            if n < len(left):
                blanks = [i for i in range(n) if left[i].character == " "]
                n = blanks[-1] + 1 if blanks and blanks[-1] > n // 2 else n
            yield tuple(left[:n])
            left = left[n:]
