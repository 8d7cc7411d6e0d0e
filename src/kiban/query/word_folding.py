"""How texts are folded for full text, and where in the text as written each folded character stands.

Names are compared as `kiban.query.words.fold` gives them. Full text folds more, because people write the same word in
different ways: katakana as hiragana, Latin letters without their diacritics, variants of characters in names (髙, 高).
Signs that nobody sees, which come along when a text is copied, are left out. Each piece of the text, a character with
the marks that belong to it, is folded by itself, so that a place in the folded text leads back to the text as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Characters that neither PostgreSQL's text nor UTF-8 can hold; headers of broken files have them.
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
# Accents and the voiced marks of kana (also those of half width) stand after what they belong to; so do vowels and
# finals of Hangul, but after Hangul only.
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u3099\u309a\uff9e\uff9f"
_VOWELS = "\u1160-\u11ff"
_PIECE = re.compile(f"(?s:[\u1100-\u115f{_VOWELS}\uac00-\ud7a3][{_MARKS}{_VOWELS}]*|.[{_MARKS}]*)")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_LATIN = re.compile("[a-z\u00df-\u024f\u0250-\u02af\u1e00-\u1eff][\u0300-\u036f]*")
_SHORT = 200
"""Characters of texts that are remembered as they were folded."""
# Letters that Unicode does not take for others with a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"})
# Soft hyphens, blanks of no width, marks of order and of joining, byte order marks.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Variants of characters that names of people and places are written with, each before the ordinary one.
_VARIANTS = {
    ord(variant): ordinary
    for variant, ordinary in (
        *(
            "髙高",
            "﨑崎",
            "嵜崎",
            "濵浜",
            "濱浜",
            "邉辺",
            "邊辺",
            "齋斎",
            "齊斉",
            "澤沢",
            "廣広",
            "國国",
            "眞真",
            "德徳",
        ),
        *(
            "惠恵",
            "櫻桜",
            "嶋島",
            "嶌島",
            "條条",
            "實実",
            "壽寿",
            "榮栄",
            "藏蔵",
            "瀧滝",
            "龍竜",
            "冨富",
            "峯峰",
            "淵渕",
        ),
        *(
            "關関",
            "鐵鉄",
            "顯顕",
            "曾曽",
            "會会",
            "圓円",
            "黑黒",
            "靑青",
            "靜静",
            "淸清",
            "增増",
            "𠮷吉",
            "桒桑",
            "舘館",
        ),
        *("槗橋", "栁柳"),
    )
}
_HIRAGANA = {
    ord(katakana): chr(ord(katakana) - 0x60) for katakana in map(chr, (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE))
}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as full text sees it.

    Parameters
    ----------
    text : str
        Folded.
    as_kana : str
        The same with katakana left as it is: of the same length.
    starts, ends : sequence of int
        For each character, where the piece of the text as written begins and ends that it was made of.
    """

    text: str
    as_kana: str
    starts: Sequence[int]
    ends: Sequence[int]


def folded(text: str) -> Folded:
    """Fold a text for full text."""
    if text.isascii():
        plain = text.replace("\0", " ").lower()
        return Folded(plain, plain, range(len(plain)), range(1, len(plain) + 1))
    return _folded_short(text) if len(text) <= _SHORT else _folded(text)


def _folded(text: str) -> Folded:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _PIECE.finditer(text):
        piece = _folded_piece(match[0])
        pieces.append(piece)
        starts += [match.start()] * len(piece)
        ends += [match.end()] * len(piece)
    as_kana = "".join(pieces)
    return Folded(as_kana.translate(_HIRAGANA), as_kana, tuple(starts), tuple(ends))


# What techniques, variables and entries are called in Japanese comes back with each record.
_folded_short = lru_cache(1024)(_folded)


@lru_cache(8192)
def _folded_piece(piece: str) -> str:
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", UNWRITABLE.sub(" ", piece))).translate(_VARIANTS)
    plain = unicodedata.normalize("NFKD", plain.casefold())
    return unicodedata.normalize("NFC", _LATIN.sub(lambda m: _ACCENTS.sub("", m[0]), plain).translate(_PLAIN))
