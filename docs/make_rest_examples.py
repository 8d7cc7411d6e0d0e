"""Ask a platform in memory and keep what it answers, as the examples of the OpenAPI document.

    python docs/make_rest_examples.py

All data are synthetic: a powder pattern that was calculated, samples and a process that nobody made. Run it again when
the answers of REST change; `tests/web` fails when an example is not what its route promises.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from kiban.compute.fence import Fence
from kiban.demo.study_patterns import files
from kiban.local import served
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform

OUT = Path(__file__).resolve().parents[1] / "src" / "kiban" / "web" / "api" / "examples.json"
_TITANIA = {"parts": ["Ti = 59.93 %", "O = balance"], "basis": "mass", "stated": "nominal"}

_CAMPAIGN = {
    "name": "Hard films",
    "space": {
        "parameters": [
            {"kind": "continuous", "name": "temperature", "low": 300, "high": 600, "unit": "degC"},
            {"kind": "categorical", "name": "atmosphere", "levels": ["air", "argon"]},
        ]
    },
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
    "limits": {"experiments": 20},
    "past": [
        {
            "point": {"temperature": 450, "atmosphere": "air"},
            "outcomes": {"hardness": 1.6},
            "rests_on": "notebook 3, p. 7",
        }
    ],
}

_BENCH = """driver = "virtual"
title = "Teaching bench"
folder = "bench"
formulas = {hardness = "2.5 - ((temperature - 430) / 90)**2"}
"""


class Recorder:
    """Asks, and keeps body and answer under the name of the route."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self.kept: dict[str, dict[str, Any]] = {}

    def ask(self, name: str, method: str, address: str, body: Any = None, **parameters: Any) -> Any:
        """Ask as a program does."""
        sent = {"json": body} if body is not None else {}
        answer = self._http.request(method, f"/api/v1/{address}", params=parameters, **sent)
        kind = answer.headers["content-type"].partition(";")[0]
        value = answer.text if kind == "application/x-ndjson" else answer.json()
        example = self.kept.setdefault(name, {})
        example.setdefault("answers", {})[str(answer.status_code)] = {"type": kind, "value": value}
        if body is not None and answer.status_code == 200:
            example["body"] = body
        return value

    def deposit(self, name: str, content: bytes, sample: str) -> Any:
        """Deposit one file as the body."""
        headers = {"content-type": "application/octet-stream"}
        where = {"name": name, "sample": sample}
        value = self._http.post("/api/v1/deposits", params=where, content=content, headers=headers).json()
        self.kept["deposit_files"] = {"answers": {"200": {"type": "application/json", "value": value}}}
        return value


