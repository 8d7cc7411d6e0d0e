"""Numbers as a file stores them, in the byte order of this machine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def in_native_order(stored: NDArray[Any]) -> NDArray[Any]:
    """The same numbers as this machine keeps them: the array itself, which may be a view of a file's bytes, where they
    are stored so; otherwise a copy."""
    if stored.dtype.isnative and stored.flags.aligned:
        return stored
    return stored.astype(stored.dtype.newbyteorder("="))


def numbers_in(content: bytes | memoryview, dtype: np.dtype[Any], *, n: int, offset: int = 0) -> NDArray[Any]:
    """n numbers that begin at an offset, in this machine's byte order; not copied where that is not needed.

    Raises
    ------
    ValueError
        If there are fewer.
    """
    return in_native_order(np.frombuffer(content, dtype, count=n, offset=offset))
