from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from kiban.errors import DatabaseUnavailable, DiskFull
from kiban.operations.list_files import list_files
from kiban.platform import local_asker
from kiban.records.file_entry import Blob
from kiban.store.object_folder import ObjectFolder
from kiban.web.receive_deposit import clean_path

from .conftest import BYTES, CUT, SWEEP, Program

FORM = {"content-type": "multipart/form-data; boundary=frontier"}


def _part(content: bytes, *, name: str, file: str | None = None) -> bytes:
    named = f'; filename="{file}"'.encode() if file is not None else b""
    return b'--frontier\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (name.encode(), named, content)


def _kept(program: Program) -> list[str]:
    return [entry.path for entry in list_files(local_asker(program.resources), program.resources)]


def test_a_body_becomes_a_record(empty: Program) -> None:
    content = SWEEP % b"x"
    outcome = empty.deposit("run-7/sweep.csv", content, sample="S-1")
    assert outcome["status"] == "structured"
    assert (outcome["path"], outcome["reader"]) == ("run-7/sweep.csv", "delimited_text")
    assert (outcome["sha256"], outcome["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert outcome["measurements"] == [outcome["measurement"]]
    record = empty.get(f"/api/v1/records/{outcome['measurement']}").json()
    assert record["sample"]["title"] == "S-1"
    assert record["tier"] == "closed"


def test_the_same_bytes_again_are_the_same_record(empty: Program) -> None:
    first, second = (empty.deposit("sweep.csv", SWEEP % b"x") for _ in range(2))
    assert second["already_there"]
    assert not first["already_there"]
    assert second["measurement"] == first["measurement"]


def test_each_file_says_what_became_of_it(empty: Program) -> None:
    assert empty.deposit("cut.xrdml", CUT)["status"] == "quarantined"
    unknown = empty.deposit("unknown.bin", b"\x00\x01")
    assert unknown["status"] == "kept"
    assert unknown["reason"]


def test_a_form_gives_a_list_and_its_fields_count_for_the_files_after_them(empty: Program) -> None:
    body = b"".join(
        [
            _part(SWEEP % b"1", name="file", file="a.csv"),
            _part(b" S-2 ", name="sample"),
            _part(b"open", name="tier"),
            _part(SWEEP % b"2", name="anything", file="b.csv"),
            _part(b"", name="file", file=""),  # what a browser sends for a field without a file
            b"--frontier--\r\n",
        ]
    )
    answer = empty.ask("POST", "/api/v1/deposits", content=body, headers=FORM)
    first, second = answer.json()
    assert [first["path"], second["path"]] == ["a.csv", "b.csv"]
    shown = [empty.get(f"/api/v1/records/{outcome['measurement']}").json() for outcome in (first, second)]
    assert [record["tier"] for record in shown] == ["closed", "open"]
    assert shown[0]["sample"] is None
    assert shown[1]["sample"]["title"] == "S-2"


def test_any_bytes_arrive_unchanged(empty: Program) -> None:
    # What looks like the end of a part is not one, and pieces are cut anywhere.
    content = b"\r\n--frontie\r\n--frontier-\x00" * 5000
    body = _part(content, name="file", file="odd.bin") + b"--frontier--"

    async def pieces() -> Any:
        for at in range(0, len(body), 777):
            yield body[at : at + 777]

    [outcome] = empty.ask("POST", "/api/v1/deposits", content=pieces(), headers=FORM).json()
    assert outcome["sha256"] == hashlib.sha256(content).hexdigest()
    assert empty.get(f"/api/v1/files/{outcome['sha256']}/content").content == content


@pytest.mark.parametrize(
    ("parameters", "headers", "body", "status"),
    [
        ({}, BYTES, b"x", 422),  # no name
        ({"name": ""}, BYTES, b"x", 422),
        ({"name": "../.."}, BYTES, b"x", 422),
        ({"name": "x", "tier": "secret"}, BYTES, b"x", 422),
        ({"name": "x", "tier": "shared", "agreement": "nobody"}, BYTES, b"x", 422),
        ({"name": "x", "tier": "open", "agreement": "Partners of My laboratory"}, BYTES, b"x", 422),
        ({"name": "x", "embargo": "2001-01-01"}, BYTES, b"x", 422),
        ({"name": "x", "project": "of others"}, BYTES, b"x", 422),
        ({"name": "x", "sample": "a\u202eb"}, BYTES, b"x", 422),  # would turn the text around it
        ({"name": "x"}, {"content-type": "text/plain"}, b"x", 415),
        ({"name": "x"}, {}, b"x", 415),
        ({}, {"content-type": "multipart/form-data"}, b"x", 422),  # no boundary
        ({}, FORM, b"nonsense", 422),
        ({}, FORM, b"--frontier--\r\n", 422),  # no file
        ({}, FORM, _part(b"x", name="sample") + b"--frontier--", 422),
        ({}, FORM, _part(b"somebody", name="tier") + b"--frontier--", 422),
        ({}, FORM, _part(b"x" * 20_000, name="sample") + b"--frontier--", 422),
        ({}, FORM, b"--frontier\r\n\r\nnameless\r\n--frontier--", 422),
    ],
)
def test_a_wrong_request_is_told_and_keeps_nothing(
    empty: Program, parameters: dict[str, str], headers: dict[str, str], body: bytes, status: int
) -> None:
    answer = empty.ask("POST", "/api/v1/deposits", params=parameters, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "error", "fault", "mend"} <= answer.json().keys()
    assert answer.json()["status"] == status
    assert _kept(empty) == []


def test_a_form_that_breaks_off_keeps_the_whole_files_only(empty: Program) -> None:
    body = _part(SWEEP % b"1", name="file", file="whole.csv") + _part(SWEEP % b"2", name="file", file="half.csv")[:200]
    answer = empty.ask("POST", "/api/v1/deposits", content=body, headers=FORM)
    assert answer.status_code == 422
    assert _kept(empty) == ["whole.csv"]


def test_a_connection_that_breaks_off_keeps_nothing(empty: Program) -> None:
    messages = [
        {"type": "http.request", "body": b"x" * 3_000_000, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        assert message["type"].startswith("http.response")

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/deposits",
        "raw_path": b"/api/v1/deposits",
        "query_string": b"name=half.bin",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/octet-stream")],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    asyncio.run(empty.app(scope, receive, send))
    assert _kept(empty) == []
    assert list(empty.resources.objects.checksums()) == []
    folder = empty.resources.objects
    assert isinstance(folder, ObjectFolder)
    assert list((folder.folder / "tmp").iterdir()) == []


class _Full(ObjectFolder):
    """Says after the first bytes that the disk is full."""

    def put(self, chunks: Iterable[bytes]) -> Blob:
        next(iter(chunks))
        raise DiskFull("There is no room.", mend="Make room.")


def test_a_full_disk_is_told_even_while_bytes_are_still_coming(empty: Program) -> None:
    objects = empty.resources.objects
    assert isinstance(objects, ObjectFolder)
    full = Program(replace(empty.resources, objects=_Full(objects.folder)))

    async def pieces() -> Any:
        for _ in range(300):
            yield b"x" * 65536  # 20 MB: more than may wait between the network and the disk

    answer = full.ask("POST", "/api/v1/deposits", params={"name": "x"}, content=pieces(), headers=BYTES)
    assert answer.status_code == 507
    assert answer.json()["error"] == "DiskFull"


def test_a_database_that_is_away_is_told(empty: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> NoReturn:
        raise DatabaseUnavailable("PostgreSQL does not answer.", mend="Wait.")

    monkeypatch.setattr(empty.resources.catalog, "scopes", gone)
    answer = empty.get("/api/v1/health")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a.csv", "a.csv"),
        ("/etc/passwd", "etc/passwd"),
        ("..\\..\\run 1\\a.csv", "run 1/a.csv"),
        ("./a/../b//c", "a/b/c"),
        ("試料/測定.ras", "試料/測定.ras"),
    ],
)
def test_a_name_leads_nowhere_else(name: str, path: str) -> None:
    assert clean_path(name) == path


def test_a_reason_is_said_in_the_language_that_is_asked_for(empty: Program) -> None:
    headers = {"content-type": "application/octet-stream"}
    sent = {"params": {"name": "unknown.bin"}, "content": b"\x00\x01\x02"}
    english, japanese = (
        empty.ask("POST", "/api/v1/deposits", headers={**headers, "accept-language": language}, **sent).json()
        for language in ("en", "ja")
    )
    assert english["reason"].startswith("No reader recognises unknown.bin")
    assert english["said"] == english["reason"] or english["said"] == ""
    assert "読み取れる機能がありません" in japanese["said"]
