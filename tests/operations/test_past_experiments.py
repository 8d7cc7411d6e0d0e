"""Tables of past experiments: looked at, kept once, changed by the next file, withdrawn."""

import io

import openpyxl
import pytest

from kiban.errors import InvalidValue, RecordNotFound, Refused
from kiban.operations.find import find
from kiban.operations.home import home
from kiban.operations.past_experiments import TableFile, keep_experiments, preview_experiments
from kiban.operations.processes import record_process
from kiban.operations.reread import reread
from kiban.operations.resources import Resources
from kiban.operations.samples import register_sample
from kiban.operations.show import show
from kiban.operations.table import table
from kiban.operations.templates import define_template, template_named
from kiban.operations.terms import get_term
from kiban.operations.withdraw_experiments import preview_withdrawal, withdraw_experiments
from kiban.readers.experiments.meaning import Mapping, Meaning, Role
from kiban.records.described import without_values
from kiban.records.field import Field, FieldKind, Label
from kiban.records.file_entry import FileStatus
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.records.template import Template

TABLE = """試料名,焼成温度 [℃],雰囲気,Ti (at%),Al (at%),ビッカース硬さ (HV),誤差,備考
A-1,900,Ar,50,50,512,5,きれい
A-2,1000,Ar,40,60,530,4,
A-2,1000,Ar,40,60,534,4,
A-3,1100,N2,30,70,n.d.,,割れ
"""


def _file(text: str = TABLE, name: str = "past.csv", **said: object) -> TableFile:
    return TableFile(content=text.encode(), name=name, **said)  # type: ignore[arg-type]


def _count(asker: Asker, resources: Resources, question: str) -> int:
    return find(asker, resources, question).total


def _counts(asker: Asker, resources: Resources) -> tuple[int, int, int]:
    return tuple(_count(asker, resources, f'kind = "{kind}"') for kind in ("sample", "process", "measurement"))  # type: ignore[return-value]


def test_a_preview_keeps_nothing_and_says_what_would_be_kept(asker: Asker, resources: Resources) -> None:
    found = preview_experiments(asker, resources, _file())
    assert found.wrong == ()
    assert found.made is not None
    made = found.made
    assert (made.n_new_samples, made.n_new_processes, made.n_new) == (3, 3, 4)
    assert _counts(asker, resources) == (0, 0, 0)
    assert _count(asker, resources, 'kind = "template"') == 0
    assert list(resources.catalog.blobs()) == []


def test_rows_become_samples_processes_measurements_and_properties(asker: Asker, resources: Resources) -> None:
    kept = keep_experiments(asker, resources, _file())
    assert (kept.status, kept.mapping, len(kept.rows)) == ("imported", "past", 4)
    assert _counts(asker, resources) == (3, 3, 4)
    assert _count(asker, resources, 'process.past.firing_temperature >= 1000 degC AND kind = "sample"') == 2
    assert _count(asker, resources, 'process.past.雰囲気 = "Ar" AND kind = "sample"') == 2
    assert _count(asker, resources, 'elements HAS ALL "Ti","Al" AND kind = "sample"') == 3
    drawn = table(asker, resources, 'kind = "sample"')
    names = [column.name for column in drawn.columns]
    rows = {row[0]: dict(zip(names, row, strict=True)) for row in drawn.rows}
    assert rows["A-1"]["vickers_hardness"] == 512.0
    assert rows["A-1"]["vickers_hardness.u"] == 5.0
    assert {c.name: c.unit for c in drawn.columns}["vickers_hardness"] == "kgf/mm**2"
    measured = show(asker, resources, str(rows["A-1"]["vickers_hardness.evidence"])).record
    assert measured.title == "A-1, row 2 of past.csv"
    assert measured.document["values"]["firing_temperature"] == {"value": 900.0, "unit": "degC"}
    assert measured.document["values"]["note"] == "きれい"
    kept_with = template_named(asker, resources, measured.document["template"]["id"]).template
    assert [each.label.ja for each in kept_with.fields] == ["焼成温度", "雰囲気", "備考"]
    # Properties are values: who may read what describes a record, and not its values, does not read them.
    assert "512" not in str(without_values(measured).document)
    # Two rows of one sample with the same settings share a process, and each is a measurement.
    [process] = find(asker, resources, 'kind = "process" AND title CONTAINS "A-2"').hits
    assert show(asker, resources, process.id).record.document["meant"]["atmosphere"] == "Ar"


