"""The list beside answers: by what they can be narrowed down, and by what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from kiban.errors import InvalidQuestion
from kiban.operations.find import Answer, ask
from kiban.query.narrowing import Chosen, chosen, narrowed
from kiban.query.vocabulary import Vocabulary
from kiban.query.words import fold
from kiban.web.language import Speaker

_MOST = 12
OPEN = frozenset({"kind", "technique", "elements", "property"})
"""Those that are shown unfolded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refinement:
    """One facet."""

    name: str
    is_open: bool
    is_estimate: bool
    chosen: tuple[tuple[str, str], ...] = ()
    """What is asked for already, with the address without it."""
    values: tuple[tuple[str, int, str], ...] = field(default=())
    """What else there is, how often, and the address that asks for it, too."""


def refinements(
    q: str, answer: Answer, known: Vocabulary, speaker: Speaker, kept: Mapping[str, str]
) -> list[Refinement]:
    """All facets that are chosen or leave a choice.

    Parameters
    ----------
    kept : mapping
        What else addresses keep, such as the order.
    """
    by_facet: dict[str, list[Chosen]] = {}
    for each in _chosen(q, known):
        by_facet.setdefault(each.facet, []).append(each)

    def address(question: str) -> str:
        return f"?{urlencode({'q': question, **kept})}"

    shown = []
    for name, counted in answer.facets.items():
        names = answer.names.get(name, {})
        is_chosen = {fold(each.value) for each in by_facet.get(name, ())}
        asked_by = _asked_by(counted, names)
        rest = [(value, n) for value, n in counted if {fold(value), fold(asked_by[value])}.isdisjoint(is_chosen)]
        taken = tuple((label(name, each.value, known, speaker, names), address(each.without))
                      for each in by_facet.get(name, ()))  # fmt: skip
        # One value that all answers have leaves no choice.
        if not taken and (not rest or (len(rest) == 1 and rest[0][1] >= answer.total)):
            continue
        shown.append(
            Refinement(
                name=name,
                is_open=bool(taken) or name in OPEN,
                is_estimate=name in answer.estimated,
                chosen=taken,
                values=tuple(
                    (label(name, value, known, speaker, names), n, address(narrowed(q, name, asked_by[value])))
                    for value, n in rest[:_MOST]
                ),
            )
        )
    return shown


def label(name: str, value: str, known: Vocabulary, speaker: Speaker, names: Mapping[str, str]) -> str:
    """What a value is called in the language of the page."""
    match name:
        case "technique":
            return speaker.technique(value)
        case "property":
            term = known.terms.get(value)
            return term.name(speaker.language) if term is not None else value
        case "elements":
            return f"{value} {speaker.word('element', value)}"
        case "kind" | "tier":
            return speaker.word(name, value)
        case _:
            return names.get(value, value)


def _chosen(q: str, known: Vocabulary) -> tuple[Chosen, ...]:
    try:
        return chosen(ask(q, known))
    except InvalidQuestion:
        return ()


def _asked_by(counted: tuple[tuple[str, int], ...], names: Mapping[str, str]) -> dict[str, str]:
    """How each value is asked for: by its name, where it is the only one here that has it."""
    n_named = Counter(fold(names[value]) for value, _ in counted if value in names)
    return {
        value: names[value] if value in names and n_named[fold(names[value])] == 1 else value for value, _ in counted
    }
