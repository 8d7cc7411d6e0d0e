"""A program of its own: reads a file with a library that Kiban does not import, and says what is in it as plain data.

    python -P -B outside_program.py LIBRARY FORMAT FILE NAME

RosettaSciIO is under the GNU General Public License. It is not part of Kiban: who wants it installs `kiban[gpl]`. This
program is the only place that loads it. It loads nothing of Kiban, is started as a process for one
file, and ends with it; what crosses is a description in JSON and the bytes of arrays:

    8 bytes     length of the description, little-endian
    JSON        {"datasets": [{"title", "kind", "header", "variables": [{"name", "label", "unit", "dimensions",
                "role", "dtype", "shape"}]}]}, or {"error": kind, "message": text}
    bytes       each variable's array, one after the other, little-endian, in C order

NAME is what the file is called: libraries look at its suffix, and the file itself lies under another name.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import re
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def main() -> None:
    """Answer on standard output."""
    library, file_format, path, name = sys.argv[1:5]
    answers = os.fdopen(os.dup(1), "wb")
    # Libraries that print must not speak into the answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    arrays: list[Any] = []
    try:
        with _linked(Path(path), Path(name).suffix.lower()) as link:
            datasets = _READ[library](file_format, str(link), arrays)
        said: dict[str, Any] = {"datasets": datasets}
    except MemoryError:
        said, arrays = {"error": "MemoryError", "message": "it takes more memory than allowed"}, []
    except Exception as e:  # noqa: BLE001  whatever the library raises is the answer
        said, arrays = {"error": type(e).__name__, "message": str(e)[:500]}, []
    described = json.dumps(said, default=str).encode()
    answers.write(len(described).to_bytes(8, "little"))
    answers.write(described)
    for array in arrays:
        answers.write(array.tobytes())
    answers.flush()


@contextmanager
def _linked(path: Path, suffix: str) -> Iterator[Path]:
    """The file under a name with its suffix. Nothing is written: a process behind the fence may not."""
    for place in ("/dev/shm", "/tmp", "/var/tmp"):  # noqa: S108  a folder of our own is made in it
        folder = Path(place) / f"kiban-outside-{os.getpid()}-{secrets.token_hex(8)}"
        try:
            folder.mkdir(mode=0o700)
        except OSError:
            continue
        link = folder / f"file{suffix}"
        try:
            link.symlink_to(path.absolute())
            yield link
        finally:
            link.unlink(missing_ok=True)
            folder.rmdir()
        return
    raise OSError("no folder for temporary files can be written to")


def _variable(arrays: list[Any], values: Any, **described: Any) -> dict[str, Any]:
    import numpy as np

    array = np.asarray(values)
    if array.dtype.kind not in "iufcb":
        raise TypeError(f"values of type {array.dtype}")
    array = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    arrays.append(array)
    return {**described, "dtype": array.dtype.str, "shape": list(array.shape)}


def _name(text: str, otherwise: str, taken: set[str]) -> str:
    """A name for a variable: lower case, digits and underscores, once each."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    if not re.match(r"[a-z]", name):
        name = otherwise
    unique, n = name, 2
    while unique in taken:
        unique, n = f"{name}_{n}", n + 1
    taken.add(unique)
    return unique


def _rosettasciio(file_format: str, path: str, arrays: list[Any]) -> list[dict[str, Any]]:
    import numpy as np

    plugin = importlib.import_module(f"rsciio.{file_format}")
    datasets = []
    for found in plugin.file_reader(path):
        data = np.asarray(found["data"])
        taken: set[str] = set()
        variables, dimensions = [], []
        for n, axis in enumerate(found["axes"]):
            name = _name(str(axis.get("name") or ""), f"axis_{n + 1}", taken)
            if "axis" in axis:
                values: Any = np.asarray(axis["axis"], dtype=np.float64)
            else:
                values = float(axis["offset"]) + float(axis["scale"]) * np.arange(int(axis["size"]))
            label, unit = str(axis.get("name") or ""), _unit(axis.get("units"))
            dimensions.append(name)
            variables.append(
                _variable(arrays, values, name=name, label=label, unit=unit, dimensions=[name], role="axis")
            )
        described = found.get("metadata") or {}
        signal_of = described.get("Signal", {})
        quantity = str(signal_of.get("quantity") or "")
        in_brackets = re.search(r"\(([^()]*)\)$", quantity)
        name = _name("intensity", "intensity", taken)
        unit = in_brackets[1] if in_brackets else ""
        signal_itself = _variable(
            arrays, data, name=name, label=quantity, unit=unit, dimensions=dimensions, role="signal"
        )
        variables.append(signal_itself)
        kind = str(signal_of.get("signal_type") or "")
        if not kind and described.get("Acquisition_instrument"):
            kind = "microscope image" if data.ndim >= 2 else ""
        datasets.append(
            {
                "title": str(described.get("General", {}).get("title") or ""),
                "kind": kind,
                "variables": variables,
                "header": {"metadata": described, "original_metadata": found.get("original_metadata") or {}},
            }
        )
    return datasets


def _unit(units: Any) -> str:
    text = str(units) if isinstance(units, str) else ""
    return "" if text in {"[]", "<undefined>"} else text


_READ = {"rosettasciio": _rosettasciio}


if __name__ == "__main__":
    main()
