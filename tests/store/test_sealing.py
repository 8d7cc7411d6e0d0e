"""What is sealed opens with its key, for its purpose, and in no other way."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import StorageError
from kiban.store.sealing import new_sealer, sealer_in


@given(content=st.binary(max_size=100), place=st.integers(min_value=0))
def test_it_opens_as_it_was_and_not_when_a_byte_was_changed(content, place):
    sealer = new_sealer()
    sealed = sealer.seal(content, "a")
    assert sealer.open(sealed, "a") == content
    assert sealer.open(sealed, "b") is None
    assert new_sealer().open(sealed, "a") is None
    changed = bytearray(sealed)
    changed[place % len(changed)] ^= 1
    assert sealer.open(bytes(changed), "a") is None
    assert sealer.open(sealed[: place % len(sealed)], "a") is None


def test_a_folder_keeps_one_key_whoever_comes_first(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        sealers = list(pool.map(lambda _: sealer_in(tmp_path / "keys"), range(8)))
    sealed = sealers[0].seal(b"x", "a")
    assert all(sealer.open(sealed, "a") == b"x" for sealer in sealers)
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["sealing.key"]
    assert (tmp_path / "keys" / "sealing.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("mode", "length"), [(0o640, 32), (0o604, 32), (0o600, 31), (0o600, 0)])
def test_a_key_that_others_read_or_that_is_cut_short_is_refused(tmp_path, mode, length):
    path = tmp_path / "sealing.key"
    path.write_bytes(os.urandom(length))
    path.chmod(mode)
    with pytest.raises(StorageError):
        sealer_in(tmp_path)
