"""The pages and routes of export control."""

from __future__ import annotations

from typing import Any

import pytest

from kiban.operations.judge_export import judgement_of
from kiban.operations.releases import show_releases
from kiban.operations.releases_as_json import row_as_json
from kiban.operations.samples import register_sample
from kiban.platform import local_asker
from kiban.records.parties.export_control import CAUTIOUS, ExportClass
from kiban.records.sample import Sample

from .conftest import Program


@pytest.fixture(name="pid")
def _pid(empty: Program) -> str:
    return register_sample(local_asker(empty.resources), empty.resources, Sample(name="alloy")).pid


def form_of(rows: list[dict[str, Any]], act: str, expected: int) -> dict[str, str]:
    """What a browser sends: texts of each row, and its ticked boxes."""
    sent = {"act": act, "expected": str(expected)}
    boxes = {"classes": ["unjudged", "not listed", "listed"], "relations": ["member", "party", "public"]}
    boxes["residencies"] = ["unknown", "resident", "resident of a specific category", "non-resident"]
    for n, row in enumerate(rows):
        sent |= {f"rows.{n}.order": str(n + 1), f"rows.{n}.says": row["says"], f"rows.{n}.reason": row["reason"]}
        sent[f"rows.{n}.reason_ja"] = row.get("reason_ja", "")
        for name, values in boxes.items():
            sent |= {f"rows.{n}.{name}.c{values.index(value)}": "on" for value in row.get(name, [])}
        for name in ("items", "countries"):
            sent[f"rows.{n}.{name}"] = ", ".join(row.get(name, []))
    return sent


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_shows_every_row(empty: Program, language: str) -> None:
    page = empty.get("/export-control", params={"lang": language})
    assert page.status_code == 200
    for row in CAUTIOUS.rows:
        assert row.reason in page.text
        assert row.reason_ja in page.text
        assert row.reason_ja
    for text in ("未判定", "非居住者", "個別判断") if language == "ja" else ("not judged yet", "needs a decision"):
        assert text in page.text


def test_the_table_of_the_page_sent_back_is_the_same_table(empty: Program) -> None:
    rows = [row_as_json(row) for row in CAUTIOUS.rows]
    asker = local_asker(empty.resources)
    revision = show_releases(asker, empty.resources).revision
    seen = empty.ask("POST", "/export-control/table", data=form_of(rows, "preview", revision))
    assert "Nobody would see more or less." in seen.text
    # The last row is typed anew, and moved to the front; an empty row at the end is none.
    rows.append({"says": "refuse", "reason": ""})
    form = form_of(rows, "save", revision) | {"rows.7.order": "0.5", "rows.7.items": "EAR 3E", "rows.7.says": "refuse"}
    form |= {"rows.7.reason": "Semiconductors wait for the ministry.", "rows.7.countries": "kr、 us"}
    assert empty.ask("POST", "/export-control/table", data=form).status_code == 303
    now = show_releases(asker, empty.resources).table.rows
    assert now[1:] == CAUTIOUS.rows[:-1]
    assert (now[0].items, now[0].countries) == (frozenset({"EAR 3E"}), frozenset({"KR", "US"}))
    late = empty.ask("POST", "/export-control/table", data=form)
    assert "changed by somebody else" in late.text
    back = empty.ask("POST", "/export-control/table", data={"act": "shipped", "expected": "0"})
    assert CAUTIOUS.rows[-1].reason in back.text
    assert show_releases(asker, empty.resources).table.rows == now  # only shown so far


def test_a_row_that_cannot_be_is_told_with_what_was_typed(empty: Program) -> None:
    rows = [{"says": "allow", "reason": "ours", "countries": ["Japan"]}]
    page = empty.ask("POST", "/export-control/table", data=form_of(rows, "preview", 0))
    assert "Row 1 of the release table" in page.text
    assert 'value="JAPAN"' in page.text


def test_a_record_is_judged_on_its_page(empty: Program, pid: str) -> None:
    page = empty.get(f"/records/{pid}/export-control")
    assert "Nobody has judged this record itself" in page.text
    sent = {"export_class": "listed", "item": "EAR 3E001", "ground": "process data <b>"}
    assert empty.ask("POST", f"/records/{pid}/export-control", data=sent).status_code == 303
    page = empty.get(f"/records/{pid}/export-control")
    assert "process data &lt;b&gt;" in page.text
    assert "EAR 3E001" in page.text
    sent = {"export_class": "not listed", "item": "EAR 3E001", "ground": "a mistake"}
    assert empty.ask("POST", f"/records/{pid}/export-control", data=sent).status_code == 303
    kept = judgement_of(local_asker(empty.resources), empty.resources, pid)
    assert (kept.export_class, kept.item) == (ExportClass.NOT_LISTED, None)
    missing = empty.ask("POST", f"/records/{pid}/export-control", data={"export_class": "not listed"})
    assert missing.status_code == 422


def test_the_routes_say_the_same(empty: Program, pid: str) -> None:
    body = {"class": "listed", "item": "EAR 3E001", "ground": "process data", "records": [pid]}
    answer = empty.ask("POST", "/api/v1/export-control/judgements", json=body)
    told = answer.json()
    assert (told["records"], told["changed"]) == (1, 1)
    # Nobody has said yet where the person behind the first account is.
    assert [(held["name"], held["waits"]) for held in told["held_back"]] == [("Operator", True)]
    judged = empty.get(f"/api/v1/records/{pid}/export-control").json()
    assert (judged["class"], judged["item"], judged["ground"]) == ("listed", "EAR 3E001", "process data")
    table = empty.get("/api/v1/export-control").json()
    assert table["is_shipped"]
    sent = {"rows": table["rows"][:1], "expected": table["revision"]}
    address = "/api/v1/export-control/table"
    assert empty.ask("PUT", address, json=sent, params={"preview": "true"}).json()["is_public"] is False
    assert empty.ask("PUT", address, json=sent).json()["rows"] == table["rows"][:1]
    assert empty.ask("PUT", address, json=sent).status_code == 409
    wrong = {"rows": [{"says": "allow", "reason": "x", "countries": ["jp"]}], "expected": 0}
    assert empty.ask("PUT", address, json=wrong).status_code == 422
    decision = {"scope": 0, "party": "0190a2d0-0000-7000-8000-000000000099", "says": "allow", "ground": "x"}
    missing = empty.ask("POST", "/api/v1/export-control/decisions", json=decision | {"expected": 0})
    assert missing.status_code == 404
