"""Adsorption isotherms: AIF, BELSORP's DAT and CSV, Quantachrome's text. Small files after ten public ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers import adsorption_aif, belsorp_text, quantachrome_text, recognise
from kiban.readers.adsorption.isotherm import loading
from kiban.readers.source import Source
from kiban.testing.reader_suite import ReaderSuite

AIF = """data_raw2aif
_audit_aif_version 1.0
_exptl_operator 'Sato'
_exptl_date 2020-10-19T08:30:00
_exptl_instrument 'BEL 00348'
_exptl_adsorptive C2H5OH
_exptl_temperature 25.00
_exptl_sample_mass 0.02460
_sample_id 'LA-133'
_sample_material_id 'DUT-8'
_units_temperature C
_units_pressure kPa
_units_mass g
_units_loading 'ml(STP) g-1'

loop_
_adsorp_pressure
_adsorp_p0
_adsorp_amount
0.0019945 7.7 -0.0078034
0.23801 7.7 1.1631

loop_
_desorp_pressure
_desorp_p0
_desorp_amount
6.9111 7.7 293.6
"""
MOLAR = """data_x
_audit_aif_version 1.0
_exptl_adsorptive 'carbon dioxide'
_exptl_temperature 303.0
_units_temperature K
_units_pressure bar
_units_loading mmol/g
loop_
_adsorp_pressure
_adsorp_loading
_adsorp_enthalpy
0.15584 0.76233 28.788
0.32594 1.5333 28.761
"""
DAT = """====================
 System property BELSORP-max Ver1.3.2t
====================
"Instrument S/N:"\t00348
"Vs/ml:"\t24.438
=======================
 Measurement condition
=======================
"Adsorptive:"\tH2O
"Meas. Temp./K:"\t298.15
====================
 Sample information
====================
"Sample weight/g:"\t0.03740
"Comment1:"\t"MOF 7"
"Comment2:"\t"dried"
"Comment3:"\t""
====================
 Time and dead volume
====================
"Date of measurement:"\t17/01/16
"Time of measurement:"\t50:27:32
====================
 Adsorption data
====================
"No."\t"Pe/kPa"\t"P0/kPa"\t"Vd/ml"\t"V/ml(STP) g-1"
1\t2.4284E-2\t3.1400\t17.332\t4.6410
2\t6.6971E-2\t3.1400\t17.334\t8.9905
0\t0\t0\t0\t0
====================
 Desorption data
====================
"No."\t"Pe/kPa"\t"P0/kPa"\t"Vd/ml"\t"V/ml(STP) g-1"
1\t2.8384\t3.1400\t17.378\t582.88
0\t0\t0\t0\t0
"""
EMPTY_DESORPTION = DAT.replace("1\t2.8384\t3.1400\t17.378\t582.88\n", "")
ROWS = "ADS\n1,0.0000,0.4422,0.0000,6098.0,7.2507E-05,0.8493\n2,0.0000,1.3224,0.0000,6098.0,2.1686E-04,2.5599\n"
ROWS += "DES\n1,0.0000,109.01,0.0000,6098.0,1.7876E-02,89.210\n"
JAPANESE = (
    "ファイル名,A.DAT\n測定日,19/03/27\n測定時間,32:21:22\nコメント１,膜065B\nコメント２,120℃24時間真空乾燥\n"
    "シリアルナンバー,00508\nサンプル質量,8.2700E-02,[g]\n吸着質名称,C2H6\n吸着温度,298.00,[K]\n"
    "吸着データ数,2\n脱着データ数,1\n\nNo,pi/kPa,pe/kPa,pe2/kPa,p0/kPa,p/p0,Va/cm^3(STP) g^-1\n" + ROWS
)
ENGLISH = (
    "File Name,B.DAT\nDate of measurement,23.08.2019\nTime of measurement,32:50:14\nCOMMENT1,DUT-13\nS/N,HP-102\n"
    "Sample weight,0.0289,[g]\nAdsorptive,CH4\nAdsorption temperature,-83.15,[C]\n"
    "Number of adsorption data point :,2\nNumber of desorption data point :,1\n\n"
    "No,pi/ kPa,pe/ kPa,pe2/ kPa,p0/ kPa,p/p0,Va/cm^3(STP) g^-1\n" + ROWS.replace("0.0000,0.4422", "1.5917,0.4422")
)
NOVA = """                       Quantachrome NovaWin - Data Acquisition and Reduction
                                        for NOVA instruments
                                ©1994-2013, Quantachrome Instruments
                                           version 11.03

