"""A laboratory that exchanges files: a protocol goes into a folder, a result comes from one.

Instrument computers, robots with programs of their own and people with a shared drive are spoken to so.

Settings: `out`, where protocols are put; `in`, where results are looked for; `rest_s`, how long a result without its
size and checksum must not have changed (5 s unless told). Protocols are `IDENTITY.protocol.json`: what to set and what
to measure, each with its unit. They appear whole. To break off is to put `IDENTITY.cancel` beside it; a protocol that
nobody took away is taken back as well.

A result is one of

- `IDENTITY.result.json`, with `"identity"` and either `"values": {"hardness": {"value": 2.5, "unit": "GPa",
  "uncertainty": 0.1}}`, or `"file": {"name": ..., "size": ..., "sha256": ...}` of a file beside it, or
  `"failure": {"reason": ..., "is_of_point": ...}`, or `"cancelled": true`; also `cost`, `hours`, `note`. It is taken
  once it is whole JSON, and a file once its size and checksum are those that are named: a file that is half written is
  not taken.
- `IDENTITY.failed.txt`: a text that says why nothing can be made or measured.
- any other file `IDENTITY.*`, as the instrument writes it. It is taken when it has not changed for `rest_s`.

Names of unfinished files, as programs choose them (`.part`, `.tmp`, `.crdownload`, or beginning with a dot or `~`), are
passed over.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kiban.errors import IllegalMove, InvalidSetting, InvalidValue, NotReached
from kiban.laboratory.contract import (
    LARGEST_FILE_BYTES,
    Failure,
    Result,
    ResultFile,
    Standing,
    Submission,
    check_identity,
)
from kiban.laboratory.result_document import is_cancelled, json_in, named_file, result_in
from kiban.laboratory.settings_of import Given
from kiban.laboratory.submission_document import submission_to_json
from kiban.laboratory.whole_file import write_whole
from kiban.readers.text import decode

_UNFINISHED = (".part", ".tmp", ".temp", ".crdownload", ".filepart", ".partial")
_SAID = ".result.json"
_FAILED = ".failed.txt"
_OURS = (".protocol.json", ".cancel")


class FolderLaboratory:
    """See the module. `clock` counts seconds."""

    def __init__(self, out: Path, into: Path, *, rest_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._into = into
        self._rest_s = rest_s
        self._clock = clock
        self._seen: dict[Path, tuple[tuple[int, int], float]] = {}

    def submit(self, submission: Submission) -> None:
        """See `Laboratory`."""
        identity = submission.identity
        if self.status(identity) is not Standing.UNKNOWN:
            return
        # Robots take protocols away, so that one which is gone says nothing. A mark says that it was put there, and is
        # written before, while the protocol is still staged: to put it there is one step, which ends the stage.
        document = json.dumps(submission_to_json(submission), ensure_ascii=False, indent=1).encode()
        write_whole(self._staged(identity), document)
        write_whole(self._mark(identity), b"")
        try:
            self._staged(identity).replace(self._protocol(identity))
        except OSError as e:
            raise NotReached(f"The protocol of {identity} cannot be put: {e}.", mend="Check the folder.") from e

    def status(self, identity: str) -> Standing:
        """See `Laboratory`."""
        if (found := self._ready(check_identity(identity))) is not None:
            return Standing.CANCELLED if found.name.endswith(_SAID) and self._says_cancelled(found) else Standing.DONE
        if (self._out / f"{identity}.cancel").exists():
            return Standing.CANCELLED
        if self._protocol(identity).exists():
            return Standing.WAITING
        was_put = self._mark(identity).exists() and not self._staged(identity).exists()
        return Standing.RUNNING if was_put else Standing.UNKNOWN

    def result(self, identity: str) -> Result:
        """See `Laboratory`."""
        found = self._ready(check_identity(identity))
        if found is None or (found.name.endswith(_SAID) and self._says_cancelled(found)):
            raise IllegalMove(
                f"The submission {identity} is {self.status(identity)}.", mend="Ask for its result when it is done."
            )
        content = _content(found)
        if found.name.endswith(_FAILED):
            text = decode(content)[0].removeprefix("\ufeff").strip()
            return Result(failure=Failure(reason=text[:2000] or "The laboratory gave no reason."))
        if not found.name.endswith(_SAID):
            return Result(file=ResultFile(name=found.name, content=content))
        return result_in(content, found.name, identity, beside=lambda name: _content(self._into / name))

    def cancel(self, identity: str) -> None:
        """See `Laboratory`."""
        if self.status(identity) not in {Standing.WAITING, Standing.RUNNING}:
            return
        write_whole(self._out / f"{identity}.cancel", b"")
        try:
            self._protocol(identity).unlink(missing_ok=True)
        except OSError as e:
            raise NotReached(f"The protocol of {identity} cannot be taken back: {e}.", mend="Remove it by hand.") from e

    def _protocol(self, identity: str) -> Path:
        return self._out / f"{identity}.protocol.json"

    def _staged(self, identity: str) -> Path:
        return self._out / ".kiban" / f"{identity}.staged"

    def _mark(self, identity: str) -> Path:
        return self._out / ".kiban" / f"{identity}.given"

    def _ready(self, identity: str) -> Path | None:
        """The file that holds the result, or says what it is, once it is whole."""
        said = self._into / f"{identity}{_SAID}"
        if said.exists():
            return said if self._is_whole(said, identity) else None
        try:
            there = sorted(self._into.glob(f"{identity}.*"))
        except OSError as e:
            raise NotReached(f"{self._into} cannot be read: {e.strerror or e}.", mend="Check the folder.") from e
        for path in there:
            name = path.name.lower()
            if path.is_file() and not name.endswith((*_UNFINISHED, *_OURS)) and self._rests(path):
                return path
        return None

    def _is_whole(self, said: Path, identity: str) -> bool:
        try:
            document = json_in(_content(said))
        except ValueError:
            # Half written, unless it stays so: then the result is asked for, which says what is wrong with it.
            return self._rests(said)
        try:
            named = named_file(document, said.name, identity)
        except InvalidValue:
            return True
        if named is None:
            return True
        path = self._into / named.name
        if not path.is_file() or path.stat().st_size != named.size:
            return False
        return hashlib.sha256(_content(path)).hexdigest() == named.sha256

    def _says_cancelled(self, said: Path) -> bool:
        try:
            return is_cancelled(json_in(_content(said)))
        except ValueError:
            return False

    def _rests(self, path: Path) -> bool:
        """Whether it did not change while we looked. Times of files say nothing of that: copies keep them."""
        try:
            status = path.stat()
        except OSError:
            return False  # it went away while we looked
        state, now = (status.st_size, status.st_mtime_ns), self._clock()
        before, since = self._seen.setdefault(path, (state, now))
        if before != state:
            self._seen[path] = (state, now)
            return False
        return status.st_size > 0 and now - since >= self._rest_s


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise InvalidValue(
                f"{path.name} is too large for a result.", mend="Deposit it by hand, and tell its values."
            )
        return path.read_bytes()
    except OSError as e:
        raise NotReached(f"{path} cannot be read: {e.strerror or e}.", mend="Check the folder.") from e


class FolderDriver:
    """See the module."""

    name = "folder"
    version = 1
    title = "Folders of an instrument computer"
    settings: tuple[str, ...] = ("out", "in", "rest_s")

    def connect(self, settings: Mapping[str, Any], *, folder: Path) -> FolderLaboratory:
        """See `Driver`."""
        given = Given(self.name, settings, self.settings, folder)
        out, into = given.path("out"), given.path("in")
        if out.resolve() == into.resolve():
            raise InvalidSetting(
                "Protocols and results would be in one folder.",
                mend="Name two folders: out for protocols, in for results.",
            )
        for path in (out, into):
            if not path.is_dir():
                raise InvalidSetting(f"There is no folder {path}.", mend="Make it, or name another one.")
        return FolderLaboratory(out, into, rest_s=given.number("rest_s", 5.0))


DRIVER = FolderDriver()
