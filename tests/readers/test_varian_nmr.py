"""Varian: each variant of decays and parameters in small, as folder and as zip, and what another library reads."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, KibanError, NothingMeasured, UnknownFormat, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.readers.varian.procpar import read_procpar
from kiban.readers.varian_nmr import READER
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite, check_sound

REAL, TEXT, DELAY, FREQUENCY, PULSE, INTEGER = (1, 1), (2, 2), (3, 1), (5, 1), (6, 1), (7, 1)
FLOATS, INTEGERS, SHORTS = 0x49, 0x45, 0x41


def parameter(name: str, kind: tuple[int, int], *values: Any, active: int = 1) -> str:
    head = f"{name} {kind[0]} {kind[1]} 1e+18 -1e+18 0 2 1 0 {active} 64\n"
    if kind[1] == 2:
        texts = "\n".join(f'"{value}"' for value in values)
        return f'{head}{len(values)} {texts} \n2 "n" "y" \n'
    return f"{head}{len(values)} {' '.join(map(str, values))} \n0 \n"


def procpar(*more: str, n: int = 8, sw: float = 1000.0, **changes: str) -> bytes:
    found = {
        "np": parameter("np", INTEGER, n),
        "sw": parameter("sw", REAL, sw),
        "sfrq": parameter("sfrq", FREQUENCY, 100.5),
        "tn": parameter("tn", TEXT, "C13"),
        "solvent": parameter("solvent", TEXT, "cdcl3"),
        "seqfil": parameter("seqfil", TEXT, "s2pul"),
        "temp": parameter("temp", REAL, 25.0),
        "nt": parameter("nt", INTEGER, 64),
        "ct": parameter("ct", INTEGER, 64),
        "d1": parameter("d1", DELAY, 1.5),
        "gain": parameter("gain", REAL, 60, active=0),
        "tof": parameter("tof", FREQUENCY, -250.0),
        "samplename": parameter("samplename", TEXT, "menthol"),
        "operator_": parameter("operator_", TEXT, "vnmr1"),
        "time_run": parameter("time_run", TEXT, "20110315T102030"),
        "time_complete": parameter("time_complete", TEXT, "20110315T104500"),
        "note": parameter("note", TEXT, 'a "quoted" word\nand a second line'),
        "B0": parameter("B0", REAL, 93948.0),
    }
    return "".join([*(found | changes).values(), *more]).encode()


def fid(
    rows: np.ndarray[Any, Any],
    *,
    status: int = FLOATS,
    order: str = ">",
    n_traces: int = 1,
    block_status: int = 1,
    scale: int = 0,
    ct: int = 64,
    n_headers: int = 1,
    **changes: int,
) -> bytes:
    kind = {FLOATS: "f4", INTEGERS: "i4", SHORTS: "i2"}[status & ~2]
    size = int(kind[1])
    n_numbers = rows.shape[1]
    fields = {
        "nblocks": len(rows) // n_traces,
        "ntraces": n_traces,
        "np": n_numbers,
        "ebytes": size,
        "tbytes": size * n_numbers,
        "bbytes": n_traces * size * n_numbers + 28 * n_headers,
        "vers_id": 3,
        "status": status,
        "nbheaders": n_headers | 0x10,
    } | changes
    content = struct.pack(f"{order}6i2hi", *fields.values())
    for i in range(0, len(rows), n_traces):
        content += struct.pack(f"{order}4hi4f", scale, block_status, i + 1, 0, ct, 0, 0, 0, 0) * n_headers
        content += rows[i : i + n_traces].astype(order + kind).tobytes()
    return content


ROW = np.arange(1, 9, dtype=float).reshape(1, 8)
ROWS = np.arange(24, dtype=float).reshape(3, 8)


def packed(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def experiment(
    decays: bytes | None = None, parameters: bytes | None = None, folder: str = "menthol.fid/"
) -> dict[str, bytes]:
    return {
        f"{folder}fid": fid(ROW) if decays is None else decays,
        f"{folder}procpar": procpar() if parameters is None else parameters,
        f"{folder}text": b"Menthol in CDCl3\nsecond sample\n",
        f"{folder}log": b"acquisition complete\n",
    }


def given_with_companions(files: Mapping[str, bytes]) -> Source:
    below = {name.rpartition("/")[2]: content for name, content in files.items()}
    return Source(below.pop("fid"), name="fid", companions=below)


def of(files: Mapping[str, bytes]) -> Reading:
    (reading,) = READER.read(given_with_companions(files))
    return reading


class TestVarianNmr(ReaderSuite):
    reader = READER
    n_mutations = 300
    examples: ClassVar[Mapping[str, bytes]] = {
        "floats": packed(experiment()),
        "32-bit integers": packed(experiment(fid(ROW, status=INTEGERS))),
        "16-bit integers": packed(experiment(fid(ROW, status=SHORTS))),
        "little-endian": packed(experiment(fid(ROW, order="<"))),
        "a series": packed(experiment(fid(ROWS))),
        "several traces in a block": packed(experiment(fid(ROWS, n_traces=3))),
        "two experiments": packed(experiment(folder="set/a.fid/") | experiment(folder="set/b.fid/")),
        "without folder": packed(experiment(folder="")),
        "resource forks": packed({"__MACOSX/menthol.fid/._fid": b"x", **experiment()}),
    }


@pytest.mark.parametrize("variant", ["floats", "32-bit integers", "16-bit integers", "little-endian"])
def test_a_decay_is_read_with_all_that_is_stated(variant: str) -> None:
    choice, (reading,) = read(Source(TestVarianNmr.examples[variant], name="menthol.zip"))
    assert choice.reader.name == "varian_nmr"
    assert reading.technique == "nmr"
    assert reading.title == "menthol: 13C FID"
    assert reading["time"].values.tolist() == [0.0, 0.001, 0.002, 0.003]
    assert reading["fid_real"].values.tolist() == [1, 3, 5, 7]
    assert reading["fid_imaginary"].values.tolist() == [2, 4, 6, 8]
    assert reading["fid_real"].unit == "arbitrary_unit"
    assert reading.sample_name == "menthol"
    assert reading.operator == "vnmr1"
    assert reading.started_at == datetime(2011, 3, 15, 10, 20, 30)
    assert dict(reading.metadata) == {
        "maker": "Varian",
        "technique_name": "s2pul",
        "solvent": "cdcl3",
        "nucleus": "13C",
        "observe_frequency": Measured(100.5, "MHz"),
        "spectral_width": Measured(1000.0, "Hz"),
        "transmitter_offset": Measured(-250.0, "Hz"),
        "temperature": Measured(25.0, "degC"),
        "magnetic_field": Measured(93948.0, "gauss"),
        "relaxation_delay": Measured(1.5, "s"),
        "n_scans": 64,
        "ended_at": datetime(2011, 3, 15, 10, 45),
        "comment": "Menthol in CDCl3\nsecond sample",
    }
    assert reading.doubts == ()


def test_the_header_keeps_all_parameters() -> None:
    header = of(experiment()).header
    parameters, file = header["procpar"], header["fid"]
    assert isinstance(parameters, dict)
    assert isinstance(file, dict)
    assert parameters["note"] == 'a "quoted" word\nand a second line'
    assert parameters["gain"] == 60.0
    assert parameters["#switched off"] == ["gain"]
    assert file["nbheaders"] == 1
    assert file["blocks"] == {"scale": [0], "status": [1], "index": [1], "mode": [0], "ctcount": [64]}


def test_a_fid_with_its_procpar_is_claimed_and_one_without_is_not() -> None:
    assert choose(given_with_companions(experiment())).reader.name == "varian_nmr"
    with pytest.raises(UnknownFormat):
        choose(Source(fid(ROW), name="fid"))
    with pytest.raises(UnknownFormat):
        choose(Source(b"\1\2\3\0" * 20, name="fid", companions={"procpar": procpar()}))


def test_an_archive_with_other_things_stays_an_archive() -> None:
    for more in ("notes.csv", "menthol.fid/export.csv", "other/data.txt"):
        with pytest.raises(UnknownFormat):
            choose(Source(packed(experiment() | {more: b"a,b\n1,2\n"}), name="x.zip"))


@pytest.mark.parametrize("n_traces", [1, 3])
def test_a_series_comes_with_what_was_stepped(n_traces: int) -> None:
    stepped = parameter("array", TEXT, "d2") + parameter("arraydim", INTEGER, 3) + parameter("d2", DELAY, 0.1, 0.2, 0.4)
    reading = of(experiment(fid(ROWS, n_traces=n_traces), procpar(stepped)))
    assert reading.title == "menthol: 13C series of FIDs"
    assert reading["increment"].values.tolist() == [0, 1, 2]
    assert reading["d2"].values.tolist() == [0.1, 0.2, 0.4]
    assert reading["d2"].unit == "s"
    assert reading["fid_real"].values.tolist() == ROWS[:, 0::2].tolist()
    assert [v.dimensions for v in reading.signals] == [("increment", "time")]
    assert reading.doubts == ()


@pytest.mark.parametrize(
    ("array", "names"),
    [("(pw,d2)", ["pw", "d2"]), ("pw", ["pw"]), ("pw,d2", []), ("(pw,d2),d1", []), ("phase", []), ("tn", [])],
)
def test_only_what_steps_alone_or_together_is_given(array: str, names: list[str]) -> None:
    stepped = parameter("array", TEXT, array) + parameter("d2", DELAY, 1, 2, 3) + parameter("pw", PULSE, 5, 10, 15)
    reading = of(experiment(fid(ROWS), procpar(stepped)))
    assert [v.name for v in reading.variables if v.dimensions == ("increment",)][1:] == names
    if "pw" in names:
        assert reading["pw"].unit == "us"


def test_a_two_dimensional_experiment_states_its_second_width() -> None:
    indirect = parameter("ni", INTEGER, 3) + parameter("sw1", REAL, 500.0)
    assert of(experiment(fid(ROWS), procpar(indirect))).metadata["indirect_spectral_width"] == Measured(500.0, "Hz")


@pytest.mark.parametrize(
    ("decays", "parameters", "doubt"),
    [
        (fid(ROW), procpar(n=16), "procpar speaks of 16 numbers in a decay (np), fid holds 8."),
        (
            fid(ROWS),
            procpar(parameter("arraydim", INTEGER, 5)),
            "procpar speaks of 5 decays (arraydim), fid holds 3.",
        ),
        (fid(ROW) + b"\0" * 5, procpar(), "5 bytes follow behind the last block."),
        (fid(ROW, scale=2), procpar(), "Blocks state a scale that is not 0"),
    ],
)
def test_small_contradictions_are_doubts(decays: bytes, parameters: bytes, doubt: str) -> None:
    (found,) = of(experiment(decays, parameters)).doubts
    assert found.startswith(doubt)


def test_blocks_that_were_not_measured_are_told() -> None:
    content = bytearray(fid(ROWS))
    content[32 + 2 * 60 + 3] = 0  # the status of the third block
    assert of(experiment(bytes(content))).doubts == (
        "1 of 3 blocks are marked as not measured; their numbers mean nothing.",
    )
    with pytest.raises(NothingMeasured):
        of(experiment(fid(ROW, block_status=0)))


def test_blocks_of_two_headers_are_read() -> None:
    assert of(experiment(fid(ROWS, n_headers=2)))["fid_real"].values.tolist() == ROWS[:, 0::2].tolist()


@pytest.mark.parametrize(
    ("decays", "words"),
    [
        (fid(ROWS)[:-1], "3 blocks of 60 bytes are promised; 179 bytes follow"),
        (fid(ROW, nblocks=2**30), "1073741824 blocks"),
        (fid(ROW, np=9), "sizes fit each other"),
        (fid(ROW, nblocks=0), "sizes fit each other"),
        (fid(np.ones((1, 7))), "no pairs"),
        (fid(ROW)[:26] + bytes([0, SHORTS]) + fid(ROW)[28:], "numbers have 2 bytes"),
        (fid(np.full((1, 8), np.nan)), "not finite"),
        (b"\0" * 31, "sizes fit"),
    ],
)
def test_what_contradicts_itself_is_refused(decays: bytes, words: str) -> None:
    with pytest.raises(DamagedFile, match=words):
        of(experiment(decays))


def test_spectra_are_not_taken_for_decays() -> None:
    with pytest.raises(UnsupportedVariant, match="holds spectra"):
        of(experiment(fid(ROW, status=FLOATS | 2)))


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (b"", "holds no parameter"),
        (b"hello world\n", "line 1: a parameter"),
        (procpar()[:-40], "line"),
        (procpar(sw=0.0), "spectral width"),
        (procpar(parameter("sw", REAL, 1000, 2000)), "spectral width"),
        (procpar().replace(b"1 1000.0", b"2 1000.0"), "a line with 2 numbers was expected"),
        (procpar().replace(b'1 "C13"', b'1 "C13'), "expected"),
        (procpar().replace(b'1 "C13"', b"1 C13"), "in quotation marks"),
        (procpar().replace(b'1 "C13"', b'one "C13"'), "a number of values"),
        (procpar().replace(b'1 "C13"', b'999999999 "C13"'), "expected"),
        (procpar().replace(b'1 "C13"', '³ "C13"'.encode()), "a number of values"),
    ],
)
def test_broken_parameters_are_named_with_their_line(parameters: bytes, words: str) -> None:
    with pytest.raises(DamagedFile, match=words):
        of(experiment(None, parameters))


@given(st.binary(max_size=300))
def test_any_parameters_give_a_reading_or_a_clear_error(content: bytes) -> None:
    with suppress(KibanError):
        check_sound(of(experiment(None, procpar() + content)))


@given(
    st.lists(st.one_of(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]))), min_size=1, max_size=5)
)
def test_texts_come_back_as_written(values: list[str]) -> None:
    [found] = [read_procpar(parameter("p", TEXT, *values).encode(), "procpar").find("p")]
    assert found is not None
    assert list(found.values) == values


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("status", [FLOATS, INTEGERS, SHORTS])
@pytest.mark.parametrize("rows", [ROW, ROWS])
def test_another_program_reads_the_same(status: int, rows: np.ndarray[Any, Any], tmp_path: Path) -> None:
    varian = pytest.importorskip("nmrglue").varian
    files = experiment(fid(rows, status=status).replace(b"\0\0\0\x11", b"\0\0\0\x01", 1))
    for name, content in files.items():
        (tmp_path / name.rpartition("/")[2]).write_bytes(content)
    (tmp_path / "procpar").write_bytes(procpar(note=""))  # it takes texts of one line only
    dic, other = varian.read(str(tmp_path), as_2d=True)
    reading = of(files)
    ours = reading["fid_real"].values + 1j * reading["fid_imaginary"].values
    np.testing.assert_array_equal(ours.reshape(other.shape), other)
    assert dic["procpar"]["tn"]["values"] == ["C13"]
