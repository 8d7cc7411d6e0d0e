"""How texts are folded for comparison and cut into words for full text; the same for records and for questions.

Both catalogs use it, so that a search in memory and one in the database agree to the letter. Scripts that are written
with blanks (Latin, Greek, Cyrillic, ...) give whole words; Chinese and Japanese give single characters and pairs of
neighbours, because a dictionary of materials words that splits them rightly does not exist. A formula such as `LiCoO2`
or `LiNi0.8Co0.1Mn0.1O2` is one word; `_`, `-` and most other signs separate, so that parts of a file name are found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kiban.query.entries import entries
from kiban.records.record import Record
from kiban.records.technique import TECHNIQUES

MAX_WORDS = 5000
"""Words kept of one record: PostgreSQL gives a record's words at most 1 MB."""
MAX_WORD_LENGTH = 100
"""Characters kept of one word: PostgreSQL gives a word at most 2046 bytes, and nobody types more."""

# Characters that neither PostgreSQL's text nor UTF-8 can hold; headers of broken files have them.
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_CJK = "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_CJK += "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(
    rf"(?P<cjk>[{_CJK}]+)"
    # A point between two digits belongs to the number: 1.5, LiNi0.8Co0.2O2.
    rf"|(?P<word>(?:[^\W_{_CJK}]|(?<=\d)[.](?=\d))+)"
)

_SEARCHED_FIELDS = ("sample_name", "operator", "instrument", "reader", "file_name", "name", "description", "formula")


def fold(text: str) -> str:
    """Bring a text to the form in which texts are compared: one width, one case, ends trimmed.

    NFKC makes full-width and half-width, super- and subscript alike (`ＴｉＯ₂` is `tio2`).
    """
    if text.isascii():
        return text.replace("\0", " ").lower().strip()
    plain = unicodedata.normalize("NFKC", _UNWRITABLE.sub(" ", text))
    return unicodedata.normalize("NFKC", plain.casefold()).strip()


def as_written(text: str) -> str:
    """A text that is compared letter by letter, without characters that nothing stored can have."""
    return _UNWRITABLE.sub(" ", text)


def asked_words(text: str) -> tuple[str, ...]:
    """Cut the text of a question into words, all of which a record must have; each once, in order.

    A single Chinese or Japanese character is looked for as such, a longer run by its pairs.
    """
    return tuple(dict.fromkeys(_cut(text, singles=False)))


def found_words(text: str) -> frozenset[str]:
    """Give all words by which a text is found: what `asked_words` may give of a part of it."""
    return frozenset(_cut(text, singles=True))


def record_words(record: Record) -> frozenset[str]:
    """Give all words by which full text finds a record, the first `MAX_WORDS` of them."""
    found: dict[str, None] = {}
    for text in _texts(record):
        for word in _cut(text, singles=True):
            found[word] = None
            if len(found) == MAX_WORDS:
                return frozenset(found)
    return frozenset(found)


def _cut(text: str, *, singles: bool) -> Iterator[str]:
    for match in _WORD.finditer(fold(text)):
        word = match["word"]
        if word is not None:
            yield word[:MAX_WORD_LENGTH]
            continue
        run = match["cjk"]
        if singles or len(run) == 1:
            yield from run
        for i in range(len(run) - 1):
            yield run[i : i + 2]


def _texts(record: Record) -> Iterator[str]:
    document = record.document
    yield record.title
    technique = document.get("technique")
    if isinstance(technique, str):
        yield technique
        if technique in TECHNIQUES:
            yield TECHNIQUES[technique].en
            yield TECHNIQUES[technique].ja
    for field in _SEARCHED_FIELDS:
        value = document.get(field)
        if isinstance(value, str):
            yield value
    # Numbers are asked for by comparison, not by their digits.
    for path, entry in entries(document):
        yield path.partition(".")[2]
        if isinstance(entry, str):
            yield entry
