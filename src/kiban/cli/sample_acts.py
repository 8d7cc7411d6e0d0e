"""What `kiban sample` does."""

from __future__ import annotations

import argparse
from typing import Any

from kiban.cli.acts import Act
from kiban.cli.command import DONE, platform, print_json
from kiban.cli.described_lines import print_record, print_shown, say_left_behind
from kiban.cli.placement_options import add_placement, placed
from kiban.cli.value_options import (
    add_ask,
    add_value_options,
    asked_values,
    given_attributes,
    given_values,
    needs_template,
)
from kiban.errors import WrongUsage

STATES = ("available", "consumed", "lost")
_ATTRIBUTES = ("description", "formula", "location", "custodian", "hazards")


def _add_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="short identifier of the sample")


def add_expected(parser: argparse.ArgumentParser) -> None:
    """The option that refuses to change what somebody else has changed."""
    parser.add_argument("--expected", type=int, metavar="N", help="refuse unless its version is N")


def _add_attributes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--formula", metavar="FORMULA", help="nominal: LiFePO4, 'Ti-6Al-4V (mass%%)'")
    parser.add_argument("--description", metavar="TEXT", help="in a sentence")
    parser.add_argument("--location", metavar="TEXT", help="where it lies: room, shelf, box, position")
    parser.add_argument("--custodian", metavar="NAME", help="who keeps it")
    parser.add_argument(
        "--hazard",
        action="append",
        dest="hazards",
        metavar="CODE",
        help="hazard statement of the GHS by its code, like H225; may be repeated",
    )
    add_value_options(parser, {"values": "--set"}, file_help="a JSON object with the values by key")


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="as it stands on its container")
    _add_attributes(parser)
    add_ask(parser, "the values of the template's fields, one after the other,")
    add_placement(parser)


def _new(arguments: argparse.Namespace) -> int:
    from kiban.operations.samples import Form, register_sample
    from kiban.records.sample import Sample

    given = given_values(arguments, "values")["values"]
    if given and arguments.template is None:
        raise WrongUsage("Values were given without a template.", mend="Name the one they belong to with --template.")
    attributes = _attributes(arguments)
    sample = Sample(name=arguments.name, **attributes)
    with platform(arguments, n_workers=1) as (asker, resources):
        asker, placement = placed(arguments, asker, resources)
        values = given.onto(asked_values(arguments, asker, resources))
        form = Form(template=arguments.template, values=values) if arguments.template is not None else None
        record = register_sample(asker, resources, sample, form=form, placement=placement)
    print_record(record, arguments)
    return DONE


def _attributes(arguments: argparse.Namespace) -> dict[str, Any]:
    attributes = given_attributes(arguments, _ATTRIBUTES)
    if "hazards" in attributes:
        attributes["hazards"] = tuple(code for code in attributes["hazards"] if code)
    return attributes


def _show(arguments: argparse.Namespace) -> int:
    from kiban.operations.read_record import current
    from kiban.operations.show import show
    from kiban.records.record import RecordKind

    with platform(arguments, n_workers=1) as (asker, resources):
        current(asker, resources, arguments.id, RecordKind.SAMPLE)
        shown = show(asker, resources, arguments.id)
    print_shown(shown, arguments)
    return DONE


