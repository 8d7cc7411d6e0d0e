"""One broken plug-in does not stop the platform, and everyone is told which and why."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .conftest import Kiban

if TYPE_CHECKING:
    from conftest import Packages

TABLE = b"Temperature (K),Resistance (ohm)\n1,2\n2,3\n3,4\n4,5\n"
ENTRY = "meter = meter_reader:READER"


def _run(kiban: Kiban, packages: Packages, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(packages.folder), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        kiban.command(*arguments),
        capture_output=True,
        text=True,
        env={**kiban.environment, "PYTHONPATH": path},
        timeout=300,
        check=False,
    )


def test_a_broken_reader_is_named_and_deposits_go_on(
    kiban: Kiban, packages: Packages, tmp_path: Path, many_files: Callable[[int], Path]
) -> None:
    packages.install("kiban-meter", group="kiban.readers", entries=ENTRY, meter_reader="import no_such_driver\n")
    packages.install("kiban-works", group="kiban.analysis", entries="w = works:ANALYSIS", works="ANALYSIS = 1\n")

    listed = _run(kiban, packages, "readers", "--json")
    assert listed.returncode == 0
    assert "The reader meter = meter_reader:READER of kiban-meter 1.5 is left out: ModuleNotFoundError" in listed.stderr
    broken = {one["package"]: one for one in json.loads(listed.stdout)["broken"]}
    assert broken["kiban-meter"]["why"] == "ModuleNotFoundError: No module named 'no_such_driver'"
    assert broken["kiban-works"]["kind"] == "analysis"

    read = _run(kiban, packages, "read", *many_files(1).iterdir())
    assert read.returncode == 0, read.stderr
    done = _run(kiban, packages, "deposit", many_files(3), "--json")
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["structured"] * 3


def test_a_broken_command_leaves_the_others(kiban: Kiban, packages: Packages) -> None:
    packages.install(
        "kiban-verb",
        group="kiban.cli.commands",
        entries="v = verb:COMMAND",
        verb="class Verb:\n    name = help = 'verb'\n    def add_arguments(self, parser):\n"
        "        parser.add_argument('--help')\n    def run(self, arguments):\n        return 0\nCOMMAND = Verb()\n",
    )
    done = _run(kiban, packages, "readers", "--maker", "Rigaku")
    assert done.returncode == 0
    assert "Rigaku RAS" in done.stdout
    assert "the command v = verb:COMMAND of kiban-verb is left out: ArgumentError" in done.stderr


def test_a_broken_access_rule_stops_what_opens_a_home(kiban: Kiban, packages: Packages) -> None:
    packages.install("kiban-rule", group="kiban.access.rules", entries="r = a_rule:RULE", a_rule="1 / 0\n")
    done = _run(kiban, packages, "find", "*", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"] == "BrokenPlugin"
    assert "kiban-rule 1.5" in done.stderr


def test_a_reader_that_ends_the_process_is_told_as_such(kiban: Kiban, packages: Packages) -> None:
    packages.install(
        "kiban-meter", group="kiban.readers", entries=ENTRY, meter_reader="import os\nos._exit(1)\nREADER = None\n"
    )
    done = _run(kiban, packages, "readers")
    assert done.returncode == 1
    assert "uninstall the package that was installed last" in done.stderr
