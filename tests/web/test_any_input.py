"""No question, name or number makes the server fail."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import BYTES, FORM_PIECES, Program

ODD = (
    "",
    "0",
    "-1",
    "9" * 40,
    "1e400",
    "NaN",
    "null",
    "[]",
    "'\"\\",
    "../../etc/passwd",
    "\x00",
    "\r\n",
    "\ud800",
    "\ufffe",
    "\U0010ffff",
    "\u202e",
    "٣",
    "１",
    "(" * 400,
    "NOT " * 60 + "a",
    "a=1 " * 300,
    "d_spacing > 1e999",
    "d_spacing > 5 " + "m*" * 50,
    'started > "9999-12-31T23:59:59+14:00"',
    'started > "0001-01-01T00:00:00-14:00"',
    'elements HAS "Xx"',
    'title CONTAINS "%_\\"',
    "metadata.a.b.c > 3 angstrom",
    "LIMIT 1; DROP TABLE record",
)
TEXTS = st.one_of(st.sampled_from(ODD), st.text(max_size=60), st.integers().map(str))


def _encoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _routes(program: Program) -> list[tuple[str, str, list[str]]]:
    paths = program.get("/api/v1/openapi.json").json()["paths"]
    routes = [
        (method.upper(), path, [p["name"] for p in route.get("parameters", ()) if p["in"] == "query"])
        for path, methods in paths.items()
        for method, route in methods.items()
    ]
    names = ["q", "after", "status", "lang", "version", "before", "template", "applies_to", "into"]
    pages = ("/", "/search", "/files", "/files/{x}", "/records/{x}", "/id/{x}", "/static/{x}", "/deposit")
    pages += ("/templates", "/templates/new", "/templates/{x}", "/templates/{x}/edit", "/templates/{x}/migrate")
    pages += (
        "/templates/{x}/spreadsheet",
        "/samples/new",
        "/samples/{x}/edit",
        "/processes/new",
        "/measurements/{x}/edit",
    )
    pages += ("/terms", "/terms/{x}")
    return routes + [("GET", path, names) for path in pages]


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_input_makes_it_fail(program: Program, data: st.DataObject) -> None:
    method, path, names = data.draw(st.sampled_from(_known_routes(program)))
    parts = path.split("{")
    address = parts[0] + "".join((_encoded(data.draw(TEXTS)) or "x") + part.partition("}")[2] for part in parts[1:])
    query = "&".join(f"{name}={_encoded(data.draw(TEXTS))}" for name in names if data.draw(st.booleans()))
    options: dict[str, Any] = {}
    if method == "POST":
        options = {
            "content": data.draw(
                st.one_of(st.binary(max_size=40), st.lists(st.sampled_from(FORM_PIECES)).map(b"".join))
            ),
            "headers": data.draw(st.sampled_from([BYTES, {"content-type": "multipart/form-data; boundary=b"}, {}])),
        }
    answer = program.ask(method, f"{address}?{query}", **options)
    assert answer.status_code < 500
    if path.startswith("/api/") and answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


_routes_of: dict[int, list[tuple[str, str, list[str]]]] = {}


def _known_routes(program: Program) -> list[tuple[str, str, list[str]]]:
    return _routes_of.setdefault(id(program.resources), _routes(program))


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_can_be_samples_and_names(empty: Program, text: str) -> None:
    address = f"/api/v1/deposits?name={_encoded('n' + text)}&sample={_encoded(text)}"
    answer = empty.ask("POST", address, content=b"T (K),R (ohm)\n1,2\n2,3\n3,4\n", headers=BYTES)
    assert answer.status_code in {200, 400, 422}
    if answer.status_code == 200:
        assert empty.get(f"/records/{answer.json()['measurement']}").status_code == 200
