"""Saved searches on pages, in REST, and as feeds that a token lets in."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from kiban.operations.first_operator import FIRST_OPERATOR
from kiban.operations.tokens import make_token
from kiban.platform import local_asker
from kiban.records.party import ANONYMOUS, Act
from kiban.web.asker import Desk

from .conftest import SWEEP, Program

MEASURED = 'kind = "measurement"'
_ATOM = {"a": "http://www.w3.org/2005/Atom"}


def _save(program: Program, name: str = "硬い膜", question: str = MEASURED) -> str:
    answer = program.ask("POST", "/searches", data={"name": name, "q": question, "is_notified": "yes"})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/searches/")


def test_a_search_is_saved_tells_of_what_comes_and_is_marked_as_seen(empty: Program) -> None:
    search = _save(empty)
    page = f"/searches/{search}"
    assert "Nothing new since you last looked." in empty.get(page).text
    pid = empty.deposit("sweep.csv", SWEEP % b"one", sample="S-1")["measurement"]
    shown = empty.get(page).text
    assert f'href="/records/{pid}"' in shown
    home = empty.get("/").text
    assert home.count("1 new") >= 2, "beside the search, and in the head of the page"
    assert "新着1件" in empty.get("/?lang=ja").text
    assert "★ 1" in empty.get("/files").text
    [mark] = re.findall(r'name="mark" value="([^"]+)"', shown)
    assert empty.ask("POST", f"{page}/seen", data={"mark": mark.replace("&#43;", "+")}).status_code == 303
    assert "Nothing new since you last looked." in empty.get(page).text
    assert "★" not in empty.get("/files").text


def test_a_search_is_renamed_asked_otherwise_removed_and_undone(empty: Program) -> None:
    search = _save(empty)
    page = f"/searches/{search}"
    changed = empty.ask("POST", page, data={"name": "<b>films</b>", "q": "硬さ > 5 GPa"})
    assert changed.status_code == 303
    shown = empty.get("/searches").text
    assert "&lt;b&gt;films&lt;/b&gt;" in shown
    assert "not told of" in shown
    removed = empty.ask("POST", f"{page}/remove")
    assert removed.headers["location"] == f"/searches?removed={search}"
    listed = empty.get(removed.headers["location"]).text
    assert "films" not in listed
    assert f'action="{page}/restore"' in listed
    assert empty.get(page).status_code == 404
    assert empty.ask("POST", f"{page}/restore").headers["location"] == page
    assert empty.get(page).status_code == 200


@pytest.mark.parametrize(
    ("data", "en", "ja"),
    [
        ({"name": "x", "q": "hardness >"}, "hardness", "検索"),
        ({"name": "  ", "q": MEASURED}, "has no name", "名前"),
        ({"name": "taken", "q": MEASURED}, "another saved search named", "別の名前"),
    ],
)
def test_what_cannot_be_saved_is_told_and_what_was_typed_stays(empty: Program, data, en, ja) -> None:
    _save(empty, "taken")
    search = _save(empty, "mine")
    for address in ("/searches", f"/searches/{search}"):
        for language, words in (("en", en), ("ja", ja)):
            answer = empty.ask("POST", f"{address}?lang={language}", data=data)
            assert answer.status_code in {409, 422}
            assert words in answer.text
            assert data["q"].replace('"', "&#34;").replace(">", "&gt;") in answer.text


def test_rest_saves_counts_tells_and_forgets(empty: Program) -> None:
    answer = empty.ask("POST", "/api/v1/searches", json={"name": "films", "question": MEASURED})
    search = answer.json()["id"]
    address = f"/api/v1/searches/{search}"
    pid = empty.deposit("sweep.csv", SWEEP % b"one", sample="S-1")["measurement"]
    [listed] = empty.get("/api/v1/searches").json()
    assert (listed["n_new"], listed["is_more"], listed["question"]) == (1, False, MEASURED)
    news = empty.get(f"{address}/new").json()
    assert [(each["id"], each["why"], each["version"]) for each in news["answers"]] == [(pid, "new", 1)]
    assert empty.ask("POST", f"{address}/seen", json={"mark": news["mark"]}).status_code == 200
    assert empty.get(f"{address}/new").json()["answers"] == []
    assert empty.ask("PATCH", address, json={"is_notified": False}).json()["is_notified"] is False
    assert empty.get(address).json()["name"] == "films"
    assert empty.ask("DELETE", address).status_code == 200
    assert empty.get(address).status_code == 404
    assert empty.ask("POST", f"{address}/restore").json()["id"] == search
    assert empty.ask("POST", f"{address}/seen", json={"mark": "now"}).json()["error"] == "InvalidValue"


def test_strangers_have_none_and_are_led_to_the_login(empty: Program) -> None:
    search = _save(empty)
    stranger = Program(empty.resources, asks=Desk(ANONYMOUS, empty.resources))
    assert stranger.get("/api/v1/searches").json() == []
    assert stranger.get(f"/api/v1/searches/{search}").status_code == 404
    saved = stranger.ask("POST", "/api/v1/searches", json={"name": "x", "question": ""})
    assert (saved.status_code, saved.json()["error"]) == (401, "NotLoggedIn")
    assert stranger.get("/searches").status_code == 303
    assert "/searches" not in stranger.get("/").text


def test_a_feed_lets_a_token_in_and_nothing_else(empty: Program) -> None:
    search = _save(empty, "films \x0b & more")
    for number in range(2):
        empty.deposit(f"sweep-{number}.csv", SWEEP % str(number).encode(), sample="S-1")
    person = empty.resources.directory.load().people[FIRST_OPERATOR]
    _, token = make_token(local_asker(empty.resources), empty.resources, person, "reader", acts=[Act.READ])
    asked = Program(empty.resources, by_credentials=True)
    address = f"/api/v1/searches/{search}/feed"
    refused = asked.get(f"{address}.atom")
    assert (refused.status_code, refused.headers["www-authenticate"][:5]) == (401, "Basic")
    basic = {"authorization": "Basic " + base64.b64encode(f"any:{token}".encode()).decode()}
    atom = asked.get(f"{address}.atom", headers=basic)
    assert atom.headers["content-type"].startswith("application/atom+xml")
    root = ET.fromstring(atom.content)  # noqa: S314  our own
    assert root.findtext("a:title", namespaces=_ATOM) == "films \ufffd & more"
    assert root.findtext("a:id", namespaces=_ATOM) == f"urn:uuid:{search}"
    entries = root.findall("a:entry", _ATOM)
    assert len(entries) == 2
    for entry in [root, *entries]:
        updated = entry.findtext("a:updated", namespaces=_ATOM) or ""
        assert datetime.fromisoformat(updated) <= datetime.now(UTC)
    feed = json.loads(asked.get(f"{address}.json", headers={"authorization": f"Bearer {token}"}).content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in feed["items"]] == [each.findtext("a:id", namespaces=_ATOM) for each in entries]
    assert feed["items"][0]["title"]
    # Nowhere else is a password of HTTP Basic looked at.
    assert asked.get("/api/v1/searches", headers=basic).json() == []
    for wrong in ("Basic", "Basic !!!", "Basic " + base64.b64encode(b"any:wrong").decode()):
        assert asked.get(f"{address}.atom", headers={"authorization": wrong}).status_code == 401
