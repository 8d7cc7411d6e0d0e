"""Files that appear whole or not at all, whatever is killed and whenever, also for readers on other machines."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

from kiban.errors import DiskFull, NotReached


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in its place at once, in place of one that may be there. Raises NotReached, DiskFull."""
    # In the same folder, or the last step would be a copy. The dot keeps it from those who look for results.
    # Its name is drawn: others, also on other machines, may write the same file at the same time.
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _keep_name(path.parent)
    except OSError as e:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise _told(path, e) from e


def _keep_name(folder: Path) -> None:
    """A file is there after a power cut only if its folder was written too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _told(path: Path, e: OSError) -> NotReached | DiskFull:
    if e.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(f"There is no room to write {path.name}.", mend="Make room, then run again.")
    return NotReached(
        f"{path} cannot be written: {e.strerror or e}.", mend="Check that the folder is there and may be written to."
    )
