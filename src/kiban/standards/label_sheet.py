"""Labels as a PDF to print: sheets of many, or one page for each on a label printer.

The file asks viewers to print at its true size. Fonts are embedded. The same labels give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kiban.errors import InvalidValue, OutOfRange
from kiban.standards.label import Label, Printed
from kiban.standards.label_code import Level
from kiban.standards.label_font import FaceName, Fonts
from kiban.standards.label_layout import Drawing, PlacedLine, lay_out
from kiban.standards.label_pdf_file import Name, PdfFile, Ref, number, text
from kiban.standards.label_pdf_font import EmbeddedFace
from kiban.standards.label_stock import LabelStock

POINTS_PER_MM = 72 / 25.4
_FARTHEST_SHIFT_MM = 10.0


def label_sheet(
    labels: Sequence[Label],
    stock: LabelStock,
    *,
    base_url: str | None = None,
    start: int = 1,
    level: Level = "M",
    outlines: bool = False,
    shift_mm: tuple[float, float] = (0.0, 0.0),
) -> Printed:
    """Print labels.

    Parameters
    ----------
    labels : sequence of Label
        In the order of the sheet, row by row.
    stock : LabelStock
        What they are printed on; `stock_named` knows those that are sold.
    base_url : str or None
        Where the platform is reached; the codes then hold `<base_url>/id/<pid>`, else the identifier alone.
    start : int
        The first free position of a sheet that is partly used, from 1.
    level : "M" or "Q"
        Error correction; more is taken where it costs no room.
    outlines : bool
        Draw the edge of each label, to lay a proof on plain paper over a sheet.
    shift_mm : (float, float)
        Moves everything to the right and down, where a printer feeds the paper askew.

    Raises
    ------
    InvalidValue
        If there is no label, a label is too small for its code and identifier, or a character is in no font.
    OutOfRange
        If there is no such position, or a shift of more than 10 mm.
    """
    if any(not -_FARTHEST_SHIFT_MM <= shift <= _FARTHEST_SHIFT_MM for shift in shift_mm):
        raise OutOfRange(
            f"A shift of {shift_mm[0]:g} mm and {shift_mm[1]:g} mm was asked for; printers are at most "
            f"{_FARTHEST_SHIFT_MM:g} mm off.",
            mend="Measure on a proof how far the outlines are from the labels.",
        )
    drawings = laid_out(labels, stock, Fonts(), base_url=base_url, start=start, level=level)
    pages = _pages(drawings, stock, start)
    content = _Pdf(stock, drawings, outlines, shift_mm).content(pages)
    return Printed(
        content=content, losses=tuple(loss for drawing in drawings for loss in drawing.losses), n_pages=len(pages)
    )


def drawings_as_pdf(drawings: Sequence[Drawing], stock: LabelStock) -> bytes:
    """Print what is drawn already, each on a page of its own."""
    return _Pdf(stock, drawings, outlines=False, shift_mm=(0.0, 0.0)).content([[(1, each)] for each in drawings])


def laid_out(
    labels: Sequence[Label],
    stock: LabelStock,
    fonts: Fonts,
    *,
    base_url: str | None = None,
    start: int = 1,
    level: Level = "M",
) -> list[Drawing]:
    """Place everything on each label, as it will be printed. Parameters and errors as of `label_sheet`."""
    if not labels:
        raise InvalidValue("There is no label to print.", mend="Choose at least one record.")
    if not 1 <= start <= stock.n_labels:
        raise OutOfRange(
            f"{stock.name} has no position {start}: there are {stock.n_labels} on a sheet.",
            mend=f"Start at a position from 1 to {stock.n_labels}, counted row by row.",
        )
    return [lay_out(label, stock, fonts, base_url=base_url, level=level) for label in labels]


def n_pages(n_labels: int, stock: LabelStock, start: int) -> int:
    """How many pages so many labels take, from that position on."""
    return -(-(start - 1 + n_labels) // stock.n_labels)


def _pages(drawings: Iterable[Drawing], stock: LabelStock, start: int) -> list[list[tuple[int, Drawing]]]:
    """Deal labels out to pages, each with its position."""
    pages: list[list[tuple[int, Drawing]]] = []
    for index, drawing in enumerate(drawings, start=start - 1):
        page, position = divmod(index, stock.n_labels)
        if page == len(pages):
            pages.append([])
        pages[page].append((position + 1, drawing))
    return pages


class _Pdf:
    def __init__(
        self, stock: LabelStock, drawings: Sequence[Drawing], outlines: bool, shift_mm: tuple[float, float]
    ) -> None:
        self.stock = stock
        self.outlines = outlines
        self.shift_mm = shift_mm
        glyphs = [glyph for drawing in drawings for line in drawing.lines for glyph in line.glyphs]
        used: list[FaceName] = [face for face in ("mono", "sans") if any(g.face == face for g in glyphs)]
        self.faces = {face: EmbeddedFace(face, (g for g in glyphs if g.face == face)) for face in used}

    def content(self, pages: Sequence[Sequence[tuple[int, Drawing]]]) -> bytes:
        file = PdfFile()
        tree = file.reserve()
        streams = [file.stream("\n".join(self._page(page)).encode("ascii")) for page in pages]
        fonts: dict[str, Ref] = {}
        for face, embedded in self.faces.items():
            fonts |= {f"{face}{i}": ref for i, ref in enumerate(embedded.write(file))}
        box = [0, 0, *(size * POINTS_PER_MM for size in self.stock.page_mm)]
        kids = [
            file.add(
                {"Type": Name("Page"), "Parent": tree, "MediaBox": box, "Resources": {"Font": fonts}, "Contents": s}
            )
            for s in streams
        ]
        file.put(tree, {"Type": Name("Pages"), "Kids": kids, "Count": len(kids)})
        root = file.add(
            {
                "Type": Name("Catalog"),
                "Pages": tree,
                "ViewerPreferences": {"PrintScaling": Name("None"), "DisplayDocTitle": True},
            }
        )
        return file.content(root, file.add({"Title": text(self.stock.title), "Producer": text("Kiban")}))

    def _page(self, page: Sequence[tuple[int, Drawing]]) -> list[str]:
        operators = []
        for position, drawing in page:
            x, y = self.stock.corner_mm(position)
            x, y = x + self.shift_mm[0], y + self.shift_mm[1]
            if self.outlines:
                operators.append(f"0.3 w {self._rectangle(x, y, drawing.width_mm, drawing.height_mm)} S")
            operators.append(self._code(drawing, x, y))
            for line in drawing.lines:
                operators += self._line(line, x, y)
        return operators

    def _code(self, drawing: Drawing, x: float, y: float) -> str:
        # All modules are one path, filled once: filled one by one, many viewers leave hairlines between them.
        module = drawing.room.module_mm
        x, y = x + drawing.room.code_x_mm, y + drawing.room.code_y_mm
        runs = drawing.code.runs()
        return " ".join(
            [*(self._rectangle(x + n * module, y + row * module, m * module, module) for row, n, m in runs), "f"]
        )

    def _line(self, line: PlacedLine, x: float, y: float) -> list[str]:
        operators = ["BT"]
        pen = x + line.x_mm
        baseline = y + line.baseline_mm
        last = None
        for glyph in line.glyphs:
            number_of_font, code = self.faces[glyph.face].code(glyph)
            style = (f"/{glyph.face}{number_of_font}", line.size_mm * glyph.scale, glyph.rise_em)
            if style != last:
                place = f"{self._x(pen)} {self._y(baseline - glyph.rise_em * line.size_mm)}"
                operators.append(f"{style[0]} {number(style[1] * POINTS_PER_MM)} Tf 1 0 0 1 {place} Tm")
                last = style
            operators.append(f"<{code:04X}> Tj")
            pen += glyph.advance_em * line.size_mm
        operators.append("ET")
        return operators

    def _rectangle(self, x: float, y: float, width: float, height: float) -> str:
        return f"{self._x(x)} {self._y(y + height)} {number(width * POINTS_PER_MM)} {number(height * POINTS_PER_MM)} re"

    def _x(self, x_mm: float) -> str:
        return number(x_mm * POINTS_PER_MM)

    def _y(self, y_mm: float) -> str:
        """From the bottom of the page, as PDF counts."""
        return number((self.stock.page_mm[1] - y_mm) * POINTS_PER_MM)
