"""Bytes to text by evidence: byte-order marks, then UTF-8, then what only CP932 or CP1252 can be."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# A lead byte and a trail byte of JIS kana and kanji, as CP932 puts them. Western text has accents one at a time,
# between ASCII letters, so it seldom makes such pairs, and never nothing but such pairs.
_CP932_PAIR = re.compile(rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\xa1-\xdf]{2,}")

_ASCII = bytes(range(0x80))


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


def _as_cp932(content: bytes) -> str | None:
    """The text, if nearly all that is not ASCII comes in CP932's pairs and they make Japanese."""
    if b"\0" in content:
        return None  # no text of one or two bytes a character has zeros: do not look through a binary file
    # Only lines that are not plain ASCII can tell, and in most files they are few.
    telling = [line for line in content.split(b"\n") if not line.isascii()]
    high = sum(_n_high(line) for line in telling)
    paired = sum(_n_high(b"".join(_CP932_PAIR.findall(line))) for line in telling)
    if paired < 0.95 * high:
        return None
    try:
        text = content.decode("cp932")
    except UnicodeDecodeError:
        return None
    return text if _looks_japanese(text) else None


def _n_high(content: bytes) -> int:
    return len(content.translate(None, _ASCII))


def _looks_japanese(text: str) -> bool:
    """Kana, common punctuation and kanji, or the unit signs that Japanese instruments write in CP932 (℃ Å μ ° 2θ)."""
    unusual = [c for c in text if ord(c) > 0x7F]
    ours = sum(
        "\u3040" <= c <= "\u30ff"
        or "\u4e00" <= c <= "\u9fff"
        or "\uff01" <= c <= "\uff9f"
        or c in "、。「」℃Åμ°θΩ×±～−・ー"
        for c in unusual
    )
    return bool(unusual) and ours >= 0.8 * len(unusual)
