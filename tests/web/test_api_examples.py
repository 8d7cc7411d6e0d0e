"""The examples in the OpenAPI document are what its routes answer."""

from __future__ import annotations

import json

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from kiban import plugins
from kiban.web.api.examples import SAYS, kept

from .conftest import Program

OPERATIONS = {route.name: route for router in plugins.find("kiban.web.api", "ROUTER") for route in router.routes}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", kept())
def test_an_example_is_what_its_route_promises(name: str) -> None:
    route = OPERATIONS[name]
    assert isinstance(route, APIRoute)
    for status, answer in kept()[name]["answers"].items():
        if answer["type"] == "application/x-ndjson":
            *_, last = answer["value"].splitlines()
            assert json.loads(last)["end"] is True
        elif status != "200":
            assert answer["type"] == "application/problem+json"
            assert {"error", "fault", "mend", "status"} <= set(answer["value"])
        elif route.response_model is not None:
            TypeAdapter(route.response_model).validate_python(answer["value"])


def test_they_stand_in_the_document_and_say_what_they_are(program: Program) -> None:
    document = program.get("/api/v1/openapi.json").json()
    found = json.dumps(document)
    assert found.count(SAYS) >= len(kept()) > 25
    shown = document["paths"]["/api/v1/records/{identifier}"]["get"]["responses"]
    assert shown["200"]["content"]["application/json"]["examples"]["synthetic"]["value"]["kind"] == "sample"
    assert shown["404"]["content"]["application/problem+json"]["examples"]["synthetic"]["summary"] == SAYS
    sent = document["paths"]["/api/v1/samples"]["post"]["requestBody"]["content"]["application/json"]
    assert sent["examples"]["synthetic"]["value"]["name"]


def test_every_answer_is_described_with_what_it_looked_like_last(program: Program) -> None:
    # Fields of an example that its route no longer gives, or gives anew, would mislead.
    for name in ("health", "get_unit"):
        route = OPERATIONS[name]
        assert isinstance(route, APIRoute)
        address = {"health": "/api/v1/health", "get_unit": "/api/v1/units?unit=GPa"}[name]
        assert set(program.get(address).json()) == set(kept()[name]["answers"]["200"]["value"])


def test_what_is_deprecated_says_what_takes_its_place(program: Program) -> None:
    document = program.get("/api/v1/openapi.json").json()
    for path, routes in document["paths"].items():
        for route in routes.values():
            if route.get("deprecated"):
                assert "instead" in route["description"].lower(), path
