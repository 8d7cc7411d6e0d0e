import pytest

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Kind, Origin, Uncertainty
from kiban.readers.experiments.meaning import (
    Mapping,
    Meaning,
    Role,
    fitted,
    mapping_from_json,
    mapping_to_json,
)
from kiban.readers.experiments.rows import Experiments, read_experiments
from kiban.readers.experiments.sheet import read_sheet
from kiban.records.matter.composition import BALANCE, Basis, Constituent


def _sample(header: str = "sample") -> Meaning:
    return Meaning(header=header, role=Role.SAMPLE)


def _share(what: str, unit: str = "percent", basis: Basis = Basis.MASS) -> Meaning:
    return Meaning(header=what, role=Role.COMPONENT, key=what, unit=unit, basis=basis)


HARDNESS = Meaning(header="H", role=Role.PROPERTY, key="hardness", unit="GPa")
DOUBT = Meaning(header="±", role=Role.UNCERTAINTY, key="hardness", coverage_factor=2.0)


def _read(text: str, *columns: Meaning, **said: str) -> Experiments:
    return read_experiments(read_sheet(text.encode(), "t.csv"), Mapping(columns=columns, **said))


def test_values_uncertainties_words_and_days() -> None:
    found = _read(
        "sample,T,gas,H,±,date,by,note\nA,900 ℃,Ar,12.5,0.4,2024/1/5,佐藤,fine\n",
        _sample(),
        Meaning(header="T", role=Role.PARAMETER, key="temperature", unit="degC"),
        Meaning(header="gas", role=Role.PARAMETER, key="gas", is_text=True),
        HARDNESS,
        DOUBT,
        Meaning(header="date", role=Role.DATE),
        Meaning(header="by", role=Role.OPERATOR),
        Meaning(header="note", role=Role.NOTE, key="note"),
    )
    [row] = found.rows
    doubt = Uncertainty(value=0.4, kind=Kind.EXPANDED, coverage_factor=2.0, origin=Origin.FILE)
    assert (row.row, row.sample, row.operator, row.performed_at) == (2, "A", "佐藤", "2024-01-05")
    assert row.parameters == {"temperature": Measured(900.0, "degC"), "gas": "Ar"}
    assert row.outcomes == {"hardness": Measured(12.5, "GPa", doubt)}
    assert row.notes == {"note": "fine"}


def test_that_nothing_was_added_is_a_choice_and_that_nothing_is_known_is_none() -> None:
    additive = Meaning(header="additive", role=Role.PARAMETER, key="additive", is_text=True)
    found = _read("additive,H\nnone,1\nなし,2\nNaCl,3\n-,4\nn.d.,5\n,6\n", additive, HARDNESS)
    assert [row.parameters.get("additive") for row in found.rows] == ["none", "なし", "NaCl", None, None, None]
    # Among numbers it is no value, as before.
    assert [r.outcomes for r in _read("additive,H\nNaCl,none\n", additive, HARDNESS).rows] == [{}]


def test_every_fault_is_named_by_row_and_column_and_the_other_rows_are_read() -> None:
    found = _read("sample,H\nA,12\n,13\nC,<5\nD,soft\nE,n.d.\n", _sample(), HARDNESS)
    assert [row.sample for row in found.rows] == ["A", "E"]
    assert found.wrong_rows == (3, 4, 5)
    assert [(f.row, f.cell, f.column, f.expected, f.found) for f in found.faults] == [
        (3, "A3", "sample", "the name of a sample", ""),
        (4, "B4", "H", "a number in GPa", "<5"),
        (5, "B5", "H", "a number in GPa", "soft"),
    ]
    assert str(found.faults[1]) == "Row 4, H (B4): a number in GPa was expected, '<5' stands there."


@pytest.mark.parametrize("name", ["mean", "Average", "平均値", "標準偏差", "Std. dev."])
def test_what_was_worked_out_below_the_samples_is_no_sample(name: str) -> None:
    found = _read(f"sample,H\nA,12\nB,14\n{name},13\n", _sample(), HARDNESS)
    assert [row.sample for row in found.rows] == ["A", "B"]
    assert [(f.row, f.found) for f in found.faults] == [(4, name)]


