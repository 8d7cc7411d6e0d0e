"""Tables of past experiments over REST and with the client."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from pydantic import TypeAdapter

from kiban.web.api.experiment_models import ImportedModel, KeptMappingModel, PreviewModel, WithdrawalModel

from .conftest import Program

TABLE = "試料名,T_anneal (°C),atmosphere,Hardness,備考\nR-1,900,Ar,512,\nR-2,1000,N2,530,割れ\n"


def _body(text: str = TABLE, **said: Any) -> dict[str, Any]:
    return {"name": "past.csv", "content": base64.b64encode(text.encode()).decode(), **said}


def _send(program: Program, address: str, status: int = 200, method: str = "POST", **body: Any) -> Any:
    answer = program.ask(method, f"/api/v1/{address}", json=body or None)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_table_is_looked_at_corrected_kept_and_withdrawn(program: Program) -> None:
    found = _send(program, "experiments/preview", **_body())
    TypeAdapter(PreviewModel).validate_python(found)
    assert [each["role"] for each in found["columns"]] == ["sample", "parameter", "parameter", "property", "note"]
    assert found["columns"][1]["unit"] == "degC"
    assert not found["can_be_kept"]
    assert "hardness is measured in 'GPa'" in found["wrong"][0]["fault"]
    mapping = found["mapping"]
    mapping["columns"][3] |= {"key": "vickers_hardness", "unit": "kgf/mm**2"}
    found = _send(program, "experiments/preview", **_body(mapping=mapping))
    assert found["would"]["rows"]["new"] == 2
    kept = _send(program, "experiments", **_body(mapping=mapping, kept="furnace", tier="closed"))
    TypeAdapter(ImportedModel).validate_python(kept)
    assert (kept["status"], len(kept["measurements"])) == ("imported", 2)
    assert _send(program, "experiments", **_body(kept="furnace"))["status"] == "already there"
    [one] = [each for each in _send(program, "experiments/mappings", method="GET") if each["name"] == "furnace"]
    TypeAdapter(KeptMappingModel).validate_python(one)
    assert one["mapping"] == mapping
    table = program.get("/api/v1/tables?format=json&settings=true&q=process.furnace.t_anneal > 0 K").json()
    assert "process.furnace.t_anneal" in {column["name"] for column in table["columns"]}
    found = _send(program, "experiments/withdrawal?table=past.csv", method="GET")
    TypeAdapter(WithdrawalModel).validate_python(found)
    assert len(found["samples"]) == 2
    assert _send(program, "experiments?table=past.csv", method="DELETE") == found
    _send(program, "experiments?table=past.csv", 404, method="DELETE")


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"content": "%%%"}, 422, "base64"),
        (_body("1,2\n3,4\n"), 422, "row of names"),
        (_body(kept="nobody"), 404, "nobody"),
        (_body("sample,H (GPa)\nA,<5\n"), 422, "Row 2"),
        (_body(mapping={"version": 2, "columns": [{"header": "a", "role": "note", "key": "a"}]}), 422, "version 2"),
        (_body(mapping={"columns": [{"header": "a", "role": "colour"}]}), 422, "role"),
    ],
)
def test_what_is_wrong_is_told(program: Program, body: dict[str, Any], status: int, told: str) -> None:
    answer = program.ask("POST", "/api/v1/experiments", json={"name": "x.csv", **body})
    assert answer.status_code == status, answer.text
    assert told in answer.text
