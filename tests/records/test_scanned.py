"""What scanners give for the code of a label."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidIdentifier
from kiban.records.identity import new_pid
from kiban.records.scanned import scanned_pid
from kiban.standards.label import code_content

PID = "kb:7Q4M-2KXD-98"


@pytest.mark.parametrize(
    "text",
    [
        PID,
        "KB:7Q4M-2KXD-98",
        " 7q4m2kxd98\r\n",
        "7Q4M-2KXD-98",
        "KB+7Q4M-2KXD-98",
        "kb;7Q4M-2KXD-98",
        "ｋｂ：７Ｑ４Ｍ－２ＫＸＤ－９８",
        "http://127.0.0.1:8420/id/kb:7Q4M-2KXD-98",
        "HTTPS://KIBAN.EXAMPLE.ORG/LAB/ID/KB:7Q4M-2KXD-98",
        "https://kiban.example.org/id/kb%3A7Q4M-2KXD-98?lang=ja#top",
        "https+//kiban.example.org/id/kb+7Q4M-2KXD-98",
        "/id/7Q4M2KXD98",
    ],
)
def test_it_is_read_in_every_spelling(text: str) -> None:
    assert scanned_pid(text) == PID


@pytest.mark.parametrize(
    "text", ["", "kb:", "4901234567894", "https://example.org/", "http://x/records/kb:7Q4M-2KXD-98", "7Q4M-2KXD-99",
             "/id/", "x" * 100_000]
)  # fmt: skip
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        scanned_pid(text)


@given(st.builds(new_pid), st.sampled_from((None, "https://kiban.example.org", "http://127.0.0.1:8420/lab/")))
def test_what_labels_hold_is_read(pid: str, base_url: str | None) -> None:
    assert scanned_pid(code_content(pid, base_url)) == pid


@given(st.text())
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    with contextlib.suppress(InvalidIdentifier):
        scanned_pid(text)
