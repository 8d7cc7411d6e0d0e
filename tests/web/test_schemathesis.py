"""What the OpenAPI document says of REST, tried by schemathesis as nobody, as a reader and as a steward.

No request makes the server fail, every status is one that the document names, and what is closed to nobody stays so: a
word that stands only in a closed record is in no answer to anybody who may not see it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from kiban.operations.accounts import make_account
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.tokens import make_token
from kiban.platform import local_asker
from kiban.records.parties.right import Role
from kiban.records.party import Act
from kiban.web.application import application

from .conftest import SWEEP, Program

MARK = "-".join(("Zirkon", "Hexa", "Fluorid"))
"""Stands in the closed record alone: in its sample's name, its file's name and its contents.

It is put together here because hypothesis tries the constants of a module as values, and an answer may name what was
asked for.
"""
WHO = ("nobody", "reader", "steward")
EXAMPLES = 8
"""For each route and asker; more are tried by whoever sets it higher."""


@pytest.fixture(scope="module", name="platform")
def _platform(program: Program) -> Program:
    """With one closed record that bears the mark."""
    program.deposit(f"{MARK}.csv", SWEEP % MARK.encode(), sample=MARK)
    return program


@pytest.fixture(scope="module", name="tokens")
def _tokens(platform: Program) -> dict[str, str]:
    """What each shows."""
    from dataclasses import replace

    from kiban.records.parties.terms import RoleGrant

    resources = platform.resources
    shown = {}
    for name, role, act in (("reader", Role.READER, Act.READ), ("steward", Role.STEWARD, Act.ADMINISTER)):
        person = make_account(local_asker(resources), resources, f"{name}-of-schemathesis", name)
        found = resources.directory.load()
        project = found.project(FIRST_PROJECT)
        grant = RoleGrant(party=person.id, role=role, since=datetime.now(UTC))
        resources.directory.change(
            [replace(project, grants=(*project.grants, grant))], by="operator", expected=found.revision
        )
        shown[name] = make_token(local_asker(resources), resources, person, "schemathesis", acts=[act])[1]
    return shown


@pytest.fixture(scope="module", name="schema")
def _schema(platform: Program) -> Any:
    app = application(platform.resources)

    async def under_our_name(scope: Any, receive: Any, send: Any) -> None:
        # schemathesis asks a host of its own invention, which the guard would refuse.
        if scope["type"] == "http":
            headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope = {**scope, "headers": [*headers, (b"host", b"127.0.0.1:8420")]}
        await app(scope, receive, send)

    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", under_our_name)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE])
    return schema


def _routes() -> list[tuple[str, str]]:
    """All of them, as the document of an application without anything in it lists them."""
    from kiban.testing.memory_platform import memory_platform

    document = application(memory_platform(None, None)).openapi()  # type: ignore[arg-type]  nothing is asked of them
    return [(method, path) for path, methods in document["paths"].items() for method in methods]


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), _routes(), ids=lambda part: str(part))
def test_no_route_fails_or_says_what_it_should_not(
    platform: Program, schema: Any, tokens: dict[str, str], method: str, path: str
) -> None:
    operation = schema[path][method.upper()]
    known = {str(status) for status in operation.definition.raw["responses"]}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), who=st.sampled_from(WHO))
    def tried(case: Any, who: str) -> None:
        headers = {"authorization": f"Bearer {tokens[who]}"} if who in tokens else {}
        answer = case.call(headers=headers)
        status = str(answer.status_code)
        assert answer.status_code < 500, f"{who}: {case.as_curl_command()}"
        assert status in known or status in {"401", "422", "429"}, f"{who}: {status} {case.as_curl_command()}"
        if who == "nobody":
            # Some answers are files of other kinds than text.
            said = answer.content.decode("utf-8", "replace").casefold()
            assert MARK.casefold() not in said, case.as_curl_command()

    tried()


def test_the_mark_is_there_for_whoever_may_see_it(platform: Program, tokens: dict[str, str]) -> None:
    doors = Program(platform.resources, by_credentials=True)
    for who, sees in (("reader", True), ("steward", True), ("nobody", False)):
        headers = {"authorization": f"Bearer {tokens[who]}"} if who in tokens else {}
        assert (MARK in doors.get("/api/v1/search", headers=headers).text) is sees
