"""Structuring programs of RDE are attached to a template and run on import; what they make is kept.

Most tests run them on a stand-in for rdetoolkit that lays out the folders as it does; the last one on rdetoolkit.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import time
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kiban.compute.rde_structuring import ProgramLimits, structure_with
from kiban.errors import DamagedFile, InvalidSetting, LimitExceeded, RecordNotFound, UnreadableFile, WrongUsage
from kiban.operations.export import export
from kiban.operations.find import find
from kiban.operations.import_rde import import_rde
from kiban.operations.import_rde_program import PROGRAM, attach_rde_program
from kiban.operations.importer import Imported, Wishes, importer_named
from kiban.operations.resources import Resources
from kiban.operations.show import show
from kiban.operations.templates import get_template
from kiban.records.document import from_json
from kiban.records.measurement import Measurement
from kiban.records.party import Asker
from kiban.testing.rde_examples import INVOICE, TABLE, as_json, definitions, put

STAND_IN = """
import json, pathlib
class Paths:
    pass
def run(*, custom_dataset_function, config=None):
    source, made = Paths(), Paths()
    data = pathlib.Path("data")
    for name in ("inputdata", "invoice", "tasksupport"):
        assert (data / name).is_dir()
    source.inputdata, source.tasksupport = data / "inputdata", data / "tasksupport"
    made.rawfiles = tuple(sorted(p for p in (data / "inputdata").rglob("*") if p.is_file()))
    for name, folder in (("struct", "structured"), ("main_image", "main_image"), ("meta", "meta"), ("raw", "raw")):
        (data / folder).mkdir(exist_ok=True)
        setattr(made, name, data / folder)
    try:
        custom_dataset_function(source, made)
    except Exception as e:
        (data / "job.failed").write_text(f"ErrorCode=1\\nErrorMessage=Error: {e}\\n")
        raise SystemExit(1)
    return json.dumps({"statuses": [{"status": "success", "error_message": None}]})
"""
PROGRAM_TEXT = """
import json
from helper import rows
def dataset(srcpaths, resource_paths):
    [raw] = [path for path in resource_paths.rawfiles if path.suffix == ".odd"]
    lines = "\\n".join(rows(raw))
    (resource_paths.struct / "clean.csv").write_text(f"Temperature (K),Resistance (ohm)\\n{lines}\\n")
    (resource_paths.main_image / "plot.png").write_bytes(b"a picture")
    said = {"constant": {"xrd_wavelength": {"value": 1.54, "unit": "angstrom"}}, "variable": [{"scan_T": {"value": 5}}]}
    (resource_paths.meta / "metadata.json").write_text(json.dumps(said))
"""
HELPER = """
def rows(path):
    return [f"{i},{i * 2}.5" for i in range(path.stat().st_size)]
