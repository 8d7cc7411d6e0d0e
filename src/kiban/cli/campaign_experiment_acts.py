"""What `kiban campaign` does with single experiments."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiban.cli.acts import Act
from kiban.cli.campaign_files import pairs
from kiban.cli.campaign_options import add_id, add_note, add_numbers, add_one, last, moved
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.laboratory.contract import ResultFile
    from kiban.operations.resources import Resources
    from kiban.records.party import Asker
    from kiban.records.record import Record


def _plain(name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from kiban.operations.campaign_experiments import move_experiments
        from kiban.planning.campaign.experiment import Move

        def deed(asker: Asker, resources: Resources) -> Record:
            return move_experiments(
                asker,
                resources,
                arguments.id,
                Move(name),
                arguments.numbers,
                note=arguments.note,
                expected=arguments.expected,
            )

        return moved(arguments, deed, lambda _: list(dict.fromkeys(arguments.numbers)))

    return run


def _add_spent(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cost", type=float, metavar="X", help="what it really cost, in the campaign's unit")
    parser.add_argument("--hours", type=float, metavar="X", help="how long it really took")


def _add_tell(parser: argparse.ArgumentParser) -> None:
    add_one(parser)
    parser.add_argument(
        "values",
        nargs="*",
        metavar="NAME=VALUE",
        help="an outcome: hardness='2.51(3) GPa'; without unit: the campaign's",
    )
    parser.add_argument("--from", dest="source", metavar="ID", help="take the values of this measurement or sample")
    parser.add_argument("--file", type=Path, metavar="FILE", help="deposit this file, and take the values that it says")
    parser.add_argument(
        "--where", action="append", default=[], metavar="KEY=VALUE", help="which of its values: peak=1; several times"
    )
    parser.add_argument("--all", dest="is_all", action="store_true", help="no further outcome will come")
    parser.add_argument("--correct", action="store_true", help="replace what was told before")
    _add_spent(parser)
    add_note(parser)


def _tell(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaign_experiments import tell_result
    from kiban.operations.campaign_results import outcomes_from
    from kiban.operations.tell_file import tell_by_file
    from kiban.planning.campaign.telling import Spent

    values, where = pairs(arguments.values, "outcome"), pairs(arguments.where, "condition")
    if where and arguments.source is None and arguments.file is None:
        raise WrongUsage("--where was given without --from.", mend="Name the record whose values are meant.")
    if arguments.source is not None and arguments.file is not None:
        raise WrongUsage("--from and --file were given.", mend="Name the record that has the values, or the file.")
    file = _result_file(arguments.file) if arguments.file is not None else None

    def deed(asker: Asker, resources: Resources) -> Record:
        said: dict[str, Any] = {
            "values": values,
            "is_all": arguments.is_all,
            "is_correction": arguments.correct,
            "spent": Spent(cost=arguments.cost, hours=arguments.hours),
            "note": arguments.note,
            "expected": arguments.expected,
        }
        if file is not None:
            return tell_by_file(asker, resources, arguments.id, arguments.number, file, condition=where, **said)
        found = (
            outcomes_from(asker, resources, arguments.id, arguments.source, condition=where)
            if arguments.source is not None
            else ()
        )
        return tell_result(
            asker,
            resources,
            arguments.id,
            arguments.number,
            [each for each in found if each.name not in values],
            **said,
        )

    return moved(arguments, deed, lambda _: [arguments.number])


def _result_file(path: Path) -> ResultFile:
    from kiban.laboratory.contract import ResultFile

    try:
        return ResultFile(name=path.name, content=path.read_bytes())
    except OSError as e:
        raise WrongUsage(f"{path} cannot be read: {e.strerror or e}.", mend="Name a file that is there.") from e


def _add_fail(parser: argparse.ArgumentParser) -> None:
    add_one(parser)
    _add_spent(parser)
    add_note(parser)


def _fail(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaign_experiments import tell_failure
    from kiban.planning.campaign.telling import Spent

    def deed(asker: Asker, resources: Resources) -> Record:
        return tell_failure(
            asker,
            resources,
            arguments.id,
            arguments.number,
            spent=Spent(cost=arguments.cost, hours=arguments.hours),
            note=arguments.note,
            expected=arguments.expected,
        )

    return moved(arguments, deed, lambda _: [arguments.number])


def _add_point(parser: argparse.ArgumentParser, help_of_values: str) -> None:
    parser.add_argument("values", nargs="+", metavar="NAME=VALUE", help=help_of_values)
    parser.add_argument("--beyond", action="store_true", help="also outside of the space; safety limits hold")
    add_note(parser)


def _add_change(parser: argparse.ArgumentParser) -> None:
    add_one(parser)
    _add_point(parser, "own values of parameters: temperature='350 K'; those not named stay")


def _change(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaign_experiments import change_experiment

    point = pairs(arguments.values, "value")

    def deed(asker: Asker, resources: Resources) -> Record:
        return change_experiment(
            asker,
            resources,
            arguments.id,
            arguments.number,
            point,
            beyond=arguments.beyond,
            note=arguments.note,
            expected=arguments.expected,
        )

    return moved(arguments, deed, lambda _: [arguments.number])


def _add_add(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    _add_point(parser, "values of all parameters: temperature='350 K'")


def _add(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaign_experiments import add_experiment

    point = pairs(arguments.values, "value")

    def deed(asker: Asker, resources: Resources) -> Record:
        return add_experiment(
            asker,
            resources,
            arguments.id,
            point,
            beyond=arguments.beyond,
            note=arguments.note,
            expected=arguments.expected,
        )

    return moved(arguments, deed, last(1))


def _add_repeat(parser: argparse.ArgumentParser) -> None:
    add_one(parser)
    parser.add_argument("-n", type=int, default=1, metavar="N", help="so many times (default: 1)")
    add_note(parser)


def _repeat(arguments: argparse.Namespace) -> int:
    from kiban.operations.campaign_experiments import repeat_experiment

    def deed(asker: Asker, resources: Resources) -> Record:
        return repeat_experiment(
            asker,
            resources,
            arguments.id,
            arguments.number,
            arguments.n,
            note=arguments.note,
            expected=arguments.expected,
        )

    return moved(arguments, deed, last(arguments.n))


EXPERIMENT_ACTS = (
    Act("accept", "mean to do what was suggested", add_numbers, _plain("accept")),
    Act("start", "begin with experiments", add_numbers, _plain("start")),
    Act("tell", "say what came out of an experiment, all of it or a part", _add_tell, _tell),
    Act("fail", "say that an experiment could not be made or measured; where that happens is learnt", _add_fail, _fail),
    Act("change", "do an experiment with own values; both are remembered", _add_change, _change),
    Act("refuse", "not want what was suggested; it is not suggested again", add_numbers, _plain("refuse")),
    Act("abandon", "give experiments up; nothing is learnt from them", add_numbers, _plain("abandon")),
    Act("add", "put in an experiment of one's own", _add_add, _add),
    Act("repeat", "do an experiment again", _add_repeat, _repeat),
)
