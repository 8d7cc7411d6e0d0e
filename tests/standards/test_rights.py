"""Every export that is installed carries the rights in a record, or says them; three are read back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from kiban.readers.jcamp_dx import READER as JCAMP_DX
from kiban.readers.maiml import READER as MAIML
from kiban.readers.nexus_hdf5 import READER as NEXUS
from kiban.readers.source import Source
from kiban.records.field import Field, FieldKind, Label
from kiban.records.record import RecordKind
from kiban.records.rights.rights import Rights
from kiban.records.template import Template
from kiban.records.template_use import TemplateUse
from kiban.standards.contract import DataSet, Export
from kiban.standards.installed import data_set_exports, export_named, exports, graph_exports
from kiban.standards.nexus import read, write
from kiban.standards.tabular import write as write_table
from kiban.standards.tabular_rights import losses_of
from kiban.testing.export_examples import EXAMPLES, exportable, pattern
from kiban.testing.graph_examples import family
from kiban.testing.rights_examples import RIGHTS, rights, untold

READERS = {"maiml": MAIML, "maiml_zip": MAIML, "nexus": NEXUS, "jcamp_dx": JCAMP_DX}


@pytest.mark.parametrize("standard", exports(), ids=lambda each: each.name)
def test_an_export_of_numbers_tells_them(standard: Export) -> None:
    for make in EXAMPLES.values():
        given = exportable(make(), rights=RIGHTS)
        if standard.obstacle(given.measurement) is None:
            exported = standard.export(given)
            assert untold(RIGHTS, exported.content, exported.losses) == ()
            assert standard.export(given) == exported


@pytest.mark.parametrize("standard", graph_exports(), ids=lambda each: each.name)
def test_an_export_of_provenance_tells_those_of_every_record(standard) -> None:
    for record in family().records:
        exported = standard.export(replace(family(), rights={record.id: RIGHTS}))
        assert untold(RIGHTS, exported.content, exported.losses) == (), record.title
    others = standard.export(family())
    assert "CC-BY-SA-4.0" not in others.content.decode()


@pytest.mark.parametrize("standard", data_set_exports(), ids=lambda each: each.name)
def test_an_export_of_data_sets_tells_them(standard) -> None:
    field = Field(key="size", kind=FieldKind.QUANTITY, unit="um", label=Label(en="size", ja="大きさ"))
    template = Template(
        name="powder", label=Label(en="Powder", ja="粉末"), applies_to=RecordKind.MEASUREMENT, fields=(field,)
    )
    example = exportable(pattern())
    use = TemplateUse(id="kb:7Q4M-2KXD-98", name="powder", version=1)
    measurement = replace(example.measurement, template=use)
    given = DataSet(record=example.record, measurement=measurement, template=template)
    if standard.obstacle(given.measurement) is None:
        exported = standard.export(replace(given, rights=RIGHTS))
        assert untold(RIGHTS, exported.content, exported.losses) == ()


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("example", EXAMPLES)
def test_what_is_exported_is_read_back(name: str, example: str) -> None:
    standard = export_named(name)
    given = exportable(EXAMPLES[example](), rights=RIGHTS)
    if standard.obstacle(given.measurement) is not None:
        return
    for reading in READERS[name].read(Source(standard.export(given).content, name=f"x{standard.suffix}")):
        assert reading.rights == RIGHTS
        assert not any("rights" in doubt for doubt in reading.doubts)
    without = standard.export(exportable(EXAMPLES[example]())).content
    for reading in READERS[name].read(Source(without, name=f"x{standard.suffix}")):
        assert reading.rights is None


@settings(max_examples=40, deadline=None)
@given(stated=rights())
def test_any_rights_are_told_and_read_back(stated: Rights) -> None:
    for standard in exports():
        given = exportable(pattern(), rights=stated)
        exported = standard.export(given)
        assert untold(stated, exported.content, exported.losses) == (), standard.name
        if standard.name in READERS:
            [reading] = READERS[standard.name].read(Source(exported.content, name=f"x{standard.suffix}"))
            assert reading.rights == stated, standard.name


@given(stated=rights())
@settings(max_examples=40, deadline=None)
def test_a_normalised_file_keeps_what_its_file_stated(stated: Rights) -> None:
    reading = replace(pattern(), rights=stated)
    assert read(write(reading, provenance={})).rights == stated
    assert read(write(pattern(), provenance={})).rights is None


def test_nexus_gives_those_of_the_record_and_not_those_of_the_file() -> None:
    reading = replace(pattern(), rights=Rights(licence="MIT"))
    nexus = export_named("nexus")
    assert read(nexus.export(exportable(reading, rights=RIGHTS)).content).rights == RIGHTS
    assert read(nexus.export(exportable(reading, rights=None)).content).rights is None


def test_contributors_are_not_taken_for_operators() -> None:
    nexus = export_named("nexus")
    content = nexus.export(exportable(replace(pattern(), operator=None), rights=RIGHTS)).content
    [reading] = NEXUS.read(Source(content, name="x.nxs"))
    assert reading.operator is None


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_a_table_tells_those_of_all_records_it_rests_on(kind: str) -> None:
    if kind == "parquet":
        pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
    columns = [_Column("sample"), _Column("id"), _Column("d", "nm", True), _Column("d.evidence")]
    rows = [("S-1", "kb:A", 1.0, "kb:B"), ("S-2", "kb:C", 2.0, None)]
    other = Rights(licence="MIT", citation="See there")
    stated = {"kb:B": RIGHTS, "kb:C": other}
    content = write_table(columns, rows, kind, rights=stated)
    for each in (RIGHTS, other):
        assert untold(each, content, losses_of(kind, stated)) == ()
    if kind == "csv":
        head, first, second, _ = content.decode().split("\r\n")
        assert head.endswith(",licence,rights_holder")
        assert first.endswith(",CC-BY-SA-4.0,Example University #1; 材料研究所")
        assert second.endswith(",MIT,")
    assert b"licence" not in write_table(columns, rows, kind)


class _Column:
    def __init__(self, name: str, unit: str = "", is_number: bool = False) -> None:
        self.name, self.unit, self.is_number = name, unit, is_number
