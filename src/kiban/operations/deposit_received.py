"""The first half of a deposit: bytes into the object store, over the fence and back."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from kiban.compute.fence import ArchiveFailure, Fence
from kiban.compute.structured import Failure, Structured
from kiban.errors import DamagedObject
from kiban.operations.bundles import Patterns, bundles
from kiban.operations.discover import shown
from kiban.records.file_entry import Blob
from kiban.records.record import Record
from kiban.store.objects import ObjectStore

_MAX_DEPTH = 3
"""An archive in an archive in an archive is still opened."""


@dataclass(slots=True, kw_only=True)
class Received:
    """A file whose bytes are safe; what is known of it so far."""

    path: str
    """As it will stand in the catalog."""
    on_disk: str
    """As it was named."""
    blob: Blob
    result: Structured | Failure | None = None
    """`None` while nobody has looked, or need look, into it."""
    contents: list[bytes] = field(default_factory=list)
    """Normalised files that are not in the object store yet."""
    normalised: list[Blob] = field(default_factory=list)
    members: list[Received] = field(default_factory=list)
    parts: dict[str, Received] = field(default_factory=dict)
    """Files that are read together with it, by their path below its folder."""
    part_of: str = ""
    """The name of the file that it belongs to; such a file is not read by itself."""
    before: tuple[Record, ...] = ()
    """Measurements that were made of it earlier, where it is read anew."""

    @property
    def is_part(self) -> bool:
        """It belongs to another file."""
        return bool(self.part_of)

    @property
    def name(self) -> str:
        """The file name alone."""
        return self.path.rpartition("!/")[2].rpartition("/")[2]

    def all(self) -> Iterable[Received]:
        """The file itself, then those that belong to it, and the files inside it, at any depth."""
        yield self
        for part in self.parts.values():
            yield from part.all()
        for member in self.members:
            yield from member.all()


def submit(fence: Fence, objects: ObjectStore, received: Received) -> Future[tuple[Structured, list[bytes]] | Failure]:
    """Have the kept bytes read behind the fence; go on meanwhile."""
    companions = {below: (_kept_path(objects, part), part.blob.checksum) for below, part in received.parts.items()}
    return fence.submit_structure(
        _kept_path(objects, received), name=received.name, checksum=received.blob.checksum, companions=companions
    )


def settle(
    fence: Fence,
    objects: ObjectStore,
    received: Received,
    answer: tuple[Structured, list[bytes]] | Failure,
    *,
    depth: int = 0,
) -> None:
    """Take the answer in; open an archive and read what is inside. The normalised files are kept by `keep`."""
    if not isinstance(answer, Failure):
        received.result, received.contents = answer
        return
    received.result = answer
    if answer.error == "UnknownFormat":
        _release(fence, objects, received, depth=depth)
    if not answer.is_archive or depth >= _MAX_DEPTH:
        return
    try:
        for name, content in fence.unpack(_kept_path(objects, received), name=received.name):
            [blob] = objects.put_many([content])
            member = Received(
                path=f"{received.path}!/{shown(name)}", on_disk=f"{received.on_disk}!/{shown(name)}", blob=blob
            )
            received.members.append(member)
    except ArchiveFailure as e:
        # Half an archive is not an archive: it waits whole until it can be opened to its end.
        received.result, received.members = e.failure, []
        return
    received.members = _bundled(received.members, fence.companions())
    futures = [submit(fence, objects, member) for member in received.members]
    for member, future in zip(received.members, futures, strict=True):
        settle(fence, objects, member, future.result(), depth=depth + 1)


def _release(fence: Fence, objects: ObjectStore, received: Received, *, depth: int) -> None:
    """No reader knows the whole, so what seemed to belong to it is read by itself."""
    for part in received.parts.values():
        part.part_of = ""
        settle(fence, objects, part, submit(fence, objects, part).result(), depth=depth)


def _bundled(members: list[Received], patterns: Patterns) -> list[Received]:
    """Members that belong to another one as its parts."""
    by_path = {member.path: member for member in members}
    taken: set[str] = set()
    for main, parts in bundles(by_path, patterns):
        for below, path in parts.items():
            by_path[main].parts[below] = by_path[path]
            by_path[path].part_of = by_path[main].name
            taken.add(path)
    return [member for member in members if member.path not in taken]


def keep(objects: ObjectStore, received: Iterable[Received]) -> None:
    """Keep the normalised files of a whole batch together: one wait for the disk instead of one for each."""
    files = [file for one in received for file in one.all() if file.contents]
    blobs = iter(objects.put_many(content for file in files for content in file.contents))
    for file in files:
        file.normalised = [next(blobs) for _ in file.contents]
        file.contents = []


def _kept_path(objects: ObjectStore, received: Received) -> Path:
    path = objects.path(received.blob.checksum)
    if path is None:
        raise DamagedObject(
            f"Object {received.blob.checksum} has no file on this machine.",
            mend="Use an object store that keeps files on this machine.",
        )
    return path
