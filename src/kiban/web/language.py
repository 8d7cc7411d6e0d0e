"""The language of a page: asked for in the address, remembered in a cookie, else the browser's wish."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.technique import TECHNIQUES
from kiban.web.fault_words import translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

LANGUAGES = ("en", "ja")
COOKIE = "kiban_language"
_WORDS = Path(__file__).parent / "words"


def chosen(request: Request) -> str | None:
    """The language that the address asks for."""
    asked = request.query_params.get("lang")
    return asked if asked in LANGUAGES else None


def language_of(request: Request) -> str:
    """The language to answer in."""
    remembered = request.cookies.get(COOKIE)
    return (
        chosen(request)
        or (remembered if remembered in LANGUAGES else None)
        or preferred(request.headers.get("accept-language", ""))
    )


def preferred(accept: str) -> str:
    """The first of our languages that the browser's list prefers; English where it wants neither."""
    best, best_weight = LANGUAGES[0], 0.0
    for part in accept.split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().split("-")[0]
        weight = _weight(parameters)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


@cache
def words(language: str) -> Mapping[str, str]:
    """All texts of the pages in one language: of `en.json`, and of `record.en.json` and the like beside it."""
    found: dict[str, str] = {}
    for path in sorted(_WORDS.glob(f"*{language}.json")):
        found |= json.loads(path.read_text(encoding="utf-8"))
    return MappingProxyType(found)


class _Count(int):
    """A number that a text can agree with: `{n} {n:record|records}`; `{n:,}` where it may be large."""

    def __format__(self, form: str) -> str:
        one, bar, many = form.partition("|")
        return (one if self == 1 else many) if bar else super().__format__(form)


def _counted(value: object) -> object:
    return _Count(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Speaker:
    """Says things in one language. Templates have one as `t`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = words(language)

    def __call__(self, key: str, **values: object) -> str:
        """The text with that key. Raises KeyError for one that is not in the list: templates are tested for that."""
        text = self._words[key]
        return text.format(**{name: _counted(value) for name, value in values.items()}) if values else text

    def known(self, key: str) -> bool:
        """Say whether there is such a text."""
        return key in self._words

    def word(self, group: str, value: str) -> str:
        """The word for one of a closed list of values (a kind, a status); values added later stand as they are."""
        return self._words.get(f"{group}.{value}", value)

    def said(self, *sentences: str) -> Markup:
        """Faults and mends, which the code says in English; what cannot be said in this language is marked."""
        text = " ".join(part for part in sentences if part)
        if self.language == "en":
            return escape(text)
        found = translated(text, self.language)
        return escape(found) if found is not None else Markup('<span lang="en">{}</span>').format(text)

    def can_say(self, *sentences: str) -> bool:
        """Say whether a fault and its mend have words in this language."""
        return self.language == "en" or translated(" ".join(sentences), self.language) is not None

    def technique(self, key: str | None) -> str:
        """The name of a technique."""
        found = TECHNIQUES.get(key or "")
        return (found.ja if self.language == "ja" else found.en) if found is not None else (key or "")

    def term(self, key: str) -> str:
        """The name of a property term."""
        found = PROPERTY_TERMS.get(key)
        return (found.ja if self.language == "ja" else found.en) if found is not None else key
