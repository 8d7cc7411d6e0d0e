"""Verbs with acts below them: `kiban sample divide`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kiban.cli.command import add_home, add_json


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do with a noun."""

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def add_acts(parser: argparse.ArgumentParser, acts: Iterable[Act]) -> None:
    """Let one of the acts follow the verb; each has the options for home and JSON."""
    below = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    for act in acts:
        one = below.add_parser(act.name, help=act.help, description=act.help)
        act.add_arguments(one)
        add_home(one)
        add_json(one)
        one.set_defaults(act=act)


def run_act(arguments: argparse.Namespace) -> int:
    """Do what was chosen, and give the exit code."""
    act: Act = arguments.act
    return act.run(arguments)
