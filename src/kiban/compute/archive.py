"""The files inside a zip or tar archive, one after another. Runs behind the fence."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from kiban.errors import DamagedFile, HostileFile, LimitExceeded
from kiban.readers.source import Source, read_bounded
from kiban.readers.zipped import SIGNATURE, Zipped, escapes

_TAR_MAGIC_AT = 257


def is_archive(source: Source) -> bool:
    """Say whether the bytes are a zip or tar archive, packed or not."""
    if source.head.startswith(SIGNATURE) or _is_tar(source):
        return True
    inner = source.unpacked()
    return inner is not None and _is_tar(inner)


def members(source: Source) -> Iterator[tuple[str, bytes]]:
    """Give name and bytes of each regular file inside; links, devices and folders are left out.

    Raises
    ------
    DamagedFile
        If it is no archive, or ends too early.
    HostileFile
        If a name leaves the archive, or it unpacks to far more than data can.
    LimitExceeded
    """
    if source.head.startswith(SIGNATURE):
        archive = Zipped(source)
        for name in archive.names:
            # Archives made on Windows may have its signs between folders.
            yield name.replace("\\", "/"), archive.read(name)
        return
    tar = source if _is_tar(source) else source.unpacked()
    if tar is None or not _is_tar(tar):
        raise DamagedFile(f"{source.name} is no archive.", mend="Give a zip or tar file.")
    yield from _tar_members(tar)


def _is_tar(source: Source) -> bool:
    return source.head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar"


def _tar_members(source: Source) -> Iterator[tuple[str, bytes]]:
    limits = source.limits
    left = limits.expanded_bytes
    try:
        with source.open() as stream, tarfile.open(fileobj=stream, mode="r:") as tar:
            for n_seen, info in enumerate(tar):
                if n_seen >= limits.members:
                    raise LimitExceeded(
                        f"{source.name} has more than {limits.members} members.",
                        mend="Split the archive. It is kept as it came.",
                    )
                if not info.isreg():
                    continue
                if escapes(info.name):
                    raise HostileFile(
                        f"{source.name} has a member '{info.name}' whose name leaves the archive.",
                        mend="Pack the files again under plain relative names.",
                    )
                file = tar.extractfile(info)
                if file is None:
                    continue
                content = read_bounded(
                    cast(BinaryIO, file), packed_bytes=info.size, limits=limits, name=f"{source.name}!/{info.name}"
                )
                if len(content) != info.size:
                    raise _cut(source.name)
                left -= len(content)
                if left < 0:
                    raise LimitExceeded(
                        f"{source.name} holds more than {limits.expanded_bytes} bytes in all.",
                        mend="Unpack it yourself and deposit the files. It is kept as it came.",
                    )
                yield info.name, content
        # An archive ends with two blocks of zeros. Python's tarfile takes a cut one for a shorter one.
        if source.tail(2 * tarfile.BLOCKSIZE).strip(b"\0"):
            raise _cut(source.name)
    except (tarfile.TarError, EOFError, OSError, ValueError) as e:
        raise DamagedFile(
            f"{source.name} begins as a tar archive but cannot be read to its end: {e}.",
            mend="Copy it again from where it was made; it is kept as it came.",
        ) from e


def _cut(name: str) -> DamagedFile:
    return DamagedFile(
        f"{name} is a tar archive that ends too early.",
        mend="Copy it again from where it was made; it is kept as it came.",
    )
