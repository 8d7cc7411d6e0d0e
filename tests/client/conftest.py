"""A platform in memory that the client asks in this process, and one that runs in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiban.client import Client, connect
from kiban.compute.fence import Fence
from kiban.demo.study_patterns import files
from kiban.local import client_of
from kiban.operations.resources import Resources
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform

SWEEP = b"# Mark: %s\nTemperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (i, 2 * i) for i in range(50))

SERVER = """
import json, sys
from dataclasses import replace
from pathlib import Path
from kiban.compute.fence import Fence
from kiban.operations.tokens import make_token
from kiban.platform import local_asker
from kiban.records.party import Act
from kiban.store.catalog import Page
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform
from kiban.web.serve import serve

class Endless:
    # A catalog that has the newest record as often as it is asked for one more.
    def __init__(self, catalog):
        self._catalog = catalog

    def __getattr__(self, name):
        return getattr(self._catalog, name)

    def find(self, question, visible, *, limit, after=None, order=None):
        found = self._catalog.find(question, visible, limit=1).records
        return Page(found * limit, "00000000-0000-7000-8000-000000000000" if found else None)

fence = Fence(n_workers=1)
resources = memory_platform(ObjectFolder(Path(sys.argv[1])), fence)
operator = local_asker(resources)
person = next(iter(resources.directory.load().people.values()))
token = make_token(operator, resources, person, "test", acts=[Act.WRITE])[1]
served = replace(resources, catalog=Endless(resources.catalog)) if sys.argv[2] == "endless" else resources
serve(served, host="127.0.0.1", port=0, on_ready=lambda at: print(json.dumps([at, token]), flush=True))
"""


@pytest.fixture(scope="session", name="fence")
def _fence() -> Iterator[Fence]:
    fence = Fence(n_workers=1)
    yield fence
    fence.close()


@pytest.fixture(scope="module", name="pattern")
def _pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A powder pattern of the demo."""
    _, content = next(files(datetime(2026, 4, 1, 9, tzinfo=UTC)))
    path = tmp_path_factory.mktemp("pattern") / "silicon.xrdml"
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module", name="resources")
def _resources(tmp_path_factory: pytest.TempPathFactory, fence: Fence) -> Resources:
    return memory_platform(ObjectFolder(tmp_path_factory.mktemp("client") / "objects"), fence)


@pytest.fixture(scope="module", name="client")
def _client(resources: Resources, pattern: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """With one pattern of sample `Si-1`, and sweeps of samples `LTO-7` and `鋼板`."""
    folder = tmp_path_factory.mktemp("files")
    with client_of(resources) as client:
        client.deposit(pattern, sample="Si-1")
        for i, sample in enumerate(("LTO-7", "鋼板")):
            (folder / f"sweep-{i}.csv").write_bytes(SWEEP % b"%d" % i)
            client.deposit(folder / f"sweep-{i}.csv", sample=sample, tier="open" if i else None)
        yield client


@contextmanager
def serving(folder: Path, kind: str = "plain") -> Iterator[tuple[subprocess.Popen[str], Client]]:
    """A platform in a process of its own, and a client that is connected to it with a token."""
    command = [sys.executable, "-P", "-c", SERVER, str(folder / "objects"), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address, token = json.loads(process.stdout.readline())
            with connect(address, token=token, attempts=1) as client:
                yield process, client
        finally:
            process.kill()
