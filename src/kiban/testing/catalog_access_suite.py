"""What an asker may not see is absent from every answer of a catalog."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from kiban.errors import Conflict, RecordNotFound, Refused
from kiban.quantity.measured import Measured
from kiban.query.parse import parse
from kiban.query.question import EVERYTHING
from kiban.records.document import to_json
from kiban.records.link import Predicate
from kiban.records.record import Record, RecordKind
from kiban.records.rights.rights import Rights, RightsHolder
from kiban.records.scope import Tier, Visible
from kiban.store.catalog import Batch, Catalog, Facet, ProjectRights
from kiban.testing.catalog_examples import Laboratory, a_fact, a_link, blob_of

NOTHING = Visible(frozenset())


class CatalogAccessSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def study(self) -> tuple[Laboratory, dict[str, Record]]:
        """One closed and one open measurement on a closed and an open sample, crosswise linked."""
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        secret = lab.sample("secret sample", scope=closed)
        known = lab.sample("known sample", scope=is_open)
        hidden = lab.measurement("hidden scan", known, scope=closed)
        shown = lab.measurement("shown scan", secret, scope=is_open)
        closed_file, open_file = lab.file("closed.xrdml", scope=closed), lab.file("open.xrdml", scope=is_open)
        lab.write(
            *(secret, known, hidden, shown),
            compositions={secret.id: {"Ti": 1.0}, known.id: {"Fe": 1.0}},
            links=(
                a_link(hidden, Predicate.MEASURED, known),
                a_link(shown, Predicate.MEASURED, secret),
                a_link(known, Predicate.DERIVED_FROM, secret),
            ),
            facts=(
                a_fact("d_spacing", Measured(2.0, "angstrom"), hidden),
                a_fact("d_spacing", Measured(3.0, "angstrom"), shown),
            ),
            files=(closed_file, open_file),
            blobs=(blob_of(closed_file), blob_of(open_file)),
            file_records=((closed_file.id, hidden.id), (open_file.id, hidden.id), (open_file.id, shown.id)),
            events=(
                lab.event("deposited", hidden.id, scope=closed),
                lab.event("deposited", shown.id, scope=is_open),
            ),
        )
        return lab, {"secret": secret, "known": known, "hidden": hidden, "shown": shown}

    def test_records_are_counted_by_scope_where_they_are_visible(self) -> None:
        lab, _ = self.study()
        closed, is_open = lab.scope(Tier.CLOSED), lab.scope(Tier.OPEN)
        assert lab.catalog.count_by_scope(Visible.of([closed, is_open])) == {closed.number: 2, is_open.number: 2}
        assert lab.catalog.count_by_scope(Visible.of([is_open])) == {is_open.number: 2}
        assert lab.catalog.count_by_scope(NOTHING) == {}

    def test_the_rights_of_a_project_are_seen_with_what_it_holds_and_the_rest_of_its_record_is_not(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        rights = Rights(licence="CC-BY-4.0", rights_holder=RightsHolder(name="Example University"))
        project = lab.record(
            RecordKind.PROJECT, "secret project", scope=closed, document={"rights": to_json(rights), "name": "secret"}
        )
        own = {"rights": {"licence": "CC0-1.0"}}
        lab.write(
            project,
            lab.measurement("hidden scan", scope=closed),
            lab.measurement("shown scan", scope=is_open),
            lab.measurement("own scan", scope=is_open, document=own),
        )
        outsider, nobody = lab.visible(Tier.OPEN), NOTHING
        assert lab.catalog.project_rights(outsider) == {lab.project: ProjectRights(rights, project.id)}
        assert lab.catalog.project_rights(outsider, projects=[lab.project]).keys() == {lab.project}
        assert lab.catalog.project_rights(outsider, projects=[project.id]) == {}
        assert lab.catalog.project_rights(nobody) == {}
        asked = {
            'licence = "CC-BY-4.0"': ["shown scan"],
            'rights_holder CONTAINS "university"': ["shown scan"],
            'licence HAS ANY "CC-BY-4.0", "CC0-1.0"': ["own scan", "shown scan"],
            "rights_holder IS UNKNOWN": ["own scan"],
            'NOT licence = "CC-BY-4.0"': ["own scan"],
        }
        for text, titles in asked.items():
            found = lab.catalog.find(parse(text), outsider).records
            assert sorted(record.title for record in found) == titles, text
            assert lab.catalog.count(parse(text), outsider) == len(titles)
            assert lab.catalog.count(parse(text), nobody) == 0
        with pytest.raises(RecordNotFound):
            lab.catalog.get(project.id, outsider)
        lab.write(replace(project, version=2, document={"rights": None}))
        assert lab.catalog.project_rights(outsider) == {}
        lab.write(replace(project, version=3))
        assert lab.catalog.project_rights(outsider) == {lab.project: ProjectRights(rights, project.id)}
        lab.write(replace(project, version=4, deleted=True))
        assert lab.catalog.project_rights(lab.visible()) == {}

    @pytest.mark.parametrize("tiers", [(), (Tier.OPEN,), (Tier.CLOSED,), (Tier.OPEN, Tier.CLOSED)])
    def test_records_outside_the_visible_scopes_do_not_exist(self, tiers: tuple[Tier, ...]) -> None:
        lab, records = self.study()
        catalog, visible = lab.catalog, Visible.of(lab.scope(tier) for tier in tiers)
        may_see = {r.id for r in records.values() if r.scope in visible}
        assert {r.id for r in catalog.find(EVERYTHING, visible).records} == may_see
        assert catalog.count(EVERYTHING, visible) == len(may_see)
        assert set(catalog.get_many([r.id for r in records.values()], visible)) == may_see
        assert {i for i, _ in catalog.get_versions([(r.id, 1) for r in records.values()], visible)} == may_see
        assert sum(n for _, n in catalog.facets(EVERYTHING, visible, Facet.KIND)) == len(may_see)
        for record in records.values():
            assert bool(catalog.versions(record.id, visible)) == (record.id in may_see)
            for identifier in (record.id, record.pid):
                if record.id in may_see:
                    assert catalog.get(identifier, visible) == record
                    assert catalog.get(identifier, visible, version=1) == record
                else:
                    with pytest.raises(RecordNotFound):
                        catalog.get(identifier, visible)
                    with pytest.raises(RecordNotFound):
                        catalog.get(identifier, visible, version=1)

    def test_a_hidden_record_and_a_missing_one_are_refused_in_the_same_words(self) -> None:
        lab, records = self.study()
        hidden = records["hidden"]
        with pytest.raises(RecordNotFound) as one:
            lab.catalog.get(hidden.pid, lab.visible(Tier.OPEN))
        with pytest.raises(RecordNotFound) as other:
            lab.catalog.get("kb:0000-0000-00", lab.visible(Tier.OPEN))
        assert str(one.value).replace(hidden.pid, "X") == str(other.value).replace("kb:0000-0000-00", "X")

    def test_links_are_shown_where_both_ends_are(self) -> None:
        lab, records = self.study()
        every = [r.id for r in records.values()]
        assert len(lab.catalog.links(every, lab.visible())) == 3
        assert lab.catalog.links(every, lab.visible(Tier.OPEN)) == ()
        assert lab.catalog.links(every, NOTHING) == ()

    def test_facts_files_events_and_compositions_keep_to_the_visible_scopes(self) -> None:
        lab, records = self.study()
        catalog, visible = lab.catalog, lab.visible(Tier.OPEN)
        assert [f.evidence for f in catalog.facts(visible)] == [records["shown"].id]
        assert catalog.facts(visible, evidence=[records["hidden"].id]) == ()
        assert catalog.facts(visible, subjects=[records["known"].id]) == ()
        assert [f.path for f in catalog.files(visible)] == ["open.xrdml"]
        assert catalog.files(visible, record=records["hidden"].id) == ()
        assert [e.subject for e in catalog.events(visible)] == [records["shown"].id]
        assert catalog.events(visible, subject=records["hidden"].id) == ()
        every = [r.id for r in records.values()]
        assert catalog.compositions(every, visible) == {records["known"].id: {"Fe": 1.0}}
        [file] = catalog.files(visible)
        assert [r.id for r in catalog.records_of_file(file.id, visible)] == [records["shown"].id]
        [closed] = catalog.files(lab.visible(Tier.CLOSED))
        assert catalog.records_of_file(closed.id, visible) == ()
        for nothing in (catalog.facts(NOTHING), catalog.files(NOTHING), catalog.events(NOTHING)):
            assert nothing == ()

    @pytest.mark.parametrize(
        ("question", "n_open", "n_all"),
        [
            ('elements HAS "Ti"', 0, 2),  # the open scan was made on a sample whose composition is closed
            ('elements HAS "Fe"', 1, 2),
            ("elements IS KNOWN", 1, 4),
            ('sample = "secret sample"', 0, 2),
            ("sample IS KNOWN", 1, 4),
            ("d_spacing < 2.5 angstrom", 0, 2),  # the open sample's only value rests on the closed scan
            ("d_spacing IS UNKNOWN", 1, 0),
            ("hidden", 0, 1),
            ("NOT hidden", 2, 3),
            ("tier = closed", 0, 2),
            ("tier != closed", 2, 2),
        ],
    )
    def test_questions_do_not_feel_what_is_hidden(self, question: str, n_open: int, n_all: int) -> None:
        lab, _ = self.study()
        assert lab.catalog.count(parse(question), lab.visible(Tier.OPEN)) == n_open
        assert lab.catalog.count(parse(question), lab.visible()) == n_all

    def test_facets_name_nothing_that_is_hidden(self) -> None:
        lab, _ = self.study()
        visible = lab.visible(Tier.OPEN)
        assert lab.catalog.facets(EVERYTHING, visible, Facet.SAMPLE) == (("known sample", 1),)
        assert lab.catalog.facets(EVERYTHING, visible, Facet.TIER) == (("open", 2),)
        assert lab.catalog.facets(EVERYTHING, lab.visible(), Facet.SAMPLE) == (
            ("known sample", 2),
            ("secret sample", 2),
        )

    def test_nothing_is_written_where_the_asker_may_not_see(self) -> None:
        lab, records = self.study()
        visible, closed = lab.visible(Tier.OPEN), lab.scope(Tier.CLOSED).number
        shown = records["shown"]
        batches = (
            Batch(records=(lab.measurement("x", scope=closed),)),
            Batch(records=(replace(shown, version=2, scope=closed),)),
            Batch(facts=(a_fact("d_spacing", Measured(1.0, "nm"), shown, scope=closed),)),
            Batch(links=(replace(a_link(shown, Predicate.MEASURED, records["known"]), scope=closed),)),
            Batch(files=(lab.file("x", scope=closed),)),
            Batch(events=(lab.event("x", scope=closed),)),
        )
        for batch in batches:
            with pytest.raises(Refused), lab.catalog.writing(visible, project=lab.project) as writing:
                writing.add(batch)
        nowhere = Visible(frozenset({60_000}))
        with pytest.raises(Refused), lab.catalog.writing(nowhere, project=lab.project) as writing:
            writing.add(Batch(records=(lab.measurement("x", scope=60_000),)))
        assert lab.catalog.count(EVERYTHING, lab.visible()) == 4

    def test_a_hidden_record_cannot_be_changed_or_built_upon(self) -> None:
        lab, records = self.study()
        visible, is_open = lab.visible(Tier.OPEN), lab.scope(Tier.OPEN).number
        hidden = records["hidden"]
        with pytest.raises(Conflict), lab.catalog.writing(visible, project=lab.project) as writing:
            writing.add(Batch(records=(replace(hidden, version=2, scope=is_open),)))
        with pytest.raises(RecordNotFound), lab.catalog.writing(visible, project=lab.project) as writing:
            writing.add(Batch(compositions={records["secret"].id: {"Au": 1.0}}))
        with pytest.raises(RecordNotFound), lab.catalog.writing(visible, project=lab.project) as writing:
            writing.add(Batch(file_records=((lab.file("x").id, hidden.id),)))
        with lab.catalog.writing(visible, project=lab.project) as writing:
            assert writing.existing(RecordKind.SAMPLE, ["secret sample", "known sample"]).keys() == {"known sample"}

    def test_the_template_of_a_record_is_answered_to_those_who_see_the_template(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        hidden, shown, gone = (
            lab.record(RecordKind.TEMPLATE, name, scope=scope, key=name)
            for name, scope in (("Secret Route", closed), ("Sintering", is_open), ("Old", is_open))
        )
        made = {
            template.title: lab.measurement(
                template.title,
                scope=is_open,
                document={
                    "template": {"id": template.pid, "name": template.title, "version": 1},
                    "values": {"grade": template.title},
                },
            )
            for template in (hidden, shown, gone)
        }
        lab.write(hidden, shown, gone, *made.values(), lab.measurement("plain", scope=is_open))
        lab.write(replace(gone, version=2, deleted=True))

        def titles(question: str, visible: Visible) -> set[str]:
            asked = parse(f'kind = "measurement" AND ({question})')
            found = {r.title for r in lab.catalog.find(asked, visible).records}
            assert lab.catalog.count(asked, visible) == len(found)
            assert lab.catalog.facets(asked, visible, Facet.KIND) == ((("measurement", len(found)),) if found else ())
            return found

        strangers, members = lab.visible(Tier.OPEN), lab.visible()
        assert titles('template = "secret route"', members) == {"Secret Route"}
        assert titles("template IS UNKNOWN", members) == {"Old", "plain"}
        for name in (hidden.title, hidden.pid, gone.title, gone.pid):
            assert titles(f'template = "{name}"', strangers) == set()
            assert titles(f'template HAS ALL "{name}"', strangers) == set()
            assert titles(f'template HAS ANY "{name}", "Sintering"', strangers) == {"Sintering"}
            assert titles(f'template HAS ONLY "{name}"', strangers) == set()
            assert titles(f'NOT template = "{name}"', strangers) == {*made, "plain"}
        assert titles('template CONTAINS "o"', strangers) == set()
        assert titles('template STARTS WITH "sint"', strangers) == {"Sintering"}
        assert titles(f'template = "{shown.pid}"', strangers) == {"Sintering"}
        assert titles("template IS KNOWN", strangers) == {"Sintering"}
        assert titles("NOT template IS KNOWN", strangers) == {"Secret Route", "Old", "plain"}

    def test_what_stands_in_fields_is_answered_to_those_who_see_the_template(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        hidden = lab.record(RecordKind.TEMPLATE, "Secret Route", scope=closed, key="secret")
        shown = lab.record(RecordKind.TEMPLATE, "Sintering", scope=is_open, key="shown")
        records = []
        for template in (hidden, shown):
            use = {"id": template.pid, "name": template.title, "version": 1}
            values = {"grade": "fine", "size": {"value": 5.0, "unit": "um"}}
            document = {"template": use, "values": values, "metadata": {"anode": "Cu"}}
            records.append(lab.measurement(template.title, scope=is_open, document=document))
            done = {"temperature": {"value": 900.0, "unit": "degC"}}
            document = {"template": use, "meant": {"atmosphere": "argon"}, "done": done}
            run = lab.record(RecordKind.PROCESS, f"anneal {template.title}", scope=is_open, key=f"run {template.title}")
            records.append(replace(run, document=document))
        lab.write(hidden, shown, *records)

        def titles(question: str, visible: Visible) -> set[str]:
            asked = parse(question)
            found = {r.title for r in lab.catalog.find(asked, visible).records}
            assert lab.catalog.count(asked, visible) == len(found)
            return found

        strangers, members = lab.visible(Tier.OPEN), lab.visible()
        for question, name in (
            ('field.grade = "fine"', ""),
            ('field.grade STARTS WITH "fi"', ""),
            ('field.grade HAS ANY "fine", "coarse"', ""),
            ('field.grade HAS ONLY "fine"', ""),
            ("field.grade IS KNOWN", ""),
            ("field.size < 6 um", ""),
            ("field.size IS KNOWN", ""),
            ("done.temperature > 800 degC", "anneal "),
            ('meant.atmosphere CONTAINS "arg"', "anneal "),
            ("fine", ""),
            ("grade", ""),
            ("argon", "anneal "),
        ):
            assert titles(question, members) == {f"{name}Secret Route", f"{name}Sintering"}
            assert titles(question, strangers) == {f"{name}Sintering"}, question
            both = {r.title for r in records}
            assert titles(f'NOT ({question}) AND kind HAS ANY "measurement", "process"', strangers) == both - {
                f"{name}Sintering"
            }
        assert titles('metadata.anode = "Cu"', strangers) == {"Secret Route", "Sintering"}

    def test_a_record_that_names_a_hidden_one_answers_as_if_it_did_not(self) -> None:
        lab = Laboratory(self.make_catalog())
        closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        secret, known = (
            lab.record(RecordKind.SAMPLE, name, scope=scope, key=name)
            for name, scope in (("secret", closed), ("known", is_open))
        )
        told = {
            "both": {"candidates": [secret.pid, known.pid], "metadata": {"holder": secret.pid}},
            "one": {"candidates": [secret.pid], "metadata": {"holder": secret.pid.replace("-", "")}},
            "named": {"candidates": [], "sample_name": secret.pid, "metadata": {"holder": f"of {secret.pid}"}},
        }
        measurements = [lab.measurement(name, scope=is_open, document=document) for name, document in told.items()]
        lab.write(secret, known, *measurements)

        def titles(question: str, visible: Visible) -> set[str]:
            asked = parse(question)
            found = {r.title for r in lab.catalog.find(asked, visible).records}
            assert lab.catalog.count(asked, visible) == len(found)
            return found

        members, strangers = lab.visible(), replace(lab.visible(Tier.OPEN), writable=frozenset())
        assert titles(f'candidates = "{secret.pid}"', members) == {"both", "one"}
        # Who may change a record has all that it says.
        assert titles(f'candidates = "{secret.pid}"', lab.visible(Tier.OPEN)) == {"both", "one"}
        for hides in (
            f'candidates = "{secret.pid}"',
            f'candidates HAS ALL "{secret.pid}", "{known.pid}"',
            f'candidates CONTAINS "{secret.pid[3:]}"',
            f'metadata.holder = "{secret.pid}"',
            f'metadata.holder != "{known.pid}" AND metadata.holder STARTS WITH "kb:"',
            f'metadata.holder HAS ONLY "{secret.pid}"',
            f'sample = "{secret.pid}"',
        ):
            assert titles(hides, members), hides
            assert titles(hides, strangers) == set(), hides
        assert titles("candidates IS KNOWN", members) == {"both", "one"}
        assert titles("candidates IS KNOWN", strangers) == {"both"}
        assert titles("metadata.holder IS KNOWN", strangers) == {"named"}
        assert titles(f'candidates = "{known.pid}"', strangers) == {"both"}
        assert titles(f'candidates HAS ONLY "{known.pid}"', strangers) == {"both"}
        assert titles(f'candidates HAS ONLY "{known.pid}"', members) == set()
        assert titles('kind = "measurement" AND sample IS UNKNOWN', strangers) == set(told)

    def test_a_record_that_is_closed_takes_its_past_and_its_facts_along(self) -> None:
        lab, records = self.study()
        shown, closed = records["shown"], lab.scope(Tier.CLOSED).number
        known = records["known"]
        lab.write(replace(shown, version=2, scope=closed), replace(known, version=2, scope=closed))
        catalog, visible = lab.catalog, lab.visible(Tier.OPEN)
        for record in (shown, known):
            assert catalog.versions(record.id, visible) == ()
            with pytest.raises(RecordNotFound):
                catalog.get(record.id, visible, version=1)
            assert len(catalog.versions(record.id, lab.visible())) == 2
        assert catalog.facts(visible) == ()
        assert catalog.compositions([known.id], visible) == {}
        assert len(catalog.links([shown.id], lab.visible(Tier.CLOSED))) == 1
        assert len(catalog.facts(lab.visible(Tier.CLOSED))) == 2
        [file] = catalog.files(visible)
        assert catalog.records_of_file(file.id, visible) == ()
        assert {r.id for r in catalog.records_of_file(file.id, lab.visible())} == {shown.id, records["hidden"].id}

    def test_who_may_not_read_values_gets_what_describes_a_record(self) -> None:
        lab = Laboratory(self.make_catalog())
        scope = lab.scope(Tier.OPEN).number
        rows = {"analyses": [{"name": "peaks", "rows": [[1.5]]}], "preview": [[0.0, 1.5]], "normalised": "n" * 64}
        files = {"file_checksum": "f" * 64, "companions": {"a": "c" * 64}, "extra": {"x": 1.5}}
        variables = [{"name": "two_theta", "unit": "deg", "shape": [3], "minimum": 1.5, "maximum": 2.5}]
        about = {"technique": "xrd", "metadata": {"anode": "Cu"}, "values": {"note": "held at 300 K"}}
        sample = replace(
            lab.sample("alloy", scope=scope),
            document={
                "name": "alloy",
                "formula": "FeTi",
                "composition": {"Fe": 0.5},
                "nominal": {"x": 1},
                "measured": [1],
            },
        )
        scan = replace(
            lab.measurement("scan", sample, scope=scope), document=rows | files | about | {"variables": variables}
        )
        lab.write(sample, scan)
        lab.write(*(replace(record, version=2) for record in (sample, scan)))
        whole = Visible(frozenset({scope}))
        described = Visible(frozenset({scope}), frozenset(), frozenset())

        def seen(visible: Visible) -> list[dict[UUID, Record]]:
            catalog, ids = lab.catalog, [sample.id, scan.id]
            return [
                {i: catalog.get(i, visible) for i in ids},
                {i: catalog.get(i, visible, version=1) for i in ids},
                catalog.get_many(ids, visible),
                {i: catalog.get_versions([(i, 1)], visible)[i, 1] for i in ids},
                {i: catalog.versions(i, visible)[0] for i in ids},
                {r.id: r for r in catalog.find(EVERYTHING, visible).records},
            ]

        for found in seen(whole):
            assert found[scan.id].document["analyses"]
            assert found[sample.id].document["composition"] == {"Fe": 0.5}
        for found in seen(described):
            document = found[scan.id].document
            assert {name: document[name] for name in about} == about
            assert not any(document[name] for name in rows | files)
            [variable] = document["variables"]
            assert (variable["name"], variable["minimum"], variable["maximum"]) == ("two_theta", None, None)
            assert found[sample.id].document == {
                "name": "alloy", "formula": "FeTi", "composition": {}, "nominal": None, "measured": (),
            }  # fmt: skip
            assert all("1.5" not in str(record.document) for record in found.values())
