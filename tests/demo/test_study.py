"""The simulated study: whole, readable, named after its samples, and the same each time."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from kiban.demo.process_files import furnace_log
from kiban.demo.study import make_study
from kiban.errors import DamagedFile, UnknownFormat
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading

NEED_ATTENTION = {"xrd/TiO2-A600_interrupted.xrdml", "thermal/TiO2-gel_run7.tbd"}
NOT_DATA = {"README.txt"}
A_MAP, A_SERIES = "raman/TiO2-A700_map.txt", "micrographs/TiO2-gel_heating.tif"
SAMPLES = {"TiO2-gel", *(f"TiO2-A{t}" for t in range(400, 1000, 100)), "LCO-C750", "LCO-C850", "LCO-C950"}


@pytest.fixture(scope="module", name="study")
def _study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    folder = tmp_path_factory.mktemp("study") / "files"
    return folder, make_study(folder)


@pytest.fixture(scope="module", name="readings")
def _readings(study: tuple[Path, list[Path]]) -> dict[str, tuple[str, list[Reading]]]:
    folder, written = study
    found = {}
    for path in written:
        name = path.relative_to(folder).as_posix()
        if name not in NEED_ATTENTION | NOT_DATA:
            choice, readings = read(Source(path))
            found[name] = (choice.reader.name, readings)
    return found


def test_it_is_made_in_a_few_seconds(tmp_path: Path) -> None:
    before = time.process_time()
    make_study(tmp_path)
    assert time.process_time() - before < 5


def test_it_returns_every_file_that_it_writes(study: tuple[Path, list[Path]]) -> None:
    folder, written = study
    assert written == sorted(path for path in folder.rglob("*") if path.is_file())
    assert len(written) == 75


def test_two_runs_give_the_same_bytes(study: tuple[Path, list[Path]], tmp_path: Path) -> None:
    folder, written = study
    again = make_study(tmp_path / "again")
    assert [p.relative_to(tmp_path / "again") for p in again] == [p.relative_to(folder) for p in written]
    for one, other in zip(written, again, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_no_two_files_are_alike(study: tuple[Path, list[Path]]) -> None:
    _, written = study
    assert len({path.read_bytes() for path in written}) == len(written)


def test_every_file_is_read_by_the_reader_of_its_format(readings: dict[str, tuple[str, list[Reading]]]) -> None:
    by_suffix = {
        ".xrdml": "panalytical_xrdml",
        ".ras": "rigaku_ras",
        ".rasx": "rigaku_rasx",
        ".jdx": "jcamp_dx",
        ".mpt": "biologic_mpt",
        ".cif": "cif",
        ".csv": "delimited_text",
        ".txt": "horiba_labspec_text",
        ".tif": "tiff_image",
    }
    for name, (reader, found) in readings.items():
        assert reader == by_suffix[Path(name).suffix], name
        assert len(found) == 1, name
        # LabSpec's text does not say which of its columns is which side of a map, and so no map of it is beyond doubt.
        assert len(found[0].doubts) == (name == A_MAP), name


def test_it_has_the_techniques_of_a_laboratory(readings: dict[str, tuple[str, list[Reading]]]) -> None:
    assert Counter(found.technique for _, [found] in readings.values()) == {
        "xrd": 15,
        "raman": 11,
        "cyclic_voltammetry": 10,
        "ir": 7,
        "uv_vis": 7,
        "galvanostatic_cycling": 6,
        "crystal_structure": 4,
        "image": 1,
        "table": 11,
    }


def test_measurements_name_their_samples_inside_the_file(readings: dict[str, tuple[str, list[Reading]]]) -> None:
    for name, (_, [found]) in readings.items():
        if name.startswith("structures/") or name.endswith("_conditions.csv") or name == A_SERIES:
            assert found.sample_name is None, name
        else:
            assert found.sample_name is not None
            assert Path(name).name.startswith(found.sample_name), name
            assert found.started_at is not None or name == A_MAP
    of_titania = Counter(found.technique for _, [found] in readings.values() if found.sample_name == "TiO2-A600")
    assert of_titania == {"xrd": 2, "raman": 1, "ir": 1, "uv_vis": 1, "cyclic_voltammetry": 1, "table": 1}
    assert {found.sample_name for _, [found] in readings.values()} == SAMPLES | {"Si-standard", None}


def test_every_file_says_that_it_is_simulated(study: tuple[Path, list[Path]]) -> None:
    folder, written = study
    for path in written:
        if path.suffix != ".rasx" and path.parent != folder / "structures":
            assert b"SIMULATED" in path.read_bytes(), path.name
    for path in folder.glob("xrd/*.rasx"):
        assert "SIMULATED" in str(read(Source(path))[1][0].metadata["comment"])
    for path in folder.glob("structures/*.cif"):
        assert b"published values" in path.read_bytes()


def test_the_map_and_the_series_keep_their_dimensions(readings: dict[str, tuple[str, list[Reading]]]) -> None:
    _, [found] = readings[A_MAP]
    assert found.signals[0].dimensions == ("position_y", "position_x", "raman_shift")
    assert found["intensity"].values.shape == (10, 14, 124)
    rutile = found["intensity"].values[:, :, found["raman_shift"].values == 610]
    assert rutile.max() > 5 * rutile.min()
    _, [found] = readings[A_SERIES]
    assert found.signals[0].dimensions == ("time", "y", "x")
    assert found["time"].values.tolist() == [0, 600, 1200, 1800, 2400]
    assert found["x"].values[1] == pytest.approx(0.05)


def test_what_needs_attention_says_so_for_different_reasons(study: tuple[Path, list[Path]]) -> None:
    folder, _ = study
    with pytest.raises(DamagedFile):
        read(Source(folder / "xrd/TiO2-A600_interrupted.xrdml"))
    for name in ("thermal/TiO2-gel_run7.tbd", "README.txt"):
        with pytest.raises(UnknownFormat):
            read(Source(folder / name))


def test_the_readme_says_it_in_both_languages_and_names_every_folder(study: tuple[Path, list[Path]]) -> None:
    folder, _ = study
    text = (folder / "README.txt").read_text(encoding="utf-8")
    assert "nothing in this folder was measured" in text
    assert "シミュレーションデータです" in text
    for inside in folder.iterdir():
        assert inside.name == "README.txt" or f"\n{inside.name} " in text
    for name in NEED_ATTENTION:
        assert name in text


def test_rutile_grows_in_the_patterns_with_the_temperature(readings: dict[str, tuple[str, list[Reading]]]) -> None:
    shares = []
    for temperature in (500, 700, 800, 900):
        _, [found] = readings[f"xrd/TiO2-A{temperature}.xrdml"]
        angle, counts = found["two_theta"].values, found["intensity"].values
        anatase = counts[np.abs(angle - 25.31) < 0.1].max() - 100
        rutile = counts[np.abs(angle - 27.44) < 0.1].max() - 100
        shares.append(rutile / (anatase + rutile))
    assert shares == sorted(shares)
    assert shares[0] < 0.2
    assert shares[-1] > 0.9


def test_the_doublet_of_the_radiation_is_stated(readings: dict[str, tuple[str, list[Reading]]]) -> None:
    for suffix in ("xrdml", "ras", "rasx"):
        _, [found] = readings[f"xrd/Si-standard.{suffix}"]
        assert found.metadata["wavelength"].value == pytest.approx(1.5405929, abs=1e-6)  # type: ignore[union-attr]
        assert found.metadata["wavelength_kalpha2"].value == pytest.approx(1.5444274, abs=1e-6)  # type: ignore[union-attr]


def test_a_furnace_log_rises_holds_and_cools() -> None:
    content = furnace_log(
        sample_name="TiO2-A600",
        plateau_degc=600,
        hold_h=2,
        ramp_k_per_min=5,
        started_at=datetime(2026, 4, 9, 9, 0),
        seed=1,
    )
    _, [found] = read(Source(content, name="furnace.csv"))
    minutes, temperature = found["time"].values, found["temperature"].values
    assert found["temperature"].unit == "degC"
    # 115 minutes of heating at 5 K/min from 25 °C, 120 on the plateau
    assert temperature[minutes == 60][0] == pytest.approx(25 + 5 * 60 - 20, abs=3)
    assert np.all(np.abs(temperature[(minutes >= 140) & (minutes <= 230)] - 600) < 4)
    assert np.all(np.diff(temperature[minutes >= 240]) < 0)
    assert temperature[-1] < 105
