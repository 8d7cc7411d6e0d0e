"""How texts are folded for comparison, and the words of records; the same for records and for questions.

Both catalogs use it, so that a search in memory and one in the database agree to the letter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from kiban.query.record_texts import FieldText, Weight, texts
from kiban.query.word_cutting import MAX_WHOLE_LENGTH, WHOLE, cuts, wholes
from kiban.query.word_folding import UNWRITABLE, folded
from kiban.records.record import Record

MAX_WORDS = 5000
"""Words kept of one record."""
MAX_CHARACTERS = 200_000
"""Characters kept of the words of one record: PostgreSQL gives them at most 1 MB."""
_SHORT = 60


def fold(text: str) -> str:
    """Bring a text to the form in which texts are compared: one width, one case, ends trimmed.

    NFKC makes full-width and half-width, super- and subscript alike (`ＴｉＯ₂` is `tio2`). Full text folds more:
    `kiban.query.word_folding`.
    """
    if text.isascii():
        return text.replace("\0", " ").lower().strip()
    plain = unicodedata.normalize("NFKC", UNWRITABLE.sub(" ", text))
    return unicodedata.normalize("NFKC", plain.casefold()).strip()


def as_written(text: str) -> str:
    """A text that is compared letter by letter, without characters that nothing stored can have."""
    return UNWRITABLE.sub(" ", text)


def weighed_words(record: Record) -> dict[str, Weight]:
    """Give the words by which full text finds a record, each with its greatest weight, as far as there is room.

    What is written together is among them as a whole, after `WHOLE`, but of the names of entries.
    """
    found: dict[str, Weight] = {}
    n_characters = 0
    for text in texts(record):
        for word in _words(text):
            if word in found:
                # Texts of greater weight come first, but for the labels of a technique and the like.
                found[word] = max(found[word], text.weight)
                continue
            n_characters += len(word)
            if n_characters > MAX_CHARACTERS:
                return found
            found[word] = text.weight
            if len(found) == MAX_WORDS:
                return found
    return found


def record_words(record: Record) -> frozenset[str]:
    """Give all words by which full text finds a record."""
    return frozenset(weighed_words(record))


def _words(text: FieldText) -> Iterable[str]:
    cut = _remembered if len(text.text) <= _SHORT else _cut
    return cut(text.text, text.is_name, not text.is_entry_name)


def _cut(text: str, is_name: bool, has_wholes: bool) -> tuple[str, ...]:
    of = folded(text)
    found = [cut.word for cut in cuts(of, is_name=is_name)]
    if has_wholes:
        found += [WHOLE + each.whole for each in wholes(of) if len(each.whole) <= MAX_WHOLE_LENGTH]
    return tuple(dict.fromkeys(found))


# Names of entries, labels, operators and instruments come again and again.
_remembered = lru_cache(4096)(_cut)
