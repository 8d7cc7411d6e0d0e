"""Conditions on a record's texts, as SQL: its columns, its scope's, what it answers, and the rights in its project."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from kiban.query.answers import TEMPLATE
from kiban.query.condition import AllOf, AnyOf, Condition, SetCondition, TextCondition
from kiban.query.evaluate import has, relates
from kiban.query.identifiers import named_record
from kiban.query.question import Extent, Manner, Operator
from kiban.query.rights_answers import OWN, RIGHTS_PATHS, rights_answers
from kiban.query.words import fold
from kiban.records.scope import Visible
from kiban.store.json_text import to_text
from kiban.store.sql_building import Building, Row
from kiban.store.sql_hops import live_sample
from kiban.store.sql_identifiers import IS_CURRENT_AND_SEEN, tells
from kiban.store.sql_rights import project_rights
from kiban.store.sql_rows import stored
from kiban.store.sql_sets import seen

COLUMNS = {
    "kind": "kind",
    "technique": "technique",
    "id": "pid",
    "owner": "owner",
    "created_by": "created_by",
    "project": "project::text",
}
OF_SCOPE = {"tier": "tier", "agreement": "agreement::text"}
LIVE_SAMPLE = live_sample("s")
"""Where row `s` of the records is that of a sample the asker may see."""


class Texts:
    """What is asked of texts in one statement.

    Parameters
    ----------
    visible : Visible
        What the asker may see and change.
    """

    def __init__(self, building: Building, visible: Visible) -> None:
        self._building = building
        self._visible = visible
        self._writable: str | None = None
        self._templates: str | None = None
        self._projects: dict[UUID, dict[str, tuple[str, ...]]] | None = None

    def text(self, row: Row, path: str, relation: Operator | Manner, text: str) -> str:
        """See `TextCondition`."""
        if path in COLUMNS:
            return self._building.relates(f"{row}.{COLUMNS[path]}", relation, stored(text))
        if path in OF_SCOPE:
            of_scope = self._building.relates(OF_SCOPE[path], relation, stored(text))
            return f"{row}.scope IN (SELECT number FROM scope WHERE {of_scope})"
        if path == "sample":
            titled, named = self._answer(Row("s"), "title", relation, text), self._answer(row, path, relation, text)
            return _of_sample(row, titled, named)
        own = self._answer(row, path, relation, text)
        return self._as_answered(row, path, own, lambda said: any(relates(each, relation, text) for each in said))

    def set(self, row: Row, path: str, extent: Extent, texts: tuple[str, ...]) -> str | Condition:
        """See `SetCondition`; where it is the same as conditions on single texts, gives these."""
        has_one_at_most = path in COLUMNS or path in OF_SCOPE or path == "sample"
        if extent is Extent.ANY or (extent is Extent.ONLY and has_one_at_most):
            return AnyOf(tuple(TextCondition(path, Operator.EQUAL, text) for text in texts))
        if has_one_at_most:
            return AllOf(tuple(TextCondition(path, Operator.EQUAL, text) for text in texts))
        if extent is Extent.ALL:
            own = self._has_all(row, path, texts)
        else:
            told = f"(SELECT jsonb_agg(a.value) FROM {self._told(row, path)})"
            own = f"({told} <@ {self._building.value(to_text(list(texts)))}::jsonb)"
        return self._as_answered(row, path, own, lambda said: has(frozenset(said), extent, frozenset(texts)))

    def known(self, row: Row, path: str) -> str:
        """That there is one."""
        if path in OF_SCOPE:
            return f"{row}.scope IN (SELECT number FROM scope WHERE {OF_SCOPE[path]} IS NOT NULL)"
        if path == "sample":
            return _of_sample(row, "jsonb_exists(s.answers, 'title')", self._is_told(row, path))
        return self._as_answered(row, path, self._is_told(row, path), bool)

    def sees_template(self, row: Row) -> str:
        """That the record has no template, or one that the asker sees."""
        # Its identifier comes last, see kiban.query.answers.
        used = f"({row}.answers -> {self._building.value(TEMPLATE)} ->> -1)"
        return f"({used} IS NULL OR {used} = ANY({self.seen_templates()}))"

    def seen_templates(self) -> str:
        """The identifiers of the templates that the asker sees, folded. There are few."""
        if self._templates is None:
            query = f"SELECT pid FROM record WHERE is_current AND NOT is_deleted AND kind = 'template' AND {seen()}"
            rows = self._building.ask(query, self._building.parameters)
            self._templates = f"{self._building.value([fold(row[0]) for row in rows])}::text[]"
        return self._templates

    def tells(self, row: str, text: str) -> str:
        """That a text of the record of that row does not name another one that is hidden from the asker."""
        return tells(row, text, self._writing())

    def _is_told(self, row: Row, path: str) -> str:
        is_there = f"jsonb_exists({row}.answers, {self._building.value(stored(path))})"
        return f"({is_there} AND EXISTS (SELECT FROM {self._told(row, path)}))"

    def _told(self, row: Row, path: str) -> str:
        """From all answers `a` of the record of that row for the path: those that name no record hidden from the asker.

        Titles are told as they are.
        """
        told = "true" if path == "title" else tells(str(row), "(a.value #>> '{}')", self._writing())
        return f"jsonb_array_elements({row}.answers -> {self._building.value(stored(path))}) AS a (value) WHERE {told}"

    def _writing(self) -> str:
        if self._writable is None:
            # Sorting thousands takes a while, and few questions need them.
            self._writable = f"{self._building.value(sorted(self._visible.writable))}::integer[]"
        return self._writable

    def _answer(self, row: Row, path: str, relation: Operator | Manner, text: str) -> str:
        """One of the texts that the record of that row answers for the path."""
        if relation is Operator.EQUAL:
            return self._has_all(row, path, (text,))
        holds = self._building.relates("(a.value #>> '{}')", relation, text)
        return f"EXISTS (SELECT FROM {self._told(row, path)} AND jsonb_typeof(a.value) = 'string' AND {holds})"

    def _has_all(self, row: Row, path: str, texts: tuple[str, ...]) -> str:
        wanted = f"{self._building.value(to_text({stored(path): list(texts)}))}::jsonb"
        has_all = self._building.found(row, "records_with_answers", wanted, f"{row}.answers @> {wanted}")
        named = {pid for text in texts if path != "title" and (pid := named_record(text)) is not None}
        if not named:
            return has_all
        query = f"SELECT count(DISTINCT n.pid) FROM record n WHERE n.pid = ANY(%(named)s) AND {IS_CURRENT_AND_SEEN}"
        [(n_seen,)] = self._building.ask(query, self._building.parameters | {"named": sorted(named)})
        return has_all if n_seen == len(named) else f"({has_all} AND {row}.scope = ANY({self._writing()}))"

    def _as_answered(self, row: Row, path: str, own: str, holds: Callable[[tuple[str, ...]], bool]) -> str:
        """Hold for the record's own rights, or, where it has none, for its project's; of other paths for its own.

        There are as many projects as there are scopes, or fewer, so theirs are looked at here.
        """
        value = self._building.value
        if path not in RIGHTS_PATHS:
            return own
        if self._projects is None:
            found = project_rights(self._building.ask, self._building.parameters)
            self._projects = {project: rights_answers(rights) for project, (_, rights) in found.items()}
        holding = [project for project, said in self._projects.items() if holds(said.get(path, ()))]
        without = f"NOT jsonb_exists({row}.answers, {value(OWN)})"
        return f"({own} OR ({row}.project = ANY({value(holding)}::uuid[]) AND {without}))" if holding else own


def techniques(condition: Condition) -> frozenset[str] | None:
    """The only techniques that a record for which the condition holds can have; `None` where that is not said."""
    match condition:
        case TextCondition("technique", Operator.EQUAL, text):
            return frozenset({stored(text)})
        case SetCondition("technique", Extent.ANY | Extent.ONLY, texts):
            return frozenset(map(stored, texts))
        case AllOf(parts):
            said = [found for part in parts if (found := techniques(part)) is not None]
            return frozenset.intersection(*said) if said else None
        case AnyOf(parts) if parts:
            each = [techniques(part) for part in parts]
            return None if None in each else frozenset().union(*(some for some in each if some is not None))
        case _:
            return None


def _of_sample(row: Row, of_record: str, as_written: str) -> str:
    """Hold for the record of the sample, or, where the asker sees none, for what the measurement itself says."""
    records = f"ARRAY(SELECT s.id FROM record s WHERE {LIVE_SAMPLE} AND {of_record})"
    missing = f"NOT EXISTS (SELECT FROM record s WHERE s.id = {row}.sample AND {LIVE_SAMPLE})"
    return f"({row}.sample = ANY({records}) OR ({as_written} AND {missing}))"
