from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, KibanError, UnknownFormat, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.bruker_nmr import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.readers.topspin.group_delay import group_delay
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "nmr"
FID = np.arange(1, 9)
ACQUS = {
    "TD": 8, "BYTORDA": 0, "DTYPA": 0, "AQ_mod": 3, "SW_h": 1000, "SFO1": 400.1, "NUC1": "<1H>", "SOLVENT": "<CDCl3>",
    "PULPROG": "<zg30>", "NS": 16, "TE": 298.2, "GRPDLY": 67.98, "DATE": 1619432297, "INSTRUM": "<spect>",
    "D": "(0..2)\n0 1.5\n2",
}  # fmt: skip
PROCS = {"SI": 4, "BYTORDP": 0, "DTYPP": 0, "NC_proc": -1, "OFFSET": 10.0, "SW_p": 800.0, "SF": 400.0, "XDIM": 0}


def parameters(values: Mapping[str, Any]) -> bytes:
    lines = ["##TITLE= Parameter file, TOPSPIN\t\tVersion 3.0", "##JCAMPDX= 5.0", "##OWNER= nmr",
             "$$ 2021-04-26 11:18:17.089 +0100  nmr@host"]  # fmt: skip
    return "\n".join([*lines, *(f"##${name}= {value}" for name, value in values.items()), "##END=", ""]).encode()