def test_the_file_is_kept_as_it_came(asker: Asker, resources: Resources) -> None:
    keep_experiments(asker, resources, _file())
    [entry] = resources.catalog.files(resources.visible(asker))
    assert (entry.path, entry.size) == ("past.csv", len(TABLE.encode()))
    with resources.objects.open(entry.checksum) as content:
        assert content.read() == TABLE.encode()
    assert len(resources.catalog.records_of_file(entry.id, resources.visible(asker))) == 4


def test_its_file_waits_for_no_reader(asker: Asker, resources: Resources) -> None:
    keep_experiments(asker, resources, _file())
    page = home(asker, resources)
    assert page.kept == ()
    [entry] = resources.catalog.files(resources.visible(asker))
    assert entry.status is FileStatus.STRUCTURED
    assert "past experiments" in entry.reason


def test_its_file_is_not_read_anew_as_a_measurement(asker: Asker, resources: Resources) -> None:
    keep_experiments(asker, resources, _file())
    for checksum in (None, resources.catalog.files(resources.visible(asker))[0].checksum):
        assert list(reread(asker, resources, checksum=checksum, everything=True)) == []
    assert _counts(asker, resources) == (3, 3, 4)


def test_the_same_file_again_makes_nothing_twice(asker: Asker, resources: Resources) -> None:
    keep_experiments(asker, resources, _file())
    before = resources.catalog.events(resources.visible(asker), limit=1000)
    again = keep_experiments(asker, resources, _file())
    assert (again.status, again.rows, again.made.n_unchanged) == ("already there", (), 4)
    assert resources.catalog.events(resources.visible(asker), limit=1000) == before
    assert _counts(asker, resources) == (3, 3, 4)


def test_a_changed_file_makes_next_versions_and_says_what_changed(asker: Asker, resources: Resources) -> None:
    keep_experiments(asker, resources, _file())
    text = TABLE.replace("512,5", "515,5").replace("A-3,1100", "A-3,1150") + "A-4,1200,Ar,20,80,600,7,\n"
    looked = preview_experiments(asker, resources, _file(text))
    assert looked.made is not None
    kept = keep_experiments(asker, resources, _file(text))
    assert looked.made.changes == kept.made.changes
    assert kept.status == "changed"
    assert (kept.made.n_new, kept.made.n_changed, kept.made.n_unchanged) == (1, 2, 2)
    assert kept.made.changes == [
        "Row 2, A-1: vickers_hardness was 512.0 ± 5.0 kgf/mm**2, is 515.0 ± 5.0 kgf/mm**2.",
        "Row 5, A-3: firing_temperature was 1100.0 degC, is 1150.0 degC.",
    ]
    assert _counts(asker, resources) == (4, 4, 5)
    assert _values(asker, resources)["A-1"] == 515.0
    [changed] = find(asker, resources, 'kind = "process" AND title CONTAINS "A-3"').hits
    record = show(asker, resources, changed.id).record
    assert (record.version, record.document["meant"]["firing_temperature"]["value"]) == (2, 1150.0)


def _values(asker: Asker, resources: Resources, term: str = "vickers_hardness") -> dict[str, object]:
    drawn = table(asker, resources, 'kind = "sample"')
    place = [column.name for column in drawn.columns].index(term)
    return {str(row[0]): row[place] for row in drawn.rows}


def test_rows_that_are_gone_stay_and_are_told_or_are_withdrawn(asker: Asker, resources: Resources) -> None:
    keep_experiments(asker, resources, _file())
    shorter = "\n".join(TABLE.splitlines()[:-1]) + "\n"
    kept = keep_experiments(asker, resources, _file(shorter))
    assert "1 rows of an earlier file of past.csv are not in this one; they stay as they are." in kept.told
    assert _counts(asker, resources)[2] == 4
    kept = keep_experiments(asker, resources, _file(shorter), withdraws_missing=True)
    assert kept.status == "changed"
    assert _counts(asker, resources)[2] == 3


