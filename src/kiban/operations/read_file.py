"""Say what a file holds, without keeping it. The only deed that needs no home and no asker: nothing is kept or shown
that the caller could not read himself."""

from __future__ import annotations

from pathlib import Path

from kiban import errors
from kiban.compute.fence import Fence
from kiban.compute.structured import Failure, ReadSummary
from kiban.errors import UnreadableFile, WrongUsage
from kiban.operations.bundles import parts_on_disk


def read_file(fence: Fence, path: Path) -> ReadSummary:
    """Recognise and read one file behind the fence.

    Raises
    ------
    WrongUsage
        If there is no such file, or it may not be read.
    UnreadableFile
        If no Reading can be made of it; of the kind that says why.
    """
    try:
        with path.open("rb"):
            parts = {below: path.parent / below for below in parts_on_disk(path, fence.companions())}
            summary = fence.summarise(path, name=path.name, companions=parts)
    except OSError as e:
        raise WrongUsage(f"{path} cannot be opened: {e.strerror}.", mend="Check the path and its permissions.") from e
    if isinstance(summary, Failure):
        raise as_error(summary)
    return summary


def as_error(failure: Failure) -> UnreadableFile:
    """Make an error of what came back over the fence."""
    kind = getattr(errors, failure.error, UnreadableFile)
    error: UnreadableFile = (kind if issubclass(kind, UnreadableFile) else UnreadableFile)(
        failure.fault, mend=failure.mend
    )
    error.reader = failure.reader
    return error
