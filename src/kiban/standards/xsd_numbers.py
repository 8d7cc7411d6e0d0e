"""Numbers as texts in the words of XML Schema, which CSVW and MaiML share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NOT_FINITE = {"nan": "NaN", "inf": "INF", "-inf": "-INF"}


def number_texts(values: NDArray[Any]) -> Iterable[str]:
    """The shortest text of each number that gives the same number again; of truth values `true` and `false`."""
    if values.dtype.kind == "b":
        return ("true" if value else "false" for value in values.tolist())
    if values.dtype.kind != "f":
        return map(str, values.tolist())
    texts = map(repr, values.tolist()) if values.dtype.itemsize == 8 else map(str, values)
    if bool(np.all(np.isfinite(values))):
        return texts
    return (_NOT_FINITE.get(text, text) for text in texts)
