"""Conditions as SQL: what stands after WHERE, about the current version `r` of a record.

Values never become part of the text; they are named parameters. Where a condition is null (a missing value), that
counts as not holding, also under NOT, as in `kiban.query.evaluate`.

Conditions that an index can answer (words, equal texts, facts, elements, times of measuring) are asked beforehand,
unless the newest few records alone fill the page. If few records answer, their identifiers go into the statement, and
it is a matter of looking these up. If many do, the statement tests each record that it comes across: searching newest
first, it soon has its page full. PostgreSQL cannot make this choice here. It has no way of knowing how many rows a
guarded index will give, and with a wrong guess it sorts, or joins row by row, everything there is.

Paths to other records (`kiban.store.sql_hops`) are asked in the same way: from the few records that are looked for to
those that rest on them, or from each record back. Where all records are counted, it is one walk from however many.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from kiban.query import vocabulary
from kiban.query.answers import TEMPLATE
from kiban.query.condition import (
    AllOf,
    Along,
    AnyOf,
    Condition,
    ConfidenceCondition,
    Interval,
    KnownCondition,
    Negation,
    NumberCondition,
    SetCondition,
    TextCondition,
    TimeCondition,
    WordsCondition,
)
from kiban.query.evaluate import has, relates
from kiban.query.paths import Hop
from kiban.query.process_answers import TEMPLATE_STEP
from kiban.query.question import Extent, Manner, Operator
from kiban.query.rights_answers import OWN, RIGHTS_PATHS, rights_answers
from kiban.query.structure_answers import is_of_structure
from kiban.query.words import fold
from kiban.records.scope import Visible
from kiban.store.json_text import to_text
from kiban.store.sql_asking import Ask
from kiban.store.sql_confidence import surely_within
from kiban.store.sql_hops import leading_to, leads_there, live, live_sample
from kiban.store.sql_rights import project_rights
from kiban.store.sql_rows import stored
from kiban.store.sql_sets import data_seen, data_told, parameters, seen

NARROW = 20
"""Who sees no more scopes than these, sees so few of all records that an index finds them sooner than a walk does."""
NEWEST = 500
"""So many of the newest records are tested one by one, before an index is asked that might have to list millions."""
FEW = 2000
"""So many rows of an index are asked for beforehand."""

_COLUMNS = {
    "kind": "kind",
    "technique": "technique",
    "id": "pid",
    "owner": "owner",
    "created_by": "created_by",
    "project": "project::text",
}
_GROUPED = {"kind", "technique", "tier"}
"""What the functions `records_counted` and `records_in_scopes` count by: a row `r` stands for `r.n` visible records."""
_OF_SCOPE = {"tier": "tier", "agreement": "agreement::text"}
_TIMES = {"started": "started", "created": "created_at"}
_INDEXED_TIMES = {"started"}
_DATA_SEEN = data_seen()
LIVE_SAMPLE = live_sample("s")
"""Where row `s` of the records is that of a sample the asker may see."""


class Where:
    """The SQL of a condition with its parameters.

    Parameters
    ----------
    condition : Condition
        What is asked of the records.
    visible : Visible
        What the asker may see.
    ask : callable
        Asks the database a question with its values, behind the second wall.
    asks_indexes : bool
        Whether an index may be asked beforehand. Otherwise each record is tested that the statement comes across.
    tests_all : bool
        Whether the statement will test all records there are, as one that counts.

    Attributes
    ----------
    live : str
        A Boolean expression about `record r`: current and visible.
    asked : str
        Another: as the condition says.
    would_ask : bool
        Whether there was something to ask an index beforehand.
    walks : bool
        Whether a path has to be walked for each record that is tested.
    sql : str
        Both together.
    parameters : dict
        Values for its named placeholders. More may be added.
    """

    def __init__(
        self, condition: Condition, visible: Visible, ask: Ask, *, asks_indexes: bool = True, tests_all: bool = False
    ) -> None:
        self._ask = ask
        self._projects: dict[UUID, dict[str, tuple[str, ...]]] | None = None
        self._numbers = sorted(visible.numbers)
        self._asks_indexes = asks_indexes
        self._tests_all = tests_all
        self._row = "r"
        self.would_ask = self.walks = False
        self.parameters: dict[str, Any] = dict(parameters(visible))
        self.asked = self._sql(condition)
        self.live = live("r")
        if len(visible.numbers) <= NARROW:
            self.live += f" AND r.scope = ANY({self._value(sorted(visible.numbers))}::integer[])"
        self.sql = f"{self.live} AND {self.asked}"
        self._asked_for = _paths(condition)
        self._techniques = _techniques(condition)

    def counted(self, *by: str) -> tuple[str, str, str]:
        """What to count (an aggregate), in what, and where: whole groups, if all that is asked for allows it.

        Parameters
        ----------
        by : str
            What will be asked of the groups besides: `kind`, `technique`, `tier` or anything else.
        """
        paths = {*self._asked_for, *by}
        if not paths <= _GROUPED:
            return "count(*)", "record r", self.sql
        groups = "records_in_scopes()" if paths <= {"tier"} else "records_counted()"
        if self._techniques is not None:
            groups = f"records_of_techniques({self._value(sorted(self._techniques))}::text[])"
        return "coalesce(sum(r.n), 0)::bigint", f"{groups} r", f"{seen('r.scope')} AND {self.asked}"

    def _value(self, value: Any) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    def _few(self, rows: str) -> str | None:
        """Ask for identifiers. Gives them as an array, or `None` if there are more than a few rows."""
        self.would_ask = True
        if not self._asks_indexes:
            return None
        query = f"SELECT array_agg(DISTINCT id), count(*) FROM ({rows} LIMIT {FEW + 1}) AS found (id)"
        found, n_rows = self._ask(query, self.parameters)[0]
        return f"{self._value(found or [])}::uuid[]" if n_rows <= FEW else None

    def _sql(self, condition: Condition) -> str:
        asked = self._unguarded(condition)
        path = getattr(condition, "path", "")
        # What a record holds of a structure stands among its answers, and is a value.
        scope = f"{self._row}.scope"
        return f"({data_seen(scope)} AND {data_told(scope)} AND {asked})" if is_of_structure(path) else asked

    def _unguarded(self, condition: Condition) -> str:
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
                return self._time(path, interval)
            case ConfidenceCondition(path, unit):
                sure = surely_within(condition, lambda v: f"{self._value(v)}::double precision", self._within)
                return self._facts(path, f"unit_si = {self._value(unit)} AND {sure}")
            case Along(hop, part):
                return self._along(hop, part)
            case KnownCondition(path):
                return self._known(path)
            case WordsCondition(words):
                # Words are made of letters, digits and points only.
                query = self._value(" & ".join(f"'{word}'" for word in words)) + "::tsquery"
                few = self._few(f"SELECT records_with_words({query}, {FEW + 1})")
                return f"{self._row}.words @@ {query}" if few is None else f"{self._row}.id = ANY({few})"

    def _joined(self, parts: tuple[Condition, ...], joint: str, empty: str) -> str:
        return f"({joint.join(self._sql(part) for part in parts)})" if parts else empty

    def _along(self, hop: Hop, part: Condition) -> str:
        here = self._row
        self._row = there = f"{here}_"
        holds = self._sql(part)
        self._row = here
        self.walks = self.walks or hop in {Hop.PARENTS, Hop.PROCESS}
        samples = leading_to(hop, there, holds)
        few = self._few(samples)
        if few is not None:
            return f"{here}.sample = ANY({few})"
        return f"{here}.sample IN ({samples})" if self._tests_all else leads_there(hop, here, there, holds)

    # Texts

    def _text(self, path: str, relation: Operator | Manner, text: str) -> str:
        if path in _COLUMNS:
            return self._relates(f"{self._row}.{_COLUMNS[path]}", relation, stored(text))
        if path in _OF_SCOPE:
            of_scope = self._relates(_OF_SCOPE[path], relation, stored(text))
            return f"{self._row}.scope IN (SELECT number FROM scope WHERE {of_scope})"
        if path == "sample":
            titled, named = self._answer("s", "title", relation, text), self._answer(self._row, path, relation, text)
            return self._of_sample(titled, named)
        own = self._answer(self._row, path, relation, text)
        return self._as_answered(path, own, lambda said: any(relates(each, relation, text) for each in said))

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
            return self._has_all(row, path, (text,))
        texts = f"jsonb_array_elements({row}.answers -> {self._value(stored(path))}) AS a (value)"
        relates = self._relates("(a.value #>> '{}')", relation, text)
        return f"EXISTS (SELECT FROM {texts} WHERE jsonb_typeof(a.value) = 'string' AND {relates})"

    def _as_answered(self, path: str, own: str, holds: Callable[[tuple[str, ...]], bool]) -> str:
        """Hold for the record's own rights, or, where it has none, for its project's; of other paths for its own.

        There are as many projects as there are scopes, or fewer, so theirs are looked at here. A template that the
        asker does not see is none.
        """
        if path in {TEMPLATE, TEMPLATE_STEP}:
            # Its identifier comes last, see kiban.query.answers.
            identifier = f"({self._row}.answers -> {self._value(TEMPLATE)} ->> -1)"
            return f"({own} AND {identifier} = ANY({self._value(self._templates())}::text[]))"
        if path not in RIGHTS_PATHS:
            return own
        if self._projects is None:
            found = project_rights(self._ask, self.parameters)
            self._projects = {project: rights_answers(rights) for project, (_, rights) in found.items()}
        holding = [project for project, said in self._projects.items() if holds(said.get(path, ()))]
        without = f"NOT jsonb_exists({self._row}.answers, {self._value(OWN)})"
        return (
            f"({own} OR ({self._row}.project = ANY({self._value(holding)}::uuid[]) AND {without}))" if holding else own
        )

    def _templates(self) -> list[str]:
        """The identifiers of all templates that the asker sees, as records answer them. There are few, by scope."""
        query = (
            "SELECT pid FROM record WHERE is_current AND NOT is_deleted AND kind = 'template' "
            f"AND scope = ANY(%(numbers)s::integer[]) AND {seen()}"
        )
        rows = self._ask(query, self.parameters | {"numbers": self._numbers})
        return [fold(row[0]) for row in rows]

    def _of_sample(self, of_record: str, as_written: str) -> str:
        """Hold for the record of the sample, or, where the asker sees none, for what the measurement itself says."""
        records = f"ARRAY(SELECT s.id FROM record s WHERE {LIVE_SAMPLE} AND {of_record})"
        missing = f"NOT EXISTS (SELECT FROM record s WHERE s.id = {self._row}.sample AND {LIVE_SAMPLE})"
        return f"({self._row}.sample = ANY({records}) OR ({as_written} AND {missing}))"

    # Sets

    def _set(self, path: str, extent: Extent, texts: tuple[str, ...]) -> str:
        if path == vocabulary.ELEMENTS:
            return self._elements(extent, texts)
        has_one_at_most = path in _COLUMNS or path in _OF_SCOPE or path == "sample"
        if extent is Extent.ANY or (extent is Extent.ONLY and has_one_at_most):
            return self._sql(AnyOf(tuple(TextCondition(path, Operator.EQUAL, text) for text in texts)))
        if has_one_at_most:
            return self._sql(AllOf(tuple(TextCondition(path, Operator.EQUAL, text) for text in texts)))
        if extent is Extent.ALL:
            own = self._has_all(self._row, path, texts)
        else:
            own = f"({self._row}.answers -> {self._value(stored(path))}) <@ {self._value(to_text(list(texts)))}::jsonb"
        return self._as_answered(path, own, lambda said: has(frozenset(said), extent, frozenset(texts)))

    def _has_all(self, row: str, path: str, texts: tuple[str, ...]) -> str:
        wanted = f"{self._value(to_text({stored(path): list(texts)}))}::jsonb"
        few = self._few(f"SELECT records_with_answers({wanted}, {FEW + 1})")
        return f"{row}.answers @> {wanted}" if few is None else f"{row}.id = ANY({few})"

    def _elements(self, extent: Extent, symbols: tuple[str, ...]) -> str:
        listed = f"element = ANY({self._value(list(symbols))})"
        match extent:
            case Extent.ANY:
                return self._of_samples(f"AND {listed}", "count(*) > 0")
            case Extent.ALL:
                return self._of_samples(f"AND {listed}", f"count(*) = {len(symbols)}")
            case Extent.ONLY:
                return self._of_samples("", f"bool_and({listed})")

    def _fraction(self, path: str, element: str, holds: Callable[[str], str]) -> str:
        also = holds("fraction" if path.startswith(vocabulary.COMPOSITION) else "mass_fraction")
        rows = f"FROM composition WHERE element = {self._value(element)} AND {_DATA_SEEN} AND {also}"
        few = self._few(f"SELECT sample {rows}")
        if few is not None:
            return f"{self._row}.sample = ANY({few})"
        return f"(SELECT true {rows} AND sample = {self._row}.sample)"

    def _of_composition(self, path: str, holds: Callable[[str], str]) -> str:
        """Test a number that follows from the composition of the record's sample."""
        element = vocabulary.element_of(path)
        if element is not None:
            return self._fraction(path, element, holds)
        return self._of_samples("", f"count(*) > 0 AND {holds('count(*)::double precision')}")

    def _of_samples(self, among: str, test: str) -> str:
        """Test the elements of the record's sample."""
        few = self._few(f"SELECT sample FROM composition WHERE {_DATA_SEEN} {among} GROUP BY sample HAVING {test}")
        if few is not None:
            return f"{self._row}.sample = ANY({few})"
        return f"(SELECT {test} FROM composition WHERE sample = {self._row}.sample AND {_DATA_SEEN} {among})"

    # Numbers and times

    def _number(self, path: str, unit: str, interval: Interval) -> str:
        if vocabulary.is_number_of_sample(path):
            return self._of_composition(path, lambda n: "false" if unit else self._within(n, interval))
        if not vocabulary.is_entry(path):
            return self._facts(path, f"unit_si = {self._value(unit)} AND {self._within('value_si', interval)}")
        numbers = f"jsonb_array_elements({self._row}.answers -> {self._value(stored(path))}) AS a (value)"
        within = self._within("(a.value ->> 'si')::double precision", interval)
        return f"EXISTS (SELECT FROM {numbers} WHERE a.value ->> 'unit' = {self._value(unit)} AND {within})"

    def _time(self, path: str, interval: Interval) -> str:
        column = f"{self._row}.{_TIMES[path]}"
        within = self._within(column, interval)
        if path not in _INDEXED_TIMES or self._tests_all:
            return within
        few = self._few(
            f"SELECT t.id FROM record t WHERE {live('t')} AND {self._within(f't.{_TIMES[path]}', interval)}"
        )
        if few is not None:
            return f"{self._row}.id = ANY({few})"
        # Not to be found by the index: PostgreSQL would gather and sort all that it gives, before testing the rest.
        return self._within(f"({column} + '0'::interval)", interval)

    def _within(self, column: str, interval: Interval) -> str:
        ends = []
        if interval.low is not None:
            ends.append(f"{column} {'>' if interval.low_open else '>='} {self._value(interval.low)}")
        if interval.high is not None:
            ends.append(f"{column} {'<' if interval.high_open else '<='} {self._value(interval.high)}")
        return " AND ".join(ends) or f"{column} IS NOT NULL"

    def _facts(self, term: str, also: str) -> str:
        rows = f"FROM property WHERE term = {self._value(term)} AND is_standing AND {_DATA_SEEN} AND {also}"
        few = self._few(f"SELECT evidence {rows} UNION ALL SELECT subject {rows} AND subject IS NOT NULL")
        if few is not None:
            return f"{self._row}.id = ANY({few})"
        # A sub-select that gives a value, not EXISTS: of that PostgreSQL would make a table of all the facts first.
        on_it, of_it = (
            f"(SELECT true {rows} AND {column} = {self._row}.id LIMIT 1)" for column in ("evidence", "subject")
        )
        return f"({on_it} OR {of_it})"

    def _known(self, path: str) -> str:
        if path in _COLUMNS or path in _TIMES:
            return f"{self._row}.{(_COLUMNS | _TIMES)[path]} IS NOT NULL"
        if path in _OF_SCOPE:
            return f"{self._row}.scope IN (SELECT number FROM scope WHERE {_OF_SCOPE[path]} IS NOT NULL)"
        if vocabulary.is_number_of_sample(path):
            return self._of_composition(path, lambda n: f"{n} IS NOT NULL")
        if path == vocabulary.ELEMENTS:
            return self._of_samples("", "count(*) > 0")
        if path == "sample":
            return self._of_sample("jsonb_exists(s.answers, 'title')", f"jsonb_exists({self._row}.answers, 'sample')")
        if vocabulary.is_term(path):
            return self._facts(path, "true")
        return self._as_answered(path, f"jsonb_exists({self._row}.answers, {self._value(stored(path))})", bool)


def _techniques(condition: Condition) -> frozenset[str] | None:
    """The only techniques that a record for which the condition holds can have; `None` where that is not said."""
    match condition:
        case TextCondition("technique", Operator.EQUAL, text):
            return frozenset({stored(text)})
        case SetCondition("technique", Extent.ANY | Extent.ONLY, texts):
            return frozenset(map(stored, texts))
        case AllOf(parts):
            said = [techniques for part in parts if (techniques := _techniques(part)) is not None]
            return frozenset.intersection(*said) if said else None
        case AnyOf(parts) if parts:
            each = [_techniques(part) for part in parts]
            return None if None in each else frozenset().union(*(some for some in each if some is not None))
        case _:
            return None


def _paths(condition: Condition) -> set[str]:
    """All that a condition asks for."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return set[str]().union(*map(_paths, parts))
        case Negation(part):
            return _paths(part)
        case WordsCondition():
            return {"words"}
        case Along(hop):
            return {str(hop)}
        case _:
            return {condition.path}
