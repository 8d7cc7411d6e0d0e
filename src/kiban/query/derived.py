"""Which version of the rules this is, by which it is worked out what records are found by.

What is kept beside the documents (`answers`, `words`) follows from them by the code of `kiban.query`: by
`kiban.query.answers.answers` and `kiban.query.words.weighed_words`, and by all that these go through, also the labels
of techniques and property terms. What records are compared by (`likeness`) follows from their normalised files and
compositions, by `kiban.analysis.similarity`; of that only what is not of its version of today is worked out again.
Whoever changes any of it raises the number. Homes that were worked out by other rules are worked out again when they
are opened (`kiban.store.derivation`), before anybody may ask.
"""

from __future__ import annotations

DERIVED_VERSION = 6
"""1: kana, long vowels, accents and weights of words. 2: what records are compared by (curves 1, compositions 1).
3: finer vectors (curves 1, compositions 2). 4: titles of data sets in both languages, and their publishers.
5: variants of characters in names, signs that nobody sees. 6: one spelling of described formulas."""
