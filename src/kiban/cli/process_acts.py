"""What `kiban process` does."""

from __future__ import annotations

import argparse

from kiban.cli.acts import Act
from kiban.cli.command import DONE, platform, print_json
from kiban.cli.described_lines import print_record, print_shown, say_left_behind
from kiban.cli.placement_options import add_placement, placed
from kiban.cli.sample_acts import add_expected, add_restore, restore
from kiban.cli.value_options import (
    add_ask,
    add_value_options,
    asked_values,
    given_attributes,
    given_values,
    needs_template,
)
from kiban.errors import WrongUsage

STATES = ("planned", "running", "done", "abandoned")
_ATTRIBUTES = ("description", "state", "equipment", "operator", "started_at", "ended_at")
_PARTS = ("meant", "done")


def _add_attributes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--description", metavar="TEXT", help="in a sentence")
    parser.add_argument("--state", choices=STATES, help="how far it has come")
    parser.add_argument("--equipment", metavar="NAME", help="furnace, mill or chamber")
    parser.add_argument("--operator", metavar="NAME", help="who did it")
    parser.add_argument("--started", dest="started_at", metavar="TIME", help="like 2026-11-26T09:30+09:00")
    parser.add_argument("--ended", dest="ended_at", metavar="TIME", help="like 2026-11-26T17:00+09:00")
    add_value_options(
        parser,
        {"meant": "--meant", "done": "--done"},
        file_help="a JSON object with the objects meant and done",
    )


def _add_record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="as the laboratory calls this run")
    parser.add_argument("--input", action="append", default=[], metavar="ID", help="a sample that went in")
    parser.add_argument("--output", action="append", default=[], metavar="NAME", help="a new sample that came out")
    parser.add_argument("--formula", metavar="FORMULA", help="of what came out (default: that of a single input)")
    parser.add_argument("--uses-up", action="store_true", help="nothing is left of what went in")
    parser.add_argument("--log", action="append", default=[], metavar="ID", help="a measurement that recorded it")
    _add_attributes(parser)
    add_ask(parser, "the parameters as meant, one after the other,")
    add_placement(parser)


def _record(arguments: argparse.Namespace) -> int:
    from kiban.operations.processes import record_process
    from kiban.operations.show_as_json import record_as_json
    from kiban.records.process import Process, ProcessState
    from kiban.records.sample import Sample

    if arguments.formula and not arguments.output:
        raise WrongUsage("A formula was given and nothing that came out.", mend="Name what came out with --output.")
    given = given_values(arguments, *_PARTS)
    attributes = given_attributes(arguments, _ATTRIBUTES)
    if "state" in attributes:
        attributes["state"] = ProcessState(attributes["state"])
    with platform(arguments, n_workers=1) as (asker, resources):
        asker, placement = placed(arguments, asker, resources)
        recorded = record_process(
            asker,
            resources,
            Process(name=arguments.name, **attributes),
            template=arguments.template,
            meant=given["meant"].onto(asked_values(arguments, asker, resources)),
            done=given["done"].onto({}),
            inputs=arguments.input,
            outputs=[Sample(name=name, formula=arguments.formula or "") for name in arguments.output],
            logs=arguments.log,
            uses_up=arguments.uses_up,
            placement=placement,
        )
    if arguments.json:
        outputs = [record_as_json(output) for output in recorded.outputs]
        print_json({**record_as_json(recorded.process), "outputs": outputs})
        return DONE
    print_record(recorded.process, arguments)
    for output in recorded.outputs:
        print(f"  out: {output.pid} {output.title}")
    return DONE


def _add_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="short identifier of the process")


def _show(arguments: argparse.Namespace) -> int:
    from kiban.operations.read_record import current
    from kiban.operations.show import show
    from kiban.records.record import RecordKind

    with platform(arguments, n_workers=1) as (asker, resources):
        current(asker, resources, arguments.id, RecordKind.PROCESS)
        shown = show(asker, resources, arguments.id)
    print_shown(shown, arguments)
    return DONE


def _add_change(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("--name", metavar="NAME", help="another name")
    _add_attributes(parser)
    add_expected(parser)


def _change(arguments: argparse.Namespace) -> int:
    from kiban.operations.processes import change_process
    from kiban.operations.values_with import values_with
    from kiban.records.record import RecordKind

    given = given_values(arguments, *_PARTS)
    changes = given_attributes(arguments, ("name", *_ATTRIBUTES))
    with platform(arguments, n_workers=1) as (asker, resources):
        if not any(given.values()) and arguments.template is None:
            record = change_process(asker, resources, arguments.id, changes, expected=arguments.expected)
            print_record(record, arguments)
            return DONE
        found = values_with(asker, resources, arguments.id, RecordKind.PROCESS, given, template=arguments.template)
        record = change_process(
            asker,
            resources,
            arguments.id,
            changes,
            template=needs_template(found),
            meant=found.parts["meant"],
            done=found.parts["done"],
            expected=found.record.version if arguments.expected is None else arguments.expected,
        )
    print_record(record, arguments)
    say_left_behind(found.left_behind)
    return DONE


def _add_extend(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("--input", action="append", default=[], metavar="ID", help="a sample that went in")
    parser.add_argument("--output", action="append", default=[], metavar="ID", help="a sample that came out")
    parser.add_argument("--log", action="append", default=[], metavar="ID", help="a measurement that recorded it")
    add_expected(parser)


def _extend(arguments: argparse.Namespace) -> int:
    from kiban.operations.extend_process import extend_process

    with platform(arguments, n_workers=1) as (asker, resources):
        record = extend_process(
            asker,
            resources,
            arguments.id,
            inputs=arguments.input,
            outputs=arguments.output,
            logs=arguments.log,
            expected=arguments.expected,
        )
    print_record(record, arguments)
    return DONE


ACTS = (
    Act("record", "write down a process, with the samples that went in and came out", _add_record, _record),
    Act("show", "what is known of a process", _add_id, _show),
    Act("change", "say something else of a process; what is not named stays", _add_change, _change),
    Act("extend", "say later what went into a process, came out of it or recorded it", _add_extend, _extend),
    Act("restore", "bring back what an earlier version said", add_restore, restore),
)
