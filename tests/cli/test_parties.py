"""Projects, agreements, organisations and groups in the terminal."""

from __future__ import annotations

from kiban.records.identity import new_uuid
from kiban.records.parties.people import Person

from .conftest import Terminal


def _with_people(kiban: Terminal, *logins: str) -> None:
    directory = kiban.resources.directory.load()
    homes = {o.name: o.id for o in directory.organisations.values()}
    people = [
        Person(id=new_uuid(), login=login, name=login.title(), organisation=homes.get(login.partition(".")[2]))
        for login in logins
    ]
    kiban.resources.directory.change(people, by="operator", expected=directory.revision)


def test_a_project_is_shared_and_taken_back(kiban: Terminal) -> None:
    kiban.run("organisation", "add", "ironworks", "--country", "JP", "--ja", "鉄工所")
    _with_people(kiban, "mori.ironworks", "kato.ironworks")
    shown = kiban.one("organisation", "steward", "ironworks", "mori.ironworks")
    assert [steward["login"] for steward in shown["stewards"]] == ["mori.ironworks"]
    made = kiban.one("project", "add", "Steel", "--owner", "kato.ironworks")
    assert [(member["name"], member["role"]) for member in made["members"]] == [("Kato.Ironworks", "owner")]
    kiban.one(
        "agreement", "draft", "Partners", "--keeper", "Steel", "--purpose", "alloys", "--owes", "cite",
        "--ends", "2099-03-31",
    )  # fmt: skip
    out, err = kiban.run("agreement", "invite", "Partners", "ironworks", "--may", "use", "--preview")
    assert "Nothing was changed." in err
    invited = kiban.one("agreement", "invite", "Partners", "ironworks", "--may", "use")
    [party] = invited["parties"]
    assert (party["standing"], party["rights"]) == ("invited", ["data", "exists", "metadata", "use"])
    accepted = kiban.one("agreement", "accept", "Partners")
    assert accepted["parties"][0]["standing"] == "in force"
    shared = kiban.one("project", "share", "Steel", "Partners")
    assert (shared["tier"], shared["agreement"]) == ("shared", accepted["id"])
    out, _ = kiban.run("project", "show", "Steel")
    assert "shared, under Partners" in out
    assert kiban.one("project", "close", "Steel")["tier"] == "closed"
    assert kiban.one("agreement", "leave", "Partners", "--party", "ironworks")["parties"][0]["standing"] == "left"
    assert kiban.one("agreement", "end", "Partners")["is_in_force"] is False


def test_roles_and_groups(kiban: Terminal) -> None:
    kiban.run("organisation", "add", "lab")
    _with_people(kiban, "mori.lab", "kato.lab")
    kiban.one("group", "add", "Students", "--organisation", "lab")
    assert [m["login"] for m in kiban.one("group", "join", "Students", "mori.lab")["members"]] == ["mori.lab"]
    shown = kiban.one("project", "role", "My laboratory", "Students", "reader", "--until", "2099-01-01")
    held = {(member["kind"], member["name"], member["role"]) for member in shown["members"]}
    assert held == {("group", "Students", "reader"), ("person", "Operator", "owner")}
    assert kiban.one("project", "sees", "mori.lab")["n_records"] == 1
    kiban.run("project", "role", "My laboratory", "Students", "none")
    assert kiban.one("project", "sees", "mori.lab")["n_records"] == 0
    kiban.run("group", "leave", "Students", "mori.lab")
    assert [p["name"] for p in kiban.lines("project", "list")] == ["My laboratory"]
    assert [g["name"] for g in kiban.lines("group", "list")] == ["Students"]


def test_policies(kiban: Terminal) -> None:
    shown = kiban.one(
        "project", "policy", "My laboratory", "--allow", "closed", "--allow", "shared", "--embargo-days", "730"
    )
    assert (shown["allowed"], shown["embargo_days"]) == (["closed", "shared"], 730)
    preview = kiban.one("project", "policy", "My laboratory", "--tier", "open", "--preview")
    assert preview["after"]["tier"] == "open"
    assert kiban.one("project", "show", "My laboratory")["tier"] == "closed"


def test_what_cannot_be_is_told_with_the_way_out(kiban: Terminal) -> None:
    _, err = kiban.run("project", "show", "Nowhere", exit_code=1)
    assert "There is no record Nowhere." in err
    _, err = kiban.run("project", "role", "My laboratory", "x", "reader", "--until", "soon", exit_code=2)
    assert "2027-03-31" in err
    failed = kiban.one("agreement", "accept", "Partners of My laboratory", exit_code=1)
    assert failed["error"] == "Refused"
