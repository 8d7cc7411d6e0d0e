"""What a command is, and what all of them share."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from kiban.operations.resources import Resources
    from kiban.records.party import Asker

DONE, FAILED, WRONG_USAGE = 0, 1, 2


class Command(Protocol):
    """A verb of the terminal. Its module imports nothing heavy: that is left to `run`."""

    name: str
    help: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say what may follow the verb."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it and give the exit code."""
        ...


def add_home(parser: argparse.ArgumentParser) -> None:
    """The option that names the data folder."""
    parser.add_argument("--home", type=Path, metavar="FOLDER", help="data folder (default: KIBAN_HOME)")


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option for programs that call us."""
    parser.add_argument("--json", action="store_true", help="print JSON on standard output and nothing else")


@contextmanager
def platform(
    arguments: argparse.Namespace, *, n_workers: int | None = None, is_to_check: bool = False
) -> Iterator[tuple[Asker, Resources]]:
    """Open the platform that the arguments and the environment name, as the person at this machine.

    Parameters
    ----------
    is_to_check : bool
        See `kiban.platform.open_platform`.
    """
    from kiban.platform import local_asker, open_platform
    from kiban.settings import load

    told = Derivation()
    settings = load(arguments.home)
    with open_platform(settings, n_workers=n_workers, is_to_check=is_to_check, told=told) as resources:
        yield local_asker(resources), resources


def ask_ahead(arguments: argparse.Namespace) -> None:
    """Tell what cannot be understood of a question before anything is started, where that can be known.

    A home that is not there yet has no terms of its own; of any other only its catalog knows them.
    """
    from kiban.operations.find import ask
    from kiban.settings import load

    settings = load(arguments.home)
    if settings.database_url is None and not settings.home.exists():
        ask(arguments.question)


def print_json(document: Any) -> None:
    """Print one JSON document on one line of standard output."""
    print(json.dumps(document, ensure_ascii=False, default=str), flush=True)


def say(text: str) -> None:
    """Tell the person something, on standard error."""
    print(text, file=sys.stderr, flush=True)


_EVERY_S = 10.0
"""How often somebody is told of a long work who looks at it later, in a log."""


class Derivation:
    """Tells how far a home has come whose records are worked out again after an upgrade."""

    def __init__(self) -> None:
        self._progress = Progress()
        self._last_told: float | None = None

    def __call__(self, done: int, total: int) -> None:
        """See `kiban.store.derivation`."""
        text = f"Working out again what records are found by, after an upgrade: {done:,} of {total:,}"
        self._progress.show(text)
        now = monotonic()
        if done >= total:
            self._progress.clear()
            say(text)
        elif not self._progress.shows and (self._last_told is None or now - self._last_told >= _EVERY_S):
            self._last_told = now
            say(text)


class Progress:
    """A line on standard error that is written over, where somebody is looking."""

    def __init__(self) -> None:
        self.shows = sys.stderr.isatty()

    def show(self, text: str) -> None:
        """Write over the line."""
        if self.shows:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        self.show("")
