"""Reading the language of questions: text in, question out; `write` is the way back.

    elements HAS ALL "Ti","O" AND hardness >= 5 GPa
    technique = "xrd" AND (started >= "2024-01" OR NOT operator IS KNOWN)
    5 GPa <= hardness
    SIMILAR TO kb:7Q4M-2KXD-98 WITHIN 0.9 AND technique = "raman"
    LTO battery               words that the record's texts have

The grammar is OPTIMADE's filter language (`grammar.lark`) with units after numbers, bare words as full text, and the
labels of the vocabulary in Japanese and English as names. Keywords may be written in either case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from kiban.errors import InvalidIdentifier, InvalidQuestion, OutOfRange
from kiban.quantity.measured import Measured
from kiban.query import vocabulary
from kiban.query.meaning import meaning
from kiban.query.path_errors import check_path
from kiban.query.paths import Hop, rest_of
from kiban.query.question import (
    EVERYTHING,
    And,
    Comparison,
    Extent,
    Has,
    Known,
    Literal,
    Manner,
    Match,
    Not,
    Operator,
    Or,
    Question,
    Similar,
    Words,
)
from kiban.query.time_span import time_span
from kiban.query.unit_words import as_symbol
from kiban.query.vocabulary import SHIPPED, Vocabulary
from kiban.query.words import fold
from kiban.query.write import write
from kiban.records.identity import parse_pid

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedToken

__all__ = ["parse", "write"]

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_KNOWN_RECORDS = frozenset({Hop.PARENTS, Hop.MEASUREMENT})
"""Of what these paths lead to it may be asked whether there is any: each record has an identifier."""
_REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_EXPECTED = {
    "OPERATOR": "a comparison such as >=",
    "QUANTITY": "a number",
    "STRING": "a text in quotes",
    "WORD": "a word",
    "RPAR": "a closing bracket",
    "LPAR": "an opening bracket",
    "COMMA": "a comma",
    "STAR": "*",
    "$END": "the end",
}


def parse(text: str, known: Vocabulary = SHIPPED) -> Question:
    """Read a question.

    Parameters
    ----------
    text : str
        At most 10,000 characters. Empty text and `*` ask for everything.
    known : Vocabulary
        The property terms whose names and synonyms it may use.

    Raises
    ------
    InvalidQuestion
        With the position of the trouble, what was expected there, and the nearest known word where there is one.
    """
    from lark.exceptions import UnexpectedToken

    from kiban.query.lexer import Asked

    try:
        # lark hands what it is given to our lexer as it stands.
        tree = _parser().parse(Asked(text, known))
    except UnexpectedToken as e:
        raise _unexpected(text, e) from None
    question: Question = _built(tree, _Builder(known))
    meaning(question, known)
    return question


def _built(node: Tree[Token] | Token, builder: _Builder) -> Any:
    """What the builder makes of a node, after its parts."""
    if isinstance(node, str):
        return node
    return getattr(builder, node.data)([_built(child, builder) for child in node.children])


@cache
def _parser() -> Lark:
    from lark import Lark

    from kiban.query.lexer import QuestionLexer

    grammar = resources.files("kiban.query").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=QuestionLexer)


class _Builder:
    """Makes a question of what the grammar has found; each method is named in `grammar.lark`."""

    def __init__(self, known: Vocabulary) -> None:
        self._known = known

    def everything_or(self, parts: list[Any]) -> Question:
        return parts[0] if parts else EVERYTHING

    def any_of(self, parts: list[Any]) -> Question:
        questions = _without_tokens(parts)
        return questions[0] if len(questions) == 1 else Or(questions)

    def all_of(self, parts: list[Any]) -> Question:
        questions = _without_tokens(parts)
        return questions[0] if len(questions) == 1 else And(questions)

    def negated(self, parts: list[Any]) -> Question:
        return Not(parts[1])

    def grouped(self, parts: list[Any]) -> Question:
        return parts[1]  # type: ignore[no-any-return]

    def everything(self, _parts: list[Any]) -> Question:
        return EVERYTHING

    def compared(self, parts: list[Token]) -> Question:
        name, sign, value, *confidence = parts
        return self._comparison(name, _operator(sign), value, confidence)

    def compared_from_right(self, parts: list[Token]) -> Question:
        value, sign, name, *confidence = parts
        return self._comparison(name, Operator(_REVERSED[_operator(sign)]), value, confidence)

    def counted(self, parts: list[Token]) -> Question:
        name, _, *sign, number = parts
        path = self._path(name)
        if rest_of(path) != vocabulary.ELEMENTS:
            raise InvalidQuestion(
                f"How many values {path[:80]} has cannot be asked.",
                mend="Write elements LENGTH 3, or nelements = 3.",
                position=name.start_pos,
            )
        path = f"{path.removesuffix(vocabulary.ELEMENTS)}{vocabulary.N_ELEMENTS}"
        operator = _operator(sign[0]) if sign else Operator.EQUAL
        return self._checked(Comparison(path, operator, _quantity(number)), name, number)

    def matched(self, parts: list[Token]) -> Question:
        name, how, *_, value = parts
        return self._checked(Match(self._path(name), Manner[how.upper()], _text(value)), name, value)

    def contained(self, parts: list[Token]) -> Question:
        name, _, *rest = parts
        extent = Extent[rest.pop(0).upper()] if rest[0].type in Extent.__members__ else Extent.ALL
        values = [token for token in rest if token.type != "COMMA"]
        path = self._path(name)
        # One by one first, so that an error points at the value that is wrong.
        for value in values:
            self._checked(Has(path, extent, (_coded(path, _text(value)),)), name, value)
        return Has(path, extent, tuple(_coded(path, _text(value)) for value in values))

    def known(self, parts: list[Token]) -> Question:
        name, _, which = parts
        path = self._path(name)
        if path in _KNOWN_RECORDS and path not in self._known.terms:
            path = f"{path}.id"
        return self._checked(Known(path, which.type == "KNOWN"), name, name, path=path)

    def similar(self, parts: list[Token]) -> Question:
        _, _, written, *within = parts
        try:
            record = parse_pid(_text(written))
        except InvalidIdentifier as e:
            raise InvalidQuestion(e.fault, mend=e.mend, position=written.start_pos) from e
        at_least = _score(within[-1]) if within else None
        return self._checked(Similar(record, at_least), written, within[-1] if within else written, is_path=False)

    def words(self, parts: list[Token]) -> Question:
        return self._checked(Words(" ".join(_text(part) for part in parts)), parts[0], parts[0], is_path=False)

    def _path(self, name: Token) -> str:
        return self._known.path(name)

    def _comparison(self, name: Token, operator: Operator, value: Token, confidence: list[Token]) -> Question:
        path = self._path(name)
        literal: Literal = _quantity(value) if value.type == "QUANTITY" else _coded(path, _text(value))
        if vocabulary.is_text(path) and rest_of(path) in vocabulary.TIMES and isinstance(literal, str):
            literal = _instant_or_text(literal)
        compared = self._checked(Comparison(path, operator, literal), name, value)
        if not confidence:
            return compared
        return self._checked(Comparison(path, operator, literal, _probability(confidence[-1])), name, confidence[-1])

    def _checked(
        self, question: Question, name: Token, value: Token, *, is_path: bool = True, path: str = ""
    ) -> Question:
        """Check one condition on its own, so that an error can point at it. `path` is that of the name unless given."""
        token = name
        try:
            if is_path:
                check_path(path or self._path(name), self._known)
            token = value
            meaning(question, self._known)
        except InvalidQuestion as e:
            raise InvalidQuestion(e.fault, mend=e.mend, position=token.start_pos) from e
        return question


def _without_tokens(parts: Iterable[Any]) -> tuple[Question, ...]:
    return tuple(part for part in parts if not isinstance(part, str))


def _operator(sign: Token) -> Operator:
    from kiban.query.lexer import OPERATOR_SPELLINGS

    return Operator(OPERATOR_SPELLINGS[sign])


def _text(token: Token) -> str:
    return _ESCAPED.sub(r"\1", token[1:-1]) if token.type == "STRING" else str(token)


def _coded(path: str, text: str) -> str:
    asked = rest_of(path)
    return vocabulary.codes(asked).get(fold(text), text) if asked in vocabulary.CODED else text


def _probability(token: Token) -> float:
    written = _quantity(token)
    if written.unit in {"", "%", "percent"}:
        return written.value / 100.0 if written.unit else written.value
    raise InvalidQuestion(
        f"'{written.unit}' is not a unit of confidence.", mend="Write WITH CONFIDENCE 0.95.", position=token.start_pos
    )


def _score(token: Token) -> float:
    written = _quantity(token)
    if written.unit in {"", "%", "percent"}:
        return written.value / 100.0 if written.unit else written.value
    raise InvalidQuestion(
        f"'{written.unit}' is not a unit of nearness.", mend="Write WITHIN 0.9.", position=token.start_pos
    )


def _instant_or_text(text: str) -> Literal:
    """A point in time becomes one; a day or month stays as it is written, because it stands for all its instants."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(text.strip()) if time_span(text).is_instant else text
    except ValueError:
        return text  # `meaning` says what is wrong with it


