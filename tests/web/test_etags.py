"""Tags of answers: what has not changed is not sent again, and what has changed is not changed by mistake."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from kiban.errors import WrongUsage
from kiban.web.compressed import Compressed
from kiban.web.etags import is_among

from .conftest import SWEEP, Program

TITANIA = {"parts": ["Ti = 1", "O = 2"], "basis": "amount", "stated": "nominal"}


def _sample(program: Program, name: str) -> str:
    return str(program.ask("POST", "/api/v1/samples", json={"name": name}).json()["id"])


def test_what_has_not_changed_is_not_sent_again(program: Program) -> None:
    for address in ("records", "search", "terms", "files", "health", "tables"):
        first = program.get(f"/api/v1/{address}")
        tag = first.headers["etag"]
        again = program.get(f"/api/v1/{address}", headers={"if-none-match": f'"other", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), address
        assert "content-length" not in again.headers
        other = program.get(f"/api/v1/{address}", headers={"if-none-match": '"other"'})
        assert (other.status_code, other.content) == (200, first.content)


def test_a_file_that_is_there_already_is_not_sent_again(program: Program) -> None:
    sha256 = program.get("/api/v1/files").json()["files"][0]["sha256"]
    address = f"/api/v1/files/{sha256}/content"
    assert program.get(address).headers["etag"] == f'"{sha256}"'
    assert program.get(address, headers={"if-none-match": f'"{sha256}"'}).status_code == 304


def test_two_who_see_different_things_have_different_tags(empty: Program) -> None:
    made = empty.deposit("open.csv", SWEEP % b"two", tier="open", sample="S-9")
    address = f"/api/v1/records/{made['measurement']}"
    nobody = Program(empty.resources, by_credentials=True)
    ours, theirs = empty.get(address), nobody.get(address)
    assert ours.content != theirs.content
    assert ours.headers["etag"] != theirs.headers["etag"]
    assert nobody.get(address, headers={"if-none-match": ours.headers["etag"]}).status_code == 200


def test_a_change_on_what_was_shown_is_made_and_a_second_one_is_refused(empty: Program) -> None:
    sample = _sample(empty, "T-1")
    tag = empty.get(f"/api/v1/records/{sample}").headers["etag"]
    changes: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", f"/api/v1/samples/{sample}", {"formula": "TiO2"}),
        ("POST", f"/api/v1/samples/{sample}/compositions", TITANIA),
        ("POST", f"/api/v1/records/{sample}/restore", {"version": 1}),
    ]
    for method, address, body in changes:
        stale = empty.ask(method, address, json=body, headers={"if-match": '"0123"'})
        assert (stale.status_code, stale.json()["error"]) == (412, "ChangedSince"), address
        assert stale.json()["mend"].startswith("Get it again")
    assert empty.get(f"/api/v1/records/{sample}").json()["version"] == 1
    made = empty.ask(*changes[0][:2], json=changes[0][2], headers={"if-match": tag})
    assert (made.status_code, made.json()["version"]) == (200, 2)
    late = empty.ask(*changes[0][:2], json={"formula": "ZrO2"}, headers={"if-match": tag})
    assert late.status_code == 412
    assert empty.ask(*changes[0][:2], json={"formula": "ZrO2"}, headers={"if-match": "*"}).json()["version"] == 3


def test_if_match_tells_nothing_of_what_one_may_not_see(empty: Program) -> None:
    hidden = _sample(empty, "hidden")
    tag = empty.get(f"/api/v1/records/{hidden}").headers["etag"]
    nobody = Program(empty.resources, by_credentials=True)

    def answer(sample: str, header: str) -> tuple[int, str]:
        said = nobody.ask("PATCH", f"/api/v1/samples/{sample}", json={"formula": "O2"}, headers={"if-match": header})
        return said.status_code, said.text.replace(sample, "ID")

    never = "kb:7Q4M-2KXD-98"
    assert answer(hidden, tag) == answer(hidden, '"x"') == answer(never, '"x"')


def test_a_header_that_is_no_list_of_tags_is_told(empty: Program) -> None:
    sample = _sample(empty, "T-2")
    said = empty.ask("PATCH", f"/api/v1/samples/{sample}", json={"formula": "O2"}, headers={"if-match": "abc"})
    assert (said.status_code, said.json()["error"]) == (422, "WrongUsage")
    with pytest.raises(WrongUsage):
        is_among('"a"', "")
    assert not is_among('"a"', 'W/"a"')
    assert is_among('"a"', '"b" , "a-gzip"')


def test_answers_are_compressed_for_programs_alone(program: Program) -> None:
    asked = {"accept-encoding": "br, gzip;q=0.8"}
    plain = program.get("/api/v1/terms", headers={"accept-encoding": "identity"})
    packed = program.get("/api/v1/terms", headers=asked)
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content  # unpacked by the program
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    assert program.get("/api/v1/terms", headers={**asked, "if-none-match": packed.headers["etag"]}).status_code == 304
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    for refused in ({"accept-encoding": "gzip;q=0"}, {**asked, "cookie": "kiban_session=x"}):
        answer = program.get("/api/v1/terms", headers=refused)
        assert "content-encoding" not in answer.headers
    for page in ("/", "/login", "/search"):
        assert "content-encoding" not in program.get(page, headers=asked).headers
    sha256 = program.get("/api/v1/files").json()["files"][0]["sha256"]
    assert "content-encoding" not in program.get(f"/api/v1/files/{sha256}/content", headers=asked).headers


def test_streams_are_compressed_piece_by_piece(program: Program) -> None:
    plain = program.get("/api/v1/records/stream", headers={"accept-encoding": "identity"})
    packed = program.get("/api/v1/records/stream", headers={"accept-encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.content) == ("gzip", plain.content)


@pytest.mark.parametrize("size", [0, 10, 999, 1000, 300_000])
def test_the_compressor_gives_back_what_went_in(size: int) -> None:
    import asyncio

    content = bytes(i * i % 251 for i in range(size))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/csv"), (b"content-length", str(size).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/api/v1/x", "headers": [(b"accept-encoding", b"gzip")]}
    asyncio.run(Compressed(app)(scope, None, send))  # type: ignore[arg-type]  it asks for nothing
    headers = dict(sent[0]["headers"])
    body = b"".join(message["body"] for message in sent[1:])
    assert int(headers[b"content-length"]) == len(body)
    assert (gzip.decompress(body) if b"content-encoding" in headers else body) == content
    assert (b"content-encoding" in headers) == (size >= 1000)


def test_a_list_leads_to_its_next_part(program: Program) -> None:
    found, address = [], "/api/v1/records?q=NOT%20nothing&limit=2"
    while address:
        answer = program.get(address)
        found += [hit["id"] for hit in answer.json()["hits"]]
        address = answer.links["next"]["url"] if "next" in answer.links else ""
        assert bool(address) == (answer.json()["next"] is not None)
    everything = program.get("/api/v1/records", params={"q": "NOT nothing", "limit": 500}).json()["hits"]
    assert found == [hit["id"] for hit in everything]
    assert "next" in program.get("/api/v1/files", params={"limit": 1}).links
    assert "below" in program.get("/api/v1/audit", params={"limit": 1}).links["next"]["url"]


def test_head_and_options_say_what_there_is(program: Program) -> None:
    sample = program.get("/api/v1/records", params={"q": 'kind = "sample"'}).json()["hits"][0]["id"]
    whole, head = program.get(f"/api/v1/records/{sample}"), program.ask("HEAD", f"/api/v1/records/{sample}")
    assert head.status_code == 200
    assert head.headers["etag"] == whole.headers["etag"]
    options = program.ask("OPTIONS", f"/api/v1/records/{sample}/rights")
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"
    assert program.ask("OPTIONS", "/api/v1/nothing").status_code == 404
