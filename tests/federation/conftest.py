"""A real identity provider (npm's oidc-provider), and a platform that people log in to with it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve().parent
REDIRECT = "http://127.0.0.1:8420/login/with/test/done"
SECRET = "a secret of the tests: + / %"


@pytest.fixture(scope="session", name="issuer")
def _issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the provider."""
    node = shutil.which("node")
    modules = _HERE / "node_modules" / "oidc-provider"
    if node is None or not modules.exists():
        pytest.skip("waits for node and for what `make oidc-provider` installs (npm's oidc-provider)")
    told = json.dumps({"redirect_uris": [REDIRECT], "client_secret": SECRET})
    log = tmp_path_factory.mktemp("oidc") / "log"
    with (
        log.open("w") as said,
        subprocess.Popen(
            [node, "provider.mjs", told], cwd=_HERE, stdout=subprocess.PIPE, stderr=said, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, log.read_text()
            yield json.loads(line)["issuer"]
        finally:
            process.kill()