def packed(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def one_d(folder: str = "1/", fid: np.ndarray[Any, Any] = FID, **changes: Any) -> dict[str, bytes]:
    acqus = ACQUS | {k: v for k, v in changes.items() if k in ACQUS}
    procs = PROCS | {k: v for k, v in changes.items() if k in PROCS}
    order = ">" if acqus["BYTORDA"] else "<"
    kind = {0: "i4", 2: "f8"}.get(acqus["DTYPA"], "i4")
    return {
        f"__MACOSX/{folder}._acqus": b"\0\5\x16\7",
        f"{folder}acqus": parameters(acqus),
        f"{folder}fid": fid.astype(order + kind).tobytes(),
        f"{folder}pulseprogram": b";zg30\n",
        f"{folder}pdata/1/procs": parameters(procs),
        f"{folder}pdata/1/1r": np.array([2, 4, 6, 8], (">" if procs["BYTORDP"] else "<") + "i4").tobytes(),
        f"{folder}pdata/1/1i": np.array([1, 3, 5, 7], (">" if procs["BYTORDP"] else "<") + "i4").tobytes(),
        f"{folder}pdata/1/title": b"ethanol\r\nin CDCl3\r\n",
    }


def two_d() -> dict[str, bytes]:
    rows = np.zeros((3, 256), "<i4")
    rows[:, :4] = np.arange(12).reshape(3, 4)
    spectrum = np.arange(32).reshape(4, 8)
    blocks = spectrum.reshape(2, 2, 2, 4).transpose(0, 2, 1, 3)
    return {
        "2/acqus": parameters(ACQUS | {"TD": 4}),
        "2/acqu2s": parameters({"TD": 3}),
        "2/ser": rows.tobytes(),
        "2/pdata/1/procs": parameters(PROCS | {"SI": 8, "XDIM": 4, "NC_proc": 0}),
        "2/pdata/1/proc2s": parameters(PROCS | {"SI": 4, "XDIM": 2, "OFFSET": 100.0, "SW_p": 400.0, "SF": 100.0}),
        "2/pdata/1/2rr": blocks.astype("<i4").tobytes(),
    }


def readings(files: Mapping[str, bytes]) -> list[Reading]:
    return READER.read(Source(packed(files), name="nmr.zip"))


class TestBrukerNmr(ReaderSuite):
    reader = READER
    n_mutations = 150
    examples: ClassVar[Mapping[str, bytes]] = {
        "one dimension": packed(one_d()),
        "big-endian": packed(one_d(BYTORDA=1, BYTORDP=1)),
        "float64": packed(one_d(DTYPA=2)),
        "one channel": packed(one_d(AQ_mod=0)),
        "two dimensions": packed(two_d()),
        "several, in a folder": packed(one_d("sample/1/") | one_d("sample/10/")),
        "without folder": packed(one_d("")),
        "spectrum alone": packed({k: v for k, v in one_d().items() if not k.endswith("fid")}),
    }


@pytest.mark.parametrize("variant", ["one dimension", "big-endian", "float64"])
def test_a_fid_and_its_spectrum(variant: str) -> None:
    fid, spectrum = READER.read(Source(TestBrukerNmr.examples[variant], name="x.zip"))
    assert fid["fid_real"].values.tolist() == [1, 3, 5, 7]
    assert fid["fid_imaginary"].values.tolist() == [2, 4, 6, 8]
    assert fid["time"].values.tolist() == [0.0, 0.001, 0.002, 0.003]
    # 2 ppm wide around the offset of the first point; numbers times 2^-1.
    assert spectrum["chemical_shift"].values.tolist() == [10.0, 9.5, 9.0, 8.5]
    assert spectrum["intensity"].values.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert spectrum["intensity_imaginary"].values.tolist() == [0.5, 1.5, 2.5, 3.5]
    assert (fid.title, spectrum.title) == ("ethanol (acquired)", "ethanol (processed 1)")


def test_parameters_become_metadata() -> None:
    fid, _ = readings(one_d())
    found = fid.metadata
    assert (found["nucleus"], found["solvent"], found["technique_name"], found["n_scans"]) == (
        "1H",
        "CDCl3",
        "zg30",
        16,
    )
    assert found["observe_frequency"].value == 400.1  # type: ignore[union-attr]
    assert found["group_delay"] == 67.98
    assert found["ended_at"] == datetime(2021, 4, 26, 10, 18, 17, tzinfo=UTC)
    assert found["comment"] == "ethanol\nin CDCl3"
    assert fid.operator == "nmr"
    assert fid.header["acqus"]["D"] == ["0", "1.5", "2"]  # type: ignore[index,call-overload]


def test_more_parameters_become_metadata() -> None:
    acqus = ACQUS | {"O1": 2400.5, "RG": 203, "GRPDLY": -1, "DECIM": 16, "DSPFVS": 12}
    trail = b"(   1,<2021-04-26 11:18:17.087 +0100>,<jb>,<go>,\n\tstarted at 2021-04-26 11:17:58.551 +0100,\n"
    fid, spectrum = readings(one_d() | {"1/acqus": parameters(acqus), "1/audita.txt": trail})
    assert fid.metadata["transmitter_offset"] == Measured(2400.5, "Hz")
    assert fid.metadata["receiver_gain"] == 203
    assert fid.metadata["relaxation_delay"] == Measured(1.5, "s")
    assert fid.metadata["group_delay"] == 71.625
    start = datetime(2021, 4, 26, 11, 17, 58, 551000, timezone(timedelta(hours=1)))
    assert fid.started_at == spectrum.started_at == start
    assert start.utcoffset() == fid.started_at.utcoffset()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("stated", "decimation", "kind", "expected"),
    [
        (67.98, 16, 20, 67.98),
        (0, 2, 10, 44.75),
        (None, 2048, 11, 72.03125),
        (-1, 32, 12, 72.125),
        (-1, 8, 13, 2.9375),
        (-1, 7, 10, None),
        (-1, 16, 21, None),
        (None, None, None, None),
        (None, 490.67, 10, None),
    ],
)
def test_the_delay_of_the_filter(
    stated: float | None, decimation: float | None, kind: float | None, expected: float | None
) -> None:
    assert group_delay(stated, decimation, kind) == expected


def test_another_program_has_the_same_delays() -> None:
    table = pytest.importorskip("nmrglue").bruker.bruker_dsp_table
    for kind, delays in table.items():
        for decimation, delay in delays.items():
            assert group_delay(None, decimation, kind) == pytest.approx(delay, abs=1e-9)


