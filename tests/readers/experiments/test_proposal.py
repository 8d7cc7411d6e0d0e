import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.query.vocabulary import SHIPPED
from kiban.readers.experiments.meaning import Role, mapping_from_json, mapping_to_json
from kiban.readers.experiments.proposal import Proposed, mapping_of, propose
from kiban.readers.experiments.rows import read_experiments
from kiban.readers.experiments.sheet import Sheet, SheetRow, read_sheet
from kiban.readers.experiments.told import Reason, Sureness
from kiban.records.matter.composition import Basis


def _proposed(text: str) -> dict[str, Proposed]:
    sheet = read_sheet(text.encode(), "t.csv")
    return dict(zip(sheet.headers, propose(sheet), strict=True))


def _said(found: Proposed) -> tuple[Role, str, str]:
    return found.meaning.role, found.meaning.key, found.meaning.unit


def test_a_japanese_table() -> None:
    found = _proposed(
        "試料名,実験日,担当者,焼成温度 [℃],保持時間(h),雰囲気,Ti (at%),Al (at%),ビッカース硬さ (HV),誤差,膜厚/nm,備考\n"
        "A-1,2024/1/5,佐藤,900,2,Ar,50,50,512,5,100,きれい\n"
        "A-2,2024/1/6,佐藤,１０００,2,Ar,40,60,530,4,101,\n"
        "A-3,2024/1/7,鈴木,1100,4,N2,30,70,n.d.,,102,割れ\n"
    )
    assert {header: _said(each) for header, each in found.items()} == {
        "試料名": (Role.SAMPLE, "", ""),
        "実験日": (Role.DATE, "", ""),
        "担当者": (Role.OPERATOR, "", ""),
        "焼成温度 [℃]": (Role.PARAMETER, "firing_temperature", "degC"),
        "保持時間(h)": (Role.PARAMETER, "dwell_time", "h"),
        "雰囲気": (Role.PARAMETER, "atmosphere", ""),
        "Ti (at%)": (Role.COMPONENT, "Ti", "percent"),
        "Al (at%)": (Role.COMPONENT, "Al", "percent"),
        "ビッカース硬さ (HV)": (Role.PROPERTY, "vickers_hardness", "kgf/mm**2"),
        "誤差": (Role.UNCERTAINTY, "vickers_hardness", ""),
        "膜厚/nm": (Role.PROPERTY, "thickness", "nm"),
        "備考": (Role.NOTE, "note", ""),
    }
    assert found["雰囲気"].meaning.is_text
    assert found["Ti (at%)"].meaning.basis is Basis.AMOUNT
    assert found["試料名"].sureness is Sureness.SURE


def test_an_english_table_with_units_every_way() -> None:
    found = _proposed(
        "Run;T_anneal (°C);time/h;hardness [GPa];sigma hardness [GPa];yield (%);U (k=2)\n"
        "1;900,5;2;12,1;0,2;50;2\n2;1000;3;13,5;0,1;60;3\n"
    )
    assert {header: _said(each) for header, each in found.items()} == {
        "Run": (Role.SAMPLE, "", ""),
        "T_anneal (°C)": (Role.PARAMETER, "t_anneal", "degC"),
        "time/h": (Role.PARAMETER, "time", "h"),
        "hardness [GPa]": (Role.PROPERTY, "hardness", "GPa"),
        "sigma hardness [GPa]": (Role.UNCERTAINTY, "hardness", ""),
        "yield (%)": (Role.PROPERTY, "reaction_yield", "percent"),
        "U (k=2)": (Role.UNCERTAINTY, "reaction_yield", ""),
    }
    assert found["U (k=2)"].meaning.coverage_factor == 2.0


def test_letters_with_units_of_their_own_are_no_uncertainties() -> None:
    found = _proposed("T [K],σ (S/cm),U [V]\n300,1.5,0.2\n310,1.6,0.3\n")
    assert found["σ (S/cm)"].meaning.role is not Role.UNCERTAINTY
    assert found["U [V]"].meaning.role is not Role.UNCERTAINTY


def test_units_in_cells_are_those_of_the_column() -> None:
    assert _said(_proposed("T_anneal,hardness\n900 ℃,12 GPa\n950 ℃,13 GPa\n")["hardness"]) == (
        Role.PROPERTY,
        "hardness",
        "GPa",
    )


