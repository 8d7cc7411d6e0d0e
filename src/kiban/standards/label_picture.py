"""One label as a picture: SVG for pages, PNG for label printers that take pictures.

Letters are drawn as outlines, so the picture looks the same wherever it is shown. In the PNG each module of the code is
a whole number of dots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from kiban.errors import OutOfRange
from kiban.standards.label import Label, Printed
from kiban.standards.label_code import Level
from kiban.standards.label_font import Fonts
from kiban.standards.label_layout import Drawing, PlacedLine, lay_out
from kiban.standards.label_pdf_file import number
from kiban.standards.label_stock import LabelStock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kiban.standards.label_raster import Contours

_DOTS_PER_INCH = (150, 1200)


def label_svg(label: Label, stock: LabelStock, *, base_url: str | None = None, level: Level = "M") -> Printed:
    """Draw a label as SVG of its true size. Its words are also there as the picture's title, for screen readers.

    Raises
    ------
    InvalidValue
        If the label is too small for its code and identifier, or a character is in no font.
    """
    fonts = Fonts()
    drawing = lay_out(label, stock, fonts, base_url=base_url, level=level)
    return Printed(content=drawn_as_svg(drawing, label, fonts), losses=drawing.losses)


def drawn_as_svg(drawing: Drawing, label: Label, fonts: Fonts) -> bytes:
    """Draw a label that is laid out already, with the fonts it was laid out with."""
    from fontTools.pens.svgPathPen import SVGPathPen

    width, height = number(drawing.width_mm), number(drawing.height_mm)
    room = drawing.room
    modules = "".join(f"M{x} {y}h{n}v1h-{n}z" for y, x, n in drawing.code.runs())
    place = f"translate({number(room.code_x_mm)} {number(room.code_y_mm)}) scale({room.module_mm:.6g})"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(' · '.join((label.pid, label.title, *label.lines)))}</title>",
        f'<path fill="#fff" d="M0 0H{width}V{height}H0z"/>',
        f'<path transform="{place}" shape-rendering="crispEdges" d="{modules}"/>',
    ]
    for line in drawing.lines:
        pen_mm = line.x_mm
        for glyph in line.glyphs:
            pen = SVGPathPen(None)
            fonts.outline(glyph).replay(pen)
            if commands := pen.getCommands():
                scale = f"{line.size_mm * glyph.scale / fonts.units_per_em(glyph.face):.6g}"
                baseline = number(line.baseline_mm - glyph.rise_em * line.size_mm)
                parts.append(
                    f'<path transform="translate({number(pen_mm)} {baseline}) scale({scale} -{scale})" d="{commands}"/>'
                )
            pen_mm += glyph.advance_em * line.size_mm
    parts.append("</svg>\n")
    return "\n".join(parts).encode()


def label_png(
    label: Label,
    stock: LabelStock,
    *,
    base_url: str | None = None,
    level: Level = "M",
    dots_per_inch: int | None = None,
) -> Printed:
    """Draw a label as a PNG in grey, with the dots of the printer: those of the stock, if nothing else is said.

    Raises
    ------
    InvalidValue
        If the label is too small for its code and identifier, or a character is in no font.
    OutOfRange
        If the resolution is not between 150 and 1200 dots per inch.
    """
    import numpy as np

    from kiban.standards.label_raster import coverage, png

    dpi = dots_per_inch or stock.dots_per_inch
    if not _DOTS_PER_INCH[0] <= dpi <= _DOTS_PER_INCH[1]:
        raise OutOfRange(
            f"{dpi} dots per inch is beyond what label printers have.",
            mend=f"Give a resolution from {_DOTS_PER_INCH[0]} to {_DOTS_PER_INCH[1]} dots per inch.",
        )
    fonts = Fonts()
    drawing = lay_out(label, stock, fonts, base_url=base_url, level=level, dots_per_inch=dpi)
    dots = dpi / 25.4
    shape = (round(drawing.height_mm * dots), round(drawing.width_mm * dots))
    contours = [contour for line in drawing.lines for contour in _contours(line, fonts, dots)]
    grey = np.rint(255 * (1 - coverage(contours, shape))).astype(np.uint8)
    _draw_code(grey, drawing, dots)
    return Printed(content=png(grey, dpi), losses=drawing.losses)


def _draw_code(grey: NDArray[np.uint8], drawing: Drawing, dots: float) -> None:
    side = round(drawing.room.module_mm * dots)
    left, top = round(drawing.room.code_x_mm * dots), round(drawing.room.code_y_mm * dots)
    for y, x, n in drawing.code.runs():
        grey[top + y * side : top + (y + 1) * side, left + x * side : left + (x + n) * side] = 0


def _contours(line: PlacedLine, fonts: Fonts, dots: float) -> Contours:
    """Outlines of a line in dots from the upper left corner."""
    from kiban.standards.label_raster import flattened

    found: Contours = []
    pen_mm = line.x_mm
    for glyph in line.glyphs:
        scale = line.size_mm * glyph.scale / fonts.units_per_em(glyph.face) * dots
        x, y = pen_mm * dots, (line.baseline_mm - glyph.rise_em * line.size_mm) * dots
        found += [contour * (scale, -scale) + (x, y) for contour in flattened(fonts.outline(glyph).value)]
        pen_mm += glyph.advance_em * line.size_mm
    return found
