"""What cannot be asked for, with what may have been meant instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kiban.errors import InvalidQuestion
from kiban.quantity.measured import Measured
from kiban.query import vocabulary
from kiban.query.condition import Interval
from kiban.query.element_symbols import ELEMENT_SYMBOLS, ISOTOPES
from kiban.query.paths import PROCESS_FIELDS, Hop, is_step, rest_of, way
from kiban.query.question import Literal, Operator
from kiban.query.vocabulary import COMPOSITION, FRACTIONS, MASS_FRACTION, Vocabulary, nearest

_OF_MASS = re.compile(r"wt|mass|weight|ms%|質量|重量|kg|(?<![a-z])g\b", re.IGNORECASE)
_OF_AMOUNT = re.compile(r"at[.%]|atom|mol|原子|モル", re.IGNORECASE)
_OPTIMADE_LISTS = {
    "elements_ratios": "Write composition.Ti > 0.4 for each element.",
    **dict.fromkeys(
        (
            *("lattice_vectors", "cartesian_site_positions", "dimension_types", "species", "species_at_sites"),
            *("assemblies", "structure_features"),
        ),
        "Ask for elements, chemical_formula_reduced or composition.Ti instead.",
    ),
}
_LEADING_ON = {
    "parents": "Ask for something of them: sample.parents.title, or sample.parents IS KNOWN.",
    Hop.PROCESS.value: "Say which process: process.heat_treatment.temperature, or process.heat_treatment IS KNOWN.",
    Hop.MEASUREMENT.value: "Ask for something of them: measurement.technique, or measurement IS KNOWN.",
}


def check_path(path: str, known: Vocabulary) -> None:
    """Refuse what cannot be a path. Raises InvalidQuestion, with the nearest known path in its mend."""
    asked = rest_of(path)
    if mend := _OPTIMADE_LISTS.get(asked):
        raise InvalidQuestion(f"{asked} is a list of numbers or structures that is not looked into.", mend=mend)
    if asked in _LEADING_ON and asked not in known.terms:
        raise InvalidQuestion(f"'{path}' leads to other records, and has no value itself.", mend=_LEADING_ON[asked])
    if vocabulary.is_path(path):
        return
    if asked != path and asked.startswith(tuple(f"{step}." for step in (*_LEADING_ON, Hop.SAMPLE))):
        raise InvalidQuestion(
            f"'{path[:80]}' leads on from other records to further ones.",
            mend="Write sample.parents.<path> for all that it was made from, however many steps back, "
            "measurement.<path> or process.<name>.<parameter>.",
        )
    if path.startswith(Hop.PROCESS) or asked.startswith(FRACTIONS):
        _refuse_part(path, asked)
    lower = path.lower()
    guess = f"Did you mean {lower}?" if vocabulary.is_path(lower) else _nearest(path, asked, known)
    raise InvalidQuestion(
        f"'{path[:80]}' cannot be asked for.",
        mend=guess
        or "Name a field (sample, technique, started, ...), metadata.<name>, field.<key>, composition.<element>, "
        "sample.<path>, process.<name>.<parameter> or a property term.",
    )


def _refuse_part(path: str, asked: str) -> None:
    there = way(path)
    if there is not None and there.hop is Hop.PROCESS and not is_step(there.process):
        raise InvalidQuestion(
            f"'{path[:80]}' does not name a process.", mend="Write process.heat_treatment.temperature < 900 degC."
        )
    if asked.startswith(FRACTIONS):
        part, _, element = asked.partition(".")
        guess = ISOTOPES.get(element, element.strip().capitalize())
        raise InvalidQuestion(
            f"'{element[:80]}' is not the symbol of a chemical element.",
            mend=f"Did you mean {path[: -len(asked)]}{part}.{guess}?"
            if guess in ELEMENT_SYMBOLS
            else f"Write {part}.Ti or {part}.O.",
        )


def _nearest(path: str, asked: str, known: Vocabulary) -> str:
    beginning = path[: len(path) - len(asked)]
    guess = nearest(asked, known.known_paths)
    if guess and beginning:
        return guess.replace("Did you mean ", f"Did you mean {beginning}", 1)
    first = path.partition(".")[0]
    return guess or nearest(
        first, (*map(str, Hop), "composition", "mass_fraction", "metadata", "field", "meant", "done")
    )


def path_doubts(path: str, known: Vocabulary) -> Iterator[str]:
    """Say what in a sound path may be a slip."""
    there = way(path)
    if there is not None and there.hop is Hop.PROCESS:
        processes = known.processes
        if not processes.is_known(there.process):
            if guess := nearest(there.process, processes.steps):
                yield f"There is no kind of process '{there.process}'. {guess}"
        elif there.rest and there.rest not in (*processes.parameters(there.process), *PROCESS_FIELDS):
            guess = nearest(there.rest, processes.parameters(there.process))
            yield f"{there.process} has no parameter '{there.rest}'. {guess}".rstrip()
        return
    asked = rest_of(path)
    if vocabulary.is_term(asked) and asked not in known.terms:
        yield f"'{asked}' is not in the vocabulary of properties. {nearest(asked, known.known_paths)}".rstrip()


def refuse_basis(path: str, unit: str) -> None:
    """Refuse percents of the mass where amounts are compared, and the reverse. Raises InvalidQuestion."""
    element = vocabulary.element_of(path)
    if element is None:
        return
    for beginning, other, pattern in ((COMPOSITION, MASS_FRACTION, _OF_MASS), (MASS_FRACTION, COMPOSITION, _OF_AMOUNT)):
        if path.startswith(beginning) and pattern.search(unit):
            raise InvalidQuestion(
                f"{path} is a fraction of the atoms; '{unit}' is of another kind."
                if beginning == COMPOSITION
                else f"{path} is a fraction of the mass; '{unit}' is of another kind.",
                mend=f"Write {other}{element}.",
            )
    from kiban.quantity.unit import is_compatible, is_known

    if unit and is_known(unit) and not is_compatible(unit, ""):
        raise InvalidQuestion(
            f"{path} is a fraction; '{unit}' is of another kind.", mend=f"Write {path} > 0.4, or {path} > 40 %."
        )


def refuse_nothing(path: str, intervals: Iterable[Interval]) -> None:
    """Refuse to look for fractions that no element that is there can have. Raises InvalidQuestion."""
    if all(each.high is not None and each.high <= 0.0 for each in intervals):
        element = vocabulary.element_of(path)
        raise InvalidQuestion(
            f"What is not there has no {path}; a fraction of what is there is above 0.",
            mend=f'Write NOT elements HAS "{element}".',
        )


def refuse_more_than_all(path: str, value: Measured, fraction: float) -> None:
    """Refuse to compare a fraction with one above 1: a percent sign was forgotten. Raises InvalidQuestion."""
    if fraction > 1.0:
        is_percents = not value.unit and value.value <= 100.0
        raise InvalidQuestion(
            f"{path} is a fraction, which is 1 at most.",
            mend=f"Did you mean {value.value:g} %?" if is_percents else f"Write {path} < 0.5, or {path} < 50 %.",
        )


def refuse_confidence(path: str, operator: Operator, value: Literal, confidence: float) -> None:
    """Refuse a confidence that means nothing. Raises InvalidQuestion."""
    if not vocabulary.is_term(path):
        raise InvalidQuestion(
            f"{path} has no uncertainty that is known here.", mend="Ask with confidence for values of properties only."
        )
    if not 0.0 < confidence < 1.0:
        raise InvalidQuestion(
            f"A confidence of {confidence:.6g} was asked for.",
            mend=f"Did you mean {confidence / 100:.6g}?"
            if 1.0 < confidence < 100.0
            else "Write a probability above 0 and below 1: WITH CONFIDENCE 0.95.",
        )
    if operator in {Operator.EQUAL, Operator.NOT_EQUAL}:
        two = (1.0 + confidence) / 2.0
        raise InvalidQuestion(
            f"That {path} is exactly {value} has no probability.",
            mend=f"Ask for an interval: {path} >= ... WITH CONFIDENCE {two:.6g} AND {path} <= ... WITH CONFIDENCE "
            f"{two:.6g}.",
        )
