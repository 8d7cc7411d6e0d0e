"""Cutting the text of a question into tokens, for `grammar.lark`.

What a run of characters is depends on its place: `5 GPa` is a quantity after a comparison sign and two words
elsewhere; `with` and `known` are words but for their place after STARTS and IS. So the cutting is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lark.lexer import Lexer, Token

from kiban.errors import InvalidQuestion, UnknownUnit
from kiban.query.meaning import MAX_DEPTH
from kiban.query.paths import rest_of
from kiban.query.question import RECORD_FIELDS
from kiban.query.unit_words import as_symbol
from kiban.query.vocabulary import ELEMENTS, Vocabulary, is_text
from kiban.records.term import MAX_LABEL

MAX_LENGTH = 10_000
"""Characters in a question."""
_MAX_UNIT_LENGTH = 100

_JOINTS = {"AND", "OR", "NOT"}
_RELATIONS = {"CONTAINS", "STARTS", "ENDS", "HAS", "IS"}
_BEFORE_VALUES = {"OPERATOR", "CONTAINS", "STARTS", "ENDS", "WITH", "HAS", "ALL", "ANY", "ONLY"}
_AFTER = {"STARTS": {"WITH"}, "ENDS": {"WITH"}, "HAS": {"ALL", "ANY", "ONLY"}, "IS": {"KNOWN", "UNKNOWN"}}

_SIGNS = {"(": "LPAR", ")": "RPAR", "（": "LPAR", "）": "RPAR", ",": "COMMA", "、": "COMMA", "，": "COMMA"}
_SPELLED = {
    "<=": ("<=", "＜＝", "<＝", "＜=", "=<", "＝＜", "≤", "≦", "⩽"),
    ">=": (">=", "＞＝", ">＝", "＞=", "=>", "＝＞", "≥", "≧", "⩾"),
    "!=": ("!=", "！＝", "!＝", "！=", "<>", "＜＞", "≠"),
    "=": ("==", "＝＝", "=", "＝"),
    "<": ("<", "＜"),
    ">": (">", "＞"),
}
# Of two that begin alike the longer is the one that was meant.
OPERATOR_SPELLINGS = dict(
    sorted(
        ((each, sign) for sign, spellings in _SPELLED.items() for each in spellings), key=lambda found: -len(found[0])
    )
)
_OPERATOR = re.compile("|".join(map(re.escape, OPERATOR_SPELLINGS)))
_BLANK = re.compile(r"\s+")
_BLANK_OR_COMMA = re.compile(r"[\s,、，]+")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
# What keyboards, word processors and mails make of quotation marks. One that is never closed is part of a word.
_CURLY_STRING = re.compile(r"[“”„‟＂](?:[^“”„‟＂\\]|\\.)*[“”„‟＂]|「(?:[^」\\]|\\.)*」|『(?:[^』\\]|\\.)*』", re.DOTALL)
_SINGLE_STRING = re.compile(r"'(?:[^'\\]|\\.)*'(?=[\s,、，)）]|$)", re.DOTALL)
_RUN = re.compile(r'(?:(?!！[=＝])[^\s()（）,、，"<>=!≤≥≦≧≠⩽⩾＜＞＝])+')
NUMBER = re.compile(r"[-+−－＋]?(?:\d+(?:[.．]\d*)?|[.．]\d+)(?:[eEｅＥ][-+−－＋]?\d+)?")
_JOINT_AHEAD = re.compile(r"\s+(?:(?:AND|OR)(?=[\s(（]|$)|WITH\s+CONFIDENCE\b)", re.IGNORECASE)
_CONFIDENCE_AHEAD = re.compile(r"WITH\s+CONFIDENCE\b", re.IGNORECASE)
_LENGTH_AHEAD = re.compile(r"LENGTH\s*(?:[<>=!！≤≥≦≧≠⩽⩾＜＞＝]+\s*)?[-+−－＋]?\d", re.IGNORECASE)
_TO_AHEAD = re.compile(r"SIMILAR\s+TO\b")
_SIMILAR_AHEAD = re.compile(r'SIMILAR\s+TO\s+"?kb:', re.IGNORECASE)
_RELATION = re.compile(r"[<>=!≤≥≦≧≠⩽⩾＜＞＝]|！[=＝]|\b(?:HAS|IS|CONTAINS|STARTS|ENDS)\s", re.IGNORECASE)
_LONGEST_LABEL = 2 * MAX_LABEL
"""Characters in which a label and the relation after it are looked for; blanks between its words may be many."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What lark is given to read: a text, and the terms that it may name."""

    text: str
    known: Vocabulary


