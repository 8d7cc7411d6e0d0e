"""Pages and REST of projects, agreements, organisations and groups: what each person is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from kiban.compute.fence import Fence
from kiban.operations.sessions import begin_session
from kiban.operations.who_is import Visitor
from kiban.records.identity import new_uuid
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform
from kiban.testing.shared_world import World, make_world

from .conftest import Program

_FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@dataclass
class People:
    """Everybody at a browser of their own."""

    world: World
    program: Program

    def at(self, login: str) -> Program:
        asker = self.world.asker(login)
        self.program.app.state.receive = lambda _: Visitor(asker=asker)
        return self.program

    def get(self, login: str, address: str, **options: Any) -> str:
        answer = self.at(login).get(address, **options)
        assert answer.status_code == 200, (address, answer.text)
        return answer.text

    def status(self, login: str, address: str) -> int:
        return self.at(login).get(address).status_code

    def confirm(self, login: str, page: str, address: str) -> None:
        """Send the form that confirms, as it stands on the page."""
        form = page[page.index(f'action="{address}"') :].partition("</form>")[0]
        fields: dict[str, list[str]] = {}
        for name, value in _FIELD.findall(form):
            fields.setdefault(name, []).append(value)
        answer = self.at(login).ask("POST", address, data=fields)
        assert answer.status_code == 303, answer.text

    def api(self, login: str, method: str, path: str, body: Any = None) -> Any:
        options = {} if body is None else {"json": body}
        answer = self.at(login).ask(method, f"/api/v1/{path}", **options)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(name="people")
def _people(tmp_path_factory: pytest.TempPathFactory, fence: Fence) -> People:
    resources = memory_platform(ObjectFolder(tmp_path_factory.mktemp("parties") / "objects"), fence)
    return People(make_world(resources), Program(resources))


@pytest.fixture(name="shared")
def _shared(people: People) -> str:
    """An agreement that A has accepted and B is invited to; the project is shared under it."""
    draft = {
        "keeper": "Steel",
        "name": "Partners",
        "purposes": ["alloys"],
        "text": "The wording",
        "obligations": ["cite"],
    }
    made = people.api("sato", "POST", "agreements", draft)
    for company, rights in (("Company A", ["use"]), ("Company B", ["exists"])):
        body = {"party": people.world[company], "rights": rights}
        people.api("sato", "POST", f"agreements/{made['id']}/parties", body)
    people.api("a.lead", "POST", f"agreements/{made['id']}/accept", {})
    people.api("suzuki", "PATCH", "projects/Steel/policy", {"tier": "shared", "agreement": "Partners"})
    return str(made["id"])


def test_a_project_is_shared_and_taken_back_on_pages(people: People) -> None:
    project = f"/projects/{people.world.project}"
    answer = people.at("sato").ask(
        "POST", "/agreements", data={"keeper": str(people.world.project), "name": "Partners", "obligations": ["cite"]}
    )
    agreement = answer.headers["location"]
    asked = people.get("sato", f"{agreement}/invite?party={people.world['Company A']}&may=use")
    assert "Nobody would see more or less now." in asked
    people.confirm("sato", asked, f"{agreement}/invite")
    text = people.get("a.lead", agreement)
    assert "Company A is invited" in text
    people.confirm("a.lead", text, f"{agreement}/accept")
    weighed = people.get("suzuki", f"{project}/policy?tier=shared&agreement={agreement.rpartition('/')[2]}")
    assert "2 people of 1 organisation would get more: each up to 7 more records." in weighed
    assert "2 records have a tier of their own" in weighed
    assert people.world.sees("a.chem") == 0
    people.confirm("suzuki", weighed, f"{project}/policy")
    assert people.world.sees("a.chem") == 7
    assert "S-1-0" in people.get("a.chem", agreement)
    back = people.get("suzuki", f"{project}/policy?tier=closed")
    assert "would lose rights: each up to 7 records" in back
    people.confirm("suzuki", back, f"{project}/policy")
    assert people.world.sees("a.chem") == 0


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_page_is_shown_in_both_languages(people: People, shared: str, lang: str) -> None:
    of = people.world
    pages = {
        "sato": [
            "/projects",
            f"/projects/{of.project}",
            f"/projects/{of.project}/policy?tier=open",
            f"/projects/{of.project}/policy?allowed=closed&allowed=shared&embargo_days=30",
            "/agreements",
            f"/agreements/{shared}",
            f"/agreements/{shared}/rights?party={of['Company B']}&may=use",
            f"/agreements/{shared}/exclude?party={of['Company A']}",
            f"/agreements/{shared}/end",
            "/organisations",
            f"/organisations/{of['University']}",
            f"/people/{of['tanaka']}/sees",
        ],
        "a.lead": [
            "/agreements",
            f"/agreements/{shared}/leave?party={of['Company A']}",
            f"/organisations/{of['Company A']}",
        ],
        "b.lead": [f"/agreements/{shared}", "/projects", "/organisations"],
        "root": ["/projects", "/agreements", "/organisations", f"/projects/{of.project}", f"/agreements/{shared}"],
    }
    for login, addresses in pages.items():
        for address in addresses:
            text = people.get(login, f"{address}{'&' if '?' in address else '?'}lang={lang}")
            assert f'<html lang="{lang}"' in text
            assert "None" not in re.sub(r"<[^>]*>", "", text)


def test_outsiders_are_told_that_there_is_nothing(people: People, shared: str) -> None:
    of = people.world
    for address in (
        f"/projects/{of.project}",
        f"/projects/{of.project}/policy?tier=open",
        f"/agreements/{shared}",
        f"/agreements/{shared}/end",
        f"/organisations/{of['Company A']}",
        f"/api/v1/projects/{of.project}",
        "/api/v1/projects/Steel",
        f"/api/v1/agreements/{shared}",
        "/api/v1/agreements/Partners/shared",
        f"/api/v1/organisations/{of['Company A']}",
    ):
        assert people.status("outside", address) == 404, address
    for address in ("/projects", "/agreements", "/organisations", "/api/v1/agreements", "/api/v1/organisations"):
        text = people.get("outside", address)
        for secret in ("Steel", "Partners", "Company A", "Company B", "University", "A.Chem", "Sato"):
            assert secret not in text, (address, secret)


def test_parties_know_each_other_and_not_each_others_people(people: People, shared: str) -> None:
    invited = people.get("b.lead", f"/agreements/{shared}")
    assert "Company A" not in invited
    assert "S-1-0" not in invited
    assert people.status("b.chem", f"/agreements/{shared}") == 404
    people.api("b.lead", "POST", "agreements/Partners/accept", {})
    text = people.get("b.chem", f"/agreements/{shared}")
    assert "Company A" in text
    assert "A.Lead" not in text
    assert "S-1-0" not in text  # it may know that there are records, not what they are called
    assert len(set(re.findall(r"kb:[0-9A-Z-]{12}", text))) == 7
    keeper = people.get("sato", f"/agreements/{shared}")
    assert "A.Lead" in keeper
    assert people.status("a.chem", f"/projects/{people.world.project}") == 404


def test_names_become_no_markup(people: People) -> None:
    name = "<script>alert(1)</script>"
    made = people.api("root", "POST", "organisations", {"name": name, "country": "JP"})
    project = people.api("a.lead", "POST", "projects", {"name": name})
    agreement = people.api("a.lead", "POST", "agreements", {"keeper": project["id"], "name": name, "text": name})
    people.api("a.lead", "POST", f"agreements/{agreement['id']}/parties", {"party": made["id"], "rights": ["use"]})
    for address in ("/projects", f"/projects/{project['id']}", "/agreements", f"/agreements/{agreement['id']}"):
        assert "<script>alert" not in people.get("a.lead", address)
    for address in ("/organisations", f"/organisations/{made['id']}"):
        assert "<script>alert" not in people.get("root", address)


def test_an_answer_to_what_was_changed_meanwhile_is_told(people: People, shared: str) -> None:
    seen = people.api("b.lead", "GET", f"agreements/{shared}")["revision"]
    people.api("sato", "PATCH", f"agreements/{shared}", {"text": "Another wording"})
    answer = people.at("b.lead").ask("POST", f"/api/v1/agreements/{shared}/accept", json={"seen": seen})
    assert answer.status_code == 409
    page = people.at("b.lead").ask(
        "POST", f"/agreements/{shared}/accept", data={"party": people.world["Company B"], "seen": str(seen)}
    )
    assert page.status_code == 409
    assert "after you had opened it" in page.text


def test_what_is_owed_stands_on_the_record(people: People, shared: str) -> None:
    [record, *_] = people.api("a.chem", "GET", f"agreements/{shared}/shared")["records"]
    text = people.get("a.chem", f"/records/{record['id']}")
    assert "Shared under" in text
    assert "Obligations: cite the source" in text
    assert f"/agreements/{shared}" in text


def test_terms_are_weighed_and_changed_on_a_page(people: People, shared: str) -> None:
    fields = {"name": "Partners", "purposes": "alloys", "text": "More", "obligations": ["cite", "delete at the end"]}
    weighed = people.at("sato").ask("POST", f"/agreements/{shared}/terms/preview", data=fields).text
    assert "The parties must accept again:" in weighed
    people.confirm("sato", weighed, f"/agreements/{shared}/terms")
    assert people.world.sees("a.chem") == 0
    text = people.get("a.lead", f"/agreements/{shared}")
    assert "Company A is invited" in text
    assert "delete at the end" in text
    assert "To be deleted at the end by Company A" in text


def test_roles_are_given_and_taken_on_a_page(people: People) -> None:
    project = f"/projects/{people.world.project}"
    seen = re.search(r'name="seen" value="(\d+)"', people.get("sato", project))
    assert seen is not None
    fields = {"party": people.world["outside"], "role": "reader", "seen": seen[1], "until": "2099-01-01"}
    assert people.at("suzuki").ask("POST", f"{project}/roles", data=fields).status_code == 303
    text = people.get("outside", project)
    assert "Suzuki" in text
    assert "Take away" not in text
    people.confirm("outside", text, f"{project}/roles/withdraw")
    assert people.status("outside", project) == 404
    history = people.get("suzuki", project)
    assert "roles" in history


def test_rest_says_what_would_change_and_who_sees_what(people: People, shared: str) -> None:
    weighed = people.api("sato", "POST", "projects/Steel/policy/preview", {"tier": "closed"})
    assert weighed["effects"]["n_losing"] == 2
    assert people.api("b.lead", "POST", "agreements/Partners/accept", {})["is_party"] is False
    assert people.api("b.chem", "GET", f"agreements/{shared}/shared")["records"][0]["title"] is None
    assert people.api("sato", "GET", f"people/{people.world['a.chem']}/sees")["n_records"] == 7
    assert people.api("sato", "GET", "projects/Steel/history")[0]["by"] == "Suzuki"
    assert people.api("sato", "GET", f"agreements/{shared}/history")[-1]["is_first"]
    assert people.api("a.lead", "GET", f"agreements/{shared}/taken?party=Company%20A") == []
    assert people.api("a.lead", "POST", "groups", {"name": "Chemists"})["organisation"] == "Company A"
    assert people.api("a.lead", "PUT", "groups/Chemists/members/a.chem")["members"][0]["login"] == "a.chem"
    assert people.api("a.lead", "DELETE", "groups/Chemists/members/a.chem")[0]["members"] == []
    left = people.api("a.lead", "POST", f"agreements/{shared}/leave", {})
    assert [party["standing"] for party in left["parties"]] == ["left"]


def test_the_project_one_works_in_is_chosen_in_the_header(people: People) -> None:
    resources, person = people.world.resources, people.world.ids["a.lead"]
    people.world.now -= timedelta(minutes=10)  # roles begin when they are given, and a session asks at the real time
    alloys = people.api("a.lead", "POST", "projects", {"name": "Alloys"})["id"]
    people.api("a.lead", "POST", "projects", {"name": "Brass"})
    cookie = begin_session(resources, resources.directory.load().people[person], way="test")
    browser = Program(resources, by_credentials=True)
    headers = {"cookie": f"kiban_session={cookie}"}
    first = browser.get("/projects", headers=headers).text
    assert "</span>Alloys</summary>" in first
    brass = re.search(r'action="/projects/([^/]*)/work"[^>]*><button[^>]*>Brass', first)
    assert brass is not None
    assert browser.ask("POST", f"/projects/{brass[1]}/work", headers=headers).status_code == 303
    assert "</span>Brass</summary>" in browser.get("/projects", headers=headers).text
    # Nobody works where they have no role, and is not told that there is such a project.
    refused = browser.ask("POST", f"/projects/{people.world.project}/work", headers=headers)
    nowhere = browser.ask("POST", f"/projects/{new_uuid()}/work", headers=headers)
    assert refused.status_code == nowhere.status_code == 403
    assert alloys in first