def record(it: Recorder) -> None:
    """Ask for one example of each."""
    name, content = next(files(datetime(2026, 4, 1, 9, tzinfo=UTC)))
    pattern = it.deposit(name, content, "Si-standard")
    measurement = pattern["measurement"]
    it.ask("health", "GET", "health")
    titania = it.ask("register_sample", "POST", "samples", {"name": "TiO2-7", "formula": "TiO2"})
    zirconia = it.ask("register_sample", "POST", "samples", {"name": "ZrO2-2", "formula": "ZrO2"})
    it.ask("change_sample", "PATCH", f"samples/{titania['id']}", {"location": "shelf 4", "expected": 1})
    it.ask("change_sample", "PATCH", f"samples/{titania['id']}", {"location": "shelf 5", "expected": 1})
    it.ask("state_composition", "POST", f"samples/{titania['id']}/compositions", _TITANIA)
    pieces = it.ask("divide_sample", "POST", f"samples/{titania['id']}/divide", {"names": ["TiO2-7a", "TiO2-7b"]})
    it.ask("combine_samples", "POST", "samples/combine", {"name": "mix", "parts": [pieces[0]["id"], zirconia["id"]]})
    process = it.ask(
        "record_process",
        "POST",
        "processes",
        {"name": "sintering 12", "inputs": [pieces[1]["id"]], "outputs": [{"name": "TiO2-7c"}]},
    )["process"]
    it.ask("change_process", "PATCH", f"processes/{process['id']}", {"equipment": "furnace 2"})
    it.ask("extend_process", "POST", f"processes/{process['id']}/extend", {"logs": [measurement]})
    it.ask("restore_version", "POST", f"records/{titania['id']}/restore", {"version": 1})
    it.ask("link_sample", "POST", f"records/{measurement}/sample", {"sample": zirconia["id"]})
    it.ask("link_sample", "POST", f"records/{measurement}/sample", {"sample": pattern["sample"]})
    it.ask("list_records", "GET", "records", limit=2, facets="kind")
    it.ask("list_records", "GET", "records", q='technique = "xrdd"')
    it.ask("search_records", "GET", "search", q='technique = "xrd"', limit=1)
    it.ask("get_record", "GET", f"records/{pieces[0]['id']}")
    it.ask("get_record", "GET", "records/kb:7Q4M-2KXD-98")
    it.ask("get_numbers", "GET", f"records/{measurement}/numbers", points=10)
    it.ask("get_exports", "GET", f"records/{measurement}/exports")
    it.ask("get_provenance", "GET", f"records/{pieces[0]['id']}/provenance")
    it.ask("get_access", "GET", f"records/{pieces[0]['id']}/access")
    it.ask("get_record_stream", "GET", "records/stream", q="TiO2-7a")
    it.ask("get_fact_stream", "GET", "facts/stream", q='kind = "sample"')
    it.ask("get_table", "GET", "tables", q='sample = "Si-standard"', format="json")
    it.ask("get_files", "GET", "files")
    it.ask("get_file", "GET", f"files/{pattern['sha256']}")
    it.ask("get_terms", "GET", "terms", q="hardness")
    it.ask("show_property_term", "GET", "terms/hardness")
    it.ask("get_unit", "GET", "units", unit="GPa")
    it.ask("get_quantity", "GET", "quantities", text="5.2(1) GPa", unit="MPa")
    it.ask("list_projects", "GET", "projects")
    campaign = f"campaigns/{it.ask('begin_campaign', 'POST', 'campaigns', _CAMPAIGN)['id']}"
    it.ask("suggest_experiments", "POST", f"{campaign}/suggest", {"n": 2})
    it.ask("move_experiments", "POST", f"{campaign}/moves", {"move": "accept", "numbers": [2, 3]})
    it.ask("tell_result", "POST", f"{campaign}/experiments/2/result", {"values": {"hardness": "1.93(4) GPa"}})
    it.ask("move_experiments", "POST", f"{campaign}/moves", {"move": "refuse", "numbers": [2]})
    it.ask("list_campaigns", "GET", "campaigns")
    runs(it)


def runs(it: Recorder) -> None:
    """Have a campaign run in a laboratory; nobody keeps runs here, so that it waits until it is stopped."""
    campaign = f"campaigns/{it.ask('begin_campaign', 'POST', 'campaigns', _CAMPAIGN)['id']}"
    it.ask("list_laboratories", "GET", f"{campaign}/laboratories")
    asked = {"laboratory": "bench", "experiments": 12, "bounds": {"temperature": {"high": 550}}}
    it.ask("begin_run", "POST", f"{campaign}/run", {"laboratory": "cellar"})
    it.ask("begin_run", "POST", f"{campaign}/run", asked)
    it.ask("get_run", "GET", f"{campaign}/run")
    it.ask("end_run", "POST", f"{campaign}/run/stop", {"note": "The extractor is out of order."})


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder:
        fence = Fence(n_workers=1)
        laboratories = Path(folder) / "laboratories"
        laboratories.mkdir()
        (laboratories / "bench.toml").write_text(_BENCH, encoding="utf-8")
        resources = memory_platform(ObjectFolder(Path(folder) / "objects"), fence)
        with served(replace(resources, home=Path(folder))) as transport:
            recorder = Recorder(httpx.Client(transport=transport, base_url="http://127.0.0.1"))
            record(recorder)
        fence.close()
    OUT.write_text(json.dumps(recorder.kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {OUT.name}: {len(recorder.kept)} routes")  # noqa: T201  that is what it is for


if __name__ == "__main__":
    main()
