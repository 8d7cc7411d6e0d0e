"""Journeys go through the command, as a person does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest


@dataclass(frozen=True)
class Kiban:
    """The command with a home of its own."""

    home: Path

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-P", "-m", "kiban.cli.main", *map(str, arguments)]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "KIBAN_HOME": str(self.home)}

    def run(self, *arguments: str | Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), capture_output=True, text=True, env=self.environment, timeout=timeout, check=False
        )

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            start_new_session=True,
        )

    @contextmanager
    def serving(self, *arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
        """Start `up` or `demo` with --json; gives the process and what it said once pages answer."""
        with self.start(*arguments, "--json") as process:
            assert process.stdout is not None
            assert process.stderr is not None
            try:
                line = process.stdout.readline()
                assert line, process.stderr.read()
                yield process, json.loads(line)
            finally:
                process.kill()

    @staticmethod
    def logged_in(said: dict[str, Any]) -> httpx.Client:
        """A program that is logged in as the operator of a platform, which has just said how."""
        return log_in_once(said)

    def lines(self, *arguments: str | Path) -> list[dict[str, Any]]:
        """Run with --json and give the lines; standard output must hold nothing else."""
        done = self.run(*arguments, "--json")
        assert "Traceback" not in done.stderr, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


def log_in_once(said: dict[str, Any]) -> httpx.Client:
    """Use the link that `up` or `demo` gave, as a browser does."""
    # It says where the form stands, as browsers do with every request.
    origin = {"origin": said["address"].rstrip("/")}
    answer = httpx.post(said["login"], headers=origin)
    assert answer.status_code == 303, answer.text
    cookies = {"kiban_session": answer.cookies["kiban_session"]}
    return httpx.Client(base_url=said["address"], headers=origin, cookies=cookies)


@pytest.fixture(name="kiban")
def _kiban(tmp_path: Path) -> Kiban:
    return Kiban(tmp_path / "home")


@pytest.fixture(scope="session", name="study")
def _study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulated study of the demo, made once."""
    from kiban.demo.study import make_study

    folder = tmp_path_factory.mktemp("study") / "study"
    make_study(folder)
    return folder


@pytest.fixture(scope="session", name="many_files")
def _many_files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Folders of N small readable files, no two alike."""
    made: dict[int, Path] = {}

    def make(n_files: int) -> Path:
        if n_files not in made:
            folder = tmp_path_factory.mktemp(f"files-{n_files}") / "many"
            folder.mkdir()
            for i in range(n_files):
                rows = "".join(f"{t},{(t * (i + 7)) % 101}.{i:04d}\n" for t in range(20))
                (folder / f"run-{i:04d}.csv").write_text(f"Temperature (K),Resistance (ohm)\n{rows}")
            made[n_files] = folder
        return made[n_files]

    return make
