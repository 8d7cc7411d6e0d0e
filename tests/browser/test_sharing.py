"""A steward shares a project with two companies and takes it back, having read what it would change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from kiban.operations.deposit import deposit
from kiban.operations.login_links import make_link
from kiban.operations.manage_project import grant_role, make_project
from kiban.operations.organisations import About, add_organisation, appoint_steward
from kiban.platform import local_asker, open_platform
from kiban.records.identity import new_uuid
from kiban.records.parties.export_control import Residency
from kiban.records.parties.people import Person
from kiban.records.parties.right import Role
from kiban.settings import Settings
from kiban.web.language import Speaker

from .conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

N_FILES = 3
STAFF = {
    "steward": ("University", "鈴木 花子"),
    "lead-a": ("Steelworks", "山本 誠"),
    "chemist-a": ("Steelworks", "小林 直樹"),
    "lead-b": ("Alloys", "Mary Ito"),
    "chemist-b": ("Alloys", "John Mori"),
    "outsider": ("Chemicals", "Jane Doe"),
}


@dataclass(frozen=True)
class Cast:
    """A university's project with a few records, two companies and somebody of a third, and links to log in by."""

    project: str
    name: str
    organisations: dict[str, str]
    links: dict[str, str]


@pytest.fixture(name="cast", params=[("en", 1280), ("ja", 390)], ids=["en-desktop", "ja-phone"])
def _cast(request: pytest.FixtureRequest, demo: dict[str, Any], tmp_path: Path) -> tuple[Cast, str, int]:
    language, width = request.param
    folder = tmp_path / "creep"
    folder.mkdir()
    for n in range(N_FILES):
        rows = "".join(f"{t},{t * 1.5 + n}\n" for t in range(30))
        (folder / f"creep-{language}-{n}.csv").write_text(f"# {folder} {n}\nTemperature (K),Resistance (ohm)\n{rows}")
    with open_platform(Settings(home=Path(demo["home"])), n_workers=1) as resources:
        operator = local_asker(resources)
        homes = {
            name: add_organisation(operator, resources, About(name=f"{name} {language}", country="JP"))
            for name in ("University", "Steelworks", "Alloys", "Chemicals")
        }
        people = {
            login: Person(
                id=new_uuid(),
                login=f"{login}-{language}",
                name=name,
                organisation=homes[home].id,
                residency=Residency.RESIDENT,
            )
            for login, (home, name) in STAFF.items()
        }
        revision = resources.directory.load().revision
        resources.directory.change(list(people.values()), by="operator", expected=revision)
        for home, lead in (("Steelworks", "lead-a"), ("Alloys", "lead-b")):
            appoint_steward(operator, resources, str(homes[home].id), str(people[lead].id))
        project = make_project(operator, resources, f"Creep {language}", organisation=str(homes["University"].id))
        owner = replace(local_asker(resources), project=project.id)
        grant_role(owner, resources, project.id, str(people["steward"].id), Role.OWNER)
        assert [outcome.status for outcome in deposit(owner, resources, [folder])] == ["structured"] * N_FILES
        links = {login: make_link(operator, resources, person) for login, person in people.items()}
    ids = {name: str(home.id) for name, home in homes.items()}
    return Cast(project=str(project.id), name=project.name, organisations=ids, links=links), language, width


