"""Counts of answers by what they were made with, by whom, when, of what, and what is known of them."""

from __future__ import annotations

from dataclasses import replace

from kiban.quantity.measured import Measured
from kiban.query.parse import parse
from kiban.query.question import EVERYTHING, Question
from kiban.records.identity import new_uuid
from kiban.records.record import RecordKind
from kiban.records.scope import Tier, Visible
from kiban.store.catalog import Catalog, Count, Facet
from kiban.testing.catalog_examples import Laboratory, a_fact

Values = tuple[tuple[str, int], ...]


class CatalogFacetSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def _counts(self, lab: Laboratory, facet: Facet, visible: Visible | None = None, asked: Question = EVERYTHING,
                limit: int = 50) -> Values:  # fmt: skip
        visible = visible or lab.visible()
        found = lab.catalog.facets(asked, visible, facet, limit=limit)
        n = lab.catalog.count(asked, visible)
        counted = lab.catalog.narrowing(asked, visible, [Facet.KIND, facet], count=Count(n), limit=limit)
        assert counted[facet].values == found
        assert not counted[facet].is_estimate
        return found

    def test_texts_are_counted_folded_and_shown_as_the_newest_record_writes_them(self) -> None:
        lab = Laboratory(self.make_catalog())
        written = (" SmartLab ", "ＳＭＡＲＴＬＡＢ", "smartlab", "D8", "", None, "zero \x00 \ud83d")
        lab.write(
            *(
                lab.measurement(f"scan {i}", document={"instrument": text, "zero \x00": 1})
                for i, text in enumerate(written)
            )
        )
        assert self._counts(lab, Facet.INSTRUMENT) == (("smartlab", 3), ("D8", 1), ("zero \x00 \ud83d", 1))
        assert self._counts(lab, Facet.INSTRUMENT, limit=1) == (("smartlab", 3),)
        for text, n in self._counts(lab, Facet.INSTRUMENT):
            assert lab.catalog.count(parse(f'instrument = "{text}"'), lab.visible()) == n

    def test_a_hidden_record_that_is_named_is_none_to_count_by(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        hidden = lab.sample("hidden", scope=closed)
        document = {"instrument": hidden.pid, "operator": hidden.pid.lower(), "sample_name": hidden.pid}
        lab.write(
            hidden,
            lab.measurement("names it", scope=is_open, document=document),
            lab.measurement("another", scope=is_open, document=dict.fromkeys(document, "X")),
        )
        asked, readers = parse("kind = measurement"), Visible(lab.visible(Tier.OPEN).numbers, writable=frozenset())
        for facet in (Facet.INSTRUMENT, Facet.OPERATOR, Facet.SAMPLE):
            assert self._counts(lab, facet, readers, asked) == (("X", 1),)
            assert len(self._counts(lab, facet, asked=asked)) == 2

    def test_a_hidden_record_is_none_to_count_by_however_its_name_is_typed(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        hidden = lab.sample("hidden", scope=closed)
        wide = "".join(chr(ord(letter) + 0xFEE0) for letter in hidden.pid)
        names = (wide, hidden.pid.replace(":", "\ufe55"), hidden.pid.replace("-", ""), "X: 1", "X: 1", "粉末", "X")
        lab.write(
            hidden,
            *(
                lab.measurement(f"scan {i}", scope=is_open, document={"sample_name": name})
                for i, name in enumerate(names)
            ),
        )
        asked, readers = parse("kind = measurement"), Visible(lab.visible(Tier.OPEN).numbers, writable=frozenset())
        assert self._counts(lab, Facet.SAMPLE, readers, asked) == (("X: 1", 2), ("X", 1), ("粉末", 1))
        assert dict(self._counts(lab, Facet.SAMPLE, asked=asked)) == {name: names.count(name) for name in names}

    def test_years_are_those_in_which_measuring_began(self) -> None:
        lab = Laboratory(self.make_catalog())
        times = ("2024-01-01T08:00:00+09:00", "2024-05-05", "2023-12-31", "soon")
        lab.write(*(lab.measurement(f"scan {i}", document={"started_at": at}) for i, at in enumerate(times)))
        assert self._counts(lab, Facet.YEAR) == (("2023", 2), ("2024", 1))
        for year, n in self._counts(lab, Facet.YEAR):
            assert lab.catalog.count(parse(f'started = "{year}"'), lab.visible()) == n

    def test_projects_are_counted_by_identifier(self) -> None:
        catalog = self.make_catalog()
        one, other = Laboratory(catalog), Laboratory(catalog)
        one.write(one.sample("a"), one.sample("b"))
        other.write(other.sample("c"))
        both = Visible(one.visible().numbers | other.visible().numbers)
        expected = ((str(one.project), 2), (str(other.project), 1))
        assert self._counts(one, Facet.PROJECT, both) == expected
        assert self._counts(one, Facet.PROJECT, both, parse('title CONTAINS "a" OR title CONTAINS "c"')) == (
            *sorted((project, 1) for project, _ in expected),
        )
        # Of a project that the asker need not know of, nothing is told.
        for asked in (EVERYTHING, parse('title CONTAINS "a" OR title CONTAINS "b" OR title CONTAINS "c"')):
            for known, told in (([one.project], expected[:1]), ([other.project, new_uuid()], expected[1:]), ([], ())):
                counted = catalog.narrowing(asked, both, [Facet.KIND, Facet.PROJECT], count=Count(3), projects=known)
                assert counted[Facet.PROJECT].values == told
                assert counted[Facet.KIND].values == (("sample", 3),)

    def test_elements_and_properties_count_each_and_only_where_values_are_read(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        far, near = lab.sample("far", scope=closed), lab.sample("near", scope=is_open)
        scans = [lab.measurement(f"of {s.title}", s, scope=s.scope) for s in (far, near)]
        facts = [a_fact("hardness", Measured(v, "GPa"), s) for s in scans for v in (1.0, 2.0)]
        facts.append(a_fact("d_spacing", Measured(2.0, "no_such_unit"), scans[1]))
        lab.write(
            *(far, near, *scans),
            compositions={far.id: {"Ti": 0.5, "O": 0.5}, near.id: {"O": 1.0}},
            facts=tuple(facts),
        )
        described = Visible(frozenset({closed, is_open}), data=frozenset({is_open}))
        assert self._counts(lab, Facet.ELEMENTS) == (("O", 4), ("Ti", 2))
        assert self._counts(lab, Facet.PROPERTY) == (("hardness", 4), ("d_spacing", 2))
        assert self._counts(lab, Facet.ELEMENTS, described) == (("O", 2),)
        assert self._counts(lab, Facet.PROPERTY, described) == (("d_spacing", 2), ("hardness", 2))
        assert self._counts(lab, Facet.PROPERTY, lab.visible(Tier.OPEN), parse("kind = sample")) == (
            ("d_spacing", 1),
            ("hardness", 1),
        )
        lab.write(replace(scans[1], version=2, deleted=True))
        assert self._counts(lab, Facet.PROPERTY, lab.visible(Tier.OPEN)) == ()

    def test_a_template_is_counted_for_those_who_see_it(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        hidden, shown = (
            lab.record(RecordKind.TEMPLATE, name, scope=scope, key=name)
            for name, scope in (("Secret", closed), ("Shown", is_open))
        )
        lab.write(
            *(hidden, shown),
            *(
                lab.measurement(
                    f"{t.title} {i}", scope=is_open, document={"template": {"id": t.pid, "name": t.title, "version": 1}}
                )
                for t in (hidden, shown, shown)
                for i in range(1)
            ),
        )
        assert self._counts(lab, Facet.TEMPLATE) == ((shown.pid.lower(), 2), (hidden.pid.lower(), 1))
        assert self._counts(lab, Facet.TEMPLATE, lab.visible(Tier.OPEN)) == ((shown.pid.lower(), 2),)
        assert self._counts(lab, Facet.TEMPLATE, lab.visible(Tier.CLOSED)) == ()

    def test_names_of_entries_are_those_of_the_newest_records_that_are_seen(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        said: tuple[tuple[int, dict[str, object]], ...] = (
            (is_open, {"old": 1}),
            (closed, {"secret": 1, "anode": "Cu"}),
            (is_open, {"anode": "Cu", "scan": {"Step": 1, "none": None}}),
            (is_open, {"anode": "Mo", "zero \x00": 1, "Äther": "x"}),
        )
        for n, (scope, metadata) in enumerate(said):
            lab.write(lab.measurement(f"scan {n}", scope=scope, document={"metadata": metadata, "values": {"size": 1}}))
        found = lab.catalog.entry_names(lab.visible())
        assert (found["metadata.anode"], found["metadata.old"]) == (
            frozenset({closed, is_open}),
            frozenset({is_open}),
        )

        def names(visible: Visible, newest: int = 500) -> tuple[str, ...]:
            return tuple(lab.catalog.entry_names(visible, newest=newest))

        few = ("metadata.scan.Step", "metadata.zero \x00", "metadata.Äther")
        assert names(lab.visible(), newest=3) == ("metadata.anode", few[0], "metadata.secret", *few[1:])
        assert names(lab.visible(Tier.OPEN), newest=2) == ("metadata.anode", *few)
        assert names(lab.visible(Tier.OPEN)) == ("metadata.anode", "metadata.old", *few)
        assert names(Visible(frozenset())) == ()