def _add_change(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("--name", metavar="NAME", help="another name")
    _add_attributes(parser)
    add_expected(parser)


def _change(arguments: argparse.Namespace) -> int:
    from kiban.operations.samples import Form, change_sample
    from kiban.operations.values_with import values_with
    from kiban.records.record import RecordKind

    given = given_values(arguments, "values")
    changes = _attributes(arguments) | given_attributes(arguments, ("name",))
    with platform(arguments, n_workers=1) as (asker, resources):
        form, expected = None, arguments.expected
        left: tuple[str, ...] = ()
        if given["values"] or arguments.template is not None:
            found = values_with(asker, resources, arguments.id, RecordKind.SAMPLE, given, template=arguments.template)
            form = Form(template=needs_template(found), values=found.parts["values"])
            expected = found.record.version if expected is None else expected
            left = found.left_behind
        record = change_sample(asker, resources, arguments.id, changes, form=form, expected=expected)
    print_record(record, arguments)
    say_left_behind(left)
    return DONE


def _add_composition(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument(
        "lines", nargs="+", metavar="PART=AMOUNT", help="'C=0.21(1) %%', 'Fe=balance'; an element, a formula or a name"
    )
    parser.add_argument(
        "--basis", choices=("mass", "amount", "volume"), required=True, help="what the fractions are of"
    )
    parser.add_argument("--measured", action="store_true", help="an analysis found it; else it was meant so")
    parser.add_argument("--method", default="", metavar="TEXT", help="of the analysis: ICP-OES")
    parser.add_argument("--note", default="", metavar="TEXT", help="in a sentence")
    add_expected(parser)


def _composition(arguments: argparse.Namespace) -> int:
    from kiban.operations.state_composition import state_composition
    from kiban.records.matter.composition import Basis, Stated

    with platform(arguments, n_workers=1) as (asker, resources):
        record = state_composition(
            asker,
            resources,
            arguments.id,
            arguments.lines,
            basis=Basis(arguments.basis),
            stated=Stated.MEASURED if arguments.measured else Stated.NOMINAL,
            method=arguments.method,
            note=arguments.note,
            expected=arguments.expected,
        )
    print_record(record, arguments)
    return DONE


def _add_divide(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of each piece")
    parser.add_argument("--into", type=int, metavar="N", help="instead of names: N pieces, numbered after the whole")
    parser.add_argument("--uses-up", action="store_true", help="nothing is left of the whole")


def _divide(arguments: argparse.Namespace) -> int:
    from kiban.operations.read_record import current
    from kiban.operations.samples import divide_sample
    from kiban.operations.show_as_json import record_as_json
    from kiban.records.record import RecordKind

    if bool(arguments.names) == (arguments.into is not None):
        raise WrongUsage("Neither names nor a number of pieces were given, or both.", mend="Give NAME..., or --into N.")
    if arguments.into is not None and not 1 <= arguments.into <= 1000:
        raise WrongUsage(f"{arguments.into} pieces were asked for.", mend="Give a number from 1 to 1000.")
    with platform(arguments, n_workers=1) as (asker, resources):
        whole = current(asker, resources, arguments.id, RecordKind.SAMPLE)
        names = arguments.names or [f"{whole.title}-{number}" for number in range(1, arguments.into + 1)]
        pieces = divide_sample(asker, resources, arguments.id, names, uses_up=arguments.uses_up)
    for piece in pieces:
        if arguments.json:
            print_json(record_as_json(piece))
        else:
            print(f"{piece.pid} {piece.title}")
    return DONE


def _add_combine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="of the new sample")
    parser.add_argument("ids", nargs="+", metavar="ID", help="short identifiers of the samples that go into it")
    parser.add_argument("--keep", action="store_true", help="something is left of the parts")


def _combine(arguments: argparse.Namespace) -> int:
    from kiban.operations.samples import combine_samples

    with platform(arguments, n_workers=1) as (asker, resources):
        made = combine_samples(asker, resources, arguments.ids, arguments.name, uses_up=not arguments.keep)
    print_record(made, arguments)
    return DONE


def _add_state(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("state", metavar="STATE", choices=STATES, help="available, consumed or lost")
    add_expected(parser)


def _state(arguments: argparse.Namespace) -> int:
    return _changed(arguments, {"state": arguments.state})


def _add_move(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("location", nargs="?", metavar="LOCATION", help="room, shelf, box, position")
    parser.add_argument("--custodian", metavar="NAME", help="who keeps it from now on")
    add_expected(parser)


def _move(arguments: argparse.Namespace) -> int:
    changes = given_attributes(arguments, ("location", "custodian"))
    if not changes:
        raise WrongUsage("Neither a place nor a person was named.", mend="Give LOCATION, --custodian, or both.")
    return _changed(arguments, changes)


def _changed(arguments: argparse.Namespace, changes: dict[str, object]) -> int:
    from kiban.operations.samples import change_sample

    with platform(arguments, n_workers=1) as (asker, resources):
        record = change_sample(asker, resources, arguments.id, changes, expected=arguments.expected)
    print_record(record, arguments)
    return DONE


def add_restore(parser: argparse.ArgumentParser) -> None:
    """What `restore` takes."""
    parser.add_argument("id", metavar="ID", help="its short identifier")
    parser.add_argument("version", type=int, metavar="VERSION", help="the version to bring back")
    add_expected(parser)


def restore(arguments: argparse.Namespace) -> int:
    """Bring back what an earlier version said."""
    from kiban.operations.restore_version import restore_version

    with platform(arguments, n_workers=1) as (asker, resources):
        record = restore_version(asker, resources, arguments.id, arguments.version, expected=arguments.expected)
    print_record(record, arguments)
    return DONE


ACTS = (
    Act("new", "register a sample", _add_new, _new),
    Act("show", "what is known of a sample", _add_id, _show),
    Act("change", "say something else of a sample; what is not named stays", _add_change, _change),
    Act("composition", "say what a sample consists of, as meant or as measured", _add_composition, _composition),
    Act("divide", "make pieces of a sample", _add_divide, _divide),
    Act("combine", "make one sample of several", _add_combine, _combine),
    Act("state", "say whether a sample can still be had", _add_state, _state),
    Act("move", "say where a sample lies and who keeps it", _add_move, _move),
    Act("restore", "bring back what an earlier version said", add_restore, restore),
)