Analysis                                          Report
Operator:      TU DD          Date:2020/07/01     Operator: TU DD               Date:2021/02/18
Sample ID:     RE-22               Filename:      RE-22.qps
Sample Desc:                       Comment:
Sample weight: 0.032 g             Sample Volume: 1 cc
Outgas Time:   20.0 hrs            OutgasTemp:    120.0 C
Analysis gas:  Nitrogen            Bath Temp:     77.3 K
Analysis Time: 748.4 min           End of run:    2020/07/01 4:16:54  Instrument:    Nova Station C

              P/Po                             Po                         Volume @ STP

                                              Torr                             cc

               0.006464                      760.00                            0.8940
               0.947697                      760.00                           21.3178
               0.904032                      760.00                           21.2713
"""
QUADRA = """                      Quantachrome QuadraWin - Data Acquisition and Reduction
                                         for QuadraSorb SI
                                            version 5.05

Analysis                                          Report
Operator:      service        Date:12/21/2018     Operator: service             Date:2021/02/12
Sample ID:     BF001_80p_N2_77     Filename:      BF001.QPS
Sample weight: 0.0101 g

      Press            P0         Volume @ STP         Tol           TimeOut      EquLibration

      mmHg            mmHg             cc                              sec

       1.06          764.44            1.1352          0.00          600             300
     740.87          764.44           13.3526          0.05          600             300
     715.88          764.44           13.3286          0.05          600             300
