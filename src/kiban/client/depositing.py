"""Sending files: piece by piece, with progress, again after a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiban.client.exchange import Exchange
from kiban.errors import WrongUsage

Progress = Callable[[int, int], None]
"""Is told how many bytes of how many were sent."""
_PIECE_BYTES = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file."""

    path: str
    status: str
    """`structured`, `kept`, `quarantined` or `failed`."""
    reader: str | None = None
    technique: str | None = None
    measurement: str | None = None
    """Short identifier of the first measurement in it."""
    measurements: tuple[str, ...] = ()
    sample: str | None = None
    reason: str = ""
    already_there: bool = False
    """The same bytes were deposited before: nothing new was made."""
    stays: str = ""
    sha256: str | None = None
    size: int = 0
    members: tuple[Outcome, ...] = ()
    """The files inside, where it is an archive."""


def send_file(exchange: Exchange, path: Path, name: str, progress: Progress | None, **where: Any) -> Outcome:
    """Deposit one file. It may be sent again after a failure: the same file twice is one."""
    import msgspec

    if not path.is_file():
        raise WrongUsage(f"{path} is no file.", mend="Give the path of a file, or of a folder of files.")
    total = path.stat().st_size

    def pieces() -> Iterator[bytes]:
        n_sent = 0
        with path.open("rb") as content:
            while piece := content.read(_PIECE_BYTES):
                yield piece
                n_sent += len(piece)
                if progress is not None:
                    progress(n_sent, total)

    return msgspec.convert(exchange.upload("deposits", pieces, name=name, **where), Outcome)


def files_below(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file below a folder with the name that it is deposited under, in order; hidden ones are left out."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            yield path, (Path(folder.resolve().name) / inside).as_posix()
