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

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kiban.query import vocabulary
from kiban.query.condition import (
    AllOf,
    Along,
    AnyOf,
    Condition,
    ConfidenceCondition,
    Interval,
    KnownCondition,
    NearCondition,
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
from kiban.store.condition_shapes import GROUPED, dearness, leads, only_leads, paths
from kiban.store.sql_asking import Ask
from kiban.store.sql_building import Building, Gathered, Row
from kiban.store.sql_hops import leading_to, leads_there, leads_there_among, live
from kiban.store.sql_sets import data_seen, data_told, parameters, seen
from kiban.store.sql_simpler import simpler
from kiban.store.sql_texts import COLUMNS, Texts, techniques
from kiban.store.sql_words import all_words, told_to_asker, without_fields

NARROW = 20
"""Who sees no more scopes than these, sees so few of all records that an index finds them sooner than a walk does."""

GATHERED = 10_000
"""So many records that answer a part are found before paths are walked back from their samples."""
WALKED_BACK = 10_000
"""From no more samples than these paths are walked one by one, where all that answer are gathered."""
_GATHERED = "gathered"
_COUNTED_BY = ", ".join(
    f"r.{name}"
    for name in (
        *("id", "pid", "kind", "sample", "sample_name", "project", "owner", "scope", "technique", "started"),
        *("created_at", "created_by"),
    )
)
"""What records are counted by."""
_ASKED = f"{_COUNTED_BY}, r.answers, r.words"
"""All that is asked of a record."""
_COLUMNS = COLUMNS | sql_numbers.TIMES
_COUNTED_WITH_WORDS = frozenset(
    {"id", "scope", "kind", "technique", "sample", "sample_name", "started", "created_at", "project"}
)
"""What the function `counted_with_words` gives of each record."""
_NAME = re.compile(r"\br\.(\w+)")


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
    asks_paths : bool
        Whether this holds of paths, too: which samples lead to what is looked for.
    tests_all : bool
        Whether the statement will test all records there are, as one that counts.
    sees_few : bool
        Whether these are few, in however many scopes.
    most_few : int, optional
        So many records that an index finds are few; `sql_building.FEW`, unless given.
    beside : mapping, optional
        The values of what stands in the same statement, if this is to ask the index itself. See `asked_later`.

    Attributes
    ----------
    live : str
        A Boolean expression about `record r`: current and visible.
    asked : str
        Another: as the condition says.
    plain : str
        The part of `asked` without paths to other records, and with those of which it is known where they lead from.
    led : str
        The rest of it, in a statement that `among` gives.
    leads : bool
        Whether there are paths in it.
    is_narrow : bool
        Whether so few records answer a part of it that it is a matter of looking these up.
    sql : str
        `live` and `asked` together.
    """

    def __init__(
        self,
        condition: Condition,
        visible: Visible,
        ask: Ask,
        *,
        asks_indexes: bool = True,
        asks_paths: bool = True,
        tests_all: bool = False,
        sees_few: bool = False,
        most_few: int | None = None,
        beside: Mapping[str, Any] | None = None,
    ) -> None:
        condition = simpler(condition)
        self._building = Building(
            ask,
            parameters(visible) if beside is None else beside,
            asks_indexes=asks_indexes,
            most_few=most_few,
            asks_later=beside is not None,
        )
        self._texts = Texts(self._building, visible)
        self._asks_paths = asks_paths
        self._gathers = False
        row, parts = Row("r", tests_all), condition.parts if isinstance(condition, AllOf) else (condition,)
        plain, led = [part for part in parts if not leads(part)], [part for part in parts if leads(part)]
        self.leads, self._is_plain = bool(led), not plain
        self._asks_more = not all(map(only_leads, led))
        tested, self.is_narrow = self._tested(plain, row)
        self._parts, self.plain = tested, _all_hold(tested)
        self.live = live("r")
        if sees_few or len(visible.numbers) <= NARROW:
            self.live += f" AND r.scope = ANY({self._building.value(sorted(visible.numbers))}::integer[])"
        self._source, self._driven = f"record {row}", self.plain
        self._goes_by_words = False
        if row.is_every and not self.is_narrow:
            self._source, self._driven = self._from_least(row, tested)
            if not self.leads and self._source == f"record {row}" and self.live == live("r"):
                # There is nothing else to go by.
                self._goes_by_words = True
            if led and plain:
                self._find_plain()
        each, back = self._led(led, row, plain)
        self.led = " AND ".join(back) or "true"
        self.asked = " AND ".join((self.plain, *each))
        if self.is_narrow:
            self._source, self._driven = f"record {row}", self.plain if self.leads else self.asked
        self.sql = f"{self.live} AND {self.asked}"
        self._asked_for = paths(condition)
        self._techniques = techniques(condition)

    @property
    def parameters(self) -> dict[str, Any]:
        """Values for its named placeholders. More may be added."""
        return self._building.parameters

    @property
    def would_ask(self) -> bool:
        """Whether there was something to ask an index beforehand."""
        return self._building.would_ask

    def asked_later(self, unless: str) -> tuple[str, str]:
        """What the statement asks of an index, and that it is few; see `Building.asked_later`."""
        return self._building.asked_later(unless)

    def counted(self, *by: str) -> tuple[str, str, str]:
        """What to count (an aggregate), in what, and where: whole groups, if all that is asked for allows it.

        Parameters
        ----------
        by : str
            What will be asked of the groups besides: `kind`, `technique`, `tier` or anything else.
        """
        asked = {*self._asked_for, *by}
        if not asked <= GROUPED:
            return "count(*)", *self.every("r.id, r.scope")
        groups = "records_in_scopes()" if asked <= {"tier"} else "records_counted()"
        if self._techniques is not None:
            groups = f"records_of_techniques({self._building.value(sorted(self._techniques))}::text[])"
        return "coalesce(sum(r.n), 0)::bigint", f"{groups} r", f"{seen('r.scope')} AND {self.asked}"

    def value(self, value: Any) -> str:
        """The placeholder of a value, for statements that ask more than the condition does."""
        return self._building.value(value)

    def sees_template(self) -> str:
        """That the record `r` has no template, or one that the asker sees."""
        return self._texts.sees_template(Row("r"))

    def tells(self, row: str, text: str) -> str:
        """That a text of a record does not name another one that is hidden from the asker."""
        return self._texts.tells(row, text)

    def within(self, column: str, interval: Interval) -> str:
        """That a column lies in an interval, for such statements."""
        return self._building.within(column, interval)

    def every(self, columns: str = _ASKED) -> tuple[str, str]:
        """In what to look for all that answer, and where: as `record r` has them, or `among`.

        Parameters
        ----------
        columns : str
            What is wanted of each.
        """
        if self._goes_by_words and (by_words := self._by_words(columns)) is not None:
            return by_words
        if not self.leads:
            return self._source, f"{self.live} AND {self._driven}"
        if self._is_plain and not self.is_narrow:
            return self._source, f"{self.live} AND {self.asked.replace(self._driven, 'true')}"
        needed = _COUNTED_BY if _columns(columns) <= _columns(_COUNTED_BY) else _ASKED
        return f"({self.among(f'{self._source} WHERE {self.live} AND {self._driven}', needed)}) r", "true"

    def among(self, of: str, columns: str = _ASKED) -> str:
        """A query for those that answer among some records: what is asked or counted of each.

        Parameters
        ----------
        of : str
            Where the records come from, with the condition that they are `live` and `plain` holds.
        columns : str
            What is wanted of each.
        """
        if not self.leads:
            return f"SELECT {columns} FROM {of}"
        # Gathered first, so that each path is walked once from each sample.
        gathered = f"SELECT {_ASKED if self._asks_more else columns} FROM {of}"
        return f"WITH {_GATHERED} AS MATERIALIZED ({gathered}) SELECT r.* FROM {_GATHERED} r WHERE {self.led}"

    def _sql(self, condition: Condition, row: Row) -> str:
        asked = self._unguarded(condition, row)
        path = getattr(condition, "path", "")
        if is_of_structure(path):
            # What a record holds of a structure stands among its answers, and is a value.
            scope = f"{row}.scope"
            return f"({data_seen(scope)} AND {data_told(scope)} AND {asked})"
        return f"({asked} AND {self._texts.sees_template(row)})" if is_told_by_template(path) else asked

    def _unguarded(self, condition: Condition, row: Row) -> str:
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
            case NearCondition(records):
                return f"{row}.id = ANY({building.value(list(records))}::uuid[])"
            case WordsCondition(words):
                return f"({self._with_words(words, row)} AND {told_to_asker(str(row), words, building.value)})"

    def _with_words(self, words: tuple[str, ...], row: Row) -> str:
        query = self._building.value(all_words(words)) + "::tsquery"
        return self._building.found(row, "records_with_words", query, f"{row}.words @@ {query}")

    def _by_words(self, columns: str) -> tuple[str, str] | None:
        """All with the words of a part, and what else is asked of them; `None` where no words are asked for."""
        part = next((each.part for each in self._parts if isinstance(each.part, WordsCondition)), None)
        if part is None:
            return None
        rest = _all_hold([each for each in self._parts if each.part is not part])
        value = self._building.value
        wanted = f"{value(all_words(part.words))}::tsquery, {value(without_fields(part.words))}::tsquery"
        found = f"counted_with_words({wanted}, {self._texts.seen_templates()})"
        if _columns(f"{columns} {rest}") <= _COUNTED_WITH_WORDS:
            return f"{found} r", f"{seen('r.scope')} AND {rest}"
        looked_up = self._building.looked_up(Row("r"), Gathered("id", f"SELECT w.id FROM {found} w", "true"))
        return looked_up, f"{self.live} AND {rest}"

    def _joined(self, parts: tuple[Condition, ...], row: Row, joint: str, empty: str) -> str:
        return f"({joint.join(self._sql(part, row) for part in parts)})" if parts else empty

    def _find_plain(self) -> None:
        """Find what answers the part without paths, if this is not too much: paths are walked back from there."""
        query = f"SELECT r.id FROM {self._source} WHERE {self.live} AND {self._driven} LIMIT {GATHERED + 1}"
        [(ids, n)] = self._building.ask(
            f"SELECT array_agg(p.id), count(*) FROM ({query}) AS p", self._building.parameters
        )
        if n <= GATHERED:
            self.is_narrow, self.plain = True, f"r.id = ANY({self._building.value(ids or [])}::uuid[])"

    def _led(self, parts: Sequence[Condition], row: Row, plain: Sequence[Condition]) -> tuple[list[str], list[str]]:
        """The parts with paths, as conditions on any record, and on those that `among` has gathered."""
        building, each, back = self._building, list[str](), list[str]()
        for part in parts:
            if self.is_narrow:
                # A matter of few records, and of few samples that paths may lead from.
                building.asks_indexes, row = False, Row("r")
            [tested], is_narrow = self._tested((part,), row)
            if is_narrow and not self.is_narrow:
                self._building.asks_indexes = False
                of_few = _all_hold(self._tested(plain, Row("r"))[0])
                self.is_narrow, self.plain = True, f"{tested.test} AND {of_few}"
                continue
            each.append(tested.test)
            back.append(self._back(part, row, tested.test))
            driving = next((g for g in tested.gathered if g.is_driving), None)
            if driving is not None and not plain and not self.is_narrow:
                self._source, self._driven = self._building.looked_up(row, driving), driving.test
        return each, back

    def _back(self, part: Condition, row: Row, ahead: str) -> str:
        """A part with paths, of what was gathered: from each of the samples back, unless there are too many."""
        asked_before, self._building.asks_indexes, self._gathers = self._building.asks_indexes, False, True
        back = self._sql(part, Row("r"))
        self._building.asks_indexes, self._gathers = asked_before, False
        if not row.is_every:
            return back
        n_samples = f"SELECT count(DISTINCT sample) FROM {_GATHERED}"
        return f"CASE WHEN ({n_samples}) <= {WALKED_BACK} THEN {back} ELSE {ahead} END"

    def _tested(self, parts: Sequence[Condition], row: Row) -> tuple[list[_Tested], bool]:
        """Those of the topmost parts, and whether few records answer one.

        What is soonest asked is asked first. Once there is one that few records answer, the others are tested of these.
        """
        building, asked_before = self._building, self._building.asks_indexes
        found, is_narrow = list[_Tested](), False
        for part in sorted(parts, key=dearness):
            n_asked, n_few, n_gathered = building.n_asked, building.n_few, len(building.gathered)
            if row.is_every and not self.leads and isinstance(part, WordsCondition):
                # If many have them, `every` goes by their index, unless there is less of something else.
                building.sizes_searches = False
            if row.is_every and isinstance(part, AnyOf) and self._is_looked_up(found):
                # Of a choice each part would have to be gathered; it is sooner tested of each that is looked up.
                building.asks_indexes, asked = False, building.asks_indexes
                test, building.asks_indexes = self._sql(part, Row(row.name)), asked
            else:
                test = self._sql(part, row)
            building.sizes_searches = True
            n_asked, n_few = building.n_asked - n_asked, building.n_few - n_few
            if not isinstance(part, AllOf | AnyOf | Negation) and n_few == n_asked > 0:
                is_narrow, row = True, Row(row.name)
                building.asks_indexes = False
            # Nothing but this, or with something besides: it may also be one of several ways to meet the condition.
            inside = building.gathered[n_gathered:]
            needed = tuple(g for g in inside if test == g.test or test.startswith(f"({g.test} AND "))
            found.append(_Tested(part, test, needed, tuple(inside)))
        building.asks_indexes = asked_before
        return found, is_narrow

    def _is_looked_up(self, tested: Sequence[_Tested]) -> bool:
        """Whether there is something that all answers meet, and what was gathered for it is looked up one by one."""
        return any(not self._building.is_large(gathered) for each in tested for gathered in each.gathered)

    def _from_least(self, row: Row, tested: Sequence[_Tested]) -> tuple[str, str]:
        """In what to look, and what to test there: all records, or those of the least that was gathered."""
        building = self._building
        least = building.least(g for each in tested for g in each.gathered)
        if least is None:
            return f"record {row}", _all_hold(tested)
        tests = list[str]()
        asked_before, building.asks_indexes = building.asks_indexes, False
        for each in tested:
            if least in each.gathered:
                # Wherever it is asked, it holds of those.
                tests.append(each.test.replace(least.test, "true"))
            elif each.inside and all(map(building.is_large, each.inside)):
                # It is sooner tested of each that comes than gathered.
                tests.append(self._sql(each.part, Row(row.name)))
            else:
                tests.append(each.test)
        building.asks_indexes = asked_before
        return building.looked_up(row, least), f"({' AND '.join(tests)})"

    def _along(self, hop: Hop, part: Condition, here: Row) -> str:
        every, building = Row(f"{here}_", is_every=True), self._building
        if here.is_every or (self._asks_paths and building.asks_indexes):
            n_asked, n_few = building.n_asked, building.n_few
            ends, is_narrow = self._tested(part.parts if isinstance(part, AllOf) else (part,), every)
            source, test = (f"record {every}", _all_hold(ends)) if is_narrow else self._from_least(every, ends)
            samples = leading_to(hop, every.name, test, source)
            # Where it leads to very many, it does from many samples, too.
            ready = [g for each in ends for g in each.gathered]
            is_broad = not is_narrow and bool(ready) and all(map(building.is_no_few, ready))
            few = None if is_broad else building.few(samples)
            # What was asked on the way is not what was asked of the record itself.
            building.n_asked, building.n_few = n_asked + 1, n_few + (few is not None)
            if few is not None:
                return f"{here}.sample = ANY({few})"
            if here.is_every:
                # Where few records lead there, few samples do: those that these are on are looked up.
                is_driving = is_narrow or any(not building.is_large(g) for g in ready)
                return building.one_of(here, "sample", samples, is_driving=is_driving)
        one, asked_before = Row(every.name), building.asks_indexes
        building.asks_indexes = False
        holds = self._sql(part, one)
        building.asks_indexes = asked_before
        if not self._gathers:
            return leads_there(hop, here.name, one.name, holds)
        return leads_there_among(_GATHERED, hop, here.name, one.name, holds)

    def _known(self, path: str, row: Row) -> str:
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


class _Tested(NamedTuple):
    """A part of a condition as SQL."""

    part: Condition
    test: str
    gathered: tuple[Gathered, ...]
    """What each record needs to be among."""
    inside: tuple[Gathered, ...]
    """All that was gathered for it."""


def _columns(sql: str) -> frozenset[str]:
    """The columns of `r` that a text names."""
    return frozenset(_NAME.findall(sql))


def _all_hold(tested: Sequence[_Tested]) -> str:
    return f"({' AND '.join(each.test for each in tested)})" if tested else "true"
