"""What other people's validators say of our descriptions of data sets, for `make check-datasets`: DataCite's XML schema
and JSON schema, Croissant's validator, that of RO-Crate, and a reader of RO-Crates.

It runs in an environment of its own, without Kiban. Nothing is fetched: the context of RO-Crate is the one that the
package rocrate brings, put into the validator's cache.
"""

from __future__ import annotations

import importlib.resources
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import requests
from datacite import schema45
from lxml import etree
from requests.adapters import BaseAdapter
from requests_cache import CachedSession
from rocrate.rocrate import ROCrate

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
BIN = Path(sys.executable).parent


class _Local(BaseAdapter):
    """Answers every request with the context."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        import io

        from urllib3.response import HTTPResponse

        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, request.url, request
        answer.headers["content-type"] = "application/ld+json"
        answer.raw = HTTPResponse(body=io.BytesIO(self._content), preload_content=False, status=200)
        return answer

    def close(self) -> None:
        """Nothing to let go of."""


def cache_context(path: Path) -> None:
    """Put the context of RO-Crate where the validator looks for it."""
    content = importlib.resources.files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
    session = CachedSession(cache_name=str(path), backend="sqlite", expire_after=-1, allowable_methods=("GET",))
    session.mount("https://", _Local(content))
    assert "@context" in session.get(CONTEXT, headers={"Accept": "application/ld+json, application/json"}).json()
    session.close()


def datacite(folder: Path) -> list[str]:
    """Faults of the XML, by the schema that the validator of ETH Zurich ships, and of the JSON."""
    schema = importlib.resources.files("validator").joinpath("schema/metadata.xsd")
    xsd = etree.XMLSchema(etree.parse(str(schema)))
    faults = []
    for path in sorted(folder.glob("*.datacite.xml")):
        document = etree.parse(str(path))
        if not xsd.validate(document):
            faults.append(f"{path.name}: {xsd.error_log}")
    for path in sorted(folder.glob("*.datacite.json")):
        faults += [f"{path.name}: {e.message}" for e in schema45.validator.iter_errors(json.loads(path.read_text()))]
    return faults


def run(*command: str | Path) -> str | None:
    """What a program says where it fails."""
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"{command}: {done.stdout[-3000:]} {done.stderr[-3000:]}"


def main(folder: Path) -> int:
    """Check everything; gives how many faults there are."""
    faults = datacite(folder)
    for path in sorted(folder.glob("*.croissant.json")):
        faults += filter(None, [run(BIN / "mlcroissant", "validate", "--jsonld", path)])
    with tempfile.TemporaryDirectory() as cache:
        cache_context(Path(cache) / "http")
        for crate in sorted(folder.glob("*.crate")):
            told = run(
                BIN / "rocrate-validator", "validate", "-p", "ro-crate-1.1", "-l", "REQUIRED", "--offline",
                "--cache-path", Path(cache) / "http", "--no-paging", "-v", crate,
            )  # fmt: skip
            faults += filter(None, [told])
            read = ROCrate(crate)
            if read.name is None or not list(read.get_by_type("File")):
                faults.append(f"{crate.name}: the package rocrate finds no name or no files in it")
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"{len(list(folder.iterdir()))} files and crates, {len(faults)} faults\n")
    return len(faults)


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1])) else 0)
