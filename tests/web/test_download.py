from __future__ import annotations

import unicodedata
from email.message import Message
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.web.download import content_disposition, safe_name

from .conftest import BYTES, SWEEP, Program

NASTY = (
    "../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\autoexec.bat", "a/./b/../c.ras", "....//x.ras",
    "a\r\nSet-Cookie: kiban_session=1", "a\x00b.ras", "a\x1b[31mred", "\u202etxt.exe", "\u2066a\u2069.ras",
    'a"; filename="evil.exe', "a;b.ras", "a%2f..%2fb", "CON", "nul.txt", "LPT1.ras", ".htaccess", "a. . .", "~root",
    "が" * 300, "é" * 120 + ".ras", "a" * 900, "<script>alert(1)</script>.html", "'; DROP TABLE file; --",
    "\ufeffa.ras", "a\u200b.ras",
    "测\u2028量.ras", "🧪.ras", "-rf", "|touch x", "$(touch x)", "`id`",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("scan.ras", "scan.ras"),
        ("run-1/測定 1.ras", "測定 1.ras"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\a.raw", "a.raw"),
        ("a\r\nb.ras", "ab.ras"),
        ("report_\u202etxt.exe", "report_txt.exe"),
        ("e\u0301.ras", "é.ras"),
        ('a"b<c>d:e|f?g*h.ras', "a_b_c_d_e_f_g_h.ras"),
        ("con", "_con"),
        ("Com1.txt", "_Com1.txt"),
        ("console.txt", "console.txt"),
        (".bashrc", "bashrc"),
        ("a. . ", "a"),
        ("...", "file"),
        ("", "file"),
        ("folder/", "folder"),
        ("x" * 500 + ".xrdml", "x" * 194 + ".xrdml"),
        ("が" * 300 + ".ras", "が" * 65 + ".ras"),
        ("a." + "b" * 300, "a." + "b" * 198),
    ],
)
def test_the_name_of_a_download_is_what_it_looks_like(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.one_of(st.text(), st.sampled_from(NASTY)))
def test_no_name_leaves_the_folder_or_the_header(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= 201
    assert PurePosixPath(safe).name == safe
    assert PureWindowsPath(safe).name == safe
    assert not PureWindowsPath(safe).is_reserved()
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} for c in safe)
    assert unicodedata.is_normalized("NFC", safe)
    assert safe_name(safe) == safe
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    # As another program takes it apart.
    message = Message()
    message["content-disposition"] = header
    assert message.get_content_disposition() == "attachment"
    assert unquote(header.rpartition("filename*=UTF-8''")[2]) == safe
    assert header.count(";") == 2
    assert header.count('"') == 2


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_name_is_catalogued_tamed_and_given_back_tamed(empty: Program, name: str) -> None:
    outcome = empty.ask(
        "POST", f"/api/v1/deposits?name={quote(name, safe='')}", content=b"\x00" + name.encode(), headers=BYTES
    )
    if "\x00" in name:
        assert outcome.status_code == 400
        assert empty.get("/api/v1/files").json()["files"] == []
        return
    assert outcome.status_code == 200, outcome.text
    [entry] = empty.get("/api/v1/files").json()["files"]
    path = entry["path"]
    assert path.isprintable()
    assert unicodedata.is_normalized("NFC", path)
    assert not path.startswith("/")
    assert not {"", ".", ".."} & {part.strip() for part in path.split("/")}
    answer = empty.get(f"/api/v1/files/{entry['sha256']}/content")
    assert answer.content == b"\x00" + name.encode()
    assert answer.headers["content-disposition"] == content_disposition(path)
    assert "<script>alert" not in empty.get("/files").text


def test_whatever_was_deposited_is_never_shown_as_a_page(empty: Program) -> None:
    for name, content in (
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("page.xhtml", b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'),
        ("style.css", b"body { background: red }"),
        ("script.js", b"alert(1)"),
        ("paper.pdf", b"%PDF-1.4 ..."),
    ):
        empty.deposit(name, content)
    for entry in empty.get("/api/v1/files").json()["files"]:
        headers = empty.get(f"/api/v1/files/{entry['sha256']}/content").headers
        assert headers["content-type"] == "application/octet-stream"
        assert headers["content-disposition"].startswith("attachment;")
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; sandbox")
        assert "allow-" not in policy


def test_everything_that_is_made_to_be_kept_is_a_download(empty: Program) -> None:
    measurement = empty.deposit("sweep.csv", SWEEP % b"x", sample="S-1")["measurement"]
    sample = empty.get("/api/v1/search", params={"q": 'kind = "sample"'}).json()["hits"][0]["id"]
    offers = empty.get(f"/api/v1/records/{measurement}/exports").json()
    addresses = [f"/api/v1/records/{measurement}/export?as={offer['name']}" for offer in offers]
    addresses += [
        f"/api/v1/records/{measurement}/normalised",
        "/api/v1/tables?format=csv",
        "/api/v1/tables?format=json",
    ]
    addresses += [f"/api/v1/labels?id={sample}&size=avery-l7160&as=pdf"]
    addresses += [f"/api/v1/labels?id={sample}&size=25x25&as={kind}" for kind in ("svg", "png")]
    assert len(addresses) > 6
    for address in addresses:
        answer = empty.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-disposition"].startswith("attachment;"), address
