"""Streams of rows: read one after another, and known to be whole only at their end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from kiban.client.exchange import Exchange
from kiban.errors import CutShort, WrongUsage

_ENDINGS = {"parquet": b"PAR1", "arrow": b"\xff\xff\xff\xff\x00\x00\x00\x00", "jsonl": b"}\n"}
"""Footer of Parquet, end-of-stream mark of Arrow; lines have a last one that says how many there were."""
_MEND = "Do it again; ask for less at a time if it happens again."


def rows(exchange: Exchange, address: str, question: str) -> Iterator[dict[str, Any]]:
    """The rows of a stream, as they arrive. Raises CutShort at the end, if that did not come."""
    import msgspec

    decode, n, waiting = msgspec.json.Decoder().decode, 0, b""
    with exchange.stream(address, q=question, format="jsonl") as answer:
        for chunk in answer.iter_bytes():
            *lines, waiting = (waiting + chunk).split(b"\n")
            for line in lines:
                row = decode(line)
                if row.get("end") is True:
                    _check(n, row.get("rows"))
                    return
                n += 1
                yield row
    raise CutShort(f"{n} rows came, and nothing that says that these are all.", mend=_MEND)


def _check(n: int, promised: object) -> None:
    if n != promised:
        raise CutShort(f"{promised} rows were promised, {n} came.", mend=_MEND)


def save(exchange: Exchange, address: str, path: Path, *, form: str | None = None, **parameters: Any) -> Path:
    """Write a body to a file, which is there only once it is whole. Raises CutShort, WrongUsage.

    Parameters
    ----------
    form : str, optional
        `jsonl`, `arrow` or `parquet`: how its end is known.
    """
    if form is not None and form not in _ENDINGS:
        raise WrongUsage(f"Rows cannot be had as '{form}'.", mend=f"Use one of: {', '.join(_ENDINGS)}.")
    more = {"format": form} if form is not None else {}
    last = b""
    with exchange.stream(address, **parameters, **more) as answer, _whole(path) as out:
        for chunk in answer.iter_bytes():
            out.write(chunk)
            last = (last + chunk)[-200:]
        if form is not None and not (last.endswith(_ENDINGS[form]) and (form != "jsonl" or b'{"end":true,' in last)):
            raise CutShort(f"What came for {path.name} has no end.", mend=_MEND)
    return path


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name when the block has ended well, and is gone when it has not."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as out:
            yield out
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
