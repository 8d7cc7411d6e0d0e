"""No question, name or number makes the server fail."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiban.operations.templates import define_template
from kiban.records.field import Field, FieldKind, Label
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.records.record import RecordKind
from kiban.records.template import Template

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
ANY_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from((10**400, -(10**30))), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
"""With what is no JSON and what Python writes all the same: NaN and Infinity."""


def _reference(schema: dict[str, Any]) -> str:
    """Where the schema of a body stands; one that may be left out is that or null."""
    return str(next(each["$ref"] for each in schema.get("anyOf", [schema]) if "$ref" in each))


def _bodies(program: Program) -> list[tuple[str, str, dict[str, Any]]]:
    """Every route that takes JSON, with what it says that it takes."""
    document = program.get("/api/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    return [
        (method.upper(), path, schemas[_reference(body["schema"]).rpartition("/")[2]]["properties"])
        for path, methods in document["paths"].items()
        for method, route in methods.items()
        if (body := route.get("requestBody", {}).get("content", {}).get("application/json"))
    ]


def test_every_route_that_keeps_samples_takes_json(program: Program) -> None:
    taken = {(method, path.removeprefix("/api/v1/")) for method, path, _ in _bodies(program)}
    assert taken >= {
        ("POST", "samples"), ("PATCH", "samples/{identifier}"), ("POST", "samples/{identifier}/divide"),
        ("POST", "samples/combine"), ("POST", "processes"), ("PATCH", "processes/{identifier}"),
        ("POST", "processes/{identifier}/extend"), ("POST", "records/{identifier}/restore"),
        ("POST", "records/{identifier}/sample"),
    }  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_json_makes_it_fail(program: Program, data: st.DataObject) -> None:
    method, path, properties = data.draw(st.sampled_from([b for b in _bodies(program) if not _of_directory(b[1])]))
    pids = _pids(program)
    fitting = {
        "string": TEXTS,
        "integer": st.integers(),
        "boolean": st.booleans(),
        "array": st.lists(st.one_of(TEXTS, st.sampled_from(pids), ANY_JSON), max_size=3),
        "object": st.dictionaries(st.one_of(st.sampled_from(("size", "steps", "note")), TEXTS), ANY_JSON, max_size=3),
    }
    body: Any = {}
    for name, schema in properties.items():
        if not data.draw(st.booleans()):
            continue
        kinds = [k.get("type") for k in schema.get("anyOf", [schema])]
        chosen = fitting.get(data.draw(st.sampled_from(kinds)), st.none())
        special = {
            "template": st.sampled_from(("any input sample", "any input process")),
            "sample": st.sampled_from(pids),
            "version": st.just(1),
        }
        body[name] = data.draw(st.one_of(special.get(name, chosen), chosen, ANY_JSON))
    if data.draw(st.integers(0, 20)) == 0:
        body = data.draw(ANY_JSON)
    address = path.replace("{identifier}", data.draw(st.sampled_from(pids)))
    content = json.dumps(body).encode()
    answer = program.ask(method, address, content=content, headers={"content-type": "application/json"})
    assert answer.status_code in {200, 400, 404, 409, 422}
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
    else:
        given_back = answer.json()
        one = given_back[0] if isinstance(given_back, list) else given_back.get("process", given_back)
        place = "/searches" if path.startswith("/api/v1/searches") else "/records"
        assert program.get(f"{place}/{one['id']}").status_code == 200


def test_a_name_with_half_a_character_is_refused_by_it(empty: Program) -> None:
    whole = '{"name": "t", "label": {"en": "t"}, "applies_to": "sample", "fields": [], "description": {"X": null}}'
    for content in (whole, whole.replace("description", "X")):
        given = {"content": content.replace("X", r"\ud800").encode(), "headers": {"content-type": "application/json"}}
        answer = empty.ask("POST", "/api/v1/templates", **given)
        assert answer.status_code == 422
        assert r"\ud800" in answer.json()["detail"]


DIRECTORY = ("projects", "agreements", "organisations", "groups")


def _of_directory(path: str) -> bool:
    return path.removeprefix("/api/v1/").partition("/")[0] in DIRECTORY


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_json_makes_the_directory_fail(program: Program, data: st.DataObject) -> None:
    method, path, properties = data.draw(st.sampled_from([b for b in _bodies(program) if _of_directory(b[1])]))
    names = st.one_of(st.sampled_from(_named(program)), TEXTS)
    fitting = {
        "string": names,
        "integer": st.integers(),
        "boolean": st.booleans(),
        "array": st.lists(st.one_of(st.sampled_from(("use", "exists", "open", "cite")), ANY_JSON), max_size=3),
    }
    special = {
        "role": st.sampled_from(("reader", "owner", "x")),
        "tier": st.sampled_from(("open", "shared", "closed")),
        "ends": st.sampled_from(("2099-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-14:00")),
        "until": st.sampled_from(("2099-01-01T00:00:00Z", "0001-01-01T00:00:00Z")),
        "starts": st.sampled_from(("2000-01-01T00:00:00+09:00", "8999-01-01T00:00:00Z")),
        "seen": st.none(),
        "country": st.sampled_from(("JP", "jp")),
    }
    body: Any = {}
    for name, schema in properties.items():
        if data.draw(st.booleans()):
            kinds = [k.get("type") for k in schema.get("anyOf", [schema])]
            chosen = fitting.get(data.draw(st.sampled_from(kinds)), st.none())
            body[name] = data.draw(st.one_of(special.get(name, chosen), chosen, ANY_JSON))
    if data.draw(st.integers(0, 20)) == 0:
        body = data.draw(ANY_JSON)
    parts = path.split("{")
    address = parts[0] + "".join(_encoded(data.draw(names)) + part.partition("}")[2] for part in parts[1:])
    content = json.dumps(body).encode()
    answer = program.ask(method, address, content=content, headers={"content-type": "application/json"})
    assert answer.status_code in {200, 400, 403, 404, 405, 409, 422}
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
    elif "id" in (one := answer.json()):
        noun = path.removeprefix("/api/v1/").partition("/")[0]
        assert program.get(f"/api/v1/{noun}/{one['id']}").status_code == 200
        assert program.get(f"/{noun}/{one['id']}").status_code == 200
        assert program.get(f"/{noun}").status_code in {200, 405}  # groups are listed with the organisations


_names_of: dict[int, list[str]] = {}


def _named(program: Program) -> list[str]:
    """What there was in the directory at first, and a group, by name and identifier; it is drawn from, so it stays."""
    if (key := id(program.resources)) not in _names_of:
        program.ask("POST", "/api/v1/groups", json={"name": "any input group"})
        directory = program.resources.directory.load()
        kinds = (directory.projects, directory.agreements, directory.organisations, directory.groups, directory.people)
        _names_of[key] = [word for kind in kinds for entry in kind.values() for word in (entry.name, str(entry.id))]
    return _names_of[key]


_pids_of: dict[int, list[str]] = {}


def _pids(program: Program) -> list[str]:
    """A sample and a process with a template, a measurement, and two that lead nowhere."""
    if (key := id(program.resources)) not in _pids_of:
        asker = Asker(party="operator", roles={program.resources.project: Role.OWNER})
        size = Field(key="size", kind=FieldKind.QUANTITY, unit="um")
        steps = Field(key="steps", kind=FieldKind.TABLE, fields=(size, Field(key="n", kind=FieldKind.NUMBER)))
        fields = (size, steps, Field(key="note", kind=FieldKind.TEXT))
        found = []
        for kind, address in ((RecordKind.SAMPLE, "samples"), (RecordKind.PROCESS, "processes")):
            name = f"any input {kind}"
            template = Template(name=name, label=Label(en="T"), applies_to=kind, fields=fields)
            define_template(asker, program.resources, template)
            kept = program.ask("POST", f"/api/v1/{address}", json={"name": name, "template": name}).json()
            found.append(kept.get("process", kept)["id"])
        found.append(program.deposit("any.csv", b"T (K),R (ohm)\n1,2\n2,3\n3,4\n")["measurement"])
        _pids_of[key] = [*found, "kb:0000-0000-00", "x"]
    return _pids_of[key]


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
    names += ["code", "id", "size", "start", "hazards", "sample"]
    names += ["party", "may", "tier", "agreement", "allowed", "embargo_days", "person", "deed"]
    pages: tuple[str, ...] = (
        "/",
        "/search",
        "/files",
        "/files/{x}",
        "/records/{x}",
        "/id/{x}",
        "/static/{x}",
        "/deposit",
    )
    pages += ("/templates", "/templates/new", "/templates/{x}", "/templates/{x}/edit", "/templates/{x}/migrate")
    pages += (
        "/templates/{x}/spreadsheet",
        "/scan",
        "/labels",
        "/samples/new",
        "/samples/{x}/edit",
        "/processes/new",
        "/measurements/{x}/edit",
    )
    pages += ("/terms", "/terms/{x}", "/projects", "/projects/{x}", "/projects/{x}/policy", "/people/{x}/sees")
    pages += (
        "/agreements",
        "/agreements/{x}",
        "/agreements/{x}/invite",
        "/agreements/{x}/rights",
        "/agreements/{x}/end",
    )
    pages += ("/agreements/{x}/exclude", "/agreements/{x}/leave", "/organisations", "/organisations/{x}", "/groups/{x}")
    pages += ("/groups/{x}/change",)
    return routes + [("GET", path, names) for path in pages]


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_input_makes_it_fail(program: Program, data: st.DataObject) -> None:
    method, path, names = data.draw(st.sampled_from(_known_routes(program)))
    parts = path.split("{")
    address = parts[0] + "".join((_encoded(data.draw(TEXTS)) or "x") + part.partition("}")[2] for part in parts[1:])
    query = "&".join(f"{name}={_encoded(data.draw(TEXTS))}" for name in names if data.draw(st.booleans()))
    options: dict[str, Any] = {}
    if method in {"POST", "PATCH"}:
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
