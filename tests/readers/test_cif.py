"""CIFs written here for each case, and the real ones."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Origin
from kiban.readers.cif import READER
from kiban.readers.cif_parts.numbers import read_number, read_numbers
from kiban.readers.contract import Confidence
from kiban.readers.source import Source
from kiban.records.matter.crystal import cell_volume
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite, check_sound

Shared = Callable[[str], Path]

CELL = """_cell_length_a 5.5592(9)
_cell_length_b 5.5592(9)
_cell_length_c 5.5592(9)
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_cell_volume 171.81(5)
"""
STRUCTURE = f"""# made by hand
data_perovskite
_chemical_formula_sum 'Cl3 Cs Sn'
_symmetry_space_group_name_H-M 'P m -3 m'
_space_group_IT_number 221
_cell_formula_units_Z 1
_diffrn_ambient_temperature 298(2)
_diffrn_radiation_type 'Mo K\\a'
_diffrn_radiation_wavelength 0.71073
_exptl_crystal_density_diffrn 3.419
{CELL}loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
_atom_site_U_iso_or_equiv
Cs1 Cs 0 0 0 1 0.0860(6)
Sn1 Sn 0.5 0.5 0.5 0.9(1) .
Cl1 Cl 0 0.5000(3) 1.5e-1(2) ? 0.1384(19)
loop_
_atom_site_aniso_label
_atom_site_aniso_U_11
Cs1 0.0860(6)
"""
PATTERN = """data_pattern
_pd_meas_2theta_range_min 10.0
_pd_meas_2theta_range_max 10.4
_pd_meas_2theta_range_inc 0.1
_diffrn_radiation_type 'Cu K\\a'
loop_
_diffrn_radiation_wavelength_id
_diffrn_radiation_wavelength
1 1.5405
2 1.5443
loop_
_pd_meas_counts_total
_pd_calc_intensity_total
100 99.5
144 140.1
121 .
81 85.0
100 100.0
"""


def read(text: str | bytes) -> list[Reading]:
    content = text if isinstance(text, bytes) else text.encode()
    readings = READER.read(Source(content, name="file.bin"))
    for reading in readings:
        check_sound(reading)
    return readings


class TestCif(ReaderSuite):
    reader = READER
    examples = {  # noqa: RUF012
        "structure": STRUCTURE.encode(),
        "pattern": PATTERN.encode(),
        "cell alone, DDLm tags": ("#\\#CIF_2.0\ndata_x\n" + CELL.replace("_cell_", "_cell.")).encode(),
        "table": b"data_x\nloop_\n_analysis.element\n_analysis.percent\nFe 49.09(2)\nSi 10.48\n",
        "mmCIF": (
            b"data_1ABC\nloop_\n_atom_site.group_PDB\n_atom_site.id\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n"
            b"_atom_site.Cartn_z\n_atom_site.B_iso_or_equiv\nATOM 1 1.5 2.5 3.5 20.1\nATOM 2 2.5 3.5 4.5 21.0\n"
        ),
    }


@pytest.mark.parametrize(
    ("text", "value", "uncertainty"),
    [
        ("0.3335(2)", 0.3335, 0.0002),
        ("11.520(12)", 11.52, 0.012),
        ("635(11)", 635.0, 11.0),
        ("-1.5e3(2)", -1500.0, 200.0),
        ("+.25", 0.25, None),
        ("5.", 5.0, None),
        ("1E-2", 0.01, None),
    ],
)
def test_a_number(text: str, value: float, uncertainty: float | None) -> None:
    number = read_number(text)
    assert number is not None
    assert number.value == value
    assert number.uncertainty == (None if uncertainty is None else pytest.approx(uncertainty, rel=1e-12))


@pytest.mark.parametrize("text", [".", "?", "", "abc", "1.2.3", "1(2", "(3)", "1/3", "5.5()", "1e999", "nan"])
def test_no_number(text: str) -> None:
    assert read_number(text) is None


@given(st.integers(-(10**9), 10**9), st.integers(0, 6), st.integers(0, 9999))
def test_digits_in_brackets_count_the_last_decimal(digits: int, decimals: int, uncertainty: int) -> None:
    text = f"{digits / 10**decimals:.{decimals}f}({uncertainty})"
    number = read_number(text)
    assert number is not None
    assert number.value == pytest.approx(digits / 10**decimals, rel=1e-12)
    assert number.uncertainty == pytest.approx(uncertainty / 10**decimals, rel=1e-12)


def _number_text() -> st.SearchStrategy[str]:
    digits = st.text("0123456789", min_size=1, max_size=9)
    return st.builds(
        lambda sign, whole, rest, doubt: f"{sign}{whole}{rest}{doubt}",
        st.sampled_from(["", "", "-", "+"]),
        digits,
        st.just("") | st.builds("".join, st.tuples(st.just("."), st.just("") | digits)),
        st.just("") | digits.map(lambda text: f"({text})"),
    )


_ODD = (
    ".",
    "?",
    "",
    "1.5e3(2)",
    "1.2.3",
    "1((2)",
    "1(2(3)",
    "4)",
    "5(",
    "(3)",
    "1(2)3",
    "+-1",
    "-",
    "1\n2",
    "1(2.3)",
    "1_0",
)


@given(st.lists(_number_text(), min_size=1, max_size=20), st.lists(st.sampled_from(_ODD), max_size=2), st.randoms())
def test_a_column_is_read_as_its_texts_are(texts: list[str], odd: list[str], chance: random.Random) -> None:
    # Long columns are read together; so often that texts of every kind stand beside each other.
    texts = texts * 60 + odd
    chance.shuffle(texts)
    found = read_numbers(texts)
    expected = [read_number(text) for text in texts]
    np.testing.assert_array_equal(found.values, [np.nan if n is None else n.value for n in expected])
    doubts = np.array([np.nan if n is None or n.uncertainty is None else n.uncertainty for n in expected])
    assert (found.uncertainties is None) == bool(np.all(np.isnan(doubts)))
    if found.uncertainties is not None:
        np.testing.assert_array_equal(found.uncertainties, doubts)
    assert found.is_numeric == all(
        n is not None for n, text in zip(expected, texts, strict=True) if text not in {"", ".", "?"}
    )


def test_sites_have_coordinates_and_uncertainties() -> None:
    (reading,) = read(STRUCTURE)
    assert reading.technique == "crystal_structure"
    assert reading.title == "Cl3 Cs Sn"
    assert reading["fract_y"].values.tolist() == [0.0, 0.5, 0.5]
    doubts = reading["fract_y"].uncertainty
    assert doubts is not None
    assert np.array_equal(doubts.values, [math.nan, math.nan, 0.0003], equal_nan=True)
    assert (doubts.kind, doubts.origin) == (Kind.STANDARD, Origin.FILE)
    assert reading["fract_x"].uncertainty is None
    assert np.array_equal(reading["occupancy"].values, [1.0, 0.9, math.nan], equal_nan=True)
    assert reading["u_iso"].unit == "angstrom**2"
    assert reading["u_11"].values.tolist() == [0.086]
    assert {v.name: v.dimensions for v in reading.variables}["u_11"] == ("anisotropic_site",)
    assert reading.header["sites"] == {"label": ["Cs1", "Sn1", "Cl1"], "element": ["Cs", "Sn", "Cl"]}
    assert next(v.label for v in reading.variables if v.name == "u_iso") == "_atom_site_U_iso_or_equiv"


def test_the_cell_is_metadata_and_a_variable() -> None:
    (reading,) = read(STRUCTURE)
    a = reading.metadata["a"]
    assert isinstance(a, Measured)
    assert (a.value, a.unit) == (5.5592, "angstrom")
    assert a.uncertainty is not None
    assert a.uncertainty.value == pytest.approx(0.0009)
    assert reading["cell_length"].values.tolist() == [5.5592, 5.5592, 5.5592]
    assert reading["cell_angle"].unit == "deg"
    volume = reading.metadata["volume"]
    assert isinstance(volume, Measured)
    assert volume.in_unit("nm**3").value == pytest.approx(0.17181)
    temperature = reading.metadata["temperature"]
    assert isinstance(temperature, Measured)
    assert str(temperature) == "298 ± 2 K"
    assert reading.metadata["wavelength"] == Measured(0.71073, "angstrom")
    assert reading.metadata["anode"] == "Mo"
    assert reading.metadata["density"] == Measured(3.419, "g/cm**3")
    assert reading.metadata["formula_units"] == 1
    assert (reading.metadata["space_group"], reading.metadata["space_group_number"]) == ("P m -3 m", 221)
    assert reading.metadata["chemical_formula"] == "Cl3 Cs Sn"


def test_the_whole_block_is_kept() -> None:
    (reading,) = read(STRUCTURE)
    assert reading.header["block"] == "perovskite"
    assert reading.header["items"]["_diffrn_radiation_type"] == "Mo K\\a"  # type: ignore[index,call-overload]
    assert reading.header["loops"][1] == {  # type: ignore[index]
        "_atom_site_aniso_label": ["Cs1"],
        "_atom_site_aniso_U_11": ["0.0860(6)"],
    }


def test_a_cell_alone_is_a_structure() -> None:
    (reading,) = read("data_x\n" + CELL)
    assert [(v.name, v.role) for v in reading.variables] == [
        ("cell_length", Role.SIGNAL),
        ("cell_angle", Role.SIGNAL),
    ]


def test_one_atom_without_a_loop() -> None:
    text = "data_x\n_atom_site.label_atom_id CA\n_atom_site.Cartn_x 1.5\n_atom_site.Cartn_y 2\n_atom_site.Cartn_z 3\n"
    (reading,) = read(text)
    assert reading["cartn_x"].values.tolist() == [1.5]
    assert reading["cartn_x"].unit == "angstrom"


def test_uncertainties_under_tags_of_their_own() -> None:
    text = (
        "data_x\n_cell.length_a 10.0\n_cell.length_a_esd 0.02\n_cell.length_b 11\n_cell.length_c 12\nloop_\n"
        "_atom_site.id\n_atom_site.Cartn_x\n_atom_site.Cartn_x_esd\n1 1.5 0.1\n2 2.5 .\n"
    )
    (reading,) = read(text)
    a = reading.metadata["a"]
    assert isinstance(a, Measured)
    assert a.uncertainty is not None
    assert a.uncertainty.value == 0.02
    doubts = reading["cartn_x"].uncertainty
    assert doubts is not None
    assert np.array_equal(doubts.values, [0.1, math.nan], equal_nan=True)


def test_contradictions_give_doubts() -> None:
    (reading,) = read(STRUCTURE.replace("171.81(5)", "271.81(5)").replace("0.9(1)", "9(1)"))
    assert any("volume" in doubt for doubt in reading.doubts)
    assert any("outside 0 to 1" in doubt for doubt in reading.doubts)
    text = STRUCTURE.replace("_cell_formula", "_cell_measurement_temperature 100\n_cell_formula")
    assert any("100 K" in doubt for doubt in read(text)[0].doubts)
    assert read(STRUCTURE)[0].doubts == ()


def test_the_volume_of_a_cell_as_published_and_as_gemmi_has_it() -> None:
    import gemmi

    # Alloclasite: Scott and Nowacki, Can. Mineral. 14, 561 (1976).
    assert cell_volume((4.661, 5.602, 3.411), (90, 90.2, 90)) == pytest.approx(89.064, abs=5e-4)
    for cell in ((8.1, 12.8, 7.2, 94.2, 116.6, 87.7), (4.1537, 4.1537, 6.862, 90, 90, 120)):
        assert cell_volume(cell[:3], cell[3:]) == pytest.approx(gemmi.UnitCell(*cell).volume, rel=1e-12)
    assert math.isnan(cell_volume((1, 1, 1), (10, 20, 170)))


def test_a_pattern_in_equal_steps() -> None:
    (reading,) = read(PATTERN)
    assert reading.technique == "xrd"
    assert reading.axis is not None
    assert reading.axis.name == "two_theta"
    assert reading["two_theta"].values.tolist() == pytest.approx([10.0, 10.1, 10.2, 10.3, 10.4])
    assert reading["intensity"].values.tolist() == [100.0, 144.0, 121.0, 81.0, 100.0]
    doubts = reading["intensity"].uncertainty
    assert doubts is not None
    assert doubts.values.tolist() == [10.0, 12.0, 11.0, 9.0, 10.0]
    assert (doubts.origin, doubts.distribution) == (Origin.ESTIMATE, Distribution.POISSON)
    assert math.isnan(reading["intensity_calculated"].values[2])
    assert reading.metadata["wavelength"] == Measured(1.5405, "angstrom")
    assert reading.metadata["wavelength_kalpha2"] == Measured(1.5443, "angstrom")
    assert reading.metadata["anode"] == "Cu"


def test_a_range_that_does_not_fit_the_points_is_damage() -> None:
    with pytest.raises(DamagedFile, match="is not 5 points"):
        read(PATTERN.replace("10.4", "10.9"))


def test_a_pattern_with_its_angles() -> None:
    text = "data_x\nloop_\n_pd_meas_2theta_scan\n_pd_meas_intensity_total\n10.0 12(3)\n10.5 13(4)\n"
    (reading,) = read(text)
    assert reading["two_theta"].values.tolist() == [10.0, 10.5]
    doubts = reading["intensity"].uncertainty
    assert doubts is not None
    assert doubts.values.tolist() == [3.0, 4.0]


def test_a_pattern_by_time_of_flight_with_neutrons() -> None:
    text = (
        "data_x\n_diffrn_radiation_probe neutron\nloop_\n_pd_meas_time_of_flight\n_pd_calc_intensity_total\n"
        "1000 5\n1010 6\n"
    )
    (reading,) = read(text)
    assert reading.technique == "table"
    assert reading["time_of_flight"].unit == "us"
    assert any("neutrons" in doubt for doubt in reading.doubts)
    assert any("none was measured" in doubt for doubt in reading.doubts)


def test_a_structure_with_its_pattern_gives_both() -> None:
    structure, pattern = read(
        STRUCTURE
        + PATTERN.replace("data_pattern\n", "").partition("_diffrn_radiation_type")[0]
        + "loop_\n_pd_meas_counts_total\n1\n2\n3\n4\n5\n"
    )
    assert (structure.technique, pattern.technique) == ("crystal_structure", "xrd")


def test_blocks_without_numbers_are_kept_with_the_first() -> None:
    (reading,) = read("data_x\n" + CELL + "data_y\n_diffrn.ambient_temperature 290\n")
    assert reading.header["other_blocks"] == [
        {"block": "y", "items": {"_diffrn.ambient_temperature": "290"}, "loops": []}
    ]


def test_quoted_and_long_texts() -> None:
    text = "data_x\n_publ_section_title\n;\nThe structure of\n'x'\n;\n_chemical_name_common \"it's\"\n" + CELL
    (reading,) = read(text)
    assert reading.header["items"]["_publ_section_title"] == "\nThe structure of\n'x'"  # type: ignore[index,call-overload]
    assert reading.title == "it's"


@pytest.mark.parametrize("content", ["データ".encode("cp932"), "café".encode("cp1252"), "温度".encode()])
def test_texts_in_other_encodings(content: bytes) -> None:
    assert read(b"data_x\n_chemical_name_common '" + content + b"'\n" + CELL.encode())


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("data_x\n_a 1\nloop_\n_b\n_c\n1 2 3\n", "line 3"),
        ("data_x\n_a 1\n_a 2\n", "line 3"),
        ("data_x\n_a 'open\n_b 2\n", "line 2"),
        ("data_x\n_a\n_b 1\n", "line 2"),
    ],
)
def test_a_fault_in_the_syntax_says_where(text: str, where: str) -> None:
    with pytest.raises(DamagedFile, match=where):
        read(text)


def test_lists_of_cif_2_are_not_read() -> None:
    with pytest.raises(UnsupportedVariant, match=r"CIF 2\.0"):
        read("#\\#CIF_2.0\ndata_x\n_a [1 2 3]\n" + CELL)


@pytest.mark.parametrize(
    "text",
    [
        "data_DIC\n_dictionary.title X\nsave_cell\n_definition.id cell\nsave_\n",
        "data_cell_length_a\n_name '_cell_length_a'\n_category cell\n_definition 'The length a.'\n",
    ],
)
def test_a_dictionary_holds_no_data(text: str) -> None:
    with pytest.raises(NothingMeasured, match="dictionary"):
        read(text)


def test_a_block_without_numbers() -> None:
    with pytest.raises(NothingMeasured, match="1 data block"):
        read("data_x\n_publ_author_name 'A. N. Other'\n")


@pytest.mark.parametrize(
    "foreign",
    [b"data_ is what we need\nand more of it\n", b"text\ndata_x\n_a 1\n", b"data_x", b"\0data_x\n_a 1\n", b"_a 1\n"],
)
def test_other_texts_are_left_alone(foreign: bytes) -> None:
    assert READER.recognise(Source(foreign, name="x.cif")) is None


def test_certain_only_of_the_dictionaries_tags() -> None:
    def claim(text: bytes) -> Confidence:
        found = READER.recognise(Source(text, name="x"))
        assert found is not None
        return found.confidence

    assert claim(STRUCTURE.encode()) is Confidence.CERTAIN
    assert claim(b"data_x\nloop_\n_rlnMicrographName\n_rlnDefocusU\na 1\n") is Confidence.LIKELY


@pytest.mark.parametrize(
    ("name", "cell", "space_group", "labels", "formula"),
    [
        ("1517474", (25.9292, 25.9292, 6.7962, 90, 90, 120), "R -3 :H", ["Zn1", "O1", "O2", "O3", "C1"], "C4 H O3 Zn"),
        ("2013551", (4.1537, 4.1537, 6.862, 90, 90, 120), "P -3 m 1", ["Mg", "I"], "I2 Mg"),
        (
            "4003024",
            (5.5592, 5.5592, 5.5592, 90, 90, 90),
            "P m -3 m",
            ["Cs1", "Sn2", "Cl1", "In"],
            "Cl3 Cs In0.07 Sn0.9",
        ),
        ("BaF2", (6.2001, 6.2001, 6.2001, 90, 90, 90), "F m 3 m", ["Ba", "F"], "Ba F2"),
        ("Silicon", (5.4307, 5.4307, 5.4307, 90, 90, 90), "F d 3 m", ["Si"], "Si"),
        ("cod_9004112", (4.661, 5.602, 3.411, 90, 90.2, 90), "P 1 21 1", ["Co", "As", "S"], "As Co S"),
    ],
)
def test_real_structures(
    shared: Shared, name: str, cell: tuple[float, ...], space_group: str, labels: list[str], formula: str
) -> None:
    reading = read(shared(f"structure/{name}.cif").read_bytes())[0]
    found = [reading.metadata[key] for key in ("a", "b", "c", "alpha", "beta", "gamma")]
    assert [value.value for value in found if isinstance(value, Measured)] == list(cell)
    assert reading.metadata["space_group"] == space_group
    assert reading.metadata["chemical_formula"] == formula
    sites = reading.header["sites"]
    assert sites["label"][: len(labels)] == labels  # type: ignore[index,call-overload]
    n_sites = {"1517474": 9, "2013551": 2, "4003024": 4, "BaF2": 2, "Silicon": 1, "cod_9004112": 3}[name]
    assert len(reading["fract_x"]) == n_sites


def test_a_real_refinement_keeps_its_pattern(shared: Shared) -> None:
    structure, pattern = read(shared("structure/1517474.cif").read_bytes())
    assert structure["fract_x"].values[0] == 0.3833
    doubts = structure["fract_x"].uncertainty
    assert doubts is not None
    assert doubts.values[0] == pytest.approx(0.0009)
    assert pattern["two_theta"].values[[0, -1]].tolist() == [1.5, 166.25]
    assert pattern["intensity"].values[[0, 1, -1]].tolist() == [5540.0, 4570.0, 797.0]
    assert len(pattern["intensity"]) == 3296
    counted = pattern["intensity"].uncertainty
    assert counted is not None
    assert counted.values[0] == 160.0


def test_real_blocks_without_sites(shared: Shared) -> None:
    (cell,) = read(shared("structure/cell-measurement-multi-block.cif").read_bytes())
    assert cell["cell_length"].values.tolist() == [11.52, 11.21, 4.92]
    assert cell.metadata["formula_units"] == 4
    assert cell.header["other_blocks"][0]["block"] == "cell_measurement"  # type: ignore[index,call-overload]
    elements, losses = read(shared("structure/elemental-composition.cif").read_bytes())
    assert elements["chemical_species_mass_percent"].values[0] == 49.09
    assert losses["temperature"].values.tolist() == [698.0, 923.0, 1273.0]
    tables = read(shared("structure/SO3.cif").read_bytes())
    assert [t.title for t in tables] == [
        "comp_list: chem_comp",
        "comp_SO3: chem_comp_atom",
        "comp_SO3: chem_comp_bond",
        "comp_SO3: chem_comp_angle",
    ]
    doubts = tables[3]["value_angle"].uncertainty
    assert doubts is not None
    assert doubts.values.tolist() == [1.5, 1.5, 1.5]


def test_the_core_dictionary_is_one(shared: Shared) -> None:
    path = shared("README.md").parents[1] / "standards" / "cif" / "cif_core.dic"
    if not path.exists():
        pytest.skip("waits for the dictionary standards/cif/cif_core.dic, which is not here")
    assert READER.recognise(Source(path)) is not None
    with pytest.raises(NothingMeasured, match="dictionary"):
        READER.read(Source(path))


def test_a_comment_that_speaks_of_data_opens_no_block() -> None:
    program = b"# reads the data_structure of a file\nimport os\n\n_name = 1\n"
    assert READER.recognise(Source(program, name="x.py")) is None


def test_blanks_and_comments_without_a_block_are_passed_over_in_one_go() -> None:
    # With a pattern that can share them out in several ways this takes longer than the universe has lasted.
    for hostile in (b" " * 60_000 + b"x data_", b"#" * 60_000 + b"\nx data_", b"# \n" * 20_000 + b"x data_"):
        assert READER.recognise(Source(hostile, name="x.cif")) is None
