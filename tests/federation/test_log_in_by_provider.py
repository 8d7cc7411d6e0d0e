"""People log in with a real identity provider; answers that belong to another login are refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest

from kiban.compute.fence import Fence
from kiban.errors import Conflict, NotLoggedIn, ProviderUnavailable
from kiban.operations.accounts import make_account, set_active
from kiban.operations.log_in_by_provider import WayOut, begin_with_provider, finish_with_provider
from kiban.operations.provider_accounts import tie_by_operator, untie
from kiban.operations.resources import Resources
from kiban.operations.sessions import begin_session
from kiban.operations.who_is import Visitor, who_is
from kiban.records.identity import new_uuid
from kiban.records.parties.people import Group, Organisation, Person
from kiban.records.parties.provider import Admission, Provider
from kiban.records.party import Asker
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform, owner_of
from kiban.web.application import application

from .conftest import REDIRECT, SECRET

ROR = "https://ror.org/00example0"


@pytest.fixture(scope="module", name="fence")
def _fence() -> Iterator[Fence]:
    fence = Fence(n_workers=1)
    yield fence
    fence.close()


@pytest.fixture(name="resources")
def _resources(tmp_path: Path, fence: Fence, issuer: str) -> Resources:
    provider = Provider(
        name="test", label="Test University", issuer=issuer, client_id="kiban", client_secret=SECRET,
        admits=Admission.ANYONE, organisation_claim="eduperson_scoped_affiliation",
        organisations={"u-example.ac.jp": ROR}, groups_claim="groups",
        groups={"xrd-users": "Users of the diffractometer", "operators": "People of the operators"},
    )  # fmt: skip
    return memory_platform(ObjectFolder(tmp_path / "objects"), fence, providers=(provider,))


@pytest.fixture(name="operator")
def _operator(resources: Resources) -> Asker:
    return owner_of(resources)


def strict(resources: Resources) -> Resources:
    """The same platform, where an operator admits people."""
    return replace(resources, providers=(replace(resources.providers[0], admits=Admission.OPERATOR),))


def out(resources: Resources, **options: Any) -> WayOut:
    return begin_with_provider(resources, "test", redirect_uri=REDIRECT, following="/files", **options)


def log_in_there(address: str, login: str = "hana") -> dict[str, str]:
    """What a person does at the provider: name, password, consent. Gives the parameters that lead back."""
    with httpx.Client(trust_env=False) as browser:
        answer = browser.get(address)
        for _ in range(12):
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if target.startswith(REDIRECT):
                    return dict(parse_qsl(urlsplit(target).query))
                answer = browser.get(target)
                continue
            assert answer.status_code == 200, answer.text
            action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
            assert action is not None
            assert prompt is not None
            form = {"prompt": prompt[1], **({"login": login, "password": "x"} if prompt[1] == "login" else {})}
            answer = browser.post(urljoin(str(answer.url), action[1]), data=form)
    raise AssertionError("it never came back")


def back(resources: Resources, way: WayOut, answer: dict[str, str], visitor: Visitor | None = None) -> Any:
    return finish_with_provider(
        resources, visitor or who_is(resources), "test", cookie=way.cookie, answer=answer, redirect_uri=REDIRECT
    )


def refused(resources: Resources) -> list[str]:
    return [str(entry.details["wrong"]) for _, entry in resources.audit.read() if entry.act == "refused login"]


def test_somebody_new_gets_an_account_without_any_role_and_is_known_the_next_time(resources: Resources) -> None:
    for _ in range(2):
        way = out(resources)
        done = back(resources, way, log_in_there(way.address))
        assert done.following == "/files"
        visitor = who_is(resources, cookie=done.cookie)
        assert visitor.person is not None
        assert (visitor.person.login, visitor.person.name) == ("hana.sato", "佐藤 花")
        assert visitor.asker.roles == {}
        assert visitor.session is not None
        assert visitor.session.way == "Test University"
    assert sum(person.login.startswith("hana") for person in resources.directory.load().people.values()) == 1


def test_where_an_operator_admits_people_the_unknown_is_told_how_and_comes_in_once_tied(
    resources: Resources, operator: Asker
) -> None:
    platform = strict(resources)
    way = out(platform)
    with pytest.raises(NotLoggedIn, match="knows you as hana"):
        back(platform, way, log_in_there(way.address))
    hana = make_account(operator, platform, "hana", "花")
    issuer = platform.providers[0].issuer
    tie_by_operator(operator, platform, hana, issuer, "hana")
    way = out(platform)
    visitor = who_is(platform, cookie=back(platform, way, log_in_there(way.address)).cookie)
    assert visitor.person is not None
    assert visitor.person.id == hana.id
    ken = make_account(operator, platform, "ken", "Ken")
    with pytest.raises(Conflict):
        tie_by_operator(operator, platform, ken, issuer, "hana")
    untie(operator, platform, hana, issuer, "hana")
    way = out(platform)
    with pytest.raises(NotLoggedIn):
        back(platform, way, log_in_there(way.address))


def test_the_same_name_or_address_is_not_the_same_person(resources: Resources, operator: Asker) -> None:
    theirs = make_account(operator, resources, "hana.sato", "佐藤 花", email="hana@u-example.ac.jp", is_operator=True)
    way = out(resources)
    visitor = who_is(resources, cookie=back(resources, way, log_in_there(way.address)).cookie)
    assert visitor.person is not None
    assert visitor.person.id != theirs.id
    assert visitor.person.login == "hana.sato-2"
    assert not visitor.asker.is_operator


def test_organisation_and_groups_follow_the_provider(resources: Resources) -> None:
    university = Organisation(id=new_uuid(), name="Example University", ror=ROR)
    named = Group(id=new_uuid(), name="Users of the diffractometer")
    other = Group(id=new_uuid(), name="Looked after here")
    found = resources.directory.load()
    resources.directory.change([university, named, other], by="x", expected=found.revision)
    way = out(resources)
    visitor = who_is(resources, cookie=back(resources, way, log_in_there(way.address)).cookie)
    assert visitor.person is not None
    me = visitor.person.id
    assert visitor.person.organisation == university.id
    directory = resources.directory.load()
    assert me in directory.groups[named.id].members
    # A group that the provider does not speak of stays as it is; one that it took somebody out of does not.
    elsewhere = replace(directory.groups[other.id], members=frozenset({me}))
    taken = Group(id=new_uuid(), name="People of the operators", members=frozenset({me}))
    resources.directory.change([elsewhere, taken], by="x", expected=directory.revision)
    way = out(resources)
    back(resources, way, log_in_there(way.address))
    directory = resources.directory.load()
    assert me in directory.groups[other.id].members
    assert me not in directory.groups[taken.id].members


def test_an_account_that_is_not_in_force_stays_out(resources: Resources, operator: Asker) -> None:
    way = out(resources)
    visitor = who_is(resources, cookie=back(resources, way, log_in_there(way.address)).cookie)
    assert visitor.person is not None
    set_active(operator, resources, visitor.person, is_active=False)
    way = out(resources)
    with pytest.raises(NotLoggedIn):
        back(resources, way, log_in_there(way.address))


def test_a_code_is_taken_once(resources: Resources) -> None:
    way = out(resources)
    answer = log_in_there(way.address)
    back(resources, way, answer)
    with pytest.raises(NotLoggedIn, match="used already"):
        back(resources, way, answer)


def test_an_answer_belongs_to_the_login_and_the_browser_that_it_was_begun_in(resources: Resources) -> None:
    mine, theirs = out(resources), out(resources)
    answer = log_in_there(theirs.address, "ken")
    # Somebody's answer in the browser of somebody else: they would work in an account that is not theirs.
    with pytest.raises(NotLoggedIn, match="belongs to another login"):
        back(resources, mine, answer)
    with pytest.raises(NotLoggedIn, match="not work"):  # even with the right state: the verifier is another one
        back(resources, mine, {**answer, "state": dict(parse_qsl(urlsplit(mine.address).query))["state"]})
    for cookie in ("", "made up", mine.cookie[:-4] + "AAAA", "ü"):
        with pytest.raises(NotLoggedIn, match="another browser"):
            back(resources, WayOut(mine.address, cookie), answer)
    assert len(refused(resources)) == 6


def test_an_answer_without_a_code_or_with_another_issuer_is_refused(resources: Resources) -> None:
    way = out(resources)
    answer = log_in_there(way.address)
    with pytest.raises(NotLoggedIn, match="nobody logged in"):
        back(resources, way, {"error": "access_denied", "state": answer["state"]})
    with pytest.raises(NotLoggedIn, match="another issuer"):
        back(resources, way, {**answer, "iss": "https://idp.example.com"})


def test_a_code_for_another_platform_is_refused(resources: Resources) -> None:
    provider = resources.providers[0]
    elsewhere = replace(resources, providers=(replace(provider, client_id="another-platform"),))
    way = out(elsewhere)
    with pytest.raises(NotLoggedIn):
        back(resources, way, log_in_there(way.address))


def test_a_wrong_client_secret_lets_nobody_in(resources: Resources) -> None:
    wrong = replace(resources, providers=(replace(resources.providers[0], client_secret="wrong"),))
    way = out(wrong)
    with pytest.raises(NotLoggedIn):
        back(wrong, way, log_in_there(way.address))


def test_a_provider_that_is_down_is_told(resources: Resources) -> None:
    down = replace(resources, providers=(replace(resources.providers[0], issuer="http://127.0.0.1:9"),))
    with pytest.raises(ProviderUnavailable):
        out(down)


def _logged_in(resources: Resources, person: Person) -> Visitor:
    return who_is(resources, cookie=begin_session(resources, person, way="password"))


def test_an_identity_is_tied_by_whoever_is_logged_in_and_by_nobody_else(resources: Resources, operator: Asker) -> None:
    hana, ken = (make_account(operator, resources, login, login) for login in ("hana", "ken"))
    way = out(resources, ties_to=hana.id)
    answer = log_in_there(way.address)
    with pytest.raises(NotLoggedIn):
        back(resources, way, answer)  # nobody is logged in any more
    way = out(resources, ties_to=hana.id)
    answer = log_in_there(way.address)
    with pytest.raises(NotLoggedIn):
        back(resources, way, answer, _logged_in(resources, ken))
    way = out(resources, ties_to=hana.id)
    assert back(resources, way, log_in_there(way.address), _logged_in(resources, hana)).cookie is None
    assert resources.directory.load().people[hana.id].identities == {(resources.providers[0].issuer, "hana")}


def test_no_secret_of_the_login_reaches_the_audit_log(resources: Resources) -> None:
    way = out(resources)
    answer = log_in_there(way.address)
    done = back(resources, way, answer)
    written = repr(list(resources.audit.read()))
    for secret in (answer["code"], answer["state"], way.cookie, done.cookie, SECRET):
        assert secret not in written
    assert SECRET not in repr(resources.providers)


def test_the_pages_lead_out_and_back_in(resources: Resources) -> None:
    async def walk() -> None:
        transport = httpx.ASGITransport(app=application(resources))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8420") as browser:
            page = await browser.get("/login?next=/files", headers={"accept-language": "en"})
            assert "Log in with Test University" in page.text
            leaving = await browser.get("/login/with/test?next=/files")
            assert leaving.status_code == 303
            # As the provider, in a browser, leads back: the person's browser follows links of another site.
            answer = await asyncio.to_thread(log_in_there, leaving.headers["location"])
            come = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
            arrived = await browser.get("/login/with/test/done", params=answer, headers=come)
            assert (arrived.status_code, arrived.headers["location"]) == (303, "/files")
            assert "佐藤 花" in (await browser.get("/account")).text
            again = await browser.get("/login/with/test/done", params=answer, headers=come)
            assert again.status_code == 401  # what was kept for the way back is gone
            assert (await browser.get("/login/with/made-up")).status_code == 404

    asyncio.run(walk())
