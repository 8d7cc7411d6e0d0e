"""Bytes to text by evidence: byte-order marks, then UTF-8, then what only CP932 or CP1252 can be."""

from __future__ import annotations

import codecs
import re

import numpy as np

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_WIDE = tuple(mark for mark, _ in _MARKS[1:])
"""Marks of encodings in which an ASCII character takes more than one byte."""

# A lead byte and a trail byte of JIS kana and kanji, as CP932 puts them. Western text has accents one at a time,
# between ASCII letters, so it seldom makes such pairs, and never nothing but such pairs.
_CP932_PAIR = re.compile(rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\xa1-\xdf]{2,}")

_LAST_ASCII = 0x7F
_LINE_END = 0x0A
_ASCII = bytes(range(_LAST_ASCII + 1))


def decode(content: bytes) -> tuple[str, str]:
    """Decode a text file's bytes.

    Returns
    -------
    (str, str)
        The text, line ends as they were, and the encoding it proved to be: `utf-8`, `utf-8-sig`, `utf-16`, `cp932`
        or `cp1252`. Bytes that CP1252 leaves undefined come through as Latin-1 does it, so nothing raises here.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as e:
        # A file cut inside its last character is UTF-8 all the same.
        if e.start >= len(content) - 3 and e.reason == "unexpected end of data":
            return content.decode("utf-8", "replace"), "utf-8"
    if (japanese := _as_cp932(content)) is not None:
        return japanese, "cp932"
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def may_mention(content: bytes, *words: str) -> bool:
    """Say, without decoding it, whether the text of these bytes can hold one of some ASCII words.

    Where this is false `decode` gives a text that holds none of them. It costs next to nothing, so a reader asks it
    before it decodes what is probably not its own.
    """
    return is_wide(content) or any(word.encode("ascii") in content for word in words)


def is_wide(content: bytes) -> bool:
    """Say whether these bytes begin with the mark of an encoding in which `A` takes more than one byte."""
    return content.startswith(_WIDE)


def _as_cp932(content: bytes) -> str | None:
    """The text, if nearly all that is not ASCII comes in CP932's pairs and they make Japanese."""
    if b"\0" in content:
        return None  # no text of one or two bytes a character has zeros: do not look through a binary file
    # Only lines that are not plain ASCII can tell, and in most files they are few. No pair goes over the end of a line.
    telling = _lines_beyond_ascii(content)
    paired = _n_high(b"".join(_CP932_PAIR.findall(telling)))
    if paired < 0.95 * _n_high(telling):
        return None
    try:
        return content.decode("cp932") if _looks_japanese(telling.decode("cp932")) else None
    except UnicodeDecodeError:
        return None


def _lines_beyond_ascii(content: bytes) -> bytes:
    """The lines that have a byte above 127, each with the end of line before it."""
    if b"\n" not in content:
        return content  # which has such a byte, or nobody would ask
    codes = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(codes == _LINE_END)
    lines = np.unique(np.searchsorted(ends, np.flatnonzero(codes > _LAST_ASCII)))
    bounds = np.concatenate([[0], ends, [len(content)]])
    return b"".join(content[a:b] for a, b in zip(bounds[lines].tolist(), bounds[lines + 1].tolist(), strict=True))


def _n_high(content: bytes) -> int:
    return len(content.translate(None, _ASCII))


def _looks_japanese(text: str) -> bool:
    """Kana, common punctuation and kanji, or the unit signs that Japanese instruments write in CP932 (℃ Å μ ° 2θ)."""
    unusual = [c for c in text if ord(c) > _LAST_ASCII]
    ours = sum(
        "\u3040" <= c <= "\u30ff"
        or "\u4e00" <= c <= "\u9fff"
        or "\uff01" <= c <= "\uff9f"
        or c in "、。「」℃Åμ°θΩ×±～−・ー"
        for c in unusual
    )
    return bool(unusual) and ours >= 0.8 * len(unusual)
