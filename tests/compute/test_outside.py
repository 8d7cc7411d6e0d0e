"""Libraries behind a process border: what crosses, what is refused, and that no process of ours loads them."""

from __future__ import annotations

import ast
import contextlib
import importlib.metadata
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import kiban
from kiban.compute.fence import Fence
from kiban.compute.outside_formats import FORMATS, read
from kiban.compute.outside_reader import OutsideReader
from kiban.compute.reader_list import reader_list
from kiban.compute.structured import Failure, ReadSummary
from kiban.errors import DamagedFile, LimitExceeded, UnknownFormat, UnreadableFile
from kiban.quantity.measured import Measured
from kiban.readers.source import Source
from kiban.testing.reader_suite import check_sound

if TYPE_CHECKING:
    from conftest import Packages

BCF = b"AAMVHFSS" + bytes(64)
PACKAGE = Path(kiban.__file__).parent
GPL = {"rsciio", "yadg", "galvani", "hyperspy"}

SOUND = """
import numpy as np
def file_reader(path):
    print("a word that must not cross")
    assert path.endswith("/file.bcf") and open(path, "rb").read(8) == b"AAMVHFSS"
    axes = [{"name": "Energy", "size": 4, "offset": -0.5, "scale": 0.25, "units": "keV"},
            {"name": "", "axis": [3, 2, 1], "units": "[]"}]
    metadata = {"General": {"title": "EDX", "date": "2018-03-02", "time": "13:53:04", "time_zone": "UTC"},
                "Signal": {"signal_type": "EDS_SEM", "quantity": "X-rays (Counts)"},
                "Acquisition_instrument": {"SEM": {"beam_energy": 15.0, "magnification": 131}},
                "odd": {"nan": float("nan"), "array": np.arange(2), "none": None}}
    return [{"data": np.arange(12, dtype=">u2").reshape(4, 3), "axes": axes, "metadata": metadata},
            {"data": np.ones(2, dtype="c8"), "axes": [{"name": "1st", "size": 2, "offset": 0, "scale": 1}]}]
"""


def _install(packages: Packages, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """A stand-in for RosettaSciIO, in the search path of ours and of the program."""
    packages.install("rosettasciio", group="x", entries="", rsciio="")
    (packages.folder / "rsciio.py").unlink()
    (packages.folder / "rsciio").mkdir()
    (packages.folder / "rsciio" / "__init__.py").write_text("")
    (packages.folder / "rsciio" / "bruker.py").write_text(source)
    monkeypatch.syspath_prepend(str(packages.folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(packages.folder), os.environ.get("PYTHONPATH", "")]))


def _bcf(folder: Path, content: bytes = BCF) -> Source:
    path = folder / "0123456789abcdef"
    path.write_bytes(content)
    return Source(path, name="map.bcf")


