"""What made families answer by the in-memory catalog: the measure for the SQL catalog, also of ten thousand records.

The in-memory catalog compares each record with each fact, which is too slow for so many. As no path leads out of a
family, each family answers by itself; a catalog of its own holds it, with the templates. Answers are put together here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from kiban.query.question import Question
from kiban.records.record import Record
from kiban.records.scope import Scope, ScopeTerms, Visible
from kiban.store.catalog import Batch, Facet
from kiban.store.memory_catalog import MemoryCatalog
from kiban.store.memory_scopes import MemoryScopes

_MOST = 1000
"""More records than a family has."""


class FamilyModel:
    """Made families in memory.

    Parameters
    ----------
    scopes : sequence of Scope
        All scopes, with the numbers that they have where the same records are.
    """

    def __init__(self, scopes: Sequence[Scope], templates: Batch, families: Iterable[Batch]) -> None:
        self._scopes = _GivenScopes(scopes)
        self._everything = Visible.of(scopes)
        self._templates = templates
        self._of_templates = self._catalog()
        self._of_families = [self._catalog(family) for family in families]
        self._shared = {record.id for record in templates.records}

    def answers(self, question: Question, visible: Visible) -> list[Record]:
        """All records that answer, newest first."""
        found = list(self._of_templates.find(question, visible, limit=_MOST).records)
        for catalog in self._of_families:
            page = catalog.find(question, visible, limit=_MOST)
            assert page.next is None
            found += [record for record in page.records if record.id not in self._shared]
        return sorted(found, key=lambda record: record.id, reverse=True)

    def facets(
        self, question: Question, visible: Visible, facet: Facet, *, limit: int = 50
    ) -> tuple[tuple[str, int], ...]:
        """As the catalogs count."""
        counted = Counter(dict(self._of_templates.facets(question, visible, facet, limit=_MOST)))
        of_shared = Counter(counted)
        for catalog in self._of_families:
            counted.update(dict(catalog.facets(question, visible, facet, limit=_MOST)))
            counted.subtract(of_shared)
        found = ((value, n) for value, n in counted.items() if n)
        return tuple(sorted(found, key=lambda each: (-each[1], each[0]))[:limit])

    def _catalog(self, *families: Batch) -> MemoryCatalog:
        catalog = _Scoped(self._scopes)
        for batch in (self._templates, *families):
            with catalog.writing(self._everything, project=batch.records[0].project) as writing:
                writing.add(batch)
        return catalog


class _GivenScopes(MemoryScopes):
    """Scopes that have their numbers already."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        super().__init__()
        self._scopes = list(scopes)

    def ensure(self, wanted: ScopeTerms) -> Scope:
        """Nothing is added here."""
        raise AssertionError(wanted)


class _Scoped(MemoryCatalog):
    """A catalog that shares its scopes with others."""

    def __init__(self, scopes: MemoryScopes) -> None:
        super().__init__()
        self._scopes = scopes
