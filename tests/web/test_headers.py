"""Every route of the OpenAPI document, every page and every refusal carries the headers that keep strangers out."""

from __future__ import annotations

import re
from collections import Counter, deque
from typing import Any, cast

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from kiban import plugins
from kiban.web.application import application
from kiban.web.headers import HEADERS
from kiban.web.reach import Reach

from .conftest import BYTES, SWEEP, Program

OWN_POLICY = re.compile(r"^/api/v1/files/[^/]+/content$")
OWN_PERMISSIONS = {"/scan"}


def check(answer: Any, path: str) -> None:
    """All headers are there, once, and say what they should."""
    headers = answer.headers
    for name, value in HEADERS.items():
        said = headers.get_list(name)
        assert len(said) == 1, (path, name, said)
        if name == "content-security-policy" and OWN_POLICY.match(path) and answer.status_code == 200:
            assert said[0].startswith("default-src 'none'; sandbox;")
        elif name == "permissions-policy" and path in OWN_PERMISSIONS:
            assert said[0] == value.replace("camera=()", "camera=(self)")
        elif name == "cache-control" and path.startswith("/static/"):
            assert said[0] in {"no-cache", "no-store", "public, max-age=31536000, immutable"}
        else:
            assert said[0] == value, (path, name)
    assert "unsafe" not in headers["content-security-policy"]
    assert "server" not in headers
    assert "access-control-allow-origin" not in headers


def test_the_policy_lets_nothing_in_from_elsewhere_and_nothing_out() -> None:
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["content-security-policy"].split(";"))
    closed = {"default-src", "object-src", "base-uri", "frame-ancestors"}
    assert {name for name, value in policy.items() if value == "'none'"} == closed
    allowed = {word for name in policy.keys() - closed for word in policy[name].split()}
    assert allowed == {"'self'", "data:", "blob:"}
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"


@pytest.fixture(name="made", scope="module")
def _made(program: Program) -> dict[str, str]:
    """What stands for the parameters of addresses."""
    measurement = program.deposit("header.csv", SWEEP % b"headers", sample="S-9")["measurement"]
    sha256 = program.get("/api/v1/files").json()["files"][0]["sha256"]
    return {"identifier": measurement, "sha256": sha256, "checksum": sha256, "pid": measurement}


def _routes(program: Program) -> list[tuple[str, str]]:
    app = application(program.resources)
    pages = cast(tuple[APIRouter, ...], plugins.find("kiban.web.pages", "ROUTER"))
    found = [
        (method, route.path)
        for router in pages
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    ]
    documented = {
        (method.upper(), path)
        for path, each in app.openapi()["paths"].items()
        for method in each
        if method in {"get", "post", "put", "patch", "delete"}
    }
    return sorted({*found, *documented})


def test_every_route_answers_with_them(program: Program, made: dict[str, str]) -> None:
    routes = _routes(program)
    assert len(routes) > 80
    seen = set()
    for method, route in routes:
        path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: made.get(found[1], "x"), route)
        for kind in ({}, {"content-type": "application/json"}):
            answer = program.ask(method, path, headers=kind, content=b"" if method == "GET" else b"{}")
            check(answer, path)
            seen.add(answer.status_code)
    assert {200, 404, 422} <= seen


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_page_carries_them(program: Program, language: str) -> None:
    seen, waiting, kinds = {"/"}, deque(["/"]), Counter[str]()
    while waiting:
        path = waiting.popleft()
        # Three of each kind of page: the others differ in their parameters only.
        kind = re.sub(r"kb:[^/?]*|[0-9a-f]{64}", "x", path.partition("?")[0])
        kinds[kind] += 1
        if kinds[kind] > 3:
            continue
        answer = program.get(path, headers={"accept-language": language})
        check(answer, path.partition("?")[0])
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", answer.text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", answer.text), path
        for found in re.findall(r'(?:href|src|action)="(/[^"#]*)', answer.text):
            address = found.replace("&amp;", "&")
            if address not in seen:
                seen.add(address)
                waiting.append(address)
    assert len(kinds) > 20


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/nothing", {}, 404),
        ("GET", "/static/nothing.js", {}, 404),
        ("GET", "/api/v1/nothing", {}, 404),
        ("DELETE", "/api/v1/search", {}, 405),
        ("POST", "/search", {}, 405),
        ("GET", "/", {"host": "evil.example"}, 421),
        ("POST", "/deposit", {"origin": "https://evil.example"}, 403),
        ("GET", "/search?q=%00", {}, 400),
        ("GET", "/search", {"x-long": "y" * 140_000}, 431),
        ("GET", "/api/v1/search", {f"x-{n}": "y" for n in range(101)}, 431),
        ("GET", "/api/v1/search?q=%00", {}, 400),
        ("GET", "/api/v1/search?q=)", {}, 422),
        ("POST", "/api/v1/deposits?name=a", {"content-type": "text/plain"}, 415),
        ("PUT", "/api/v1/search", {}, 405),
        ("OPTIONS", "/api/v1/search", {}, 204),
        ("HEAD", "/", {}, 200),
        ("GET", "/static/kiban.css", {}, 200),
    ],
)
def test_every_refusal_carries_them(
    program: Program, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = program.ask(method, path, headers=headers)
    assert answer.status_code == status
    check(answer, path.partition("?")[0])


def test_limits_and_mistakes_carry_them(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Program(program.resources, reach=Reach(largest_upload_bytes=10, requests_per_minute=4))
    large = small.ask("POST", "/api/v1/deposits?name=a", content=b"x" * 11, headers=BYTES)
    assert large.status_code == 413
    check(large, "/api/v1/deposits")
    answers = [small.get(path) for path in ("/", "/", "/", "/", "/", "/api/v1/records")]
    assert [each.status_code for each in answers][-2:] == [429, 429]
    for answer in answers:
        check(answer, "/")
    broken = Program(program.resources, raises=False)
    monkeypatch.setattr("kiban.web.api.techniques.Json", None)
    monkeypatch.setattr("kiban.web.pages.home.page", None)
    for path in ("/api/v1/techniques", "/"):
        answer = broken.get(path)
        assert answer.status_code == 500
        check(answer, path)
