"""Identifiers: what the check character catches, and how people may write them."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidIdentifier
from kiban.records.identity import ALPHABET, new_pid, new_uuid, parse_pid, pids_in

pids = st.builds(lambda _: new_pid(), st.integers())


@given(pid=pids)
def test_a_pid_is_read_in_any_spelling(pid: str) -> None:
    bare = pid.removeprefix("kb:").replace("-", "")
    for spelling in (
        pid,
        pid.upper(),
        pid.lower(),
        bare,
        bare.lower(),
        f" {pid} ",
        bare.replace("1", "l").replace("0", "o"),
    ):
        assert parse_pid(spelling) == pid


@given(pid=pids, where=st.integers(0, 9), other=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_caught(pid: str, where: int, other: str) -> None:
    symbols = list(pid.removeprefix("kb:").replace("-", ""))
    if symbols[where] == other:
        return
    symbols[where] = other
    with pytest.raises(InvalidIdentifier, match="check character"):
        parse_pid("".join(symbols))


@given(pid=pids, one=st.integers(0, 9), two=st.integers(0, 9))
def test_two_characters_that_change_places_are_always_caught(pid: str, one: int, two: int) -> None:
    symbols = list(pid.removeprefix("kb:").replace("-", ""))
    if symbols[one] == symbols[two]:
        return
    symbols[one], symbols[two] = symbols[two], symbols[one]
    with pytest.raises(InvalidIdentifier, match="check character"):
        parse_pid("".join(symbols))


@pytest.mark.parametrize(
    "text", ["", "kb:", "kb:7Q4M", "7Q4M-2KXD-98T", "kb:7Q4M-2KXU-9T", "../../etc", "kb:7Q4M_2KXD_9T"]
)
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        parse_pid(text)


def test_uuids_are_of_version_7_and_in_order_across_threads() -> None:
    made: list[list[int]] = [[] for _ in range(4)]

    def make(mine: list[int]) -> None:
        mine.extend(new_uuid().int for _ in range(2000))

    threads = [threading.Thread(target=make, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(mine == sorted(mine) for mine in made)
    assert len({uuid for mine in made for uuid in mine}) == 8000
    example = new_uuid()
    assert example.version == 7
    assert example.variant == "specified in RFC 4122"


@given(
    pid=pids,
    before=st.sampled_from(["", "LTO_", "run 7 ", "試料"]),
    after=st.sampled_from(["", "_01.xrdml", ".txt", " (2)"]),
)
def test_a_pid_is_found_inside_a_file_name(pid: str, before: str, after: str) -> None:
    bare = pid.removeprefix("kb:")
    spellings = (pid, bare, bare.lower(), f"kb_{bare}", f"kb-{bare.replace('-', '')}", bare.replace("-", "_"))
    if before in {"", "run 7 ", "試料"}:
        assert all(pids_in(f"{before}{spelling}{after}") == (pid,) for spelling in spellings)


def test_words_that_look_like_a_pid_are_turned_away() -> None:
    assert pids_in("20240115_scan_01.xy Sample-batch-07") == ()
    assert pids_in("") == ()
