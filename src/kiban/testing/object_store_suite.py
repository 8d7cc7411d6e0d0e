"""What every object store must pass, wherever it keeps its bytes.

class TestMyObjects(ObjectStoreSuite):
    def make_store(self, folder):
        return MyObjects(folder)
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.errors import DamagedObject
from kiban.records.file_entry import Blob
from kiban.store.objects import MemoryObjects, ObjectStore

_LONG = 9 * 2**20
"""Bytes: more than a store would gather in memory."""

_contents = st.binary(max_size=40)


@dataclass(frozen=True)
class _Put:
    chunks: list[bytes]


@dataclass(frozen=True)
class _PutMany:
    contents: list[bytes]


@dataclass(frozen=True)
class _Spoil:
    number: int
    content: bytes | None


@dataclass(frozen=True)
class _Sweep: ...


_Action = _Put | _PutMany | _Spoil | _Sweep
_actions = st.lists(
    st.one_of(
        st.builds(_Put, st.lists(_contents, max_size=4)),
        st.builds(_PutMany, st.lists(_contents, max_size=5)),
        st.builds(_Spoil, st.integers(0, 9), st.none() | _contents),
        st.builds(_Sweep),
    ),
    max_size=12,
)


class ObjectStoreSuite(ABC):
    """Subclass it; pytest runs the inherited tests."""

    @abstractmethod
    def make_store(self, folder: Path) -> ObjectStore:
        """Make an empty store; the folder is empty and may be used or not."""

    def spoil(self, store: ObjectStore, checksum: str, content: bytes | None) -> None:
        """Change what is kept behind the store's back; `None` removes it. Override where there are no files."""
        path = store.path(checksum)
        assert path is not None
        path.unlink()
        if content is not None:
            path.write_bytes(content)

    def test_bytes_come_back_as_they_were(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        for content in (b"", b"\0", b"line\r\nline\n", bytes(range(256)) * 4096):
            blob = store.put([content])
            assert blob == _blob(content)
            assert store.has(blob.checksum)
            assert store.verify(blob.checksum) == len(content)
            with store.open(blob.checksum) as file:
                assert file.read() == content

    def test_chunks_add_up(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        assert store.put(iter([b"ab", b"", b"c"])) == store.put([b"abc"]) == _blob(b"abc")
        assert store.put([]) == _blob(b"")

    def test_long_contents_are_kept_whole(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        block = bytes(range(251)) * 1000
        n_blocks = _LONG // len(block)
        expected = _blob(block * n_blocks)
        for _ in range(2):
            assert store.put(block for _ in range(n_blocks)) == expected
            assert store.verify(expected.checksum) == expected.size

    def test_the_same_bytes_are_kept_once(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        assert store.put([b"same"]) == store.put([b"sa", b"me"])
        assert store.put_many([b"same", b"other", b"same"]) == [_blob(b"same"), _blob(b"other"), _blob(b"same")]
        assert list(store.checksums()) == sorted([_blob(b"same"), _blob(b"other")], key=lambda blob: blob.checksum)

    def test_many_are_answered_in_their_order(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        contents = [b"%d" % number for number in range(300)]
        assert store.put_many(iter(contents)) == [_blob(content) for content in contents]
        assert store.put_many([]) == []
        assert [blob.checksum for blob in store.checksums()] == sorted(_blob(content).checksum for content in contents)

    def test_what_is_not_there_is_said_to_be_gone(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        kept = store.put([b"kept"]).checksum
        for checksum in ("0" * 64, kept.upper(), kept[:63], kept + "0", "", "..", f"../{kept}", f"{kept[:2]}/{kept}"):
            assert not store.has(checksum)
            assert store.path(checksum) is None
            with pytest.raises(DamagedObject, match="gone"):
                store.open(checksum)
            with pytest.raises(DamagedObject, match="gone"):
                store.verify(checksum)

    def test_a_changed_byte_is_found(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        for spoilt in (b"contenT", b"content ", b"", b"conten"):
            checksum = store.put([b"content"]).checksum
            self.spoil(store, checksum, spoilt)
            with pytest.raises(DamagedObject, match=checksum) as found:
                store.verify(checksum)
            assert found.value.mend

    def test_depositing_again_repairs(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        for spoilt in (b"contenT", b"", None):
            checksum = store.put([b"content"]).checksum
            self.spoil(store, checksum, spoilt)
            store.put([b"content"])
            assert store.verify(checksum) == len(b"content")
            self.spoil(store, checksum, spoilt)
            store.put_many([b"content"])
            assert store.verify(checksum) == len(b"content")

    def test_depositing_a_long_content_again_repairs(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        content = b"0123456789abcdef" * (_LONG // 16)
        chunks = [content[: 5 * 2**20], content[5 * 2**20 :]]
        checksum = store.put(chunks).checksum
        self.spoil(store, checksum, content[:-1] + b"X")
        assert store.put(chunks) == _blob(content)
        assert store.verify(checksum) == len(content)

    def test_an_error_of_the_source_passes_unchanged_and_nothing_is_kept(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)

        def breaking(n_before: int) -> Iterator[bytes]:
            for _ in range(n_before):
                yield b"x" * 2**20
            raise FileNotFoundError(2, "the source is gone")

        for n_before in (0, 1, _LONG // 2**20):
            with pytest.raises(FileNotFoundError, match="the source is gone"):
                store.put(breaking(n_before))
            with pytest.raises(FileNotFoundError, match="the source is gone"):
                store.put_many(breaking(n_before))
        assert list(store.checksums()) == []
        assert store.sweep() == 0

    def test_several_may_put_the_same_at_once(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        contents = [b"%d" % (number % 7) for number in range(56)]
        with ThreadPoolExecutor(8) as threads:
            blobs = list(threads.map(lambda content: store.put([content]), contents))
            answers = list(threads.map(lambda _: store.put_many(contents), range(8)))
        assert blobs == [_blob(content) for content in contents]
        assert answers == [blobs] * 8
        assert [store.verify(blob.checksum) for blob in store.checksums()] == [1] * 7

    def test_sweeping_touches_no_object(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        blobs = store.put_many([b"a", b"b"])
        assert store.sweep() == 0
        assert [store.verify(blob.checksum) for blob in blobs] == [1, 1]

    def test_it_does_what_the_store_in_memory_does(self) -> None:
        @settings(max_examples=60, deadline=None)
        @given(actions=_actions)
        def compare(actions: list[_Action]) -> None:
            with TemporaryDirectory() as folder:
                store, model = self.make_store(Path(folder)), MemoryObjects()
                for action in actions:
                    self._act(action, store, model)
                    assert list(store.checksums()) == list(model.checksums())
                    assert _soundness(store, model) == _soundness(model, model)

        compare()  # inside, because hypothesis wants one test for each class that inherits this

    def _act(self, action: _Action, store: ObjectStore, model: MemoryObjects) -> None:
        match action:
            case _Put(chunks):
                assert store.put(chunks) == model.put(chunks)
            case _PutMany(contents):
                assert store.put_many(contents) == model.put_many(contents)
            case _Spoil(number, content):
                if kept := list(model.checksums()):
                    checksum = kept[number % len(kept)].checksum
                    self.spoil(store, checksum, content)
                    spoil_in_memory(model, checksum, content)
            case _Sweep():
                assert store.sweep() == model.sweep()


def spoil_in_memory(store: MemoryObjects, checksum: str, content: bytes | None) -> None:
    """Change what the store in memory keeps; `None` removes it."""
    del store._contents[checksum]
    if content is not None:
        store._contents[checksum] = content


def _soundness(store: ObjectStore, model: MemoryObjects) -> list[tuple[str, int | None]]:
    answers: list[tuple[str, int | None]] = []
    for blob in model.checksums():
        try:
            answers.append((blob.checksum, store.verify(blob.checksum)))
        except DamagedObject:
            answers.append((blob.checksum, None))
    return answers


def _blob(content: bytes) -> Blob:
    return Blob(hashlib.sha256(content).hexdigest(), len(content))
