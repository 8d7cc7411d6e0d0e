"""The two fonts of labels, and how a text becomes glyphs of them.

Noto Sans CJK has Latin, Greek, Cyrillic, Japanese, Chinese and Korean. IBM Plex Mono sets identifiers, since its 0 has
a dot and its 1, I and l differ, and it steps in where the other has no glyph, or only one as wide as a kanji (`°`,
`×`). Subscripts and superscripts (`TiO₂`, `Ag⁺`) are plain glyphs set smaller and lower or higher, because neither font
has all of them. Both fonts come as packages under the SIL Open Font License; glyphs are embedded in what is printed, so
that a printer or viewer needs no font of its own.
"""

from __future__ import annotations

import io
import unicodedata
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from kiban.errors import InvalidValue

if TYPE_CHECKING:
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.ttLib import TTFont

FaceName = Literal["sans", "mono"]
_FILES: dict[FaceName, tuple[str, str]] = {
    "sans": ("noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf"),
    "mono": ("fontpkg_ibm_plex_mono", "files/IBMPlexMono-Medium.ttf"),
}
_SCRIPTS = {"<sub>": (0.62, -0.14), "<super>": (0.62, 0.34)}
"""Scale, and rise in em."""
_AS_WIDE_AS_KANJI_EM = 0.95
MONO_ADVANCE_EM = 0.6
"""Of every character of IBM Plex Mono."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as it is drawn."""

    character: str
    face: FaceName
    name: str
    """In the font."""
    advance_em: float
    scale: float = 1.0
    rise_em: float = 0.0


class Fonts:
    """The fonts, read once for one piece of work."""

    def __init__(self) -> None:
        self._fonts = {name: load(name) for name in _FILES}
        self._maps: dict[FaceName, dict[int, str]] = {
            name: font.getBestCmap() or {} for name, font in self._fonts.items()
        }
        self._widths = {name: font["hmtx"] for name, font in self._fonts.items()}
        self._sets: dict[FaceName, Any] = {name: font.getGlyphSet() for name, font in self._fonts.items()}
        self._known: dict[tuple[str, bool], Glyph] = {}
        let_go_with(self, *self._fonts.values())

    def glyphs(self, text: str, where: str, *, mono: bool = False) -> tuple[Glyph, ...]:
        """Turn a text into glyphs.

        Raises
        ------
        InvalidValue
            If no font has one of the characters; `where` says in which text.
        """
        return tuple(self._glyph(character, where, mono) for character in text)

    def units_per_em(self, face: FaceName) -> int:
        """What outlines are counted in."""
        return int(self._fonts[face]["head"].unitsPerEm)

    def outline(self, glyph: Glyph) -> DecomposingRecordingPen:
        """Give the outline in units of the font, as steps that other pens of fontTools can draw again."""
        from fontTools.pens.recordingPen import DecomposingRecordingPen

        pen = DecomposingRecordingPen(self._sets[glyph.face])
        self._sets[glyph.face][glyph.name].draw(pen)
        return pen

    def _glyph(self, character: str, where: str, mono: bool) -> Glyph:
        key = (character, mono)
        if key not in self._known:
            self._known[key] = self._find(character, where, mono)
        return self._known[key]

    def _find(self, character: str, where: str, mono: bool) -> Glyph:
        kind, *base = unicodedata.decomposition(character).split() or [""]
        if kind in _SCRIPTS and len(base) == 1:
            scale, rise = _SCRIPTS[kind]
            plain = self._find(chr(int(base[0], 16)), where, mono)
            return Glyph(character, plain.face, plain.name, plain.advance_em * scale, scale, rise)
        order: tuple[FaceName, ...] = ("mono", "sans") if mono else ("sans", "mono")
        found = [self._in_face(character, face) for face in order]
        if character.isspace() and found == [None, None]:  # thin spaces and their like
            found = [self._in_face(" ", order[0])]
        usable = [glyph for glyph in found if glyph is not None]
        if not usable:
            raise InvalidValue(
                f"The fonts of labels have no '{character}' (U+{ord(character):04X}), which is in {where}.",
                mend="Write it with other characters.",
            )
        is_needlessly_wide = usable[0].advance_em >= _AS_WIDE_AS_KANJI_EM and len(usable) > 1
        return usable[1] if is_needlessly_wide else usable[0]

    def _in_face(self, character: str, face: FaceName) -> Glyph | None:
        name = self._maps[face].get(ord(character))
        if name is None:
            return None
        return Glyph(character, face, name, self._widths[face][name][0] / self.units_per_em(face))


def load(face: FaceName) -> TTFont:
    """Open a font. Its times stay as they are, so that what is made of it is the same every time."""
    from fontTools.ttLib import TTFont

    package, path = _FILES[face]
    content = files(package).joinpath(path).read_bytes()
    font = TTFont(io.BytesIO(content), lazy=True, recalcTimestamp=False)
    # Rules for setting text, which we do not use. To take them apart takes longer than all else.
    for table in ("BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"):
        if table in font:
            del font[table]
    return font


def let_go_with(user: object, *fonts: TTFont) -> None:
    """Take fonts apart as soon as their user is gone.

    A font refers to its tables and they to it: tens of megabytes would stay until Python looks for such circles, which
    a large process does rarely.
    """
    weakref.finalize(user, _take_apart, fonts).atexit = False


def _take_apart(fonts: tuple[TTFont, ...]) -> None:
    for font in fonts:
        font.tables.clear()
        font.close()


def width_em(glyphs: Sequence[Glyph]) -> float:
    """How far a line of glyphs reaches."""
    return sum(glyph.advance_em for glyph in glyphs)