def test_faults_stop_everything_unless_their_rows_are_left_out(asker: Asker, resources: Resources) -> None:
    text = TABLE.replace("530,4", "<5,4")
    looked = preview_experiments(asker, resources, _file(text))
    assert [(fault.row, fault.cell) for fault in looked.experiments.faults] == [(3, "F3")]
    assert looked.can_be_kept
    with pytest.raises(InvalidValue, match="Row 3, ビッカース硬さ"):
        keep_experiments(asker, resources, _file(text))
    assert _counts(asker, resources) == (0, 0, 0)
    kept = keep_experiments(asker, resources, _file(text), leaves_out_wrong=True)
    assert (kept.left_out, len(kept.rows)) == ((3,), 3)
    assert "Left out because of their faults: rows 3." in kept.told
    with pytest.raises(InvalidValue, match="not clear which rows are missing"):
        keep_experiments(asker, resources, _file(text), leaves_out_wrong=True, withdraws_missing=True)


UNNAMED = "Prime Delay,Print Speed,Score\n0,1,0.34\n2.5,3,0.1\n0,1,0.35\n"


def test_a_table_without_names_of_samples(asker: Asker, resources: Resources) -> None:
    kept = keep_experiments(asker, resources, _file(UNNAMED, "AutoAM.csv"))
    assert {record.document["sample_name"] for record in kept.rows} == {"AutoAM 2", "AutoAM 3", "AutoAM 4"}
    assert get_term(asker, resources, "score").term.term.en == "Score"
    # A row put in between: the others are known by what was set, and by which of the same settings they are.
    longer = "Prime Delay,Print Speed,Score\n5,5,0.9\n0,1,0.34\n2.5,3,0.2\n0,1,0.35\n"
    kept = keep_experiments(asker, resources, _file(longer, "AutoAM.csv"))
    assert (kept.made.n_new, kept.made.n_changed, kept.made.n_unchanged) == (1, 1, 2)
    assert sorted(_values(asker, resources, "score").values()) == [0.2, 0.34, 0.35, 0.9]  # type: ignore[type-var]


def test_two_tables_with_the_same_settings_are_two_experiments(asker: Asker, resources: Resources) -> None:
    keep_experiments(asker, resources, _file(UNNAMED, "one.csv"))
    kept = keep_experiments(asker, resources, _file(UNNAMED, "two.csv", kept="one"))
    assert kept.made.n_new == 3
    assert _counts(asker, resources)[0] == 6
    again = keep_experiments(asker, resources, _file(UNNAMED, "renamed.csv", kept="one", table="two.csv"))
    assert again.status == "already there"


def test_the_same_file_by_another_name_is_told_before_it_counts_twice(asker: Asker, resources: Resources) -> None:
    assert preview_experiments(asker, resources, _file()).told == ()
    keep_experiments(asker, resources, _file())
    assert preview_experiments(asker, resources, _file()).told == ()
    assert preview_experiments(asker, resources, _file(name="past (1).csv", table="past.csv")).told == ()
    [told] = preview_experiments(asker, resources, _file(name="past (1).csv")).told
    assert told.startswith("The same file is imported as the table 'past.csv' already")
    assert told in keep_experiments(asker, resources, _file(name="past (1).csv")).told
    withdraw_experiments(asker, resources, "past.csv")
    assert preview_experiments(asker, resources, _file(name="past (1).csv")).told == ()


def test_a_sample_that_is_there_is_used_and_told(asker: Asker, resources: Resources) -> None:
    there = register_sample(asker, resources, Sample(name="A-1", formula="TiO2"))
    register_sample(asker, resources, Sample(name="A-2"))
    kept = keep_experiments(asker, resources, _file())
    assert (kept.made.n_new_samples, kept.made.n_known_samples) == (1, 2)
    assert f"The sample A-1 ({there.pid}) was there with another composition; that one stays." in kept.told
    assert show(asker, resources, there.pid).record.document["formula"] == "TiO2"
    assert _count(asker, resources, 'elements HAS "Al" AND kind = "sample" AND title = "A-2"') == 1