@contextmanager
def _browser(chromium: Any, address: str, cast: Cast, login: str, language: str, width: int) -> Iterator[Watched]:
    """Somebody's own browser, in which they have logged in by their link."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale=language)
    watched = Watched(context.new_page(), address)
    page = watched.go(f"/login/once/{cast.links[login]}")
    page.locator("main form button").click()
    page.wait_for_load_state()
    yield watched
    context.close()
    # Chromium itself says that a page was answered with 404: that is what is asked for here.
    assert [said for said in watched.errors if "404" not in said] == []
    assert watched.strangers == set()
    assert watched.violations == set()


def _found(watched: Watched, language: str) -> int:
    page = watched.go(f"/search?q=creep-{language}")
    return int(page.locator("article.hit").count())


def test_a_project_is_shared_with_two_companies_and_taken_back(
    chromium: Any, address: str, cast: tuple[Cast, str, int]
) -> None:
    of, language, width = cast
    t = Speaker(language)

    def browser(login: str) -> Any:
        return _browser(chromium, address, of, login, language, width)

    with browser("steward") as steward, browser("chemist-a") as chemist, browser("outsider") as outsider:
        assert _found(chemist, language) == 0
        page = steward.go(f"/projects/{of.project}")
        assert steward.overflow() == 0

        # The agreement, and an invitation to each company: what it would bring is read before.
        page = steward.go("/agreements")
        if page.locator("details#draft[open]").count() == 0:
            page.locator("details#draft > summary").click()
        page.fill("details#draft input[name=name]", f"Partners {language}")
        page.select_option("details#draft select[name=keeper]", of.project)
        page.fill("details#draft textarea[name=purposes]", "creep life")
        page.check("details#draft input[value=cite]")
        page.click("details#draft button.primary")
        page.wait_for_url("**/agreements/*")
        agreement = re.sub(r".*/agreements/", "", page.url)
        for company in ("Steelworks", "Alloys"):
            form = page.locator("form[action$='/invite']")
            if not form.is_visible():
                page.get_by_text(t("parties.invite"), exact=True).click()
            form.locator("input[name=party]").fill(of.organisations[company])
            form.locator("button").click()
            page.wait_for_url("**/invite?*")
            assert steward.overflow() == 0
            page.get_by_role("button", name=t("deed.invite")).click()
            page.wait_for_url(f"**/agreements/{agreement}")
        assert page.locator(".standing-invited").count() == 2
        assert steward.overflow() == 0

        # Sharing: four people of two companies would see three more measurements.
        page = steward.go(f"/projects/{of.project}")
        page.get_by_role("button", name=t("parties.share")).click()
        page.wait_for_url("**/policy?*")
        said = page.locator("section.panel").inner_text()
        weighed = t("parties.gaining", people=4, organisations=2, records=N_FILES)
        assert weighed in said
        assert f"Steelworks {language}" in said
        assert "小林" not in said  # nobody of a company that has not accepted is named
        assert steward.overflow() == 0
        page.get_by_role("button", name=t("parties.share_now"), exact=True).click()
        page.wait_for_url(f"**/projects/{of.project}")
        assert _found(chemist, language) == 0

        # Each company's steward reads the terms and accepts.
        for lead in ("lead-a", "lead-b"):
            with browser(lead) as company:
                assert _found(company, language) == 0
                page = company.go("/agreements")
                page.locator(".waiting a").click()
                page.get_by_text("creep life").wait_for()
                assert company.overflow() == 0
                page.get_by_role("button", name=t("parties.accept"), exact=True).click()
                page.locator(".standing-in-force").first.wait_for()
                assert _found(company, language) == N_FILES

        # A researcher finds and opens the records; somebody of a third company does not.
        assert _found(chemist, language) == N_FILES
        assert _found(outsider, language) == 0
        chemist.page.locator("article.hit a").first.click()
        chemist.page.wait_for_url("**/records/*")
        record = chemist.page.url.removeprefix(address)
        assert f"creep-{language}" in chemist.page.locator("h1").inner_text()
        assert f"Partners {language}" in chemist.go(f"/agreements/{agreement}").locator("h1").inner_text()
        assert outsider.page.goto(address + record).status == 404
        assert outsider.page.goto(f"{address}agreements/{agreement}").status == 404

        # Taken back: the people who lose it are named now.
        page = steward.go(f"/projects/{of.project}")
        page.get_by_role("button", name=t("parties.take_back")).click()
        page.wait_for_url("**/policy?*")
        said = page.locator("section.panel").inner_text()
        assert t("parties.losing", people=4, organisations=2, records=N_FILES) in said
        assert "小林 直樹" in said
        page.get_by_role("button", name=t("parties.take_back_now"), exact=True).click()
        page.wait_for_url(f"**/projects/{of.project}")

        # At the next click, in the same session, there is nothing any more.
        assert chemist.page.goto(address + record).status == 404
        assert chemist.page.goto(f"{address}api/v1{record}").status == 404
        assert _found(chemist, language) == 0
        answer = chemist.page.goto(f"{address}api/v1/search?q=creep-{language}&facet=kind")
        assert answer.json()["total"] == 0
        assert answer.json()["hits"] == []
        assert all(not values for values in answer.json()["facets"].values())
        page = chemist.go(f"/agreements/{agreement}")
        assert t("parties.nothing_shared") in page.locator("main").inner_text()
