"""Conditions as SQL: what stands after WHERE, about the current version `r` of a record.

Values never become part of the text; they are named parameters. Where a condition is null (a missing value), that
counts as not holding, also under NOT, as in `kiban.query.evaluate`.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from typing import Any

from kiban.query import vocabulary
from kiban.query.condition import (
    AllOf,
    AnyOf,
    Condition,
    Interval,
    KnownCondition,
    Negation,
    NumberCondition,
    SetCondition,
    TextCondition,
    TimeCondition,
    WordsCondition,
)
from kiban.query.question import Extent, Manner, Operator
from kiban.records.scope import Visible
from kiban.store.json_text import to_text
from kiban.store.sql_rows import stored

_COLUMNS = {"kind": "r.kind", "technique": "r.technique", "id": "r.pid"}
_TIMES = {"started": "r.started", "created": "r.created_at"}
_SAMPLE = "s.is_current AND NOT s.is_deleted AND s.scope = ANY(%(scopes)s)"


class Where:
    """The SQL of a condition with its parameters, for an asker who may see these scopes.

    Attributes
    ----------
    sql : str
        A Boolean expression about `record r`: visible, current, and as the condition says.
    parameters : dict
        Values for its named placeholders. More may be added.
    """

    def __init__(self, condition: Condition, visible: Visible) -> None:
        self.parameters: dict[str, Any] = {"scopes": sorted(visible.numbers)}
        self.sql = f"r.is_current AND NOT r.is_deleted AND r.scope = ANY(%(scopes)s) AND {self._sql(condition)}"

    def _value(self, value: Any) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    def _sql(self, condition: Condition) -> str:
        match condition:
            case AllOf(parts):
                return self._joined(parts, " AND ", "true")
            case AnyOf(parts):
                return self._joined(parts, " OR ", "false")
            case Negation(part):
                return f"({self._sql(part)}) IS NOT TRUE"
            case TextCondition(path, relation, text):
                return self._text(path, relation, text)
            case SetCondition(path, extent, texts):
                return self._set(path, extent, texts)
            case NumberCondition(path, unit, interval):
                return self._number(path, unit, interval)
            case TimeCondition(path, interval):
                return self._within(_TIMES[path], interval)
            case KnownCondition(path):
                return self._known(path)
            case WordsCondition(words):
                query = " & ".join(f"'{word}'" for word in words)  # letters, digits and points only
                return f"r.id IN (SELECT records_with_words({self._value(query)}::tsquery))"

    def _joined(self, parts: tuple[Condition, ...], joint: str, empty: str) -> str:
        return f"({joint.join(self._sql(part) for part in parts)})" if parts else empty

    # Texts

    def _text(self, path: str, relation: Operator | Manner, text: str) -> str:
        if path in _COLUMNS:
            return self._relates(_COLUMNS[path], relation, stored(text))
        if path == "tier":
            return f"r.scope IN (SELECT number FROM scope WHERE {self._relates('tier', relation, text)})"
        if path == "sample":
            named = self._answer("s", "title", relation, text)
            return self._of_sample(named, self._answer("r", "sample", relation, text))
        return self._answer("r", path, relation, text)

    def _relates(self, column: str, relation: Operator | Manner, text: str) -> str:
        value = self._value(text)
        match relation:
            case Operator.EQUAL | Operator.NOT_EQUAL:
                return f"{column} {relation} {value}"
            case Operator():
                return f'{column} COLLATE "C" {relation} {value}'
            case Manner.CONTAINS:
                return f"strpos({column}, {value}) > 0"
            case Manner.STARTS:
                return f"starts_with({column}, {value})"
            case Manner.ENDS:
                return f"right({column}, length({value})) = {value}"

    def _answer(self, row: str, path: str, relation: Operator | Manner, text: str) -> str:
        """One of the texts that the record of that row answers for the path."""
        if relation is Operator.EQUAL:
            wanted = self._value(to_text({stored(path): [text]}))
            return f"{row}.id IN (SELECT records_with_answers({wanted}::jsonb))"
        # Of a number, which is an object here, `#>> '{{}}'` would give the JSON.
        texts = f"jsonb_array_elements({row}.answers -> {self._value(stored(path))}) AS a (value)"
        relates = self._relates("(a.value #>> '{}')", relation, text)
        return f"EXISTS (SELECT FROM {texts} WHERE jsonb_typeof(a.value) = 'string' AND {relates})"

    def _of_sample(self, of_record: str, as_written: str) -> str:
        """Hold for the record of the sample, or, where the asker sees none, for what the measurement itself says."""
        records = f"ARRAY(SELECT s.id FROM record s WHERE {_SAMPLE} AND {of_record})"
        missing = f"NOT EXISTS (SELECT FROM record s WHERE s.id = r.sample AND {_SAMPLE})"
        return f"(r.sample = ANY({records}) OR ({as_written} AND {missing}))"

    # Sets

    def _set(self, path: str, extent: Extent, texts: tuple[str, ...]) -> str:
        if path == vocabulary.ELEMENTS:
            return self._elements(extent, texts)
        if path in _COLUMNS or path in {"tier", "sample"}:
            # These have one value at most.
            equal: tuple[Condition, ...] = tuple(TextCondition(path, Operator.EQUAL, text) for text in texts)
            return self._sql(AllOf(equal) if extent is Extent.ALL else AnyOf(equal))
        answers = f"r.answers -> {self._value(stored(path))}"
        match extent:
            case Extent.ALL:
                wanted = self._value(to_text({stored(path): list(texts)}))
                return f"r.id IN (SELECT records_with_answers({wanted}::jsonb))"
            case Extent.ANY:
                each = self._value([to_text({stored(path): [text]}) for text in texts])
                return f"r.id IN (SELECT records_with_answers(w::jsonb) FROM unnest({each}::text[]) AS w)"
            case Extent.ONLY:
                return f"({answers}) <@ {self._value(to_text(list(texts)))}::jsonb"

    def _elements(self, extent: Extent, symbols: tuple[str, ...]) -> str:
        rows = "SELECT sample FROM composition WHERE scope = ANY(%(scopes)s)"
        listed = self._value(list(symbols))
        match extent:
            case Extent.ANY:
                return f"r.sample IN ({rows} AND element = ANY({listed}))"
            case Extent.ALL:
                of_each = f"{rows} AND element = ANY({listed}) GROUP BY sample HAVING count(*) = {len(symbols)}"
                return f"r.sample IN ({of_each})"
            case Extent.ONLY:
                only = f"{rows} GROUP BY sample HAVING bool_and(element = ANY({listed}))"
                return f"r.sample IN ({only})"

    # Numbers and times

    def _number(self, path: str, unit: str, interval: Interval) -> str:
        if not path.startswith(vocabulary.METADATA):
            same_unit = f"unit_si = {self._value(unit)}"
            return self._facts(path, f"{same_unit} AND {self._within('value_si', interval)}")
        numbers = f"jsonb_array_elements(r.answers -> {self._value(stored(path))}) AS a (value)"
        within = self._within("(a.value ->> 'si')::double precision", interval)
        return f"EXISTS (SELECT FROM {numbers} WHERE a.value ->> 'unit' = {self._value(unit)} AND {within})"

    def _within(self, column: str, interval: Interval) -> str:
        ends = []
        if interval.low is not None:
            ends.append(f"{column} {'>' if interval.low_open else '>='} {self._value(interval.low)}")
        if interval.high is not None:
            ends.append(f"{column} {'<' if interval.high_open else '<='} {self._value(interval.high)}")
        return " AND ".join(ends) or f"{column} IS NOT NULL"

    def _facts(self, term: str, also: str) -> str:
        rows = f"FROM property WHERE term = {self._value(term)} AND is_standing AND scope = ANY(%(scopes)s) AND {also}"
        # Apart, because each of the two has an index.
        return f"r.id IN (SELECT evidence {rows} UNION ALL SELECT subject {rows} AND subject IS NOT NULL)"

    def _known(self, path: str) -> str:
        if path in _COLUMNS or path in _TIMES:
            return f"{(_COLUMNS | _TIMES)[path]} IS NOT NULL"
        if path == "tier":
            return "true"
        if path == vocabulary.ELEMENTS:
            return "r.sample IN (SELECT sample FROM composition WHERE scope = ANY(%(scopes)s))"
        if path == "sample":
            return self._of_sample("jsonb_exists(s.answers, 'title')", "jsonb_exists(r.answers, 'sample')")
        if vocabulary.is_term(path):
            return self._facts(path, "true")
        return f"jsonb_exists(r.answers, {self._value(stored(path))})"
