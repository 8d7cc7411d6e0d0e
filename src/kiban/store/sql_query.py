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

from __future__ import annotations

from typing import Any

from kiban.query import vocabulary
from kiban.query.condition import (
    AllOf,
    Along,
    AnyOf,
    Condition,
    ConfidenceCondition,
    KnownCondition,
    Negation,
    NumberCondition,
    SetCondition,
    TextCondition,
    TimeCondition,
    WordsCondition,
)
from kiban.query.paths import Hop
from kiban.query.process_answers import is_told_by_template
from kiban.query.structure_answers import is_of_structure
from kiban.records.scope import Visible
from kiban.store import sql_numbers
from kiban.store.sql_asking import Ask
from kiban.store.sql_building import FEW, Building
from kiban.store.sql_hops import leading_to, leads_there, live
from kiban.store.sql_sets import data_seen, data_told, parameters, seen
from kiban.store.sql_texts import COLUMNS, Texts, techniques

NARROW = 20
"""Who sees no more scopes than these, sees so few of all records that an index finds them sooner than a walk does."""
NEWEST = 500
"""So many of the newest records are tested one by one, before an index is asked that might have to list millions."""

_GROUPED = {"kind", "technique", "tier"}
"""What the functions `records_counted` and `records_in_scopes` count by: a row `r` stands for `r.n` visible records."""
_COLUMNS = COLUMNS | sql_numbers.TIMES


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
    walks : bool
        Whether a path has to be walked for each record that is tested.
    sql : str
        Both together.
    """

    def __init__(
        self, condition: Condition, visible: Visible, ask: Ask, *, asks_indexes: bool = True, tests_all: bool = False
    ) -> None:
        self._building = Building(ask, parameters(visible), asks_indexes=asks_indexes, tests_all=tests_all)
        self._texts = Texts(self._building, visible)
        self.walks = False
        self.asked = self._sql(condition, "r")
        self.live = live("r")
        if len(visible.numbers) <= NARROW:
            self.live += f" AND r.scope = ANY({self._building.value(sorted(visible.numbers))}::integer[])"
        self.sql = f"{self.live} AND {self.asked}"
        self._asked_for = _paths(condition)
        self._techniques = techniques(condition)

    @property
    def parameters(self) -> dict[str, Any]:
        """Values for its named placeholders. More may be added."""
        return self._building.parameters

    @property
    def would_ask(self) -> bool:
        """Whether there was something to ask an index beforehand."""
        return self._building.would_ask

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
            groups = f"records_of_techniques({self._building.value(sorted(self._techniques))}::text[])"
        return "coalesce(sum(r.n), 0)::bigint", f"{groups} r", f"{seen('r.scope')} AND {self.asked}"

    def _sql(self, condition: Condition, row: str) -> str:
        asked = self._unguarded(condition, row)
        path = getattr(condition, "path", "")
        if is_of_structure(path):
            # What a record holds of a structure stands among its answers, and is a value.
            scope = f"{row}.scope"
            return f"({data_seen(scope)} AND {data_told(scope)} AND {asked})"
        return f"({asked} AND {self._texts.sees_template(row)})" if is_told_by_template(path) else asked

    def _unguarded(self, condition: Condition, row: str) -> str:
        building = self._building
        match condition:
            case AllOf(parts):
                return self._joined(parts, row, " AND ", "true")
            case AnyOf(parts):
                return self._joined(parts, row, " OR ", "false")
            case Negation(part):
                return f"({self._sql(part, row)}) IS NOT TRUE"
            case TextCondition(path, relation, text):
                return self._texts.text(row, path, relation, text)
            case SetCondition(vocabulary.ELEMENTS, extent, symbols):
                return sql_numbers.elements(building, row, extent, symbols)
            case SetCondition(path, extent, texts):
                own = self._texts.set(row, path, extent, texts)
                return own if isinstance(own, str) else self._sql(own, row)
            case NumberCondition(path, unit, interval):
                return sql_numbers.number(building, row, path, unit, interval)
            case TimeCondition(path, interval):
                return sql_numbers.time(building, row, path, interval)
            case ConfidenceCondition():
                return sql_numbers.confidence(building, row, condition)
            case Along(hop, part):
                return self._along(hop, part, row)
            case KnownCondition(path):
                return self._known(path, row)
            case WordsCondition(words):
                # Words are made of letters, digits and points only.
                query = building.value(" & ".join(f"'{word}'" for word in words)) + "::tsquery"
                few = building.few(f"SELECT records_with_words({query}, {FEW + 1})")
                return f"{row}.words @@ {query}" if few is None else f"{row}.id = ANY({few})"

    def _joined(self, parts: tuple[Condition, ...], row: str, joint: str, empty: str) -> str:
        return f"({joint.join(self._sql(part, row) for part in parts)})" if parts else empty

    def _along(self, hop: Hop, part: Condition, here: str) -> str:
        there = f"{here}_"
        holds = self._sql(part, there)
        self.walks = self.walks or hop in {Hop.PARENTS, Hop.PROCESS}
        samples = leading_to(hop, there, holds)
        few = self._building.few(samples)
        if few is not None:
            return f"{here}.sample = ANY({few})"
        is_listed = self._building.tests_all
        return f"{here}.sample IN ({samples})" if is_listed else leads_there(hop, here, there, holds)

    def _known(self, path: str, row: str) -> str:
        building = self._building
        if path in _COLUMNS:
            return f"{row}.{_COLUMNS[path]} IS NOT NULL"
        if vocabulary.is_number_of_sample(path):
            return sql_numbers.of_composition(building, row, path, lambda n: f"{n} IS NOT NULL")
        if path == vocabulary.ELEMENTS:
            return sql_numbers.elements_known(building, row)
        if vocabulary.is_term(path):
            return sql_numbers.facts(building, row, path, "true")
        return self._texts.known(row, path)


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