class QuestionLexer(Lexer):
    """Gives lark the tokens of a question."""

    def __init__(self, _conf: Any = None) -> None:
        """Take what lark hands to every lexer; nothing of it is needed."""

    # lark's plain interface for lexers of others, which its types do not describe.
    def lex(self, data: Asked) -> Iterator[Token]:  # type: ignore[override]
        """Cut the text. Raises InvalidQuestion with the position of what cannot be cut."""
        return _Cutter(data.text, data.known).tokens()


class _Cutter:
    def __init__(self, text: str, known: Vocabulary) -> None:
        if len(text) > MAX_LENGTH:
            raise InvalidQuestion(
                f"The question has {len(text)} characters; at most {MAX_LENGTH} are read.",
                mend="Ask for less at a time.",
                position=MAX_LENGTH,
            )
        self.text = text
        self.known = known
        self.position = 0
        self.before: list[Token] = []
        self.n_nots = 0
        self.brackets: list[int] = []
        self.in_list = False

    def tokens(self) -> Iterator[Token]:
        self._skip()
        while self.position < len(self.text):
            token = self._next()
            self._watch_depth(token)
            if token.type in {"HAS", "AND", "OR"}:
                self.in_list = token.type == "HAS"
            self.before.append(token)
            self.position = token.end_pos or 0
            yield token
            self._skip()

    def _skip(self) -> None:
        """Go on to the next token. A comma separates values of a list; between words it is punctuation."""
        blank = (_BLANK if self.in_list else _BLANK_OR_COMMA).match(self.text, self.position)
        if blank:
            self.position = blank.end()

    def _next(self) -> Token:
        sign = _SIGNS.get(self.text[self.position])
        if sign:
            return self._token(sign, self.position + 1)
        if operator := _OPERATOR.match(self.text, self.position):
            return self._token("OPERATOR", operator.end())
        if self.text[self.position] == '"':
            return self._string()
        if quoted := self._quoted_otherwise():
            return self._token("STRING", quoted.end())
        # Labels come first: one may begin with a number, as `0.2% proof stress`.
        if (end := self._label_end()) is not None:
            return self._token("WORD", end)
        if (end := self._quantity_end()) is not None:
            return self._token("QUANTITY", end)
        run = _RUN.match(self.text, self.position)
        if run is None:
            raise InvalidQuestion(
                f"'{self.text[self.position]}' at character {self.position + 1} has no meaning here.",
                mend="Put it in quotes if it belongs to a text.",
                position=self.position,
            )
        return self._token(self._kind_of_run(run[0]), run.end())

    def _token(self, kind: str, end: int) -> Token:
        return Token(kind, self.text[self.position : end], start_pos=self.position, end_pos=end)

    def _kind(self, back: int) -> str:
        """The kind of an earlier token, `back` steps ago; empty before the first."""
        return self.before[-back].type if len(self.before) >= back else ""

    def _begins_condition(self, back: int = 0) -> bool:
        return self._kind(back + 1) in {"", "LPAR", "AND", "OR", "NOT"}

    def _string(self) -> Token:
        string = _STRING.match(self.text, self.position)
        if string is None:
            raise InvalidQuestion(
                f"The quotation mark at character {self.position + 1} is never closed.",
                mend='Close it with ", and write \\" for a quotation mark inside.',
                position=self.position,
            )
        return self._token("STRING", string.end())

    def _quoted_otherwise(self) -> re.Match[str] | None:
        """A text between other quotation marks; between single ones only as a value, as words have apostrophes."""
        if curly := _CURLY_STRING.match(self.text, self.position):
            return curly
        is_value = self._kind(1) in _BEFORE_VALUES or (self.in_list and self._kind(1) == "COMMA")
        return _SINGLE_STRING.match(self.text, self.position) if is_value else None

    def _kind_of_run(self, run: str) -> str:
        word = run.upper()
        if word in _JOINTS:
            return word
        if word == "LENGTH" and self._kind(1) == "WORD" and self._begins_condition(1) and self._counts():
            return word
        if word == "SIMILAR" and self._begins_condition() and self._is_similar_to(run):
            return word
        if (word, self._kind(1)) == ("TO", "SIMILAR") or (word == "WITHIN" and self._kind(2) == "TO"):
            return word
        if word == "WITH" and self._ends_comparison() and _CONFIDENCE_AHEAD.match(self.text, self.position):
            return word
        if word == "CONFIDENCE" and self._kind(1) == "WITH":
            return word
        # The parts of STARTS WITH, HAS ALL, IS KNOWN are ordinary words elsewhere.
        if word in _RELATIONS and self._kind(1) == "WORD" and self._begins_condition(1):
            self._refuse_ties(word)
            return word
        if word in _AFTER.get(self._kind(1), ()):
            return word
        return "STAR" if run == "*" and self._begins_condition() else "WORD"

    def _refuse_ties(self, word: str) -> None:
        """Refuse `elements:elements_ratios HAS "Ti":>0.4` here: its values cannot be cut."""
        if word == "HAS" and ":" in self.before[-1]:
            raise InvalidQuestion(
                f"'{self.before[-1][:80]}' ties several lists together, which cannot be asked.",
                mend="Ask for each element: composition.Ti > 0.4 AND composition.O > 0.5.",
                position=self.before[-1].start_pos,
            )

    def _is_similar_to(self, run: str) -> bool:
        """Whether SIMILAR begins a condition here: written so, or with an identifier after it; else it is a word."""
        is_written_so = run.isupper() and _TO_AHEAD.match(self.text, self.position) is not None
        return is_written_so or _SIMILAR_AHEAD.match(self.text, self.position) is not None

    def _counts(self) -> bool:
        """Whether LENGTH stands here as in `elements LENGTH 3`, and not as a word."""
        path = rest_of(self.known.path(self.before[-1]))
        return (path == ELEMENTS or path in RECORD_FIELDS) and bool(_LENGTH_AHEAD.match(self.text, self.position))

    def _ends_comparison(self) -> bool:
        return self._kind(2) == "OPERATOR" and self._kind(1) in {"QUANTITY", "WORD", "STRING"}

    def _label_end(self) -> int | None:
        """Where a label of several words ends that is compared here: `Peak width (FWHM) < 1 deg`."""
        if not self._begins_condition():
            return None
        for relation in _RELATION.finditer(self.text, self.position, self.position + _LONGEST_LABEL):
            label = self.text[self.position : relation.start()].rstrip()
            if self.known.is_label(label):
                return self.position + len(label)
        return None

    def _quantity_end(self) -> int | None:
        """Where the number with its unit ends that stands here as one side of a comparison; `None` if none does."""
        number = NUMBER.match(self.text, self.position)
        if number is None:
            return None
        if self._kind(1) in {"LENGTH", "CONFIDENCE", "WITHIN"} or (self._kind(1), self._kind(2)) == (
            "OPERATOR",
            "LENGTH",
        ):
            return self._unit_end(number.end())
        if self._kind(1) == "OPERATOR":
            path = self.before[-2] if len(self.before) > 1 else ""
            # `sample = 7` and `started > 2024-01-31` compare with a text.
            if is_text(self.known.path(path)):
                return None
            return self._unit_end(number.end())
        if self._begins_condition():
            end = self._unit_end(number.end(), is_certain=False)
            if _OPERATOR.match(self.text, _skip_blanks(self.text, end)):
                return self._unit_end(number.end())
        return None

    def _unit_end(self, start: int, *, is_certain: bool = True) -> int:
        end = start
        depth = 0
        while end < len(self.text) and end - start <= _MAX_UNIT_LENGTH:
            sign = self.text[end]
            depth += (sign == "(") - (sign == ")")
            if (
                depth < 0
                or sign in '",、，（）'
                or _OPERATOR.match(self.text, end)
                or _JOINT_AHEAD.match(self.text, end)
            ):
                break
            end += 1
        unit = self.text[start:end].strip()
        end = start + len(self.text[start:end].rstrip())
        if unit and is_certain:
            self._check_unit(unit, self.text.index(unit, start))
        return end

    def _check_unit(self, unit: str, position: int) -> None:
        from kiban.quantity.choices import nearest_unit
        from kiban.quantity.unit import si_unit

        try:
            si_unit(as_symbol(unit))
        except UnknownUnit as e:
            mend = nearest_unit(unit) or f"{e.mend} Conditions are joined by AND or OR; texts stand in quotes."
            raise InvalidQuestion(e.fault, mend=mend, position=position) from e

    def _watch_depth(self, token: Token) -> None:
        """Refuse deep nesting here, where its place is known. An open bracket remembers the NOTs before it."""
        if token.type == "NOT":
            self.n_nots += 1
        elif token.type == "LPAR":
            self.brackets.append(self.n_nots)
            self.n_nots = 0
        else:
            self.n_nots = 0
            if token.type == "RPAR" and self.brackets:
                self.brackets.pop()
        if len(self.brackets) + sum(self.brackets) + self.n_nots > MAX_DEPTH:
            raise InvalidQuestion(
                f"The question is nested more than {MAX_DEPTH} deep.",
                mend="Ask it with fewer brackets and NOTs.",
                position=token.start_pos,
            )


def _skip_blanks(text: str, position: int) -> int:
    blank = _BLANK.match(text, position)
    return blank.end() if blank else position