"""


class TestAif(ReaderSuite):
    reader = adsorption_aif.READER
    examples: ClassVar[Mapping[str, bytes]] = {"volume, both branches": AIF.encode(), "molar": MOLAR.encode()}


class TestBelsorp(ReaderSuite):
    reader = belsorp_text.READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "DAT": DAT.encode(),
        "DAT without desorption, CRLF": EMPTY_DESORPTION.replace("\n", "\r\n").encode(),
        "CSV, Japanese, CP932": JAPANESE.encode("cp932"),
        "CSV, English": ENGLISH.encode(),
    }


class TestQuantachrome(ReaderSuite):
    reader = quantachrome_text.READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "NovaWin, CP1252": NOVA.encode("cp1252"),
        "QuadraWin, CRLF": QUADRA.replace("\n", "\r\n").encode(),
    }


def one(module, content: str | bytes):
    [reading] = module.READER.read(Source(content if isinstance(content, bytes) else content.encode(), name="i.dat"))
    assert reading.technique == "gas_adsorption"
    return reading


def test_an_information_file_has_its_units_and_branches():
    reading = one(adsorption_aif, AIF)
    assert reading.axis.name == "pressure"
    assert reading["pressure"].in_unit("Pa").tolist() == pytest.approx([1.9945, 238.01, 6911.1])
    assert reading["adsorbed_volume_stp"].unit == "cm**3/g"
    assert reading["branch"].values.tolist() == [0, 0, 1]
    assert reading["saturation_pressure"].in_unit("kPa")[0] == 7.7
    assert reading.metadata["temperature"].in_unit("K").value == pytest.approx(298.15)
    assert reading.metadata["sample_mass"].in_unit("mg").value == pytest.approx(24.6)
    assert reading.sample_name == "LA-133"
    assert reading.started_at == datetime(2020, 10, 19, 8, 30)
    assert reading.doubts == ()


def test_a_molar_loading_is_an_amount():
    reading = one(adsorption_aif, MOLAR)
    assert reading["amount_adsorbed"].in_unit("mol/kg").tolist() == pytest.approx([0.76233, 1.5333])
    assert reading["enthalpy_of_adsorption"].values.tolist() == [28.788, 28.761]


def test_a_loading_that_is_not_understood_is_a_doubt():
    reading = one(adsorption_aif, MOLAR.replace("mmol/g", "'molecules per cell'"))
    assert reading["amount_adsorbed"].unit == ""
    assert "molecules per cell" in reading.doubts[0]


@pytest.mark.parametrize(
    ("written", "name", "unit"),
    [
        ("ml(STP) g-1", "adsorbed_volume_stp", "cm**3/g"),
        ("cm^3(STP) g^-1", "adsorbed_volume_stp", "cm**3/g"),
        ("cm3(STP)/g", "adsorbed_volume_stp", "cm**3/g"),
        ("cc/g", "adsorbed_volume_stp", "cm**3/g"),
        ("mmol/g", "amount_adsorbed", "mmol/g"),
        ("mol/kg", "amount_adsorbed", "mol/kg"),
        ("mg/g", "amount_adsorbed", "mg/g"),
    ],
)
def test_units_of_what_was_adsorbed(written, name, unit):
    assert loading(written) == (name, unit)


def test_the_row_of_zeros_is_no_point():
    reading = one(belsorp_text, DAT)
    assert reading["pressure"].values.tolist() == [0.024284, 0.066971, 2.8384]
    assert reading["adsorbed_volume_stp"].values.tolist() == [4.6410, 8.9905, 582.88]
    assert reading["branch"].values.tolist() == [0, 0, 1]
    assert reading.sample_name == "MOF 7"
    assert reading.metadata["comment"] == "MOF 7\ndried"
    assert reading.metadata["adsorptive"] == "H2O"
    assert reading.started_at == datetime(2017, 1, 16)
    assert one(belsorp_text, EMPTY_DESORPTION)["branch"].values.tolist() == [0, 0]


def test_a_japanese_export():
    reading = one(belsorp_text, JAPANESE.encode("cp932"))
    assert reading["pressure"].values.tolist() == [0.4422, 1.3224, 109.01]
    assert reading["relative_pressure"].values[2] == 0.017876
    assert reading["adsorbed_volume_stp"].unit == "cm**3/g"
    assert reading.sample_name == "膜065B"
    assert reading.metadata["sample_mass"].in_unit("g").value == 0.0827
    assert reading.started_at == datetime(2019, 3, 27)
    assert "initial_pressure" not in reading
    assert reading.header["unused_columns"] == ["initial_pressure", "equilibrium_pressure_2"]


def test_an_english_export():
    reading = one(belsorp_text, ENGLISH)
    assert reading["initial_pressure"].values[0] == 1.5917
    assert reading.metadata["temperature"].in_unit("K").value == pytest.approx(190)
    assert reading.started_at == datetime(2019, 8, 23)


def test_quantachrome_runs_along_the_relative_pressure_where_there_is_no_other():
    reading = one(quantachrome_text, NOVA)
    assert reading.axis.name == "relative_pressure"
    assert reading["saturation_pressure"].in_unit("kPa")[0] == pytest.approx(101.325)
    assert reading["adsorbed_volume_total_stp"].in_unit("mL").tolist() == pytest.approx([0.894, 21.3178, 21.2713])
    assert reading["branch"].values.tolist() == [0, 0, 1]
    assert reading.sample_name == "RE-22"
    assert reading.operator == "TU DD"
    assert reading.metadata["sample_mass"].in_unit("mg").value == pytest.approx(32)
    assert reading.metadata["software"] == "NovaWin 11.03"
    assert reading.started_at == datetime(2020, 7, 1)


def test_a_column_without_unit_does_not_shift_the_others():
    reading = one(quantachrome_text, QUADRA)
    assert reading.axis.name == "pressure"
    assert reading["pressure"].in_unit("Pa")[0] == pytest.approx(141.3, abs=0.1)
    assert reading["timeout"].unit == "s"
    assert reading["tol"].unit == ""
    assert reading["equlibration"].unit == ""
    assert reading.started_at == datetime(2018, 12, 21)


@pytest.mark.parametrize(
    ("module", "content", "error", "fault"),
    [
        (adsorption_aif, AIF.replace("0.23801", "?"), DamagedFile, "a pressure was expected"),
        (adsorption_aif, AIF.replace("1.1631", "much"), DamagedFile, "'much' was found"),
        (belsorp_text, DAT.replace("1\t2.8384\t", "1\t"), DamagedFile, "5 numbers were expected, 4 found"),
        (belsorp_text, DAT[: DAT.rindex("\n0\t0") + 1], DamagedFile, "a row of zeros was expected"),
        (belsorp_text, ENGLISH[: ENGLISH.index("DES")], DamagedFile, "1 points of desorption are promised, 0 follow"),
        (quantachrome_text, NOVA.replace("760.00                           21.2713", ""), DamagedFile, "3 numbers"),
        (quantachrome_text, NOVA[: NOVA.index("               0.006464")], NothingMeasured, "no points"),
    ],
)
def test_damage_is_refused(module, content, error, fault):
    with pytest.raises(error, match=fault):
        module.READER.read(Source(content.encode(), name="i.dat"))


@pytest.mark.parametrize("name", ["a.aif", "a.cif", "a.txt"])
def test_an_information_file_is_no_crystal_structure_whatever_it_is_called(name: str) -> None:
    audited = AIF.replace("data_raw2aif\n", "data_raw2aif\n_audit_aif_version 6acf6ef\n_audit_creation_method test\n")
    choice = recognise.choose(Source(audited.encode(), name=name))
    assert choice.reader.name == "adsorption_aif"