def test_what_the_library_says_becomes_readings(
    packages: Packages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _install(packages, monkeypatch, SOUND)
    choice, [edx, other] = read(_bcf(tmp_path))
    assert choice.reader.name == "rosettasciio_bruker_bcf"
    assert choice.why == "it begins with AAMVHFSS, and rosettasciio 1.5 reads that in a process of its own"
    check_sound(edx)
    assert (edx.title, edx.technique) == ("EDX", "energy_dispersive_x_ray")
    assert [v.name for v in edx.variables] == ["energy", "axis_2", "intensity"]
    assert edx["energy"].values.tolist() == [-0.5, -0.25, 0, 0.25]
    assert edx["axis_2"].values.tolist() == [3, 2, 1]
    assert edx["intensity"].values.tolist() == np.arange(12).reshape(4, 3).tolist()
    assert (edx["intensity"].unit, edx.variables[2].unit_as_written) == ("count", "Counts")
    assert edx.started_at == datetime(2018, 3, 2, 13, 53, 4, tzinfo=UTC)
    assert edx.metadata["acceleration_voltage"] == Measured(15.0, "kV")
    assert edx.metadata["magnification"] == 131
    assert edx.header["metadata"]["odd"] == {"nan": "nan", "array": "[0 1]", "none": None}  # type: ignore[index,call-overload]
    assert (other.title, other.technique) == ("map.bcf", "spectrum")
    assert other["intensity"].values.dtype.kind == "c"
    assert "rsciio" not in sys.modules


@pytest.mark.parametrize(
    ("source", "error", "word"),
    [
        (
            "raise ImportError('no such part')",
            DamagedFile,
            "rosettasciio 1.5 cannot read it .ImportError: no such part",
        ),
        ("def file_reader(path): raise ValueError('not mine')", DamagedFile, "ValueError: not mine"),
        ("def file_reader(path): raise MemoryError", LimitExceeded, "more memory than allowed"),
        ("def file_reader(path): return []", UnreadableFile, "finds nothing in it"),
        ("import os\nos._exit(3)", DamagedFile, "8 bytes were promised, 0 came"),
        (SOUND.replace('"scale": 0.25', '"scale": 0'), DamagedFile, "Energy does not go one way"),
        (SOUND.replace('"offset": -0.5', '"offset": float("nan")'), DamagedFile, "Energy does not go one way"),
        (SOUND.replace('"size": 4', '"size": 5'), UnreadableFile, "points along energy"),
        (SOUND.replace('dtype=">u2"', 'dtype="O"'), DamagedFile, "values of type object"),
    ],
    ids=["import", "refuses", "memory", "nothing", "dies", "standing axis", "axis with gaps", "lengths", "objects"],
)
def test_what_is_not_sound_is_refused_with_a_word(
    packages: Packages,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    source: str,
    error: type[UnreadableFile],
    word: str,
) -> None:
    _install(packages, monkeypatch, source)
    with pytest.raises(error, match=word) as caught:
        read(_bcf(tmp_path))
    assert caught.value.reader == "rosettasciio_bruker_bcf"


def test_readers_of_ours_come_first(packages: Packages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _install(packages, monkeypatch, SOUND)
    table = tmp_path / "table.bcf"
    table.write_bytes(b"Temperature (K),Resistance (ohm)\n1,2\n2,3\n3,4\n4,5\n")
    assert read(Source(table))[0].reader.name == "delimited_text"
    damaged = tmp_path / "damaged.bcf"
    damaged.write_bytes(b'<?xml version="1.0"?><xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.5">')
    with pytest.raises(DamagedFile, match="XML"):
        read(Source(damaged))


def test_without_the_library_or_its_signature_the_word_is_that_of_before(
    packages: Packages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(OutsideReader, "library", None)
    with pytest.raises(UnknownFormat, match=r"No reader recognises map\.bcf"):
        read(_bcf(tmp_path))
    monkeypatch.undo()
    _install(packages, monkeypatch, SOUND)
    with pytest.raises(UnknownFormat, match=r"No reader recognises map\.bcf"):
        read(_bcf(tmp_path, b"\x00\x01something else"))
    with pytest.raises(UnknownFormat, match="No reader recognises"):
        read(Source(_bcf(tmp_path).path, name="map.bin"))  # type: ignore[arg-type]
    with pytest.raises(UnknownFormat, match="lies inside another file"):
        read(Source(BCF, name="map.bcf"))


def test_it_works_from_behind_the_fence_and_is_listed(
    packages: Packages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _install(packages, monkeypatch, SOUND)
    path = _bcf(tmp_path).path
    assert path is not None
    fence = Fence(n_workers=1)
    try:
        summary = fence.summarise(path, name="map.bcf")
        assert isinstance(summary, ReadSummary)
        assert summary.reader == "rosettasciio_bruker_bcf"
        answer = fence.structure(path, name="map.bcf", checksum="0" * 64)
        assert not isinstance(answer, Failure)
        assert b"rosettasciio 1.5" in answer[1][0]
    finally:
        fence.close()
    [listed] = [facts for facts in reader_list().readers if facts.name == "rosettasciio_bruker_bcf"]
    assert (listed.package, listed.package_version) == ("rosettasciio", "1.5")


@pytest.mark.parametrize("source", [SOUND, "import os\nos._exit(3)"], ids=["sound", "dies"])
def test_nothing_is_left_behind(
    packages: Packages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str
) -> None:
    def left() -> set[Path]:
        places = ("/dev/shm", "/tmp", "/var/tmp")  # noqa: S108  only looked into
        return {folder for place in places for folder in Path(place).glob("kiban-outside-*")}

    _install(packages, monkeypatch, source)
    before = left()
    with contextlib.suppress(DamagedFile):
        read(_bcf(tmp_path))
    assert left() == before


def test_only_the_program_loads_them_and_it_loads_nothing_of_ours() -> None:
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        tops = {name.partition(".")[0] for name in names}
        assert not tops & GPL, path
        if path.name == "outside_program.py":
            assert "kiban" not in tops
    texts = [path.name for path in PACKAGE.rglob("*.py") if "rsciio" in path.read_text(encoding="utf-8")]
    assert texts == ["outside_program.py"]


def test_the_formats_are_described_like_readers() -> None:
    assert len({reader.name for reader in FORMATS}) == len(FORMATS)
    for reader in FORMATS:
        assert reader.techniques
        assert all(suffix.startswith(".") for suffix in reader.suffixes)
        assert reader.recognise(Source(b"hello", name="x" + reader.suffixes[0])) is None


REAL = {
    "microscopy/P45_the_default_job.bcf": [(75, 100), (75, 100), (75, 100, 2048)],
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_with_the_real_libraries(name: str, shared: Callable[[str], Path]) -> None:
    try:
        importlib.metadata.version("rosettasciio")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("waits for kiban[gpl], which is not installed")
    choice, readings = read(Source(shared(name)))
    for reading in readings:
        check_sound(reading)
    if isinstance(choice.reader, OutsideReader):
        assert [reading.variables[-1].series.shape for reading in readings] == REAL[name]
