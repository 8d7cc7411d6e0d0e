from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from kiban.compute.fence import Fence
from kiban.demo.study import make_study
from kiban.operations.deposit import deposit
from kiban.operations.find import find
from kiban.operations.resources import Resources
from kiban.platform import local_asker
from kiban.records.identity import new_pid
from kiban.records.party import Asker
from kiban.store.catalog import Batch
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform
from kiban.web.application import application
from kiban.web.asker import Desk

from .conftest import asked_by

XRD = 'technique = "xrd"'
CYCLIC = 'technique = "cyclic_voltammetry"'
PROJECT = 'kind = "project"'
STANDARD = 'kind = "sample" AND title = "Si-standard"'
CYCLES = "voltammetry/TiO2-gel_50mVs.mpt"


@pytest.fixture(scope="module", name="resources")
def _resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    folder = tmp_path_factory.mktemp("record-pages")
    make_study(folder / "study")
    fence = Fence(n_workers=1)
    resources = memory_platform(ObjectFolder(folder / "objects"), fence)
    wanted = ["xrd/Si-standard.xrdml", "xrd/Si-standard.ras", CYCLES]
    paths = [folder / "study" / name for name in wanted]
    list(deposit(local_asker(resources), resources, paths))
    yield resources
    fence.close()


class Pages:
    """Asks the application as a browser on this machine would, without a server."""

    def __init__(self, resources: Resources, asks: Desk | None = None) -> None:
        self._app = application(resources)
        asked_by(self._app, asks.asker if asks is not None else local_asker(resources))

    def get(self, address: str, *, follow_redirects: bool = False) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1", headers={"accept-language": "en"}
            ) as client:
                return await client.get(address, follow_redirects=follow_redirects)

        return asyncio.run(ask())


@pytest.fixture(name="client")
def _client(resources: Resources) -> Pages:
    return Pages(resources)


def _pid(resources: Resources, question: str) -> str:
    return find(local_asker(resources), resources, question).hits[0].id


def test_a_measurement_shows_its_values_with_unit_and_uncertainty(client: Pages, resources: Resources) -> None:
    answer = client.get(f"/records/{_pid(resources, XRD)}")
    assert answer.status_code == 200
    assert re.search(r"3\.13\d+\(\d+\) Å", answer.text)  # d(111) of silicon: 3.1356 Å
    assert "Lattice-plane spacing" in answer.text
    assert "closed" in answer.text.lower()
    assert "Member of the project that owns it (owner)" in answer.text
    assert "/numbers?points=4000" in answer.text


def test_the_plot_knows_titles_with_units_and_peaks(client: Pages, resources: Resources) -> None:
    text = client.get(f"/records/{_pid(resources, CYCLIC)}").text
    found = re.search(r'data-plot="([^"]*)"', text)
    assert found is not None
    plot = json.loads(html.unescape(found[1]))
    assert plot["titles"]["potential"] == "potential / V"
    (peaks,) = plot["peaks"]
    assert (peaks["variable"], peaks["unit"], peaks["y_unit"]) == ("potential", "V", "mA")
    assert len(peaks["x"]) == len(peaks["y"]) == len(peaks["labels"]) == 4


def test_any_spelling_of_an_identifier_is_understood(client: Pages, resources: Resources) -> None:
    pid = _pid(resources, XRD)
    bare = pid.removeprefix("kb:").replace("-", "").lower()
    assert client.get(f"/records/{bare}").status_code == 200
    answer = client.get(f"/id/{bare}", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"/records/{pid}"


def test_a_sample_shows_values_with_their_evidence(client: Pages, resources: Resources) -> None:
    text = client.get(f"/records/{_pid(resources, STANDARD)}").text
    measured = [h.id for h in find(local_asker(resources), resources, XRD).hits]
    assert len(measured) == 2
    for pid in measured:
        assert text.count(f"/records/{pid}") >= 3  # card, picture, evidence
    assert "Si-standard.ras" in text
    assert 'class="provenance"' in text


def test_the_project_has_a_page(client: Pages, resources: Resources) -> None:
    assert client.get(f"/records/{_pid(resources, PROJECT)}").status_code == 200


def test_pages_speak_japanese(client: Pages, resources: Resources) -> None:
    text = client.get(f"/records/{_pid(resources, XRD)}?lang=ja").text
    for word in ("X線回折", "面間隔", "測定条件", "来歴", "所有プロジェクトのメンバー（責任者）"):
        assert word in text


def test_the_two_languages_have_the_same_texts() -> None:
    folder = Path(application.__code__.co_filename).parent / "words"
    english, japanese = (json.loads((folder / f"record.{lang}.json").read_text("utf-8")) for lang in ("en", "ja"))
    assert english.keys() == japanese.keys()
    for key, text in english.items():
        assert re.findall(r"\{\w+\}", text) == sorted(re.findall(r"\{\w+\}", japanese[key]), key=text.find)


@pytest.mark.parametrize("address", ["kb:0000-0000-00", "kb:7Q4M-2KXD-98", "nonsense", "x" * 500])
def test_what_is_not_there_is_not_found(client: Pages, address: str) -> None:
    assert client.get(f"/records/{address}").status_code in {400, 404}
    assert client.get(f"/id/{address}", follow_redirects=True).status_code in {400, 404}


def test_a_record_that_may_not_be_seen_looks_like_one_that_is_not_there(resources: Resources) -> None:
    stranger = Desk(Asker(party="stranger"), resources)
    pages = Pages(resources, stranger)
    hidden, absent = _pid(resources, XRD), new_pid()
    answers = [pages.get(f"/records/{pid}") for pid in (hidden, absent)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text.replace(hidden, absent) == answers[1].text


def test_names_cannot_become_markup(client: Pages, resources: Resources) -> None:
    evil = "\"><script>alert(1)</script>'{{ 7 * 7 }}"
    visible = resources.visible(local_asker(resources))
    seen = resources.catalog.get(_pid(resources, XRD), visible)
    document = {**seen.document, "title": evil, "operator": evil, "doubts": [evil], "metadata": {evil: evil}}
    bad = replace(seen, id=uuid4(), pid=new_pid(), title=evil, key="evil", document=document)
    with resources.catalog.writing(visible, project=seen.project) as writing:
        writing.add(Batch(records=(bad,)))
    for language in ("en", "ja"):
        text = client.get(f"/records/{bad.pid}?lang={language}").text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
        assert "{{ 7 * 7 }}" in text


def test_no_script_stands_in_the_page(client: Pages, resources: Resources) -> None:
    text = client.get(f"/records/{_pid(resources, XRD)}").text
    assert not re.findall(r"<script(?![^>]*\bsrc=)", text)
    assert not re.findall(r"\son\w+=", text)
