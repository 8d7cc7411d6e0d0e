"""`kiban audit export` where whoever reads it has had enough."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kiban.cli import audit_acts
from kiban.cli.commands.audit import COMMAND

from .conftest import Terminal


def test_a_log_that_is_read_in_part_is_let_go_of_before_the_database_is(
    kiban: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []

    def lines(*_: object) -> Iterator[str]:
        try:
            yield from ("first", "second")
        finally:
            happened.append("let go")

    def watched(inner: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def platform(*arguments: object, **settings: object) -> Iterator[Any]:
            with inner(*arguments, **settings) as opened:
                try:
                    yield opened
                finally:
                    happened.append("down")

        return platform

    def closed(text: str) -> None:
        raise BrokenPipeError(text)

    monkeypatch.setattr("kiban.operations.read_audit.export_audit", lines)
    monkeypatch.setattr(audit_acts, "platform", watched(audit_acts.platform))
    monkeypatch.setattr("builtins.print", closed)
    parser = argparse.ArgumentParser()
    COMMAND.add_arguments(parser)
    with pytest.raises(BrokenPipeError, match="first"):
        COMMAND.run(parser.parse_args(["export"]))
    assert happened == ["let go", "down"]
