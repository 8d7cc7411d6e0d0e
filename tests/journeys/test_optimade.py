"""OPTIMADE's own validator against the running platform."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from .conftest import Kiban

pytestmark = pytest.mark.slow


def test_the_validator_of_the_consortium_passes(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    kiban = Kiban(tmp_path / "home")
    folder = shared("structure/BaF2.cif").parent
    kiban.run("deposit", *sorted(folder.glob("*.cif")), "--tier", "open", timeout=120)
    for name, formula in (("rutile", "TiO2"), ("cathode", "LiNi0.8Co0.1Mn0.1O2"), ("steel", "Fe0.98C0.02")):
        kiban.run("sample", "new", name, "--formula", formula, "--tier", "open")
    kiban.run("sample", "new", "secret", "--formula", "HfB2", "--tier", "closed")
    with kiban.serving("up", "--port", "0") as (_, said):
        base = f"{said['address'].rstrip('/')}/optimade"
        validator = Path(sys.executable).with_name("optimade-validator")
        run = subprocess.run(
            [validator, "--json", "--timeout", "60", "--read-timeout", "60", "--random-seed", "1", f"{base}/v1"],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        found = json.loads(run.stdout)
        failures = {name: found[name] for name in found if name.endswith("failure_messages") and found[name]}
        assert failures == {}
        assert (found["failure_count"], found["internal_failure_count"], found["optional_failure_count"]) == (0, 0, 0)
        assert found["success_count"] >= 55
        assert found["optional_success_count"] >= 14
        hidden = httpx.get(f"{base}/v1/structures", params={"filter": 'elements HAS "Hf"'}).json()
        assert hidden["data"] == []
        assert httpx.get(f"{base}/versions").text == "version\n1\n"
