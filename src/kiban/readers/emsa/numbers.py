"""The numbers of an MSA file: Y alone or pairs of X and Y, several on a line, commas between them or not."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.number_list import numbers

MEND = "Export the spectrum again; the file is kept as it came."
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")


def read_numbers(lines: list[str], promised: int | None, *, is_xy: bool, place: str) -> NDArray[np.float64]:
    """Read all numbers.

    Parameters
    ----------
    promised : int, optional
        The number of points of the head.

    Returns
    -------
    array, shape (n, 1) or (n, 2)
        Y, or X and Y. More points than promised may be there, never fewer.

    Raises
    ------
    DamagedFile
        If fewer points follow than are promised, or something is no finite number.
    """
    width = 2 if is_xy else 1
    tokens = " ".join(lines).replace(";", " ").split()
    stripped = [token.rstrip(",") for token in tokens]
    # A comma inside a number is its decimal mark only where commas do not stand between the numbers.
    has_points = any("." in token for token in stripped)
    is_decimal = bool(stripped) and not has_points and all(_DECIMAL_COMMA.fullmatch(t) or t.isdigit() for t in stripped)
    if is_decimal and promised is not None and len(stripped) == promised * width:
        text = " ".join(stripped).replace(",", ".")
    else:
        text = " ".join(tokens).replace(",", " ")
    values = np.asarray(numbers(text, what="spectrum", file=place), dtype=np.float64)
    if not bool(np.all(np.isfinite(values))):
        raise DamagedFile(f"{place}: finite numbers were expected; some are none.", mend=MEND)
    if len(values) % width:
        raise DamagedFile(f"{place}: pairs of X and Y were expected; {len(values)} numbers were found.", mend=MEND)
    found = len(values) // width
    if promised is not None and found < promised:
        raise DamagedFile(f"{place}: the head promises {promised} points, {found} follow.", mend=MEND)
    return values.reshape(-1, width)