def test_a_header_with_a_unit_promises_numbers() -> None:
    sheet = read_sheet(b"sample,temperature (degC),hardness (GPa)\nC-1,400,12.0\nC-2,hot,13.0\n", "t.csv")
    found = propose(sheet)
    assert _said(found[1]) == (Role.PARAMETER, "temperature", "degC")
    [fault] = read_experiments(sheet, mapping_of(found)).faults
    assert "'hot' stands there" in str(fault)
    # Without a unit, or where hardly a number stands, words are what it holds.
    assert _said(_proposed("sample,state,hardness (GPa)\nC-1,400,12\nC-2,hot,13\n")["state"])[2] == ""
    assert (
        _said(_proposed("sample,place (mm),hardness (GPa)\nC-1,edge,12\nC-2,centre,13\nC-3,4,13\n")["place (mm)"])[2]
        == ""
    )


def test_names_with_a_letter_and_numbers_are_no_days_of_an_era() -> None:
    found = _proposed("s,T (K),H (GPa),作製日\nS1.2.3,900,1,R5.4.1\nS1.2.4,910,2,R5.4.2\n")
    assert [each.meaning.role for each in found.values()][::3] == [Role.SAMPLE, Role.DATE]


def test_a_known_property_without_a_unit_is_a_guess_that_does_not_pass() -> None:
    sheet = read_sheet(b"anneal T [K],hardness\n900,235\n950,249\n", "t.csv")
    found = propose(sheet)
    assert (found[1].sureness, found[1].reason) == (Sureness.GUESS, Reason.NO_UNIT)
    [wrong] = mapping_of(found).check_terms(SHIPPED)
    assert "hardness is measured in 'GPa'" in wrong.fault


def test_a_number_of_the_row_is_no_name_where_samples_have_names() -> None:
    found = _proposed("No,試料名,収率%,Hardness_GPa,R [ohm/sq]\n1,A1,55,12,35\n2,A2,60,13,28\n3,A3,61,13,30\n")
    assert [_said(each) for each in found.values()][:4] == [
        (Role.NOTE, "no", ""),
        (Role.SAMPLE, "", ""),
        (Role.PROPERTY, "reaction_yield", "percent"),
        (Role.PROPERTY, "hardness", "GPa"),
    ]
    assert found["R [ohm/sq]"].meaning.unit == "ohm"


def test_names_of_films_are_no_formulas() -> None:
    found = _proposed("film,O2 flow,sheet resistance [Ω/□]\nITO-1,0.5,35.2\nITO-2,1,28.1\n")
    assert [_said(each) for each in found.values()] == [
        (Role.SAMPLE, "", ""),
        (Role.PARAMETER, "o2_flow", ""),
        (Role.PROPERTY, "sheet_resistance", "ohm"),
    ]


def test_percents_of_additives_are_parameters_and_whole_recipes_are_compositions() -> None:
    additive = _proposed("Catalyst (mol%),Yield (%)\n5,85\n2.5,45\n5,60\n")
    assert _said(additive["Catalyst (mol%)"]) == (Role.PARAMETER, "catalyst", "percent")
    recipe = _proposed("LCO (wt%),PVDF (wt%),capacity [mAh/g]\n95,5,155\n90,10,150\n")
    assert [each.meaning.role for each in recipe.values()][:2] == [Role.COMPONENT, Role.COMPONENT]


def test_parts_of_one_of_elements_are_parts_of_their_atoms() -> None:
    found = _proposed("Ni,Co,Mn,capacity [mAh/g]\n0.8,0.1,0.1,201\n0.6,0.2,0.2,178\n")
    assert (found["Ni"].meaning.basis, found["Ni"].meaning.unit) == (Basis.AMOUNT, "")


@pytest.mark.parametrize(
    ("rows", "unit"),
    [
        ("0.9,0.05,0.05\n0.1,0.8,0.1\n0.1,0.1,0.8\n", ""),
        ("0.5,0.5,\n,0.5,0.5\n0.5,,0.5\n", ""),
        ("33,33,34\n90,,10\n", "percent"),
        ("0.3,1.4,0.2\n0.2,1.2,0.1\n", "percent"),
    ],
)
def test_elements_that_add_up_to_one_in_each_row_are_fractions(rows: str, unit: str) -> None:
    assert _proposed("Ti,Al,V,H (GPa)\n" + rows.replace("\n", ",5\n"))["Al"].meaning.unit == unit


@pytest.mark.parametrize("header", ["Hardness (HV)", "硬さ（HV）", "ビッカース硬さ (HV)", "Vickers hardness"])
def test_the_sign_of_a_scale_tells_which_property(header: str) -> None:
    found = _proposed(f"anneal T [K],{header}\n900,235\n950,249\n")[header]
    assert found.meaning.key == "vickers_hardness"


