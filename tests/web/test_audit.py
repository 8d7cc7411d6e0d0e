"""The audit log over REST and as a page: all of it for operators, for stewards what touches their projects."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

import kiban.operations
from kiban.operations.projects import FIRST_PROJECT
from kiban.platform import local_asker
from kiban.records.parties.right import Role
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.scope import ScopeTerms, Tier
from kiban.store.audit_export import check_export
from kiban.testing.audit_suite import an_entry
from kiban.web.asker import Desk

from .conftest import Program


def asking(program, asker):
    """The same platform, asked by somebody else."""
    return Program(program.resources, asks=Desk(asker, program.resources))


@pytest.fixture(name="steward")
def _steward(program):
    return asking(program, Asker(party="ann", roles={FIRST_PROJECT: Role.STEWARD}, address="192.0.2.5"))


@pytest.fixture(name="elsewhere")
def _elsewhere(program):
    """A scope of another project."""
    return program.resources.catalog.ensure_scope(ScopeTerms(project=uuid4(), tier=Tier.CLOSED)).number


def test_an_operator_reads_who_did_what_and_when(program):
    program.resources.audit.append([an_entry(actor="ben", subject="kb:0000-0000-00", rule="embargo", address="::1")])
    found = program.get("/api/v1/audit?limit=1").json()
    [line] = found["lines"]
    assert (line["party"], line["act"], line["rule"], line["address"]) == ("ben", "read record", "embargo", "::1")
    assert line["at"].startswith("2026-02-03T04:05:06")
    assert found["sees_all"] is True
    assert found["next"] == line["number"]
    [before] = program.get(f"/api/v1/audit?limit=1&below={found['next']}").json()["lines"]
    assert before["number"] == line["number"] - 1


@pytest.mark.parametrize("asker", [ANONYMOUS, Asker(party="eve", roles={FIRST_PROJECT: Role.CONTRIBUTOR})])
@pytest.mark.parametrize("address", ["/audit", "/api/v1/audit", "/api/v1/audit/export", "/audit/export"])
def test_nobody_else_reads_any_of_it(program, asker, address):
    answer = asking(program, asker).get(address)
    refused = {403} if asker.party == "eve" else {401, 303}  # whoever is not logged in is asked to
    assert answer.status_code in refused
    assert "kb:" not in answer.text


def test_a_steward_reads_the_lines_of_its_projects_and_of_others_nothing(program, steward, elsewhere):
    own = next(s.number for s in program.resources.catalog.scopes() if s.project == FIRST_PROJECT)
    secret = {"question": "their alloy", "n": 9}
    program.resources.audit.append(
        [
            an_entry(actor="one", scope=elsewhere, details=secret),
            an_entry(actor="two", scopes=(own, elsewhere), details=secret),
            an_entry(actor="three", scope=own, details=secret),
            an_entry(actor="four", details=secret),
        ]
    )
    found = steward.get("/api/v1/audit?act=read%20record&since=2026-02-03&until=2026-02-04").json()
    shown = {line["actor"]: line for line in found["lines"] if line["actor"] in {"one", "two", "three", "four"}}
    assert set(shown) == {"two", "three"}
    assert (shown["two"]["details"], shown["two"]["is_partial"]) == ({}, True)
    assert (shown["three"]["details"], shown["three"]["is_partial"]) == (secret, False)
    assert found["sees_all"] is False
    page = steward.get("/audit").text
    assert "Verify now" not in page
    assert ">one<" not in page
    exported = [json.loads(line) for line in steward.get("/audit/export").text.splitlines()]
    assert exported[0]["excerpt"] is True
    assert "one" not in {line.get("actor") for line in exported}
    [partial] = [line for line in exported if line.get("actor") == "two"]
    assert (partial["scopes"], partial["details"], partial["partial"]) == ([own], "{}", True)


def test_an_export_is_verified(program, tmp_path):
    file = tmp_path / "log.jsonl"
    for address in ("/audit/export", "/api/v1/audit/export"):
        file.write_text(program.get(address).text, encoding="utf-8")
        report = check_export(file)
        # Nothing is signed where the platform is in memory; that is all there is to find.
        assert [finding.kind for finding in report.findings] == ["kept heads"]
        assert report.n_lines > 5


def test_the_page_filters_and_goes_on(program):
    program.resources.audit.append([an_entry(actor=f"person {n}", act="tested") for n in range(60)])
    first = program.get("/audit?act=tested").text
    assert "person 59" in first
    assert "person 9<" not in first
    assert 'rel="next"' in first
    assert "person 59" not in program.get("/audit?act=tested&actor=person+3").text
    assert "No line of the log" in program.get("/audit?actor=nobody+at+all").text


@pytest.mark.parametrize("query", ["since=yesterday", "until=2026-13-01", "below=0", "below=x"])
def test_what_cannot_be_understood_is_said(program, query):
    for address in ("/audit", "/api/v1/audit"):
        answer = program.get(f"{address}?{query}")
        assert answer.status_code == 422, address


def test_hostile_words_stay_words(program):
    hostile = '"><script>alert(1)</script>'
    entry = an_entry(actor=hostile, act=hostile, subject=hostile, rule=hostile, details={hostile: hostile + "\ud800"})
    program.resources.audit.append([replace(entry, address=hostile)])
    page = program.get("/audit").text
    assert "<script>alert" not in page
    assert program.get("/api/v1/audit?limit=1").status_code == 200


def test_verification_from_the_page_says_what_it_found(program):
    page = program.ask("POST", "/audit/verify", headers={"origin": "http://127.0.0.1:8420"}).text
    assert "are as they were written" in page
    assert asking(program, Asker(party="ann", roles={FIRST_PROJECT: Role.OWNER})).ask(
        "POST", "/audit/verify", headers={"origin": "http://127.0.0.1:8420"}
    ).status_code == 403  # fmt: skip


def test_reading_the_log_is_in_the_log(program):
    program.get("/api/v1/audit?actor=ben")
    [line] = program.get("/api/v1/audit?act=read%20audit%20log&limit=1").json()["lines"]
    assert line["details"]["asked"] == {"actor": "ben"}
    assert line["party"] == local_asker(program.resources).party


def test_every_deed_that_reads_is_named_in_both_languages() -> None:
    folder = Path(kiban.operations.__file__).parent
    acts = {act for path in folder.glob("*.py") for act in re.findall(r'@reads\("([^"]+)"\)', path.read_text("utf-8"))}
    assert len(acts) > 20
    for language in ("en", "ja"):
        words = json.loads((folder.parent / "web" / "words" / f"audit.{language}.json").read_text("utf-8"))
        assert {act for act in acts if f"act.{act}" not in words} == set()
