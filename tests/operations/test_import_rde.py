"""Definitions and data sets of RDE come in, and leave as they came."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiban.errors import (
    Conflict,
    DamagedFile,
    HostileFile,
    InvalidValue,
    NotExportable,
    NothingMeasured,
    Refused,
    UnreadableFile,
    WrongUsage,
)
from kiban.operations.deposit import deposit
from kiban.operations.describe_measurement import describe_measurement
from kiban.operations.export import export, offers
from kiban.operations.find import find
from kiban.operations.import_rde import import_rde
from kiban.operations.importer import Imported, Wishes, importer_named
from kiban.operations.numbers_of import numbers_of
from kiban.operations.placement import Placement
from kiban.operations.reread import reread
from kiban.operations.resources import Resources
from kiban.operations.samples import Form, register_sample
from kiban.operations.show import show
from kiban.operations.templates import define_template, get_template, list_templates, revise_template
from kiban.records.document import from_json
from kiban.records.field import Field, FieldKind, Label, Need
from kiban.records.measurement import Measurement
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.records.scope import Tier
from kiban.records.template import Template
from kiban.testing.rde_examples import (
    CATALOG,
    GENERAL,
    INVOICE,
    METADATA,
    SCHEMA,
    TABLE,
    as_json,
    data_set,
    definitions,
    put,
)

MODES = (
    "mode_invoice/input",
    "mode_multidatatile/input",
    "mode_excelinvoice/input/file_mode",
    "mode_excelinvoice/input/folder_mode",
)


def told(imported: list[Imported], kind: str = "data set") -> Imported:
    [found] = [each for each in imported if each.kind == kind]
    return found


def run(asker: Asker, resources: Resources, path: Path, **wishes: Any) -> list[Imported]:
    return list(import_rde(asker, resources, path, Wishes(**wishes)))


def measurement(asker: Asker, resources: Resources, pid: str) -> Measurement:
    return from_json(dict(show(asker, resources, pid).record.document), Measurement)


def exported(asker: Asker, resources: Resources, pid: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(export(asker, resources, pid, "rde").content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("place", MODES)
def test_real_data_sets_leave_as_they_came(
    asker: Asker, resources: Resources, shared: Callable[[str], Path], place: str
) -> None:
    mode = place.partition("/")[0]
    folder = shared(f"rde-templates/{mode}")
    imported = [each for each in run(asker, resources, folder) if f"{mode}/{each.path.partition('/')[2]}" == place]
    found = exported(asker, resources, told(imported).records[0])
    came = {p.relative_to(folder.parent / place).as_posix(): p for p in (folder.parent / place).rglob("*.*")}
    definitions_ = {f"tasksupport/{p.name}": p for p in (folder / "templates").iterdir()}
    assert found == {name: path.read_bytes() for name, path in (came | definitions_).items() if path.is_file()}


def test_the_unknown_key_of_a_real_data_set_is_told_and_kept(
    asker: Asker, resources: Resources, shared: Callable[[str], Path]
) -> None:
    found = told(run(asker, resources, shared("rde-templates/mode_invoice")))
    assert any(sentence.startswith("custom.toy_data2: The template has no such field.") for sentence in found.told)
    invoice = json.loads(exported(asker, resources, found.records[0])["invoice/invoice.json"])
    assert invoice["custom"] == {"toy_data1": "2023-01-01", "toy_data2": 1.0}
    [record] = find(asker, resources, 'field.custom.toy_data1 = "2023-01-01"').hits
    assert record.id == found.records[0]


def test_a_data_set_with_everything(asker: Asker, resources: Resources, inbox: Path) -> None:
    files = data_set()
    imported = run(asker, resources, put(inbox / "set", files))
    found = told(imported)
    assert found.status == "imported"
    [pid] = found.records
    held = measurement(asker, resources, pid)
    assert held.technique == "table"
    assert numbers_of(asker, resources, pid)["resistance"].values[:2].tolist() == [0.5, 3.5]
    custom, meta = held.values["custom"], held.values["meta"]
    assert custom["anneal_t"] == {"value": 873.0, "unit": "K"}
    assert custom["cycles"] == 4
    assert custom["grade"] == "2"
    assert custom["made_on"] == "2026-11-19"
    assert custom["is_dry"] is True
    assert held.values["sample"]["general"] == {next(iter(held.values["sample"]["general"])): "powder"}
    assert meta["xrd_wavelength"] == {"value": 0.15405929, "unit": "nm"}
    assert meta["peaks"] == ["25.3", "37.8"]
    assert held.values["variable"][1] == {}
    assert held.values["variable"][2]["scan_t"] == {"value": 400.0, "unit": "K"}
    assert any("unforeseen" in sentence for sentence in found.told)
    sample = show(asker, resources, str(found.sample))
    assert (sample.record.title, sample.composition) == ("TiO2-17", {"Ti": 1 / 3, "O": 2 / 3})
    assert sample.record.document["description"] == "white powder"
    assert show(asker, resources, pid).record.sample == sample.record.id
    paths = {entry.path for entry in show(asker, resources, pid).files}
    assert {"set/raw/run.csv", "set/structured/run.csv", "set/invoice/invoice.json"} <= paths
    assert [hit.id for hit in find(asker, resources, "field.custom.anneal_t > 500 degC").hits] == [pid]
    # What was structured in RDE is kept beside it, and is no second measurement.
    assert len(find(asker, resources, 'kind = "measurement"').hits) == 1
    assert exported(asker, resources, pid) == files


def test_the_same_again_changes_nothing(asker: Asker, resources: Resources, inbox: Path) -> None:
    folder = put(inbox / "set", data_set())
    first = run(asker, resources, folder)
    before = {hit.id: show(asker, resources, hit.id).record.version for hit in find(asker, resources, "").hits}
    again = run(asker, resources, folder)
    assert [each.status for each in again] == ["unchanged", "already there"]
    assert [each.records for each in again] == [each.records for each in first]
    assert {hit.id: show(asker, resources, hit.id).record.version for hit in find(asker, resources, "").hits} == before


def test_an_archive_is_as_good_as_its_folder(asker: Asker, resources: Resources, inbox: Path) -> None:
    files = data_set()
    put(inbox / "set", files)
    archive = Path(shutil.make_archive(str(inbox / "packed"), "zip", inbox / "set"))
    found = told(run(asker, resources, archive))
    assert exported(asker, resources, found.records[0]) == files
    back = inbox / "back.rde.zip"
    back.write_bytes(export(asker, resources, found.records[0], "rde").content)
    assert [each.status for each in run(asker, resources, back)] == ["unchanged", "already there"]


def test_a_corrected_invoice_is_a_new_version(asker: Asker, resources: Resources, inbox: Path) -> None:
    first = told(run(asker, resources, put(inbox / "set", data_set())))
    invoice = deepcopy(INVOICE)
    invoice["custom"]["anneal_T"] = 900
    again = told(run(asker, resources, put(inbox / "set", data_set(invoice))))
    assert (again.status, again.records) == ("changed", first.records)
    held = measurement(asker, resources, again.records[0])
    assert held.values["custom"]["anneal_t"]["value"] == 900
    assert json.loads(exported(asker, resources, again.records[0])["invoice/invoice.json"]) == invoice


def test_what_was_changed_here_leaves_changed_and_the_rest_as_it_came(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    [pid] = told(run(asker, resources, put(inbox / "set", data_set()))).records
    held = measurement(asker, resources, pid)
    values = json.loads(json.dumps(held.values))
    values["custom"] |= {"anneal_t": "600 degC", "made_on": None, "grade": "2.5", "cycles": 5}
    values["sample"]["general"] = {next(iter(values["sample"]["general"])): "pellet"}
    values["meta"]["xrd_wavelength"] = "0.07093 nm"
    values["variable"][0]["scan_t"] = 310
    describe_measurement(asker, resources, pid, Form(template=str(held.template and held.template.id), values=values))
    files = exported(asker, resources, pid)
    expected = deepcopy(INVOICE)
    expected["custom"] |= {"anneal_T": 873.15, "made_on": None, "grade": 2.5, "cycles": 5}
    expected["sample"]["generalAttributes"] = [{"termId": GENERAL, "value": "pellet"}]
    assert json.loads(files["invoice/invoice.json"]) == expected
    metadata = deepcopy(METADATA)
    metadata["constant"]["xrd_wavelength"] = {"value": pytest.approx(0.7093), "unit": "angstrom"}
    metadata["variable"][0]["scan_T"] = {"value": 310, "unit": "K"}
    assert json.loads(files["meta/metadata.json"]) == metadata
    assert {n: c for n, c in files.items() if not n.endswith(("invoice.json", "metadata.json"))} == {
        n: c for n, c in data_set().items() if not n.endswith(("invoice.json", "metadata.json"))
    }


def test_facts_stay_when_a_measurement_is_described(asker: Asker, resources: Resources, inbox: Path) -> None:
    (inbox / "set" / "raw").mkdir(parents=True)
    pattern = [(20 + 0.02 * i, 100 + 5000 * 2 ** (-((((20 + 0.02 * i) - 28.44) / 0.08) ** 2))) for i in range(1000)]
    text = "".join(f"{x:.2f} {y:.1f}\n" for x, y in pattern).encode()
    files = data_set(**{"raw/run.csv": b"2theta (deg),Intensity (counts)\n" + text.replace(b" ", b",")})
    put(inbox / "set", files)
    [outcome] = deposit(asker, resources, [inbox / "set" / "raw" / "run.csv"])
    before = show(asker, resources, str(outcome.measurement))
    found = told(run(asker, resources, inbox / "set"))
    after = show(asker, resources, found.records[0])
    assert after.record.id == before.record.id
    assert len(after.facts) == len(before.facts) > 0
    assert {fact.subject for fact in after.facts} == {show(asker, resources, str(found.sample)).record.id}
    described = from_json(dict(after.record.document), Measurement)
    assert described.analyses == from_json(dict(before.record.document), Measurement).analyses


def test_a_designer_s_changes_stay_and_new_definitions_make_a_version(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    folder = put(inbox / "d", definitions())
    assert [each.status for each in run(asker, resources, folder)] == ["defined"]
    kept = get_template(asker, resources, "annealing_v1.2")
    custom = next(each for each in kept.template.fields if each.written == "custom")
    renamed = replace(custom.fields[0], key="plateau", origin=custom.fields[0].key)
    new = replace(custom, fields=(renamed, *custom.fields[1:]))
    fields = tuple(new if each is custom else each for each in kept.template.fields)
    revise_template(asker, resources, "annealing_v1.2", replace(kept.template, fields=fields))
    assert [each.status for each in run(asker, resources, folder)] == ["unchanged"]
    schema = deepcopy(SCHEMA)
    entries = schema["properties"]["custom"]["properties"]
    entries["anneal_T"]["minimum"] = 100
    del entries["cycles"]
    put(inbox / "d", definitions(schema=schema))
    [again] = run(asker, resources, folder)
    assert again.status == "revised"
    assert set(again.told) == {"custom.plateau: tightened", "custom.cycles: removed"}
    now = get_template(asker, resources, "annealing_v1.2")
    assert now.record.version == 3
    first = next(each for each in now.template.fields if each.written == "custom").fields[0]
    assert (first.key, first.first_key, first.minimum) == ("plateau", "anneal_t", 100)
    put(inbox / "d", definitions())
    [back] = run(asker, resources, folder)
    assert (back.status, len(list_templates(asker, resources))) == ("revised", 1)


def test_a_template_of_that_name_that_was_made_here_is_left_alone(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    made = Template(
        name="annealing_v1.2",
        label=Label(en="Ours"),
        applies_to=RecordKind.MEASUREMENT,
        fields=(Field(key="a", kind=FieldKind.TEXT),),
    )
    define_template(asker, resources, made)
    with pytest.raises(Refused, match="was made here"):
        run(asker, resources, put(inbox / "d", definitions()))


def test_samples_are_found_by_any_of_their_names(asker: Asker, resources: Resources, inbox: Path) -> None:
    known = register_sample(asker, resources, Sample(name="二酸化チタン17"))
    found = told(run(asker, resources, put(inbox / "set", data_set())))
    assert found.sample == known.pid
    # The sample's name here stands among the names that it has there: nothing is to be changed.
    assert exported(asker, resources, found.records[0]) == data_set()


def test_names_of_different_samples_are_ambiguous(asker: Asker, resources: Resources, inbox: Path) -> None:
    for name in ("TiO2-17", "二酸化チタン17"):
        register_sample(asker, resources, Sample(name=name))
    folder = put(inbox / "set", data_set())
    with pytest.raises(Conflict, match=r"different samples here.*--sample"):
        run(asker, resources, folder)
    assert not find(asker, resources, 'kind = "measurement"').hits
    found = told(run(asker, resources, folder, sample="TiO2-17"))
    assert show(asker, resources, str(found.sample)).record.title == "TiO2-17"


def test_a_sample_that_goes_by_another_name_here_leaves_under_both(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    found = told(run(asker, resources, put(inbox / "set", data_set()), sample="B-7"))
    invoice = json.loads(exported(asker, resources, found.records[0])["invoice/invoice.json"])
    assert invoice["sample"]["names"] == ["B-7", "TiO2-17", "二酸化チタン17"]


def test_files_that_nobody_reads_have_a_measurement_without_numbers(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    files = data_set(**{"raw/run.csv": b"\x00\x01nobody reads this"})
    folder = put(inbox / "set", files)
    [pid] = told(run(asker, resources, folder)).records
    held = measurement(asker, resources, pid)
    assert (held.has_numbers, held.technique, held.title) == (False, "measurement", "Anneal 17")
    assert held.values["custom"]["cycles"] == 4
    assert exported(asker, resources, pid) == files
    assert [offer.name for offer in offers(asker, resources, pid)] == ["rde", "gemd", "prov"]
    with pytest.raises(NothingMeasured, match="no numbers"):
        numbers_of(asker, resources, pid)
    with pytest.raises(NotExportable, match="no numbers to write"):
        export(asker, resources, pid, "nexus")
    assert list(reread(asker, resources, everything=True))
    assert told(run(asker, resources, folder)).status == "already there"
    assert measurement(asker, resources, pid).values == held.values


def test_once_its_files_can_be_read_the_measurement_of_them_takes_over(
    asker: Asker, resources: Resources, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put(inbox / "set", data_set())
    # Nothing of the files is given to the readers: as if none knew them.
    monkeypatch.setattr("kiban.operations.import_rde.deposit", lambda *_, **__: iter(()))
    [alone] = told(run(asker, resources, folder)).records
    monkeypatch.undo()
    found = told(run(asker, resources, folder))
    assert found.records != (alone,)
    assert measurement(asker, resources, found.records[0]).has_numbers
    assert len(find(asker, resources, 'kind = "measurement"').hits) == 1
    assert exported(asker, resources, found.records[0]) == data_set()


def test_what_people_said_stays_when_a_file_is_read_anew(
    asker: Asker, resources: Resources, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [pid] = told(run(asker, resources, put(inbox / "set", data_set()))).records
    monkeypatch.setattr("kiban.operations.deposit_records._is_of_another", lambda *_: True)
    before = show(asker, resources, pid).record
    list(reread(asker, resources, everything=True))
    after = show(asker, resources, pid).record
    assert after.version > before.version
    assert measurement(asker, resources, pid).values == from_json(dict(before.document), Measurement).values
    assert exported(asker, resources, pid) == data_set()


def test_bytes_belong_to_one_data_set(asker: Asker, resources: Resources, inbox: Path) -> None:
    run(asker, resources, put(inbox / "one", data_set()))
    other = deepcopy(INVOICE) | {"datasetId": "ffffffff-7b0b-4c66-a035-f48773b018e6"}
    with pytest.raises(Conflict, match="belongs to the data set 3f976089"):
        run(asker, resources, put(inbox / "other", data_set(other)))


def test_tiles_are_data_sets_of_their_own(asker: Asker, resources: Resources, inbox: Path) -> None:
    tile = deepcopy(INVOICE)
    tile["basic"]["dataName"] = "Tile 1"
    more = {
        "divided/0001/invoice/invoice.json": as_json(tile),
        "divided/0001/raw/tile.csv": TABLE.replace(b".5", b".7"),
    }
    found = run(asker, resources, put(inbox / "set", data_set() | more))
    sets = [each for each in found if each.kind == "data set"]
    assert [each.path for each in sets] == ["set", "set/divided/0001"]
    whole, part = (exported(asker, resources, each.records[0]) for each in sets)
    assert whole == data_set()
    assert part["invoice/invoice.json"] == as_json(tile)
    assert "raw/tile.csv" in part


def test_definitions_are_needed_and_can_be_named(asker: Asker, resources: Resources, inbox: Path) -> None:
    files = {name: content for name, content in data_set().items() if not name.startswith("tasksupport/")}
    folder = put(inbox / "set", files)
    with pytest.raises(WrongUsage, match="no definitions"):
        run(asker, resources, folder)
    run(asker, resources, put(inbox / "d", definitions()))
    found = told(run(asker, resources, folder, template="annealing_v1.2"))
    assert found.status == "imported"
    made = Template(
        name="ours",
        label=Label(en="Ours"),
        applies_to=RecordKind.MEASUREMENT,
        fields=(Field(key="a", kind=FieldKind.TEXT),),
    )
    define_template(asker, resources, made)
    with pytest.raises(InvalidValue, match="did not come from RDE"):
        run(asker, resources, folder, template="ours")


def test_of_definitions_that_are_as_near_as_others_one_must_be_named(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    files = {name: content for name, content in data_set().items() if not name.startswith("tasksupport/")}
    put(inbox / "all" / "set", files)
    put(inbox / "all" / "one", definitions())
    put(inbox / "all" / "two", definitions())
    # Twice the same definitions are one template.
    assert told(run(asker, resources, inbox / "all")).status == "imported"
    other = deepcopy(SCHEMA) | {"$id": "https://rde.nims.go.jp/rde/dataset-templates/other/invoice.schema.json"}
    put(inbox / "all" / "two", definitions(schema=other))
    with pytest.raises(WrongUsage, match=r"as near to.*annealing_v1\.2, other"):
        run(asker, resources, inbox / "all")
    assert told(run(asker, resources, inbox / "all", template="annealing_v1.2")).status == "already there"


def test_files_and_templates_that_one_may_not_see_are_not_given_away(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    folder = put(inbox / "set", data_set())
    list(deposit(asker, resources, [folder / "raw"]))
    (folder / "raw" / "second.csv").write_bytes(TABLE.replace(b".5", b".9"))
    closed_raw = folder / "structured" / "run.csv"
    list(deposit(asker, resources, [closed_raw], below=folder))
    found = told(run(asker, resources, folder, placement=Placement(tier=Tier.OPEN)))
    [opened] = [pid for pid in found.records if show(asker, resources, pid).scope.tier is Tier.OPEN]
    given = export(ANONYMOUS, resources, opened, "rde")
    assert any("may not see are left out" in loss and "structured/run.csv" in loss for loss in given.losses)
    with zipfile.ZipFile(io.BytesIO(given.content)) as archive:
        assert "structured/run.csv" not in archive.namelist()
        assert "raw/second.csv" in archive.namelist()
    assert "rde" in {offer.name for offer in offers(ANONYMOUS, resources, opened)}


def test_without_its_template_a_stranger_gets_no_data_set(asker: Asker, resources: Resources, inbox: Path) -> None:
    files = {name: content for name, content in data_set().items() if not name.startswith("tasksupport/")}
    run(asker, resources, put(inbox / "d", definitions()))
    found = told(
        run(asker, resources, put(inbox / "set", files), template="annealing_v1.2", placement=Placement(tier=Tier.OPEN))
    )
    # What is hidden looks absent: a measurement that no template describes is answered in the same words.
    with pytest.raises(NotExportable, match="No template describes"):
        export(ANONYMOUS, resources, found.records[0], "rde")
    assert "rde" not in {offer.name for offer in offers(ANONYMOUS, resources, found.records[0])}


def test_what_is_nothing_of_rde(asker: Asker, resources: Resources, inbox: Path) -> None:
    (inbox / "a.txt").write_text("a")
    with pytest.raises(WrongUsage, match="neither an invoice"):
        run(asker, resources, inbox)
    with pytest.raises(UnreadableFile):
        run(asker, resources, inbox / "a.txt")
    with pytest.raises(WrongUsage, match="no file or folder"):
        run(asker, resources, inbox / "b")
    with pytest.raises(WrongUsage, match=r"Did you mean rde"):
        importer_named("rdee")


@pytest.mark.parametrize("name", ["../escape/invoice.json", "/invoice.json"])
def test_archives_that_reach_out_are_refused(asker: Asker, resources: Resources, inbox: Path, name: str) -> None:
    with zipfile.ZipFile(inbox / "bad.zip", "w") as archive:
        archive.writestr(name, b"{}")
    with pytest.raises((HostileFile, UnreadableFile)):
        run(asker, resources, inbox / "bad.zip")


@pytest.mark.parametrize(
    ("invoice", "fault"),
    [(b"{", "no sound JSON"), (b"{}", "names no datasetId"), (b'{"datasetId": 1}', "names no datasetId")],
)
def test_an_unsound_invoice_leaves_nothing_behind(
    asker: Asker, resources: Resources, inbox: Path, invoice: bytes, fault: str
) -> None:
    folder = put(inbox / "set", data_set() | {"invoice/invoice.json": invoice})
    with pytest.raises((DamagedFile, InvalidValue), match=fault):
        run(asker, resources, folder)
    assert not find(asker, resources, 'kind = "measurement" OR kind = "sample"').hits


def test_values_of_wrong_kinds_are_told_and_kept(asker: Asker, resources: Resources, inbox: Path) -> None:
    invoice = deepcopy(INVOICE)
    invoice["custom"] |= {"anneal_T": "hot", "雰囲気": "He", "cycles": 2.5, "is_dry": "maybe", "made_on": "yesterday"}
    invoice["sample"] |= {"names": "TiO2-17", "generalAttributes": [{"termId": "unknown", "value": "x"}, 3]}
    metadata = {"constant": [], "variable": {"a": 1}}
    found = told(run(asker, resources, put(inbox / "set", data_set(invoice, metadata))))
    for place in ("custom.anneal_t", "custom.cycles", "custom.is_dry", "custom.made_on", "sample.generalAttributes[1]"):
        assert any(sentence.startswith(place) for sentence in found.told), place
    files = exported(asker, resources, found.records[0])
    assert files["invoice/invoice.json"] == as_json(invoice)
    assert files["meta/metadata.json"] == as_json(metadata)


OURS = Template(
    name="resistance run",
    label=Label(en="Resistance", ja="抵抗"),
    applies_to=RecordKind.MEASUREMENT,
    techniques=("table",),
    fields=(
        Field(key="current", kind=FieldKind.QUANTITY, unit="mA", minimum=0, label=Label(en="Current", ja="電流")),
        Field(key="operator_note", kind=FieldKind.TEXT, need=Need.REQUIRED),
        Field(
            key="holder",
            kind=FieldKind.GROUP,
            fields=(Field(key="material", kind=FieldKind.TEXT), Field(key="seen", kind=FieldKind.DATE)),
        ),
        Field(key="steps", kind=FieldKind.TABLE, fields=(Field(key="t", kind=FieldKind.NUMBER),)),
    ),
)


@pytest.fixture(name="described")
def _described(asker: Asker, resources: Resources, inbox: Path) -> str:
    (inbox / "r.csv").write_bytes(TABLE)
    [outcome] = deposit(asker, resources, [inbox / "r.csv"], sample="S-1")
    define_template(asker, resources, OURS)
    values = {
        "current": "0.5(1) A",
        "operator_note": "ok",
        "holder": {"material": "Al2O3", "seen": "2026-11-26T10:00"},
        "steps": [{"t": 1}],
    }
    pid = str(outcome.measurement)
    describe_measurement(asker, resources, pid, Form(template="resistance run", values=values))
    return pid


def test_a_measurement_that_was_described_here_goes_out_too(asker: Asker, resources: Resources, described: str) -> None:
    files = exported(asker, resources, described)
    invoice = json.loads(files["invoice/invoice.json"])
    assert invoice["custom"] == {
        "current": 500.0, "operator_note": "ok", "holder_material": "Al2O3", "holder_seen": "2026-11-26",
    }  # fmt: skip
    assert invoice["sample"]["names"] == ["S-1"]
    assert files["inputdata/r.csv"] == TABLE
    schema = json.loads(files["tasksupport/invoice.schema.json"])
    assert schema["properties"]["custom"]["properties"]["current"] == {
        "label": {"ja": "電流", "en": "Current"}, "type": "number", "options": {"unit": "mA"}, "minimum": 0,
    }  # fmt: skip
    losses = " ".join(export(asker, resources, described, "rde").losses)
    for word in ("uncertainty of current", "steps is left out", "time of day of seen", "56 zeros"):
        assert word in losses


def test_without_a_template_there_is_nothing_to_export(asker: Asker, resources: Resources, inbox: Path) -> None:
    (inbox / "r.csv").write_bytes(TABLE)
    [outcome] = deposit(asker, resources, [inbox / "r.csv"])
    with pytest.raises(NotExportable, match="No template describes it"):
        export(asker, resources, str(outcome.measurement), "rde")


def test_describing_checks_what_it_is_given(asker: Asker, resources: Resources, described: str) -> None:
    with pytest.raises(InvalidValue, match="operator_note: Nothing stands here"):
        describe_measurement(asker, resources, described, Form(template="resistance run", values={"current": 1}))
    form = Form(template="resistance run", values={"operator_note": "x"})
    with pytest.raises(Conflict):
        describe_measurement(asker, resources, described, form, expected=1)
    held = measurement(asker, resources, described)
    with pytest.raises(InvalidValue, match="stay as it is"):
        describe_measurement(asker, resources, described, Form(template="resistance run", values=held.values))
    define_template(asker, resources, replace(OURS, name="xrd run", techniques=("xrd",)))
    with pytest.raises(InvalidValue, match="is for xrd, not for table"):
        describe_measurement(asker, resources, described, Form(template="xrd run", values={"operator_note": "x"}))


def _rdetoolkit() -> str:
    program = os.environ.get("KIBAN_TEST_RDETOOLKIT") or shutil.which("rdetoolkit")
    if program is None:
        pytest.skip("waits for rdetoolkit 1.7: install it somewhere and name its program in KIBAN_TEST_RDETOOLKIT")
    return program


def check(program: str, folder: Path) -> None:
    """Lay an exported data set out as a project of rdetoolkit, and have every part of it validated."""
    data, given = folder / "container" / "data", folder / "input"
    schema = data / "tasksupport" / "invoice.schema.json"
    shutil.copytree(data / "tasksupport", folder / "templates" / "tasksupport")
    shutil.copytree(data / "invoice", given / "invoice")
    commands = [
        ["invoice-schema", schema],
        ["metadata-def", data / "tasksupport" / "metadata-def.json"],
        ["invoice", data / "invoice" / "invoice.json", "--schema", schema],
        ["all", folder],
    ]
    if (data / "meta").exists():
        (given / "metadata").mkdir()
        shutil.copy(data / "meta" / "metadata.json", given / "metadata")
        definitions_ = data / "tasksupport" / "metadata-def.json"
        commands.append(["metadata", data / "meta" / "metadata.json", "--schema", definitions_])
    for command in commands:
        done = subprocess.run([program, "validate", *map(str, command)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["imported", "changed", "made here", "mode_invoice", "mode_multidatatile"])
def test_rdetoolkit_accepts_what_leaves(
    asker: Asker, resources: Resources, inbox: Path, request: pytest.FixtureRequest, tmp_path: Path, what: str
) -> None:
    program = _rdetoolkit()
    if what == "made here":
        pid = request.getfixturevalue("described")
    elif what.startswith("mode_"):
        [pid] = told(run(asker, resources, request.getfixturevalue("shared")(f"rde-templates/{what}"))).records
    else:
        [pid] = told(run(asker, resources, put(inbox / "set", valid_data_set()))).records
    if what == "changed":
        held = measurement(asker, resources, pid)
        values = json.loads(json.dumps(held.values))
        values["custom"] |= {"anneal_t": "600 degC", "cycles": 5}
        values["meta"]["xrd_wavelength"] = "0.07093 nm"
        describe_measurement(asker, resources, pid, Form(template="annealing_v1.2", values=values))
    for name, content in exported(asker, resources, pid).items():
        put(tmp_path / "project" / "container" / "data", {name: content})
    check(program, tmp_path / "project")


def valid_data_set() -> dict[str, bytes]:
    """Without what rdetoolkit refuses: an empty text in `note`, a link that its pattern does not allow."""
    invoice = deepcopy(INVOICE)
    invoice["custom"] |= {"note": "kept", "link": "aaaa"}
    files = data_set(invoice)
    assert json.loads(files["tasksupport/catalog.schema.json"]) == CATALOG
    return files