def test_fractions_that_add_up_are_a_composition_and_others_are_parameters() -> None:
    whole = _proposed("CsX,FAX,index\n0.25,0.75,1\n0.5,0.5,3\n1,0,2\n")
    assert _said(whole["CsX"]) == (Role.COMPONENT, "CsX", "")
    assert whole["CsX"].reason is Reason.ADDS_UP
    loose = _proposed("CsX,FAX,index\n0.25,0.95,1\n0.5,0.5,3\n1,0,2\n")
    assert loose["CsX"].meaning.role is Role.PARAMETER


def test_symbols_of_elements_are_components_from_three_on() -> None:
    steel = _proposed("C,Si,Mn,strength [MPa]\n0.35,0.2,0.7,700\n0.36,0.3,0.8,710\n")
    assert [_said(steel[name])[:2] for name in ("C", "Si", "Mn")] == [(Role.COMPONENT, s) for s in ("C", "Si", "Mn")]
    lone = _proposed("C,K,strength [MPa]\n0.35,0.2,700\n0.36,0.3,710\n")
    assert lone["C"].meaning.role is Role.PARAMETER


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("campaigns/AutoAM_dataset.csv", ["prime_delay", "print_speed", "x_offset_correction", "y_offset_correction"]),
        ("campaigns/P3HT_dataset.csv", ["p3ht_content", "d1_content", "d2_content", "d6_content", "d8_content"]),
    ],
)
def test_tables_of_campaigns(shared: Callable[[str], Path], file: str, expected: list[str]) -> None:
    sheet = read_sheet(shared(file).read_bytes(), file)
    mapping = mapping_of(propose(sheet))
    assert [each.key for each in mapping.of(Role.PARAMETER)] == expected
    assert len(mapping.of(Role.PROPERTY)) == 1
    read = read_experiments(sheet, mapping)
    assert (len(read.rows), read.n_faults) == (len(sheet.rows), 0)


def test_a_real_table_of_fractions_of_one(shared: Callable[[str], Path]) -> None:
    content = shared("campaigns/Perovskite_dataset.csv").read_bytes()
    sheet = read_sheet(content, "Perovskite_dataset.csv")
    mapping = mapping_of(propose(sheet))
    assert [each.key for each in mapping.of(Role.COMPONENT)] == ["CsPbI", "FAPbI", "MAPbI"]
    assert len(read_experiments(sheet, mapping).rows) == 139


_HEADERS = st.one_of(
    st.sampled_from(
        ["sample", "試料名", "T [K]", "焼成温度(℃)", "Ti (at%)", "Al (wt%)", "hardness", "hardness [GPa]", "±", "std",
         "error", "U", "date", "備考", "組成", "formula", "σ", "C", "Si", "Mn", "x", "収率 [mol%]", "time/h", "", "no."]
    ),
    st.text(max_size=20),
)  # fmt: skip
_CELLS = st.one_of(
    st.sampled_from(["1", "2.5", "0.5", "n.d.", "", "A-1", "TiO2", "2024-01-05", "5 GPa", "<3"]), st.text(max_size=8)
)


@st.composite
def _sheets(draw: st.DrawFn) -> Sheet:
    n = draw(st.integers(1, 6))
    headers = tuple(draw(_HEADERS) or f"Column {i}" for i in range(n))
    rows = draw(st.lists(st.tuples(*[_CELLS] * n), min_size=1, max_size=5))
    taken = tuple(SheetRow(i, row) for i, row in enumerate(rows, start=2))
    return Sheet(name="t.csv", headers=headers, rows=taken, places=tuple(range(n)))


@given(_sheets())
def test_proposals_make_a_sound_mapping_and_each_row_is_read_or_named(sheet: Sheet) -> None:
    found = propose(sheet)
    assert [each.meaning.header for each in found] == list(sheet.headers)
    try:
        mapping = mapping_of(found)
    except InvalidValue as e:
        assert "nothing could be kept" in e.fault  # noqa: PT017  any other would be a proposal that contradicts itself
        return
    assert mapping_from_json(json.loads(json.dumps(mapping_to_json(mapping)))) == mapping
    read = read_experiments(sheet, mapping)
    assert sorted([*(row.row for row in read.rows), *read.wrong_rows]) == [row.number for row in sheet.rows]
    assert bool(read.n_faults) == bool(read.wrong_rows)
    assert len(read.faults) == min(read.n_faults, 200)
