"""Labels over REST and on their page."""

from __future__ import annotations

import base64
import itertools
import re
from html import unescape
from typing import Any

import pytest
from pydantic import TypeAdapter

from kiban.standards.label_stock import STOCKS
from kiban.web.api.label_models import LabelSizeModel, LabelTextsModel

from .conftest import Program

NUMBERS = itertools.count()


@pytest.fixture(name="pid")
def _pid(program: Program) -> str:
    body = {"name": f"label {next(NUMBERS)}", "formula": "TiO2", "hazards": ["H315"]}
    return str(program.ask("POST", "/api/v1/samples", json=body).json()["id"])


def asked(program: Program, address: str, **parameters: Any) -> Any:
    return program.get(address, params=parameters)


@pytest.mark.parametrize(
    ("kind", "magic", "media_type"),
    [("pdf", b"%PDF", "application/pdf"), ("svg", b"<svg", "image/svg+xml"), ("png", b"\x89PNG", "image/png")],
)
def test_a_label_is_given(program: Program, pid: str, kind: str, magic: bytes, media_type: str) -> None:
    answer = asked(program, "/api/v1/labels", id=pid, size="brother-62x29", **{"as": kind})
    assert answer.status_code == 200
    assert answer.content.startswith(magic)
    assert answer.headers["content-type"].startswith(media_type)
    assert answer.headers["x-kiban-losses"] == "0"


def test_what_labels_say_and_lose_is_told(program: Program, pid: str) -> None:
    parameters = {"id": [pid, pid], "size": "25x25", "hazards": "en"}
    texts = asked(program, "/api/v1/labels/texts", **parameters)
    found = TypeAdapter(LabelTextsModel).validate_python(texts.json())
    assert [label.pid for label in found.labels] == [pid, pid]
    assert found.labels[0].lines[0] == "H315"
    assert len(found.losses) >= 2
    printed = asked(program, "/api/v1/labels", **parameters)
    assert printed.headers["x-kiban-losses"] == str(len(found.losses))


def test_sizes_are_listed(program: Program) -> None:
    found = TypeAdapter(list[LabelSizeModel]).validate_python(program.get("/api/v1/labels/sizes").json())
    assert [size.name for size in found] == [stock.name for stock in STOCKS]


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"id": "kb:0000-0000-00", "size": "25x25"}, 404),
        ({"id": "x", "size": "25x25"}, 404),
        ({"size": "25x25"}, 422),
        ({"q": "size >", "size": "25x25"}, 422),
        ({"q": "", "size": "26x26"}, 422),
        ({"q": 'kind = "sample"'}, 422),
        ({"q": 'title STARTS WITH "label"', "size": "avery-l7160", "start": 22}, 422),
        ({"q": 'title STARTS WITH "label"', "size": "25x25", "as": "doc"}, 422),
    ],
)
def test_what_cannot_be_printed_is_told(program: Program, pid: str, parameters: dict[str, Any], status: int) -> None:
    assert asked(program, "/api/v1/labels", **parameters).status_code == status


def test_the_page_shows_what_will_be_printed(program: Program, pid: str) -> None:
    address = f"/labels?id={pid}"
    assert f'href="{address}"' in program.get(f"/records/{pid}").text
    page = asked(program, "/labels", id=pid, size="25x25", hazards="en")
    [picture] = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)"', page.text)
    drawn = asked(program, "/api/v1/labels", id=pid, size="25x25", hazards="en", **{"as": "svg"})
    assert base64.b64decode(unescape(picture)) == drawn.content
    [download] = re.findall(r'href="(/api/v1/labels[^"]+)"', page.text)
    assert program.get(unescape(download)).content.startswith(b"%PDF")
    assert "Has no room" in page.text
    assert "Causes skin irritation" in page.text
    assert "収まらない内容" in asked(program, "/labels", id=pid, size="25x25", hazards="en", lang="ja").text


def test_the_page_remembers_the_size(program: Program, pid: str) -> None:
    cookie = asked(program, "/labels", id=pid, size="dymo-11354").headers["set-cookie"]
    assert "kiban_label_size=dymo-11354" in cookie
    headers = {"cookie": "kiban_label_size=dymo-11354"}
    assert '<option value="dymo-11354" selected' in program.get(f"/labels?id={pid}", headers=headers).text
    headers = {"cookie": "kiban_label_size=none-such"}
    assert '<option value="a-one-24" selected' in program.get(f"/labels?id={pid}&lang=ja", headers=headers).text
    assert '<option value="avery-l7160" selected' in program.get("/labels?lang=en").text


def test_the_page_says_what_cannot_be_printed(program: Program, pid: str) -> None:
    page = asked(program, "/labels", id=[pid, ""], size="25x25", start=2)
    assert page.status_code == 200
    assert "25x25 has no position 2" in page.text
    assert "/api/v1/labels" not in page.text
    assert asked(program, "/labels", id="kb:0000-0000-00").status_code == 404
    assert asked(program, "/labels", id=pid, size="26x26").status_code == 422
    assert asked(program, "/labels", q="size >").status_code == 422
    assert 'name="q" value="title = &#34;&lt;b&gt;&#34;"' in asked(program, "/labels", q='title = "<b>"').text