def test_of_many_faults_the_first_are_listed_and_all_counted() -> None:
    found = _read("sample,H\n" + "A,x\n" * 500, _sample(), HARDNESS)
    assert (len(found.faults), found.n_faults, len(found.wrong_rows)) == (200, 500, 500)


def test_compositions() -> None:
    found = _read("sample,C,Fe,H\nA,0.2,bal.,1\nB,0.3,99.7,1\n", _sample(), _share("C"), _share("Fe"), HARDNESS)
    first, second = (row.composition for row in found.rows)
    assert first is not None
    assert second is not None
    assert first.components[1].amount == BALANCE
    assert second.amounts == {"C": Measured(0.3, "percent"), "Fe": Measured(99.7, "percent")}
    assert second.basis is Basis.MASS


def test_a_balance_that_has_no_column() -> None:
    incomplete = _read("sample,C,Mn,H\nA,0.2,0.7,1\n", _sample(), _share("C"), _share("Mn"), HARDNESS)
    assert incomplete.n_faults == 1
    assert "balance" in incomplete.faults[0].mend
    whole = _read("sample,C,Mn,H\nA,0.2,0.7,1\n", _sample(), _share("C"), _share("Mn"), HARDNESS, balance="Fe")
    assert whole.rows[0].composition is not None
    assert [each.what for each in whole.rows[0].composition.components] == ["C", "Mn", "Fe"]


def test_names_beside_names_are_no_formulas() -> None:
    found = _read("P3HT,D2,H\n40,60,1\n", _share("P3HT"), _share("D2"), HARDNESS)
    assert found.rows[0].composition is not None
    assert {each.kind for each in found.rows[0].composition.components} == {Constituent.MATERIAL}


def test_rows_of_one_sample_that_state_different_compositions_are_named() -> None:
    found = _read("sample,C,Fe,H\nA,1,99,1\nA,,,2\nA,2,98,3\n", _sample(), _share("C"), _share("Fe"), HARDNESS)
    assert [row.row for row in found.rows] == [2, 3]
    assert (found.faults[0].row, found.faults[0].cell) == (4, "A4")
    assert "row 2" in found.faults[0].expected


def test_an_uncertainty_that_stands_twice_is_named() -> None:
    found = _read("H,±\n12±1,2\n", HARDNESS, DOUBT)
    assert found.faults[0].mend == "It stands twice: keep one."


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ((_sample("a"), _sample("b"), HARDNESS), "both mean the sample"),
        ((HARDNESS, HARDNESS), "both have the key hardness"),
        ((_sample(), DOUBT), "uncertainty of hardness"),
        ((_share("C"), _share("D", basis=Basis.AMOUNT)), "fractions of different things"),
        ((_sample(),), "could be kept"),
    ],
)
def test_mappings_that_contradict_themselves_are_refused(columns: tuple[Meaning, ...], told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        Mapping(columns=columns)


def test_meanings_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(InvalidValue, match="not known"):
        Meaning(header="H", role=Role.PROPERTY, key="hardness", unit="foo")
    with pytest.raises(InvalidValue, match="has no key"):
        Meaning(header="H", role=Role.PROPERTY)
    with pytest.raises(InvalidValue, match="holds no numbers"):
        Meaning(header="H", role=Role.NOTE, key="note", unit="GPa")
    with pytest.raises(InvalidValue, match="without a basis"):
        Meaning(header="C", role=Role.COMPONENT, key="C", unit="percent")


def test_a_mapping_survives_the_trip_and_a_later_version_is_refused() -> None:
    mapping = Mapping(columns=(_sample(), _share("C"), HARDNESS, DOUBT), balance="Fe", decimal=",")
    document = mapping_to_json(mapping)
    assert mapping_from_json(document) == mapping
    with pytest.raises(InvalidValue, match="version 2"):
        mapping_from_json({**document, "version": 2})
    with pytest.raises(InvalidValue, match="no version"):
        mapping_from_json({})


def test_a_kept_mapping_fits_the_next_file_whatever_the_order() -> None:
    kept = Mapping(columns=(_sample("試料 名"), HARDNESS))
    assert fitted(kept, ["H", "試料  名", "new"]) == (HARDNESS, _sample("試料 名"), None)
