"""Which property term an outcome of a campaign means: its key, or what people call it."""

from __future__ import annotations

from kiban.query.vocabulary import Vocabulary


def term_of(outcome: str, known: Vocabulary) -> str:
    """The key of the term: `hardness` for 硬さ and Hardness. The name itself where no term is called so."""
    key = known.path(outcome)
    return key if key in known.terms else outcome
