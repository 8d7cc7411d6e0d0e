"""Fonts inside a PDF: the glyphs that are used and nothing else, with a table that gives the text back.

A glyph may stand for several characters (the 2 of `TiO2` and the ₂ of `TiO₂` are one outline). A PDF font maps a code
to one text, so there is one font for each such reading; all share the embedded outlines.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable

from kiban.standards.label_font import FaceName, Glyph, let_go_with, load
from kiban.standards.label_pdf_file import Name, PdfFile, Ref

_DROPPED = ["DSIG", "OS/2", "STAT", "gasp", "meta", "name", "post"]


class EmbeddedFace:
    """One font file cut down to the glyphs that are printed."""

    def __init__(self, face: FaceName, glyphs: Iterable[Glyph]) -> None:
        from fontTools.subset import Options, Subsetter

        self.face = face
        self.font = load(face)
        let_go_with(self, self.font)
        self.readings: list[dict[int, str]] = []
        used = sorted({glyph.name for glyph in glyphs})
        options = Options(layout_features=[], hinting=False, desubroutinize=True, notdef_outline=True)
        options.drop_tables += _DROPPED
        self.is_cff = "CFF " in self.font
        self.ps_name = str(self.font["name"].getDebugName(6))
        subsetter = Subsetter(options)
        subsetter.populate(glyphs=used)
        subsetter.subset(self.font)
        self.font.recalcTimestamp = False
        self.order = self.font.getGlyphOrder()
        self.codes = {
            name: int(name[3:]) if self.is_cff and name != ".notdef" else i for i, name in enumerate(self.order)
        }

    def code(self, glyph: Glyph) -> tuple[int, int]:
        """Give the number of the font to print a glyph with, and the code in it."""
        code = self.codes[glyph.name]
        for number, reading in enumerate(self.readings):
            if reading.setdefault(code, glyph.character) == glyph.character:
                return number, code
        self.readings.append({code: glyph.character})
        return len(self.readings) - 1, code

    def write(self, file: PdfFile) -> list[Ref]:
        """Add the fonts, one for each reading, in order."""
        tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(repr(self.order).encode()).digest()[:6])
        name = Name(f"{tag}+{self.ps_name}")
        units = int(self.font["head"].unitsPerEm)
        widths = {self.codes[g]: round(self.font["hmtx"][g][0] * 1000 / units) for g in self.order}
        head, hhea = self.font["head"], self.font["hhea"]
        outlines = self._program()
        kind = {"Subtype": Name("CIDFontType0C")} if self.is_cff else {"Length1": len(outlines)}
        program = file.stream(outlines, kind)
        descriptor = file.add(
            {
                "Type": Name("FontDescriptor"),
                "FontName": name,
                "Flags": 4,
                "FontBBox": [round(v * 1000 / units) for v in (head.xMin, head.yMin, head.xMax, head.yMax)],
                "ItalicAngle": 0,
                "Ascent": round(hhea.ascent * 1000 / units),
                "Descent": round(hhea.descent * 1000 / units),
                "CapHeight": 733 if self.is_cff else 698,
                "StemV": 80,
                "FontFile3" if self.is_cff else "FontFile2": program,
            }
        )
        cid_font: dict[str, object] = {
            "Type": Name("Font"),
            "Subtype": Name("CIDFontType0" if self.is_cff else "CIDFontType2"),
            "BaseFont": name,
            "CIDSystemInfo": {"Registry": b"Adobe", "Ordering": b"Identity", "Supplement": 0},
            "FontDescriptor": descriptor,
            "DW": 1000,
            "W": [item for code in sorted(widths) for item in (code, [widths[code]])],
        }
        if not self.is_cff:
            cid_font["CIDToGIDMap"] = Name("Identity")
        descendant = file.add(cid_font)
        return [
            file.add(
                {
                    "Type": Name("Font"),
                    "Subtype": Name("Type0"),
                    "BaseFont": name,
                    "Encoding": Name("Identity-H"),
                    "DescendantFonts": [descendant],
                    "ToUnicode": file.stream(_to_unicode(reading)),
                }
            )
            for reading in self.readings
        ]

    def _program(self) -> bytes:
        if self.is_cff:
            return bytes(self.font["CFF "].compile(self.font))
        buffer = io.BytesIO()
        self.font.save(buffer, reorderTables=True)
        return buffer.getvalue()


def _to_unicode(reading: dict[int, str]) -> bytes:
    """Write the table from codes to text, in blocks of at most 100 as the format asks."""
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    pairs = [f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in sorted(reading.items())]
    for start in range(0, len(pairs), 100):
        block = pairs[start : start + 100]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode("ascii")