def test_a_second_dimension_states_its_nucleus() -> None:
    second = parameters({"TD": 3, "NUC1": "<13C>", "SFO1": 100.6, "SW_h": 20000})
    series, _ = readings(two_d() | {"2/acqu2s": second})
    assert series.metadata["indirect_nucleus"] == "13C"
    assert series.metadata["indirect_frequency"] == Measured(100.6, "MHz")
    assert series.metadata["indirect_spectral_width"] == Measured(20000.0, "Hz")


def test_rows_that_nobody_speaks_of_are_not_dropped() -> None:
    rows = np.zeros((6, 256), "<i4")
    rows[:, :4] = 1
    with pytest.raises(UnsupportedVariant, match="three dimensions"):
        readings(two_d() | {"2/ser": rows.tobytes()})


def test_a_spectrum_alone_comes_with_its_procs() -> None:
    below = {
        name.removeprefix("1/pdata/1/"): content for name, content in one_d().items() if name.startswith("1/pdata/1/")
    }
    procs = parameters(PROCS | {"AXNUC": "<31P>"})
    source = Source(below.pop("1r"), name="1r", companions=below | {"procs": procs})
    choice, [spectrum] = read(source)
    assert choice.reader.name == "bruker_nmr"
    assert spectrum.title == "ethanol (processed 1)"
    assert spectrum["intensity"].values.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert spectrum["intensity_imaginary"].values.tolist() == [0.5, 1.5, 2.5, 3.5]
    assert spectrum.metadata["nucleus"] == "31P"
    assert "acqus" not in spectrum.header


def test_names_alone_prove_nothing() -> None:
    for name, mark in (("fid", "acqus"), ("1r", "procs")):
        with pytest.raises(UnknownFormat):
            choose(Source(b"\0\1\2\3" * 8, name=name, companions={mark: b"\0\1 other things"}))


def test_one_channel_is_sampled_twice_as_fast() -> None:
    fid, _ = readings(one_d(AQ_mod=0))
    assert fid["fid"].values.tolist() == FID.tolist()
    assert fid["time"].values[:2].tolist() == [0.0, 0.0005]


def test_rows_of_a_series_begin_at_full_blocks_and_submatrices_are_put_in_order() -> None:
    series, spectrum = readings(two_d())
    assert series["fid_real"].values.tolist() == [[0, 2], [4, 6], [8, 10]]
    assert series["increment"].values.tolist() == [0, 1, 2]
    assert spectrum["intensity"].values.tolist() == np.arange(32.0).reshape(4, 8).tolist()
    assert spectrum["chemical_shift_indirect"].values.tolist() == [100.0, 99.0, 98.0, 97.0]


def test_rows_without_padding_are_read_too() -> None:
    rows = np.arange(12, dtype="<i4").tobytes()
    series, _ = readings(two_d() | {"2/ser": rows})
    assert series["fid_real"].values.tolist() == [[0, 2], [4, 6], [8, 10]]


def test_zeros_behind_the_promised_points_are_told() -> None:
    fid, _ = readings(one_d(fid=np.concatenate([FID, np.zeros(256, int)])))
    assert fid["fid_real"].values.tolist() == [1, 3, 5, 7, *[0] * 128]
    assert fid.doubts == ("Behind the 8 promised numbers (TD) the file is filled up with 256 zeros.",)


def test_zeros_that_fill_up_a_block_are_nothing_to_doubt() -> None:
    fid, _ = readings(one_d(fid=np.concatenate([FID, np.zeros(248, int)])))
    assert fid["fid_real"].values.tolist() == [1, 3, 5, 7, *[0] * 124]
    assert fid.doubts == ()


