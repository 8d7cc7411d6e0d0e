"""Writing a question as text that `kiban.query.parse` reads as the same question."""

from __future__ import annotations

from datetime import datetime

from kiban.quantity.measured import Measured
from kiban.query.question import (
    And,
    Comparison,
    Everything,
    Extent,
    Has,
    Known,
    Literal,
    Match,
    Not,
    Or,
    Question,
    Similar,
    Words,
)


def write(question: Question) -> str:
    """Write a question in the language of `kiban.query.parse`.

    An AND or OR of one part is written as that part, of no part as what it means (`*`, `NOT *`).
    """
    match question:
        case Everything():
            return "*"
        case And(parts):
            return _joined(parts, " AND ") or "*"
        case Or(parts):
            return _joined(parts, " OR ") or "NOT *"
        case Not(part):
            return f"NOT {_bracketed(part)}"
        case Comparison(path, operator, value, confidence):
            sure = "" if confidence is None else f" WITH CONFIDENCE {confidence!r}"
            return f"{path} {operator} {_literal(value)}{sure}"
        case Match(path, manner, text):
            return f"{path} {manner} {_quoted(text)}"
        case Has(path, extent, values):
            how = "" if extent is Extent.ALL and len(values) == 1 else f" {extent}"
            return f"{path} HAS{how} {', '.join(map(_quoted, values))}"
        case Known(path, known):
            return f"{path} IS {'KNOWN' if known else 'UNKNOWN'}"
        case Similar(record, at_least):
            return f"SIMILAR TO {record}{'' if at_least is None else f' WITHIN {at_least!r}'}"
        case Words(text):
            return _quoted(text)


def _joined(parts: tuple[Question, ...], joint: str) -> str:
    if len(parts) == 1:
        return write(parts[0])
    return joint.join(_bracketed(part) for part in parts)


def _bracketed(part: Question) -> str:
    return f"({write(part)})" if isinstance(part, And | Or) and len(part.parts) > 1 else write(part)


def _literal(value: Literal) -> str:
    if isinstance(value, Measured):
        return f"{float(value.value)!r} {value.unit}".rstrip()
    return _quoted(value.isoformat() if isinstance(value, datetime) else value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
