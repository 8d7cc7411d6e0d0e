"""Tables in real text files: the figures were counted by hand or read with another program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from kiban.readers.delimited_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import check_sound

Shared = Callable[[str], Path]


def read(path: Path) -> list[Reading]:
    source = Source(path)
    assert READER.recognise(source) is not None
    readings = READER.read(source)
    for reading in readings:
        check_sound(reading)
    return readings


@pytest.mark.parametrize(
    ("name", "n_rows", "first", "last"),
    [
        ("xrd/210520step1_30min.xy", 4489, [5.008355630, 1719.0], [80.008530800, 288.0]),
        ("xrd/210520step1_30min.csv", 4489, [5.008355630, 1719.0], [80.008530800, 288.0]),
        ("xrd/example_bmb.xye", 575, [0.5, 662.407183, 37.744249], [1.073103125, 196.446337, 20.52622]),
        ("xrd/example_evadiffract.xy", 28, [5.0001, 4.852], [5.2743, 4.324]),
        ("xrd/example_mac.xye", 599, [0.0, 11.632, 2.65], [0.598, 113.272, 7.759]),
        ("xrd/example_mythen.dat", 730, [2.084, 2866.694378, 53.54152], [5.0, 3259.561469, 57.092569]),
        ("xps/Ag_0001.txt", 361, [382.0, 15.7494897842407], [364.0, 13.1949939727783]),
        ("xps/XPS_PHI_QUANTERA_survey.csv", 2801, [1380.0, 333762.75], [-20.0, 67.5955]),
        ("raman/labspec_raman_example.txt", 341, [201.795, 45.0984], [798.317, 286.154]),
        ("raman/raman_example.txt", 1011, [1879.449219, 381.030365], [0.380859, 137.074356]),
        ("ftir/[FTIRText]020.txt", 27, [399.264912, 81.708257], [449.414128, 90.973063]),
        ("tga/mp2028_281122_LNO+C.txt", 4051, [0, 0, 21.0052, 25, 4.17537], [4050, 4050, 691.76, 700, 4.18524]),
        ("uvvis/1908047U1_0000.Raw8.TXT", 1921, [128.909, 483.977, -0.956, 81.48], [1160.368, 2650.56, 2.614, 768.124]),
        ("uvvis/KTF-D.Probe.Raw.asc", 1001, [1200.0, 89.940565], [200.0, 0.040434]),
        ("uvvis/3DM_test01.Probe.Raw.asc", 281, [1900.0, 99.999792], [500.0, 100.014483]),
        ("transport/Device_r_40um.s1p", 94, [300000.0, 0.9996352, -0.02935464], [763605.0, 0.9937744, -0.06635686]),
        ("campaigns/AutoAM_dataset.csv", 100, [0, 1, 0, 0, 0.339554], None),
        ("campaigns/Perovskite_dataset.csv", 139, [0, 1, 0, 480185], None),
        (
            "campaigns/olympus/dataset_oer_plate_3496/data.csv",
            2121,
            [0.1, 0.2, 0.6, 0.1, 0, 0, 0.39619299999999996],
            None,
        ),
    ],
)
def test_one_table_of_numbers(shared: Shared, name: str, n_rows: int, first: list[float], last: list[float]) -> None:
    (reading,) = read(shared(name))
    order = {name: i for i, name in enumerate(["index"])}
    variables = sorted(reading.variables, key=lambda v: order.get(v.name, 1))
    table = np.column_stack([v.series.values for v in variables])
    assert table.shape == (n_rows, len(first))
    assert table[0].tolist() == pytest.approx(first, rel=1e-12)
    if last is not None:
        assert table[-1].tolist() == pytest.approx(last, rel=1e-12)


def test_conductivities_of_p3ht_blends_have_their_unit(shared: Shared) -> None:
    (reading,) = read(shared("campaigns/P3HT_dataset.csv"))
    assert [(v.name, v.series.unit) for v in reading.variables] == [
        ("p3ht_content", "percent"),
        ("d1_content", "percent"),
        ("d2_content", "percent"),
        ("d6_content", "percent"),
        ("d8_content", "percent"),
        ("conductivity_measured", "siemens/cm"),
    ]
    assert len(reading["p3ht_content"]) == 233
    assert [v.series.values[0] for v in reading.variables] == [45, 0, 55, 0, 0, 12.77]


@pytest.mark.parametrize(
    ("name", "n_rows", "texts", "first"),
    [
        ("composition/cp_test.csv", 370, {"formula": "Ba1H2O2"}, {"t": 900.0, "cp": 134.892}),
        ("composition/crab_test.csv", 732, {"formula": "Al1N1Zr2"}, {"target": 14.2322}),
        ("composition/test.csv", 947, {"formula": "TiNbO4"}, {"target": 162.33477371964642}),
        ("composition/matbench_steels_yield.csv", 312, {}, {"target": 2411.5}),
        ("composition/nims_fatigue.csv", 360, {}, {"c": 0.35, "hardness": 235.0}),
        ("campaigns/olympus/dataset_redoxmers/data.csv", 1408, {"column_1": "R1_0"}, {"column_6": 1.68412265}),
        ("campaigns/olympus/dataset_suzuki_i/data.csv", 89, {"column_1": "L2"}, {"column_2": 600.0, "column_6": 1.1}),
        ("campaigns/olympus/dataset_hplc/data.csv", 1386, {}, {"column_1": 0.058715073938315446, "column_7": 0.0}),
    ],
)
def test_tables_with_words(
    shared: Shared, name: str, n_rows: int, texts: dict[str, str], first: dict[str, float]
) -> None:
    (reading,) = read(shared(name))
    assert {len(v.series) for v in reading.variables} == {n_rows}
    assert {key: reading[key].values[0] for key in first} == first
    columns = reading.header.get("text_columns", {})
    assert {key: columns[key][0] for key in texts} == texts  # type: ignore[index,call-overload]


def test_an_arbin_export_is_electrochemistry(shared: Shared) -> None:
    (reading,) = read(shared("echem/arbin_example.bdf.csv"))
    assert reading.technique == "electrochemistry"
    assert len(reading["voltage"]) == 2150
    assert (reading["voltage"].values[0], reading["voltage"].values[-1]) == (3.8591957, 3.872108)
    assert reading["charging_capacity"].unit == "A*h"
    assert reading["dv_dt"].unit == ""
    assert reading.axis is not None
    assert reading.axis.name == "test_time"


def test_mpms_columns_have_units_and_uncertainties(shared: Shared) -> None:
    (reading,) = read(shared("transport/MPMS_test.dat"))
    assert reading["temperature"].unit == "K"
    assert reading["magnetic_field"].unit == "oersted"
    assert reading["moment"].unit == "emu"
    assert reading["moment"].values[0] == -0.000155412707237067
    assert len(reading["moment"]) == 1122
    doubt = reading["moment"].uncertainty
    assert doubt is not None
    assert doubt.values[0] == 1.92153119484395e-08
    assert reading["motor_temp"].unit == "degC"
    assert reading.technique == "magnetometry"


def test_a_flow_meter_counts_seconds(shared: Shared) -> None:
    (reading,) = read(shared("transport/20211011_DryCal_out.csv"))
    assert len(reading["pressure"]) == 29
    assert {v.name: v.series.unit for v in reading.variables} == {
        "sample": "",
        "drycal_sml_min": "",
        "drycal_avg_sml_min": "",
        "temperature": "degC",
        "pressure": "mbar",
        "time": "s",
    }
    assert reading["time"].values[:2].tolist() == [0.0, 73.0]
    assert reading.header["fields"] == {"Product": "Defender  530+", "Serial Number": "180849"}


def test_two_regions_of_a_specs_file(shared: Shared) -> None:
    survey, iron = read(shared("xps/MgFe2O4_small.xy"))
    assert (survey.title, iron.title) == ("Survey", "Fe2p")
    assert len(survey["energy"]) + len(iron["energy"]) == 1407
    assert survey["intensity"].values[0] == 15598.679
    assert survey["intensity"].unit == "count/s"
    assert iron["energy"].values[-1] == 695.0
    assert iron["intensity"].values[-1] == 4013.8297


def test_a_depth_profile_is_two_cross_tables_and_one_table(shared: Shared) -> None:
    oxygen, silicon, profile = read(shared("xps/XPS_PHI_QUANTERA_depth_1.csv"))
    assert oxygen["values"].values.shape == silicon["values"].values.shape == (201, 25)
    assert oxygen["column_1"].values[0] == 543.0
    assert oxygen["values"].values[0, :3].tolist() == [3412.5, 4162.5, 4462.5]
    assert oxygen["first_row"].values[-1] == 18.0
    assert [v.series.values[-1] for v in profile.variables] == [18.0, 577.7083, 32959.1797]


def test_a_survey_names_its_axes(shared: Shared) -> None:
    (reading,) = read(shared("xps/XPS_PHI_QUANTERA_survey.csv"))
    assert {v.name: v.series.unit for v in reading.variables} == {"binding_energy": "eV", "intensity": "count/s"}


def test_gas_chromatography_columns_are_told_apart_by_their_groups(shared: Shared) -> None:
    (reading,) = read(shared("chromatography/20220608-porosity-study-15p-Cu-10mA-GC.csv"))
    assert len(reading["concentration_modulea_tcd_h2"]) == 15
    assert reading["concentration_modulea_tcd_h2"].values[-1] == 0.00122517
    assert reading.started_at == datetime(2022, 6, 8, 14, 57, 40)
    assert str(reading.header["lines_below"][0]).startswith("% RSD")  # type: ignore[index]


def test_eight_compounds_and_their_samples(shared: Shared) -> None:
    readings = read(shared("chromatography/Cu-25p_v2.csv"))
    assert [len(r.variables[0].series) for r in readings] == [23, 18, 17, 14, 13, 18, 8, 10, 5]
    assert readings[2]["rt"].unit == "min"
    assert readings[2]["concentration"].values[-1] == 6.7348
    assert readings[0].operator == "SYSTEM"


@pytest.mark.parametrize(
    "name",
    [
        "campaigns/olympus/dataset_hplc/description.txt",
        "campaigns/olympus/dataset_hplc/config.json",
        "chromatography/2023-06-29-007.dat.asc",
        "chromatography/2023-06-29-007.dat",
        "ftir/2024-10-10_FeSO4_ref.asp",
        "echem/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data.mps",
        "xps/regular.vms",
        "xps/irregular.vms",
        "microscopy/example1.msa",
        "microscopy/bruker_nano.spx",
        "xrd/XRD_RIGAKU.ras",
        "ftir/compound.jdx",
        "structure/1517474.cif",
        "calibration/root.crt",
        "README.md",
    ],
)
def test_files_of_other_kinds_are_left_alone(shared: Shared, name: str) -> None:
    assert READER.recognise(Source(shared(name))) is None