@pytest.mark.parametrize(
    "files",
    [
        one_d(TD=9),
        one_d(TD="many"),
        one_d(SW_h=0),
        one_d(fid=np.arange(9), TD=9),
        one_d(SI=5),
        one_d(SF=0),
        one_d(SI=2**40),
        one_d() | {"1/fid": b"\0" * 31},
        one_d(DTYPA=2, fid=np.array([1.0, np.nan] * 4)),
        one_d() | {"1/acqus": b"nothing"},
        two_d() | {"2/pdata/1/proc2s": parameters(PROCS | {"SI": 4, "XDIM": 3})},
        {k: v for k, v in two_d().items() if not k.endswith("acqu2s")},
        {k: v for k, v in two_d().items() if not k.endswith("proc2s")},
    ],
)
def test_what_contradicts_itself_is_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(DamagedFile):
        readings(files)


def test_an_unknown_kind_of_numbers_is_named() -> None:
    with pytest.raises(UnsupportedVariant, match="DTYPA is 7"):
        readings(one_d(DTYPA=7))


def test_an_archive_with_other_things_stays_an_archive() -> None:
    with pytest.raises(UnknownFormat):
        choose(Source(packed(one_d() | {"notes.txt": b"x"}), name="x.zip"))
    with pytest.raises(UnknownFormat):
        choose(Source(packed({"1/acqus": parameters(ACQUS)}), name="x.zip"))


@pytest.mark.skipif(not DATA.is_dir(), reason="waits for ../shared/data")
@pytest.mark.parametrize(
    ("name", "n_points", "nucleus", "frequency_mhz", "width_hz", "delay"),
    [("1.zip", 4096, "31P", 81.0141, 40760.9, 68.0268249511719), ("71.zip", 9984, "7Li", 77.7875, 1e6, 67.96875)],
)
def test_real_experiments(
    name: str, n_points: int, nucleus: str, frequency_mhz: float, width_hz: float, delay: float
) -> None:
    choice, [fid, spectrum] = read(Source(DATA / name))
    assert choice.reader.name == "bruker_nmr"
    assert fid["fid_real"].shape == (n_points,)
    assert fid.metadata["nucleus"] == nucleus
    assert fid.metadata["observe_frequency"].value == pytest.approx(frequency_mhz, rel=1e-6)  # type: ignore[union-attr]
    assert fid.metadata["spectral_width"].value == pytest.approx(width_hz, rel=1e-6)  # type: ignore[union-attr]
    assert fid.metadata["group_delay"] == delay
    assert spectrum["intensity"].shape == (16384,)


@pytest.mark.skipif(not DATA.is_dir(), reason="waits for ../shared/data")
def test_phosphoric_acid_is_at_zero() -> None:
    _, [_, spectrum] = read(Source(DATA / "1.zip"))
    top = spectrum["chemical_shift"].values[np.argmax(spectrum["intensity"].values)]
    assert abs(top) < 1.0  # 85 % H3PO4 is the reference of the 31P scale; the line is broad


@pytest.mark.skipif(not DATA.is_dir(), reason="waits for ../shared/data")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["1", "71"])
def test_another_program_reads_the_same(name: str, tmp_path: Path) -> None:
    bruker = pytest.importorskip("nmrglue").bruker
    with zipfile.ZipFile(DATA / f"{name}.zip") as archive:
        archive.extractall(tmp_path)
    _, other = bruker.read(str(tmp_path / name))
    _, processed = bruker.read_pdata(str(tmp_path / name / "pdata" / "1"), scale_data=True)
    fid, spectrum = READER.read(Source(DATA / f"{name}.zip"))
    np.testing.assert_array_equal(fid["fid_real"].values + 1j * fid["fid_imaginary"].values, other)
    np.testing.assert_allclose(spectrum["intensity"].values, processed, rtol=1e-12)


def test_names_that_lie_are_refused_clearly() -> None:
    with pytest.raises(KibanError):
        READER.read(Source(packed({"../acqus": b"##$TD= 4\n", "../fid": b"\0" * 16}), name="x.zip"))
