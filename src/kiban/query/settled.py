"""A question freed of what only one catalog's vocabulary knows, so that any catalog can answer it."""

from __future__ import annotations

from dataclasses import replace

from kiban.quantity.measured import Measured
from kiban.query.question import And, Comparison, Has, Known, Match, Not, Or, Question
from kiban.query.renamed import under_names
from kiban.query.vocabulary import Vocabulary


def settled(question: Question, known: Vocabulary) -> Question:
    """Ask for all that has the same meaning as what is named, and give bare numbers the usual unit of what they are.

    Terms that were merged mean the same, and processes of a structure and of a template that was made of it. A question
    that names nothing with either stays as it is. Nothing stored is looked at or changed.
    """
    match question:
        case And(parts):
            return And(tuple(settled(part, known) for part in parts))
        case Or(parts):
            return Or(tuple(settled(part, known) for part in parts))
        case Not(part):
            return Not(settled(part, known))
        case Comparison(path, _, value):
            if isinstance(value, Measured) and not value.unit and (unit := known.usual_unit(path)):
                question = replace(question, value=Measured(value.value, unit))
            return under_names(question, known.names(path))
        case Match(path) | Has(path) | Known(path):
            return under_names(question, known.names(path))
        case _:
            return question
