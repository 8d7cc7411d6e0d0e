"""What `kiban campaign` does with laboratories: run unattended, and stop."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiban.cli.acts import Act
from kiban.cli.campaign_files import definition_in, pairs
from kiban.cli.campaign_options import add_id
from kiban.cli.campaign_run_lines import Told, standing_as_json, standing_line
from kiban.cli.command import DONE, FAILED, platform, print_json, say
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.run_campaign import RunTerms
    from kiban.operations.stop_button import StopButton

_ON_INTERRUPT = ("break-off", "finish")


def _add_run(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    parser.add_argument("--driver", required=True, metavar="NAME", help="driver: virtual, folder, http, ...")
    parser.add_argument(
        "--laboratory", type=Path, required=True, metavar="FILE", help="settings of the driver, in TOML or JSON"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="end when the campaign has so many experiments")
    parser.add_argument(
        "--at-once", type=int, default=1, metavar="N", help="so many experiments at a time (default: 1)"
    )
    parser.add_argument(
        "--attempts", type=int, default=2, metavar="N", help="so often it may begin with an experiment (default: 2)"
    )
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="which value in a file: cycle=1; repeatable",
    )
    parser.add_argument(
        "--on-interrupt",
        choices=_ON_INTERRUPT,
        default="break-off",
        help="what Ctrl-C does with what is running (default: break-off); a second one leaves it running",
    )
    parser.add_argument(
        "--in-background",
        action="store_true",
        help="leave it to `kiban up`, which begins within a second and goes on with it whenever it is started",
    )


def _run(arguments: argparse.Namespace) -> int:
    from kiban.laboratory.installed import driver
    from kiban.operations.run_campaign import RunTerms, run_campaign
    from kiban.operations.show_campaign import show_campaign

    file: Path = arguments.laboratory
    terms = RunTerms(
        laboratory=arguments.driver,
        limit=arguments.limit,
        at_once=arguments.at_once,
        most_attempts=arguments.attempts,
        condition=pairs(arguments.where, "condition"),
    )
    settings = _settings_in(file)
    if arguments.in_background:
        return _ask(arguments, settings, file.absolute().parent, terms)
    laboratory = driver(arguments.driver).connect(settings, folder=file.absolute().parent)
    told = Told(as_json=arguments.json)
    with platform(arguments) as (asker, resources), _signals(arguments.on_interrupt) as pressed:
        told.begins(show_campaign(asker, resources, arguments.id), arguments.driver)
        for step in run_campaign(asker, resources, arguments.id, laboratory, terms, pressed=pressed):
            told.step(step)
    return told.exit_code


def _ask(arguments: argparse.Namespace, settings: dict[str, Any], folder: Path, terms: RunTerms) -> int:
    from kiban.operations.standing_runs import StandingRun, ask_for_run
    from kiban.settings import load

    home = load(arguments.home).home
    run = StandingRun(
        id=arguments.id,
        settings=settings,
        folder=str(folder),
        terms=terms,
        asked_at=datetime.now(UTC).isoformat(),
    )
    with platform(arguments, n_workers=1) as (asker, resources):
        asked = ask_for_run(asker, resources, home, run)
    if arguments.json:
        print_json(standing_as_json(asked))
    else:
        print(standing_line(asked))
        say(
            "`kiban up` begins with it within a second, and goes on with it whenever it is started, until it ends; "
            f"kiban campaign stop {asked.id} stops it."
        )
    return DONE


def _runs(arguments: argparse.Namespace) -> int:
    from kiban.operations.standing_runs import standing_runs
    from kiban.settings import load

    found = standing_runs(load(arguments.home).home)
    if arguments.json:
        print_json([standing_as_json(each) for each in found])
        return DONE
    for each in found:
        print(standing_line(each))
    if not found:
        say("No run was asked for with `kiban campaign run --in-background`.")
    return DONE


def _laboratories(arguments: argparse.Namespace) -> int:
    """Those that the operator has named, each connected to once: what is wrong is seen here, not by a researcher."""
    from kiban.errors import KibanError
    from kiban.operations.named_laboratories import all_laboratories
    from kiban.settings import load

    found = all_laboratories(load(arguments.home).home)
    wrong: dict[str, KibanError] = dict(found.broken)
    for each in found.named:
        try:
            each.connect()
        except KibanError as e:
            wrong[each.name] = e
    rows = [
        {
            "name": each.name,
            "title": each.title,
            "driver": each.driver,
            "projects": list(each.projects),
            "wrong": str(wrong[each.name]) if each.name in wrong else None,
        }
        for each in found.named
    ]
    rows += [
        {"name": name, "title": None, "driver": None, "projects": [], "wrong": str(error)}
        for name, error in found.broken.items()
    ]
    if arguments.json:
        print_json(rows)
    else:
        for row in rows:
            said = row["wrong"] or f"{row['title']} ({row['driver']})"
            print(f"{row['name']}: {said}" + (f", for {', '.join(row['projects'])}" if row["projects"] else ""))
        if not rows:
            say("No laboratory is named: write a file laboratories/NAME.toml in the home.")
    return FAILED if wrong else DONE


def _nothing(_: argparse.ArgumentParser) -> None:
    pass


def _settings_in(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise WrongUsage(f"There is no file {path}.", mend="Name the file with the settings of the laboratory.")
    return definition_in(path)


@contextmanager
def _signals(on_interrupt: str) -> Iterator[Callable[[StopButton], None]]:
    """Let Ctrl-C press the stop button: once to stop, twice to leave. SIGTERM leaves at once."""
    from kiban.operations.stop_button import Wish

    first = Wish.FINISH if on_interrupt == "finish" else Wish.BREAK_OFF
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ready(button: StopButton) -> None:
        def interrupt(*_: object) -> None:
            button.press(first if button.pressed is Wish.GO_ON else Wish.LEAVE)

        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, lambda *_: button.press(Wish.LEAVE))

    try:
        yield ready
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


RUN_ACTS = (
    Act("run", "have a laboratory do it all, until a limit is reached or somebody stops it", _add_run, _run),
    Act("runs", "runs in the background: which go on, and what the others ended with", _nothing, _runs),
    Act("laboratories", "laboratories named for pages, and what is wrong with them", _nothing, _laboratories),
)