def test_a_kept_mapping_is_used_for_the_next_file(asker: Asker, resources: Resources) -> None:
    given = Mapping(
        columns=(
            Meaning(header="no", role=Role.SAMPLE),
            Meaning(header="x", role=Role.PARAMETER, key="speed", unit="mm/s"),
            Meaning(header="y", role=Role.PROPERTY, key="hardness", unit="GPa"),
        )
    )
    keep_experiments(asker, resources, _file("no,x,y\nS1,1,2\n", "a.csv", mapping=given, kept="robot"))
    looked = preview_experiments(asker, resources, _file("y,no,x\n3,S2,4\n", "b.csv", kept="robot"))
    assert [each.meaning for each in looked.columns] == [given.columns[2], given.columns[0], given.columns[1]]
    keep_experiments(asker, resources, _file("y,no,x\n3,S2,4\n", "b.csv", kept="robot"))
    assert _values(asker, resources, "hardness") == {"S1": 2.0, "S2": 3.0}
    assert _count(asker, resources, 'process.robot.speed > 2 mm/s AND kind = "sample"') == 1
    with pytest.raises(RecordNotFound):
        preview_experiments(asker, resources, _file(kept="nobody"))


def test_a_mapping_of_other_columns_is_refused(asker: Asker, resources: Resources) -> None:
    given = Mapping(columns=(Meaning(header="z", role=Role.PROPERTY, key="hardness", unit="GPa"),))
    with pytest.raises(InvalidValue, match="other columns"):
        preview_experiments(asker, resources, _file(mapping=given))


def test_a_property_without_its_unit_stops(asker: Asker, resources: Resources) -> None:
    text = "sample,hardness\nA,12\n"
    looked = preview_experiments(asker, resources, _file(text))
    assert [error.fault for error in looked.wrong] == [
        "The column 'hardness' is without a unit; hardness is measured in 'GPa'."
    ]
    with pytest.raises(InvalidValue, match="without a unit"):
        keep_experiments(asker, resources, _file(text))


def test_a_template_that_was_made_here_is_not_taken(asker: Asker, resources: Resources) -> None:
    fields = (Field(key="a", kind=FieldKind.TEXT),)
    define_template(
        asker, resources, Template(name="past", label=Label(en="p"), applies_to=RecordKind.PROCESS, fields=fields)
    )
    with pytest.raises(Refused, match="was made here"):
        keep_experiments(asker, resources, _file())
    assert _counts(asker, resources) == (0, 0, 0)


def test_a_workbook(asker: Asker, resources: Resources) -> None:
    workbook = openpyxl.Workbook()
    for row in (["sample", "T (K)", "hardness (GPa)"], ["A", 900, 12.5], ["B", 950, "13.1±0.2"]):
        workbook.active.append(row)
    workbook.create_sheet("more").append(["x"])
    content = io.BytesIO()
    workbook.save(content)
    kept = keep_experiments(asker, resources, TableFile(content=content.getvalue(), name="past.xlsx"))
    assert any("more" in sentence for sentence in kept.told)
    assert _values(asker, resources, "hardness") == {"A": 12.5, "B": 13.1}


def test_an_import_is_withdrawn_as_a_whole_and_can_be_made_again(asker: Asker, resources: Resources) -> None:
    keep_experiments(asker, resources, _file())
    looked = preview_withdrawal(asker, resources, "past.csv")
    assert (len(looked.rows), len(looked.processes), len(looked.samples), looked.stay) == (4, 3, 3, ())
    assert _counts(asker, resources) == (3, 3, 4)
    withdraw_experiments(asker, resources, "past.csv")
    assert _counts(asker, resources) == (0, 0, 0)
    assert table(asker, resources, "").rows == ()
    with pytest.raises(RecordNotFound):
        withdraw_experiments(asker, resources, "past.csv")
    assert keep_experiments(asker, resources, _file()).status == "imported"
    assert _counts(asker, resources) == (3, 3, 4)


def test_what_others_rest_on_stays_when_an_import_is_withdrawn(asker: Asker, resources: Resources) -> None:
    keep_experiments(asker, resources, _file())
    keep_experiments(asker, resources, _file("試料名,密度 [g/cm³]\nA-1,4.1\n", "density.csv"))
    [used] = find(asker, resources, 'kind = "sample" AND title = "A-2"').hits
    record_process(asker, resources, Process(name="polish"), inputs=[used.id])
    found = withdraw_experiments(asker, resources, "past.csv")
    assert {record.title for record in found.stay} == {"A-1", "A-2"}
    assert _counts(asker, resources) == (2, 1, 1)


def test_an_asker_who_may_not_add_keeps_nothing(resources: Resources) -> None:
    stranger = Asker(party="stranger")
    assert preview_experiments(stranger, resources, _file()).wrong
    with pytest.raises(Refused):
        keep_experiments(stranger, resources, _file())
