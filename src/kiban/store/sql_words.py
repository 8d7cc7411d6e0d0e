"""Words of records as PostgreSQL keeps them, and ranks by them.

A word has the weight of its place: A for titles, B for names, notes and labels, C for metadata, D for fields of
templates. All stand at position 1, which means nothing; a word without a position has no weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kiban.query.answers import TEMPLATE
from kiban.query.record_texts import Weight
from kiban.query.relevance import RANKING_WEIGHTS, has_whole, points_exact, points_parts
from kiban.query.word_cutting import WHOLE, Together
from kiban.query.words import weighed_words
from kiban.records.identity import PREFIX
from kiban.records.record import Record
from kiban.store.sql_hops import live

_LETTER = {Weight.TITLE: "A", Weight.NOTES: "B", Weight.METADATA: "C", Weight.FIELD: "D"}


def words_text(record: Record) -> str:
    """The words of a record, as its row holds them."""
    # A word has letters, digits, points and what joins them only, so nothing in it needs escaping.
    return " ".join(f"'{word}':1{_LETTER[weight]}" for word, weight in weighed_words(record).items())


def all_words(words: Iterable[str]) -> str:
    """What asks for all of these words."""
    # Words are made of letters, digits and points only.
    return " & ".join(f"'{word}'" for word in words)


def without_fields(words: Iterable[str]) -> str:
    """What asks for all of these words, each of them outside of the fields of a template."""
    told = "".join(_LETTER[weight] for weight in RANKING_WEIGHTS)
    return " & ".join(f"'{word}':{told}" for word in words)


def told_to_asker(row: str, words: Iterable[str], value: Callable[[Any], str]) -> str:
    """That none of these words, all of which the record of that row has, stands in fields of a hidden template alone.

    Parameters
    ----------
    value : callable
        Adds a parameter, and gives its place in the statement.
    """
    elsewhere = value(without_fields(words))
    # The identifier of the template comes last among the answers, folded.
    used = f"({row}.answers -> '{TEMPLATE}' ->> -1)"
    is_used = f"t.pid = '{PREFIX}' || upper(substr({used}, {len(PREFIX) + 1}))"
    seen_template = f"EXISTS (SELECT FROM record t WHERE {is_used} AND {live('t')})"
    # The words lie beside the table, and to read them takes long; most records have no template.
    return f"({used} IS NULL OR {row}.words @@ {elsewhere}::tsquery OR {seen_template})"


def relevance_sql(row: str, parts: Iterable[Together], value: Callable[[Any], str]) -> str:
    """What a record counts, as `kiban.query.relevance.relevance` has it.

    Parameters
    ----------
    row : str
        What the record is called in the statement.
    value : callable
        Adds a parameter, and gives its place in the statement.
    """
    return " + ".join(_points(row, part, value) for part in parts) or "0"


def _points(row: str, part: Together, value: Callable[[Any], str]) -> str:
    cases = []
    letters = ""
    for weight in RANKING_WEIGHTS:
        letter = _LETTER[weight]
        letters += letter
        if has_whole(part):
            whole = value(f"'{WHOLE}{part.whole}':{letter}")
            cases.append(f"WHEN {row}.words @@ {whole}::tsquery THEN {points_exact(weight)}")
        words = value(" & ".join(f"'{word}':{letters}" for word in part.words))
        cases.append(f"WHEN {row}.words @@ {words}::tsquery THEN {points_parts(weight)}")
    return f"CASE {' '.join(cases)} ELSE 0 END"
