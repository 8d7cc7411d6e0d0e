from __future__ import annotations

import hashlib
from urllib.parse import quote

import pytest

from kiban.records.party import ANONYMOUS
from kiban.web.asker import Desk

from .conftest import CUT, Program


def test_files_are_listed_newest_first_by_status(program: Program) -> None:
    files = program.get("/api/v1/files").json()["files"]
    assert [file["path"] for file in files] == ["page.html", "測定 1.bin", "cut.xrdml", "open.csv", "run-1/sweep.csv"]
    some = program.get("/api/v1/files?status=kept&status=quarantined").json()["files"]
    assert {file["status"] for file in some} == {"kept", "quarantined"}
    assert len(some) == 3
    assert program.get("/api/v1/files?status=lost").status_code == 422


def test_parts_follow_each_other_without_gap_or_repeat(program: Program) -> None:
    paths, after = [], ""
    while True:
        part = program.get(f"/api/v1/files?limit=2{after}").json()
        paths += [file["path"] for file in part["files"]]
        if part["next"] is None:
            break
        after = f"&after={part['next']}"
    assert paths == [file["path"] for file in program.get("/api/v1/files").json()["files"]]


def test_a_file_says_what_was_made_of_it(program: Program) -> None:
    listed = {file["path"]: file for file in program.get("/api/v1/files").json()["files"]}
    [structured] = program.get(f"/api/v1/files/{listed['run-1/sweep.csv']['sha256']}").json()
    assert [record["kind"] for record in structured["records"]] == ["measurement"]
    [cut] = program.get(f"/api/v1/files/{hashlib.sha256(CUT).hexdigest()}").json()
    assert (cut["status"], cut["records"]) == ("quarantined", [])
    assert cut["reason"]


@pytest.mark.parametrize(
    ("content", "name"), [(b"<script>alert(1)</script>", "page.html"), (b"\x00\x01\x02 unknown", "測定 1.bin")]
)
def test_bytes_come_back_as_they_came_and_never_run(program: Program, content: bytes, name: str) -> None:
    checksum = hashlib.sha256(content).hexdigest()
    answer = program.get(f"/api/v1/files/{checksum}/content")
    assert answer.content == content
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].endswith(f"; filename*=UTF-8''{quote(name, safe='')}")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-length"] == str(len(content))


def test_a_file_one_may_not_see_is_answered_like_one_that_is_not_there(program: Program) -> None:
    stranger = Program(program.resources, asks=Desk(ANONYMOUS, program.resources))
    hidden, absent = hashlib.sha256(CUT).hexdigest(), "0" * 64
    for part in ("", "/content"):
        one, other = stranger.get(f"/api/v1/files/{hidden}{part}"), program.get(f"/api/v1/files/{absent}{part}")
        assert one.status_code == other.status_code == 404
        assert one.text.replace(hidden, absent) == other.text
    assert [file["path"] for file in stranger.get("/api/v1/files").json()["files"]] == ["open.csv"]


def test_a_checksum_has_64_digits(program: Program) -> None:
    for wrong in ("x", "0" * 63, "G" * 64, "0" * 64 + "%0A"):
        assert program.get(f"/api/v1/files/{wrong}").status_code == 422


def test_a_file_is_read_anew_and_says_what_has_changed(program: Program) -> None:
    listed = {file["path"]: file for file in program.get("/api/v1/files").json()["files"]}
    for path, status in (("run-1/sweep.csv", "structured"), ("cut.xrdml", "quarantined")):
        answer = program.ask("POST", f"/api/v1/files/{listed[path]['sha256']}/readings")
        assert answer.status_code == 200
        [outcome] = answer.json()
        assert (outcome["path"], outcome["status"], outcome["already_there"]) == (path, status, True)
    assert program.ask("POST", f"/api/v1/files/{'0' * 64}/readings").status_code == 404
