"""Keys for parameters, properties and notes, made of what stands above their columns."""

from __future__ import annotations

import re
import unicodedata

from kiban.query.vocabulary import Vocabulary
from kiban.readers.experiments.japanese_parts import EN_OF
from kiban.readers.experiments.meaning import Role
from kiban.readers.tables.column_headers import slug
from kiban.readers.words.japanese_words import JAPANESE

_LONGEST = 60
_PARTS = sorted({**JAPANESE, **EN_OF}.items(), key=lambda pair: -len(pair[0]))


class Keys:
    """The keys that are taken, by role: of one kind none stands twice."""

    def __init__(self) -> None:
        self._taken: set[tuple[Role, str]] = set()

    def is_free(self, role: Role, key: str) -> bool:
        """Whether no column of that role has it."""
        return (role, key) not in self._taken

    def take(self, role: Role, key: str) -> None:
        """Say that a column has it."""
        self._taken.add((role, key))

    def free(self, role: Role, wanted: str) -> str:
        """The key, or the first of `key_2`, `key_3`, ... that is free for any role; it is taken then."""
        # An uncertainty says by the key alone which column it belongs to, so values share none.
        key, n = wanted, 1
        while any((other, key) in self._taken for other in (Role.COMPONENT, Role.PARAMETER, Role.PROPERTY, Role.NOTE)):
            n += 1
            key = f"{wanted}_{n}"
        self.take(role, key)
        return key


def key_of(bare: str, name: str, number: int, known: Vocabulary, role: Role) -> str:
    """A key for a header.

    Parameters
    ----------
    bare : str
        The header without its unit.
    name : str
        What the readers of tables call the column; empty where they do not know.
    number : int
        Of the column, from 1: the last resort.
    """
    spelled = _english(bare) or slug(bare) or name
    key = re.sub(r"[^a-z0-9_]+", "_", spelled.lower()).strip("_")[:_LONGEST].strip("_")
    if not key or not key[0].isalpha():
        key = f"column_{key or number}".strip("_")
    # A new property must not take the name of something else that questions know.
    if role is Role.PROPERTY and key not in known.terms and known.owner_of(key) is not None:
        key = f"{key}_value"
    return key


def _english(text: str) -> str:
    """A Japanese header in English words, where each of its parts is known; empty otherwise."""
    rest = unicodedata.normalize("NFKC", text).strip()
    if rest.isascii():
        return ""
    found: list[str] = []
    while rest:
        part = next(((ja, en) for ja, en in _PARTS if rest.startswith(ja)), None)
        if part is not None:
            found.append(part[1])
            rest = rest[len(part[0]) :]
            continue
        latin = re.match(r"[A-Za-z0-9]+", rest)
        if latin is not None:
            found.append(latin[0])
            rest = rest[latin.end() :]
        elif re.match(r"[\s_\-・/()（）]|の|り|れ|し", rest):
            rest = rest[1:]
        else:
            return ""
    return "_".join(found)