"""
ODD = b"\x00\x01nobody reads this"


@pytest.fixture(name="python")
def _python(tmp_path: Path) -> Path:
    """A Python in which `rdetoolkit` is the stand-in."""
    put(tmp_path / "stand-in", {"rdetoolkit/__init__.py": b"", "rdetoolkit/workflows.py": STAND_IN.encode()})
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{tmp_path / "stand-in"}" exec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    return program


@pytest.fixture(name="ready")
def _ready(resources: Resources, python: Path) -> Resources:
    return replace(resources, rde_python=python)


@pytest.fixture(name="program")
def _program(inbox: Path) -> Path:
    return put(inbox / "program", {"main.py": PROGRAM_TEXT.encode(), "helper.py": HELPER.encode(), "notes.txt": b"-"})


@pytest.fixture(name="folder")
def _folder(inbox: Path) -> Path:
    """A data set as it is sent to RDE: nothing is structured yet."""
    files = {"invoice/invoice.json": as_json(INVOICE), "inputdata/run.odd": ODD}
    return put(inbox / "set", files | {f"tasksupport/{name}": content for name, content in definitions().items()})


def run(asker: Asker, resources: Resources, path: Path) -> Imported:
    [found] = [each for each in import_rde(asker, resources, path, Wishes()) if each.kind == "data set"]
    return found


def attach(asker: Asker, resources: Resources, folder: Path, program: Path) -> Imported:
    list(import_rde(asker, resources, folder / "tasksupport"))
    return attach_rde_program(asker, resources, "annealing_v1.2", program)


def test_a_data_set_is_structured_when_it_is_imported(
    asker: Asker, ready: Resources, program: Path, folder: Path
) -> None:
    assert attach(asker, ready, folder, program).status == "attached"
    found = run(asker, ready, folder)
    [pid] = found.records
    shown = show(asker, ready, pid)
    held = from_json(dict(shown.record.document), Measurement)
    assert (held.technique, held.has_numbers, held.file_name) == ("table", True, "clean.csv")
    assert held.values["meta"]["xrd_wavelength"] == {"value": 1.54, "unit": "angstrom"}
    assert held.values["variable"] == [{"scan_t": {"value": 5.0, "unit": "K"}}]
    assert held.values["custom"]["cycles"] == 4
    assert {"set/structured/clean.csv", "set/main_image/plot.png", "set/inputdata/run.odd"} <= {
        entry.path for entry in shown.files
    }
    with zipfile.ZipFile(io.BytesIO(export(asker, ready, pid, "rde").content)) as archive:
        names = set(archive.namelist())
        assert json.loads(archive.read("meta/metadata.json"))["variable"] == [{"scan_T": {"value": 5}}]
    assert {"inputdata/run.odd", "structured/clean.csv", "main_image/plot.png", "tasksupport/rdeconfig.yaml"} <= names


def test_the_same_again_runs_nothing(
    asker: Asker, ready: Resources, program: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(asker, ready, folder, program)
    first = run(asker, ready, folder)
    monkeypatch.setattr("kiban.operations.run_rde_program.structure_with", lambda *_: pytest.fail("it ran"))
    again = run(asker, ready, folder)
    assert (again.status, again.records) == ("already there", first.records)
    assert len(find(asker, ready, 'kind = "measurement"').hits) == 1


def test_another_program_structures_anew(asker: Asker, ready: Resources, program: Path, folder: Path) -> None:
    attach(asker, ready, folder, program)
    first = run(asker, ready, folder)
    put(program, {"main.py": PROGRAM_TEXT.replace("1.54", "0.71").encode()})
    assert attach_rde_program(asker, ready, "annealing_v1.2", program).status == "attached"
    again = run(asker, ready, folder)
    assert (again.status, again.records) == ("changed", first.records)
    held = from_json(dict(show(asker, ready, again.records[0]).record.document), Measurement)
    assert held.values["meta"]["xrd_wavelength"]["value"] == 0.71


def test_what_is_structured_already_is_not_structured_again(
    asker: Asker, ready: Resources, program: Path, folder: Path
) -> None:
    attach(asker, ready, folder, program)
    put(folder, {"structured/theirs.csv": TABLE})
    [pid] = run(asker, ready, folder).records
    assert "clean.csv" not in {entry.path.rpartition("/")[2] for entry in show(asker, ready, pid).files}


def test_attaching_the_same_again_and_importing_the_definitions_again_change_nothing(
    asker: Asker, ready: Resources, program: Path, folder: Path
) -> None:
    attach(asker, ready, folder, program)
    assert attach_rde_program(asker, ready, "annealing_v1.2", program).status == "unchanged"
    assert [each.status for each in import_rde(asker, ready, folder / "tasksupport")] == ["unchanged"]
    kept = get_template(asker, ready, "annealing_v1.2")
    assert kept.record.version == 2
    assert [name for name, _ in kept.template.extra[PROGRAM]["files"]] == ["helper.py", "main.py"]


def test_without_a_python_it_is_told_and_the_data_set_is_kept(
    asker: Asker, resources: Resources, program: Path, folder: Path
) -> None:
    attach(asker, resources, folder, program)
    found = run(asker, resources, folder)
    assert found.status == "imported"
    assert any("main.py was not run: KIBAN_RDE_PYTHON" in sentence for sentence in found.told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def dataset(a, b):\n    raise ValueError('no rows')\n", "failed: ErrorCode=1 ErrorMessage=Error: no rows"),
        ("import nothing_of_that_name\ndef dataset(a, b): ...\n", "ModuleNotFoundError"),
        ("import os\ndef dataset(a, b):\n    os._exit(0)\n", "ended without an answer"),
        ("def dataset(a, b):\n    [0] * 10**10\n", "main.py failed"),
        ("def dataset(a, b):\n    pass\n", ""),
        ("def dataset(a, b):\n    (b.meta / 'metadata.json').write_text('[')\n", "metadata.json is no sound JSON"),
    ],
)  # fmt: skip
def test_a_program_that_fails_is_told_and_the_data_set_is_kept(
    asker: Asker, ready: Resources, folder: Path, inbox: Path, text: str, told: str
) -> None:
    attach(asker, ready, folder, put(inbox / "bad", {"main.py": text.encode()}) / "main.py")
    found = run(asker, ready, folder)
    assert found.status == "imported"
    if told:
        assert any(told in sentence for sentence in found.told), found.told
    held = from_json(dict(show(asker, ready, found.records[0]).record.document), Measurement)
    assert held.values["custom"]["cycles"] == 4


def structure(python: Path, folder: Path, text: str, limits: ProgramLimits | None = None) -> list[str]:
    folder.mkdir()
    program: Mapping[str, bytes] = {"main.py": text.encode()}
    return structure_with(python, program, "main.py", [("inputdata/a.txt", b"a")], folder, limits)


def test_a_program_that_takes_too_long_is_ended_with_all_that_it_started(python: Path, tmp_path: Path) -> None:
    mark = tmp_path / "late"
    late = f"import time; time.sleep(4); open({str(mark)!r}, 'w')"
    text = (
        "import subprocess, sys, time\n"
        "def dataset(a, b):\n"
        f"    subprocess.Popen([sys.executable, '-c', {late!r}])\n"
        "    time.sleep(60)\n"
    )
    with pytest.raises(LimitExceeded, match="longer than 2 s"):
        structure(python, tmp_path / "run", text, ProgramLimits(seconds=2))
    time.sleep(4)
    assert not mark.exists()


def test_a_program_cannot_fill_the_disk_with_one_file(python: Path, tmp_path: Path) -> None:
    text = "def dataset(a, b):\n    (b.struct / 'big').write_bytes(bytes(2_000_000))\n"
    with pytest.raises((UnreadableFile, LimitExceeded)):
        structure(python, tmp_path / "run", text, ProgramLimits(file_bytes=1_000_000))


def test_a_program_sees_nothing_of_our_environment(
    python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIBAN_DATABASE_URL", "postgresql://somebody")
    text = (
        "import os\n"
        "def dataset(a, b):\n"
        "    (b.struct / 'seen.txt').write_text('\\n'.join(k for k in os.environ if k.startswith('KIBAN')))\n"
        "    os.symlink('/etc/passwd', b.struct / 'link.txt')\n"
    )
    assert structure(python, tmp_path / "run", text) == ["structured/seen.txt"]
    assert (tmp_path / "run" / "data" / "structured" / "seen.txt").read_text() == ""


def test_a_python_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="KIBAN_RDE_PYTHON"):
        structure(tmp_path / "nothing", tmp_path / "run", "def dataset(a, b): ...")
    bare = Path(sys.executable)
    with pytest.raises(UnreadableFile, match="rdetoolkit cannot be loaded"):
        structure(bare, tmp_path / "run2", "def dataset(a, b): ...")


def test_what_is_no_program(asker: Asker, resources: Resources, folder: Path, inbox: Path) -> None:
    list(import_rde(asker, resources, folder / "tasksupport"))
    for files, fault in (
        ({"a.py": b"def other(): ..."}, "0 files"),
        ({"a.py": b"def dataset(a, b): ...", "b.py": b"def dataset(a, b): ..."}, "2 files"),
    ):
        shutil.rmtree(inbox / "p", ignore_errors=True)
        with pytest.raises(WrongUsage, match=fault):
            attach_rde_program(asker, resources, "annealing_v1.2", put(inbox / "p", files))
    with pytest.raises(DamagedFile, match="no Python"):
        attach_rde_program(asker, resources, "annealing_v1.2", put(inbox / "q", {"a.py": b"def ("}) / "a.py")
    with pytest.raises(RecordNotFound):
        attach_rde_program(asker, resources, "kb:7Q4M-2KXD-98", put(inbox / "r", {"a.py": b"def dataset(a, b): ..."}))
    with pytest.raises(WrongUsage, match="--template"):
        list(importer_named("rde_program").run(asker, resources, inbox / "r", Wishes()))


@pytest.mark.slow
def test_on_rdetoolkit_itself(asker: Asker, resources: Resources, program: Path, folder: Path) -> None:
    toolkit = os.environ.get("KIBAN_TEST_RDETOOLKIT") or shutil.which("rdetoolkit")
    if toolkit is None:
        pytest.skip("waits for rdetoolkit 1.7: install it somewhere and name its program in KIBAN_TEST_RDETOOLKIT")
    ready = replace(resources, rde_python=Path(toolkit).parent / "python")
    invoice = {**INVOICE, "custom": {**INVOICE["custom"], "note": "kept", "link": "aaaa"}}
    put(folder, {"invoice/invoice.json": as_json(invoice)})
    attach(asker, ready, folder, program)
    found = run(asker, ready, folder)
    assert not any("failed" in sentence for sentence in found.told), found.told
    held = from_json(dict(show(asker, ready, found.records[0]).record.document), Measurement)
    assert held.values["meta"]["xrd_wavelength"] == {"value": 1.54, "unit": "angstrom"}
    assert held.file_name == "clean.csv"
    put(folder, {"invoice/invoice.json": as_json(INVOICE), "inputdata/run.odd": ODD + b"more"})
    refused = run(asker, ready, folder)
    assert any("main.py failed" in sentence and "note" in sentence for sentence in refused.told), refused.told
