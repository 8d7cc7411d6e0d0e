"""What a beginning in a question may become: names of fields, terms, processes and templates, and units. Pure.

Only names that are handed in are offered; whoever asks hands in what the asker may know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from kiban.quantity.choices import units_like, usual_units
from kiban.query import vocabulary
from kiban.query.paths import Hop, rest_of
from kiban.query.vocabulary import Vocabulary, as_label
from kiban.query.words import fold

LONGEST = 200
"""Characters before the caret that are looked at."""
_MOST_WORDS = 4
_UNIT = re.compile(
    r"(?P<path>[^\s()（）\"<>=!≤≥≦≧≠＜＞＝]+)\s*(?:[<>=!≤≥≦≧≠＜＞＝]+)\s*[-+−]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+−]?\d+)?"
    r"(?P<blank>\s*)(?P<unit>[^\s()（）\"<>=!≤≥≦≧≠＜＞＝\d.][^\s()（）\"<>=!≤≥≦≧≠＜＞＝]*)?$"
)
_VALUE = re.compile(
    r"(?P<path>[^\s()（）,、，\"<>=!≤≥≦≧≠＜＞＝]+)\s*"
    r"(?:[<>=!≤≥≦≧≠＜＞＝]+|\s(?:HAS(?:\s+(?:ALL|ANY|ONLY))?|CONTAINS|(?:STARTS|ENDS)(?:\s+WITH)?)\s)\s*"
    r"(?P<typed>[^\s()（）,、，\"<>=!≤≥≦≧≠＜＞＝]*)$",
    re.IGNORECASE,
)
_LAST = re.compile(r"[^\s()（）,、，\"<>=!≤≥≦≧≠＜＞＝]+$")
_BETWEEN = re.compile(r"[\s._\-]+")


class What(StrEnum):
    """What is offered."""

    FIELD = "field"
    TERM = "term"
    ENTRY = "entry"
    PROCESS = "process"
    PARAMETER = "parameter"
    TEMPLATE = "template"
    TECHNIQUE = "technique"
    VALUE = "value"
    """One of a closed list: a kind, a tier."""
    UNIT = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Something that may stand in a question.

    Parameters
    ----------
    insert : str
        What stands in the question then.
    en, ja : str
        What it is called, where it has a name in that language.
    unit : str
        In which it is measured usually.
    other_names : tuple of str
        What else it is found by.
    """

    what: What
    insert: str
    en: str = ""
    ja: str = ""
    unit: str = ""
    other_names: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is found by, the one that stands in questions first."""
        return tuple(name for name in (self.insert, self.en, self.ja, *self.other_names) if name)


@dataclass(frozen=True, slots=True)
class Completions:
    """What may stand in the place of the text from `begin` on, the likeliest first."""

    begin: int
    offered: tuple[Offered, ...]


def complete(text: str, offered: Iterable[Offered], known: Vocabulary, *, limit: int) -> Completions:
    """Complete what stands at the end of a text.

    Parameters
    ----------
    text : str
        The question up to the caret.
    offered : iterable of Offered
        All names that the asker may know.
    """
    if text.count('"') % 2:  # in the midst of a text
        return Completions(len(text), ())
    end, cut = text[-LONGEST:], max(0, len(text) - LONGEST)
    of_units = _units(end, known)
    if of_units is not None:
        begin, units = of_units
        return Completions(cut + begin, units[:limit])
    everything = tuple(offered)
    of_values = _values(end, everything, known)
    if of_values is not None:
        begin, values = of_values
        return Completions(cut + begin, values[:limit])
    for begin in _beginnings(end):
        written = as_label(end[begin:])
        found = sorted(_fitting(written, everything), key=lambda each: each[0]) if written else []
        if found:
            best = tuple(dict.fromkeys(each for _, each in found))
            return Completions(cut + begin, best[:limit])
    return Completions(len(text), ())


def _beginnings(text: str) -> Iterator[int]:
    """Where the name may begin that the text ends with: names have several words, so the longest first."""
    last = _LAST.search(text)
    if last is None:
        return
    begins = [last.start()]
    while len(begins) < _MOST_WORDS:
        before = text[: begins[-1]]
        word = _LAST.search(before.rstrip())
        if word is None or not before.endswith((" ", "\u3000")):
            break
        begins.append(word.start())
    yield from reversed(begins)


def _fitting(written: str, offered: tuple[Offered, ...]) -> Iterator[tuple[tuple[int, int, str], Offered]]:
    for each in offered:
        ranks = [rank for name in each.names if (rank := _rank(written, as_label(name))) is not None]
        if ranks:
            yield (min(ranks), len(each.insert), each.insert), each


def _rank(written: str, name: str) -> int | None:
    """How well a beginning fits a name: the whole of it, its beginning, the beginning of a word in it, any part."""
    if name == written:
        return 0
    if name.startswith(written):
        return 1
    if any(name.startswith(written, before.end()) for before in _BETWEEN.finditer(name)):
        return 2
    # In Japanese no blanks part the words; of Latin letters a part says little.
    return 3 if not written.isascii() and written in name else None


def _units(text: str, known: Vocabulary) -> tuple[int, tuple[Offered, ...]] | None:
    """Units after a number that something is compared with; `None` where there is no such."""
    found = _UNIT.search(text)
    if found is None or (not found["unit"] and not found["blank"]):
        return None
    typed = found["unit"] or ""
    usual = known.usual_unit(known.path(found["path"]))
    units = units_like(usual) if usual else usual_units()
    if usual:
        units = (usual, *(unit for unit in units if unit != usual))
    elif not typed:
        return None
    fitting = [unit for unit in units if unit.startswith(typed)] or [
        unit for unit in units if fold(unit).startswith(fold(typed))
    ]
    if typed in fitting:
        fitting = [unit for unit in fitting if unit != typed]
    return len(text) - len(typed), tuple(Offered(what=What.UNIT, insert=unit) for unit in fitting)


def _values(text: str, offered: tuple[Offered, ...], known: Vocabulary) -> tuple[int, tuple[Offered, ...]] | None:
    """Values of what a text is compared with; `None` where no text is compared."""
    found = _VALUE.search(text)
    if found is None:
        return None
    path, typed = known.path(found["path"]), as_label(found["typed"])
    if not vocabulary.is_text(path) and path != vocabulary.ELEMENTS:
        return None
    beginning = f"{rest_of(path)} = "
    # A value is offered with the field that it belongs to, which stands here already.
    values = tuple(
        replace(each, insert=each.insert.removeprefix(beginning))
        for each in offered
        if each.insert.startswith(beginning)
    )
    if typed:
        values = tuple(each for _, each in sorted(_fitting(typed, values), key=lambda each: each[0]))
    return len(text) - len(found["typed"]), tuple(dict.fromkeys(values))


def of_terms(known: Vocabulary) -> Iterator[Offered]:
    """The property terms; of those that were merged, the ones that are left."""
    for term in known.terms.values():
        if not term.merged_into:
            yield Offered(
                what=What.TERM, insert=term.key, en=term.en, ja=term.ja, unit=term.unit,
                other_names=(*term.synonyms, *((term.symbol,) if term.symbol else ())),
            )  # fmt: skip


def as_process(offered: Offered) -> Offered:
    """A step, as the beginning of a path."""
    return replace(
        offered, insert=f"{Hop.PROCESS}.{offered.insert}.", other_names=(*offered.other_names, offered.insert)
    )
