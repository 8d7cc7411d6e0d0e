"""Opening an HDF5 file, and turning all that HDF5 and h5py complain of into errors of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from kiban.errors import DamagedFile, KibanError, LimitExceeded
from kiban.readers.hdf5.heaps import check_heaps
from kiban.readers.source import Source

if TYPE_CHECKING:
    import h5py

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MEND = "Copy the file again from where it was made, or save it again; it is kept as it came."
_Found = TypeVar("_Found")
_COMPLAINTS = (
    OSError,
    KeyError,
    ValueError,
    TypeError,
    RuntimeError,
    AttributeError,
    IndexError,
    OverflowError,
    SystemError,
    MemoryError,
)
"""What h5py makes of HDF5's complaints."""


def is_hdf5(head: bytes) -> bool:
    """The signature stands at the beginning, or behind a block of the user's: at 512, 1024, 2048, ..."""
    if head.startswith(SIGNATURE):
        return True
    place = 512
    while place < len(head):
        if head[place : place + len(SIGNATURE)] == SIGNATURE:
            return True
        place *= 2
    return False


@contextmanager
def opened(source: Source) -> Iterator[h5py.File]:
    """Open the file for reading. It is given to HDF5 as a stream: HDF5 does not learn where it lies.

    Raises
    ------
    DamagedFile
        If it cannot be opened, or HDF5 complains about anything while it is open.
    LimitExceeded
        If HDF5 wants more memory than there is.
    """
    import h5py

    try:
        with source.open() as stream:
            check_heaps(stream, source.size, file=source.name)
            stream.seek(0)
            with h5py.File(stream, "r") as file:
                yield file
    except KibanError:
        raise
    except MemoryError as e:
        raise LimitExceeded(
            f"{source.name}: reading it takes more memory than allowed.",
            mend="Export a smaller part of the measurement. The file is kept as it came.",
        ) from e
    # h5py has an exception of some kind for each of HDF5's many complaints; none of them names all.
    except Exception as e:
        raise DamagedFile(f"{source.name}: HDF5 cannot read it ({type(e).__name__}: {e}).", mend=MEND) from e


def looked_at(source: Source, look: Callable[[h5py.File], _Found]) -> _Found | None:
    """Look into a file while recognising it; `None` where it is no HDF5 or cannot be opened.

    `look` may not read texts of variable length: the heaps are not looked through here, which would read the file.
    """
    import h5py

    if not is_hdf5(source.head):
        return None
    try:
        with source.open() as stream, h5py.File(stream, "r") as file:
            return look(file)
    # See `opened`; whatever is wrong is said when the file is read.
    except (*_COMPLAINTS, KibanError):
        return None
