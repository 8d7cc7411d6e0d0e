"""The command in this process, on a platform in memory: what it prints, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kiban.cli.main import main
from kiban.compute.fence import Fence
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform


@dataclass(frozen=True)
class Terminal:
    """Runs commands."""

    resources: Resources
    printed: pytest.CaptureFixture[str]

    @property
    def asker(self) -> Asker:
        return Asker(party="operator", roles={FIRST_PROJECT: Role.OWNER})

    def run(self, *arguments: str | Path, exit_code: int = 0) -> tuple[str, str]:
        """Give what stands on standard output and on standard error."""
        self.printed.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = self.printed.readouterr()
        assert code == exit_code, (out, err)
        return out, err

    def lines(self, *arguments: str | Path, exit_code: int = 0) -> list[dict[str, Any]]:
        """Run with --json; standard output holds nothing else."""
        out, _ = self.run(*arguments, "--json", exit_code=exit_code)
        return [json.loads(line) for line in out.splitlines()]

    def one(self, *arguments: str | Path, exit_code: int = 0) -> dict[str, Any]:
        """Run with --json, for one document."""
        [document] = self.lines(*arguments, exit_code=exit_code)
        return document


@pytest.fixture(scope="session", name="fence")
def _fence() -> Iterator[Fence]:
    fence = Fence(n_workers=1)
    yield fence
    fence.close()


@pytest.fixture(name="kiban")
def _kiban(
    tmp_path: Path, fence: Fence, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    resources = memory_platform(ObjectFolder(tmp_path / "home" / "objects"), fence)

    @contextmanager
    def opened(*_: object, **__: object) -> Iterator[Resources]:
        yield resources

    monkeypatch.setattr("kiban.platform.open_platform", opened)
    return Terminal(resources, capsys)
