"""A reader of another package, really installed: the example of "Write a reader", from its folder to its records."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from .conftest import Kiban

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "kiban-labmeter"


def _install(source: Path, target: Path) -> None:
    """Build and install a package with what is there, without the network."""
    uv = next(
        (found for found in (shutil.which(str(ROOT / ".tools" / "bin" / "uv")), shutil.which("uv")) if found), None
    )
    if uv is not None:
        command = [uv, "pip", "install", "--offline", "--python", sys.executable]
    elif find_spec("pip") is not None:
        command = [sys.executable, "-m", "pip", "install", "--no-index", "--disable-pip-version-check"]
    else:
        pytest.skip("waits for uv or pip, neither of which is here")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--target", str(target), str(source)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not EXAMPLE.is_dir(), reason="waits for the folder of examples, which is not beside the tests")
def test_the_example_is_installed_found_and_used(kiban: Kiban, tmp_path: Path) -> None:
    source, target = tmp_path / "kiban-labmeter", tmp_path / "installed"
    shutil.copytree(EXAMPLE, source)
    _install(source, target)
    environment = {
        **kiban.environment,
        "PYTHONPATH": os.pathsep.join([str(target), os.environ.get("PYTHONPATH", "")]),
    }

    def run(*arguments: str | Path) -> str:
        done = subprocess.run(
            kiban.command(*arguments), capture_output=True, text=True, env=environment, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    [listed] = json.loads(run("readers", "--maker", "labmeter", "--json"))["readers"]
    assert (listed["name"], listed["package"], listed["package_version"]) == (
        "labmeter_reader",
        "kiban-labmeter",
        "1.0.0",
    )
    read = json.loads(run("read", source / "film-07.lab", "--json"))
    assert read["reader"] == "labmeter_reader"
    [outcome] = [json.loads(line) for line in run("deposit", source / "film-07.lab", "--json").splitlines()]
    assert (outcome["status"], outcome["reader"], outcome["technique"]) == (
        "structured",
        "labmeter_reader",
        "electrical_transport",
    )
    shown = json.loads(run("show", outcome["measurement"], "--json"))
    assert shown["document"]["reader"] == "labmeter_reader"


@pytest.mark.skipif(not EXAMPLE.is_dir(), reason="waits for the folder of examples, which is not beside the tests")
def test_its_own_tests_pass(tmp_path: Path) -> None:
    source, target = tmp_path / "kiban-labmeter", tmp_path / "installed"
    shutil.copytree(EXAMPLE, source)
    _install(source, target)
    path = os.pathsep.join([str(target), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", source, source],
        capture_output=True,
        text=True,
        cwd=source,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    assert done.returncode == 0, done.stdout