def _quantity(token: Token) -> Measured:
    from kiban.query.lexer import NUMBER

    number = NUMBER.match(token)
    if number is None:
        raise AssertionError(f"the lexer took '{token}' for a quantity")
    try:
        plain = unicodedata.normalize("NFKC", number[0]).replace("−", "-")
        return Measured(float(plain), as_symbol(" ".join(token[number.end() :].split())))
    except OutOfRange as e:
        raise InvalidQuestion(e.fault, mend="Write a smaller number.", position=token.start_pos) from e


def _unexpected(text: str, error: UnexpectedToken) -> InvalidQuestion:
    token = error.token
    expected = sorted({_EXPECTED.get(kind, kind) for kind in error.expected})
    is_end = token.type == "$END"
    position = len(text) if is_end else token.start_pos or 0
    found = "the question ends" if is_end else f"'{token[:80]}' stands"
    before = text[max(0, position - 40) : position].strip()
    where = f"After '{before}'" if before else "At the start"
    guess = "" if is_end else _nearest_keyword(token, error.expected)
    return InvalidQuestion(
        f"{where} {found}, where one of these was expected: {', '.join(expected)}.",
        mend=guess or "Join conditions with AND or OR, and put texts of several words in quotes.",
        position=position,
    )


def _nearest_keyword(token: str, expected: Iterable[str]) -> str:
    keywords = {kind.lower() for kind in expected if kind not in _EXPECTED}
    return vocabulary.nearest(token, keywords)
