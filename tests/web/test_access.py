"""Who can see a record, over REST and on pages; tiers and invitations changed after a look at what that changes."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from tests.operations.neighbours import Neighbours, later, neighbours
from tests.web.conftest import SWEEP, Program

from kiban.compute.fence import Fence
from kiban.operations.resources import Resources
from kiban.records.parties.right import Right
from kiban.records.scope import Tier
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform
from kiban.web.asker import Desk

VALUES = ("98.5", "96.5", "<polyline")
"""Numbers of the sweep that stand nowhere in what describes it, and what draws them."""


class Town:
    """A platform with people, and a program for each of them."""

    def __init__(self, resources: Resources) -> None:
        self.lab: Neighbours = neighbours(resources)
        self.resources = resources
        outcome = self.of("steward").deposit("sweep.csv", SWEEP % b"one", sample="S-1")
        self.pid, self.sample = outcome["measurement"], outcome["sample"]

    def of(self, login: str, at: Any = None) -> Program:
        """What somebody asks with."""
        return Program(self.resources, asks=Desk(self.lab.asker(login, at), self.resources))

    def change(self, address: str, **said: Any) -> dict[str, Any]:
        """Look at a change as the steward, then confirm it."""
        body = said if "changes" in address else {"id": self.pid, **said}
        steward = self.of("steward")
        seen = steward.ask("POST", f"/api/v1/{address}", json=body)
        assert seen.status_code == 200, seen.text
        assert (seen.json()["done"], seen.json()["change"]) == (False, None)
        done = self.of("steward").ask("POST", f"/api/v1/{address}", json=body | {"mark": seen.json()["mark"]})
        assert done.status_code == 200, done.text
        assert done.json()["done"]
        return dict(done.json())


@pytest.fixture(name="town")
def _town(tmp_path_factory: pytest.TempPathFactory, fence: Fence) -> Town:
    return Town(memory_platform(ObjectFolder(tmp_path_factory.mktemp("web") / "objects"), fence))


def test_stewards_read_the_whole_list_and_others_what_is_theirs(town: Town) -> None:
    town.lab.join("Ume Steel")
    town.change("tiers", tier="shared")
    whole = town.of("steward").get(f"/api/v1/records/{town.pid}/access").json()
    assert (whole["tier"], whole["agreement"], whole["is_steward"]) == ("shared", "Partners of My laboratory", True)
    by_login = {each["login"]: each for each in whole["seers"]}
    assert {"reader", "contributor", "steward", "ume"} <= by_login.keys()
    [ground] = by_login["ume"]["grounds"]
    assert (ground["rule"], ground["through"], ground["since"][:10]) == (
        "shared_tier", "Partners of My laboratory (Ume Steel)", str(by_login["ume"]["grounds"][0]["since"])[:10],
    )  # fmt: skip
    [role] = by_login["reader"]["grounds"]
    assert (role["rule"], role["since"][:10], role["until"]) == ("project_member", "2020-01-01", None)
    for login in ("reader", "ume"):
        mine = town.of(login).get(f"/api/v1/records/{town.pid}/access").json()
        assert (mine["is_steward"], mine["seers"], mine["others"]) == (False, [], [])
        assert mine["mine"]["rights"]
    assert town.of("momo").get(f"/api/v1/records/{town.pid}/access").status_code == 404
    assert town.of("anonymous").get(f"/records/{town.pid}/access").status_code == 404


def test_who_cannot_see_it_is_told_of_people_one_knows(town: Town) -> None:
    found = town.of("steward").get(f"/api/v1/records/{town.pid}/access?others=true").json()
    assert {each["login"] for each in found["others"]} == {None}  # the public; ume, momo and guest are strangers
    town.lab.join("Ume Steel")
    again = town.of("steward").get(f"/api/v1/records/{town.pid}/access?others=true").json()
    assert "momo" not in str(again)


def test_a_tier_is_changed_over_rest_after_a_look_and_taken_back(town: Town) -> None:
    done = town.change("tiers", tier="open")
    assert done["effects"]["is_public"]
    assert [(each["beside"], each["kind"]) for each in done["hidden"]] == [(town.sample, "sample")]
    shown = town.of("anonymous").get(f"/api/v1/records/{town.pid}").json()
    assert (shown["sample"], shown["links"], shown["under"][0]["rule"]) == (None, [], "open_tier")
    town.change(f"changes/{done['change']}/undo")
    assert town.of("anonymous").get(f"/api/v1/records/{town.pid}").status_code == 404


@pytest.mark.parametrize(("login", "status"), [("reader", 403), ("contributor", 403), ("ume", 404), ("anonymous", 404)])
def test_only_stewards_change_tiers_and_strangers_learn_nothing(town: Town, login: str, status: int) -> None:
    for address, more in (("tiers", {"tier": "open"}), ("invitations", {"to": str(town.lab.people["guest"])})):
        answer = town.of(login).ask("POST", f"/api/v1/{address}", json={"id": town.pid, **more})
        assert answer.status_code == (401 if login == "anonymous" else status)
    assert town.of(login).get(f"/tier?record={town.pid}").status_code == (303 if login == "anonymous" else status)


def test_wrong_bodies_are_told(town: Town) -> None:
    steward = town.of("steward")
    for body in (
        {},
        {"id": town.pid},
        {"id": town.pid, "question": "x", "tier": "open"},
        {"id": town.pid, "tier": "x"},
    ):
        assert steward.ask("POST", "/api/v1/tiers", json=body).status_code == 422
    stale = steward.ask("POST", "/api/v1/tiers", json={"id": town.pid, "tier": "open", "mark": "0" * 32})
    assert stale.status_code == 409
    assert steward.ask("POST", f"/api/v1/changes/{town.lab.people['ume']}/undo", json={}).status_code == 404


def test_a_guest_with_metadata_alone_meets_no_values_anywhere(town: Town) -> None:
    to, guest = str(town.lab.people["guest"]), "guest"
    town.change("invitations", to=to, right="metadata", until="30 days")
    assert "<polyline" in town.of("steward").get("/search").text
    assert "98.5" in town.of("steward").get(f"/api/v1/records/{town.pid}").text
    for address in (f"/api/v1/records/{town.pid}", f"/records/{town.pid}", "/api/v1/records", "/search", "/"):
        answer = town.of(guest).get(address)
        assert answer.status_code == 200
        assert town.pid in answer.text
        found = [answer.text[i - 60 : i + 20] for value in VALUES if (i := answer.text.find(value)) >= 0]
        assert found == [], address
    shown = town.of(guest).get(f"/api/v1/records/{town.pid}").json()
    assert (shown["properties"], shown["files"], shown["document"]["preview"]) == ([], [], [])
    assert shown["may"] == ["exists", "metadata"]
    text = town.of(guest).get(f"/records/{town.pid}").text
    assert "You may read what describes this record." in text
    assert not re.search(r'id="plot|/normalised|/export\?|/content|/edit"', text)
    for route in (
        "numbers",
        "header",
        "normalised",
        "section?variable=resistance&along=temperature",
        "export?as=nexus",
    ):
        answer = town.of(guest).get(f"/api/v1/records/{town.pid}/{route}")
        assert (answer.status_code, "not its values" in answer.text) == (403, True), route
    assert town.of(guest).get(f"/records/{town.pid}/exports").status_code == 403
    assert town.of(guest).get(f"/api/v1/records/{town.pid}/provenance?direction=back").status_code == 200


def test_tables_hold_what_may_be_used_and_count_the_rest(town: Town) -> None:
    to = str(town.lab.people["guest"])
    for right, n_left in (("metadata", 1), ("data", 1), ("use", 0)):
        town.change("invitations", to=to, right=right)
        answer = town.of("guest").get("/api/v1/tables?all_values=true")
        assert answer.headers["kiban-left-out"] == str(n_left)
        assert (len(answer.text.splitlines()) > 1) == (right == "use" and len(answer.text.splitlines()) > 1)
    town.change("invitations", to=to, take_back=True)
    assert town.of("guest").get("/api/v1/tables").headers["kiban-left-out"] == "0"


def _form(program: Program, address: str, **sent: str) -> Any:
    return program.ask("POST", address, data=sent)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_shows_what_it_would_change_and_then_asks(town: Town, language: str) -> None:
    town.lab.join("Ume Steel")
    address = f"/tier?record={town.pid}&lang={language}"
    first = town.of("steward").get(address)
    assert (first.status_code, 'name="mark"' in first.text) == (200, False)
    agreement = re.findall(r'value="(shared:[^"]+)"', first.text)[0]
    seen = _form(town.of("steward"), address, do="tier", tier=agreement, embargo="")
    assert ("Ume Steel" in seen.text, "Ume" in seen.text) == (True, True)
    assert town.of("ume").get(f"/records/{town.pid}").status_code == 404
    mark = re.findall(r'name="mark" value="(\w+)"', seen.text)[0]
    done = _form(town.of("steward"), address, do="tier", tier=agreement, embargo="", mark=mark)
    assert done.status_code == 303
    assert town.of("ume").get(f"/records/{town.pid}").status_code == 200
    undo = town.of("steward").get(done.headers["location"])
    mark = re.findall(r'name="mark" value="(\w+)"', undo.text)[0]
    back = _form(town.of("steward"), done.headers["location"], mark=mark)
    assert back.status_code == 303
    assert town.of("ume").get(f"/records/{town.pid}").status_code == 404


def test_a_wrong_choice_on_the_page_is_told_and_what_was_typed_stays(town: Town) -> None:
    address = f"/tier?record={town.pid}"
    wrong = _form(town.of("steward"), address, do="tier", tier="open", embargo="soon")
    assert (wrong.status_code, "is no end of an embargo" in html.unescape(wrong.text)) == (422, True)
    assert 'value="soon"' in wrong.text
    assert _form(town.of("steward"), address, do="tier", tier="unchanged", embargo="").status_code == 422
    assert _form(town.of("steward"), address, do="invite", to="nobody", right="data").status_code == 404


def test_guests_are_invited_and_sent_away_on_the_page(town: Town) -> None:
    address, guest = f"/tier?record={town.pid}", str(town.lab.people["guest"])
    said = {"do": "invite", "to": guest, "right": "data", "until": "2 months"}
    seen = _form(town.of("steward"), address, **said)
    mark = re.findall(r'name="mark" value="(\w+)"', seen.text)[0]
    assert _form(town.of("steward"), address, **said, mark=mark).status_code == 303
    assert town.of("guest").get(f"/records/{town.pid}").status_code == 200
    page = town.of("steward").get(address).text
    assert "take back" in page
    said = {"do": "uninvite", "to": guest}
    mark = re.findall(r'name="mark" value="(\w+)"', _form(town.of("steward"), address, **said).text)[0]
    assert _form(town.of("steward"), address, **said, mark=mark).status_code == 303
    assert town.of("guest").get(f"/records/{town.pid}").status_code == 404


def test_embargoes_are_announced_to_the_project_and_written_down_once(town: Town) -> None:
    town.lab.join("Ume Steel")
    town.change("tiers", tier="shared", embargo="30 days")
    for login in ("steward", "reader"):
        home = town.of(login).get("/").text
        assert "Records that become visible to the parties to Partners of My laboratory: 1." in html.unescape(home)
        assert ("lengthen or end it" in home) == (login == "steward")
    assert "become visible" in town.of("reader").get(f"/records/{town.pid}").text
    assert "become visible" not in town.of("ume").get("/").text
    town.of("steward").get("/")
    for _ in range(2):
        town.of("anonymous", later(31)).get("/")
    ended = [line for _, line in town.resources.audit.read() if line.act == "embargo ended"]
    assert [(line.actor, line.details["n_records"], line.details["tier"]) for line in ended] == [("kiban", 1, "shared")]
    assert town.of("ume", later(31)).get(f"/records/{town.pid}").status_code == 200
    scope = re.findall(r'href="(/tier\?scope=\d+)"', town.of("steward").get("/").text)[0]
    seen = _form(town.of("steward"), scope, do="tier", tier="unchanged", embargo="none")
    assert 'name="mark"' in seen.text
    assert town.of("ume").get(scope).status_code == 404


def test_the_record_page_says_why_and_links_to_who_can_see(town: Town) -> None:
    text = town.of("reader").get(f"/records/{town.pid}").text
    assert f'href="/records/{town.pid}/access"' in text
    assert "Member of the project that owns it (reader)" in text
    assert Right.DATA in town.lab.asker("reader").roles[next(iter(town.lab.asker("reader").roles))].rights
    page = town.of("steward").get(f"/records/{town.pid}/access?others=true&lang=ja").text
    assert "閲覧できる人とその理由" in page
    assert "データ管理者" in page
    assert Tier.CLOSED in page
