"""What `kiban dataset` does."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from kiban.cli.acts import Act
from kiban.cli.command import DONE, FAILED, platform, print_json, say
from kiban.cli.dataset_lines import print_dataset, print_list, print_offers, print_publication
from kiban.cli.described_lines import print_record
from kiban.cli.part_options import add_part, checked_limit
from kiban.cli.placement_options import add_placement, placed
from kiban.cli.sample_acts import add_expected
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from datetime import datetime

    from kiban.records.party import Asker

RESOURCE_TYPES = ("Dataset", "Collection", "Image", "Model", "Software", "Text", "Workflow", "Other")
_TEXTS = ("publisher", "publisher_ror", "published_on", "doi")


def _add_said(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--title-ja", metavar="TEXT", help="the title in Japanese")
    parser.add_argument("--description", metavar="TEXT", help="what it is about, in English")
    parser.add_argument("--description-ja", metavar="TEXT", help="the same in Japanese")
    parser.add_argument("--keyword", action="append", metavar="WORD", help="may be given several times")
    parser.add_argument("--type", dest="resource_type", choices=RESOURCE_TYPES, help="what it is as a whole")
    parser.add_argument("--publisher", metavar="NAME", help="who makes it available: the institute or company")
    parser.add_argument("--publisher-ror", metavar="ROR", help="ROR ID of the publisher")
    parser.add_argument("--published-on", metavar="DAY", help="day of publication (default: when it is published)")
    parser.add_argument(
        "--related",
        action="append",
        metavar="LINE",
        help="another work, as 'IsSupplementTo 10.1000/xyz'; several times",
    )
    parser.add_argument("--doi", metavar="DOI", help="as it was registered elsewhere; none is made here")


def _add_records(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", action="append", default=[], metavar="ID", help="a record to hold; several times")
    parser.add_argument("--question", metavar="QUESTION", help="hold all records that answer it")


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("title", metavar="TITLE", nargs="?", help="in English; only in Japanese: --title-ja")
    parser.add_argument("--next-of", metavar="ID", help="begin the next version of this data set instead")
    _add_records(parser)
    _add_said(parser)
    add_placement(parser)


def _new(arguments: argparse.Namespace) -> int:
    from kiban.operations.datasets import begin_dataset, begin_next_version
    from kiban.records.dataset import Dataset
    from kiban.records.field import Label

    said = _said(arguments)
    if arguments.next_of is not None:
        if arguments.title or said or arguments.record or arguments.question:
            raise WrongUsage(
                "--next-of was given together with something else.", mend="Begin the version, then change its draft."
            )
        with platform(arguments, n_workers=1) as (asker, resources):
            record = begin_next_version(asker, resources, arguments.next_of)
        print_record(record, arguments)
        return DONE
    said.setdefault("title", Label())
    with platform(arguments, n_workers=1) as (asker, resources):
        asker, placement = placed(arguments, asker, resources)
        record = begin_dataset(
            asker,
            resources,
            Dataset(**said),
            records=arguments.record,
            question=arguments.question,
            placement=placement,
        )
    print_record(record, arguments)
    return DONE


def _add_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="short identifier of the data set")


def _add_change(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("--title", metavar="TEXT", help="the title in English")
    _add_said(parser)
    add_expected(parser)


def _change(arguments: argparse.Namespace) -> int:
    from kiban.operations.changed_records import current
    from kiban.operations.datasets import change_dataset, dataset_of
    from kiban.records.record import RecordKind

    with platform(arguments, n_workers=1) as (asker, resources):
        before = dataset_of(current(asker, resources, arguments.id, RecordKind.DATASET))
        changes = _said(arguments, title=before.title, description=before.description)
        record = change_dataset(asker, resources, arguments.id, changes, expected=arguments.expected)
    print_record(record, arguments)
    return DONE


def _said(arguments: argparse.Namespace, **before: Any) -> dict[str, Any]:
    """What was said of it, as attributes of `Dataset`."""
    from kiban.records.field import Label
    from kiban.records.related import ResourceType, related_of

    said: dict[str, Any] = {}
    for name in ("title", "description"):
        en, ja = getattr(arguments, name), getattr(arguments, f"{name}_ja")
        if en is not None or ja is not None:
            known = before.get(name, Label())
            said[name] = Label(en=known.en if en is None else en, ja=known.ja if ja is None else ja)
    said |= {name: value for name in _TEXTS if (value := getattr(arguments, name)) is not None}
    if arguments.keyword is not None:
        said["keywords"] = tuple(arguments.keyword)
    if arguments.resource_type is not None:
        said["resource_type"] = ResourceType(arguments.resource_type)
    if arguments.related is not None:
        said["related"] = tuple(related_of(line) for line in arguments.related)
    return said


def _add_add(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    _add_records(parser)
    add_expected(parser)


def _add(arguments: argparse.Namespace) -> int:
    from kiban.operations.datasets import add_members

    if not arguments.record and arguments.question is None:
        raise WrongUsage("No record was named.", mend="Give --record ID or --question 'QUESTION'.")
    with platform(arguments, n_workers=1) as (asker, resources):
        record = add_members(
            asker,
            resources,
            arguments.id,
            records=arguments.record,
            question=arguments.question,
            expected=arguments.expected,
        )
    print_record(record, arguments)
    return DONE


def _add_remove(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("--record", action="append", default=[], metavar="ID", help="one to take out; several times")
    add_expected(parser)


def _remove(arguments: argparse.Namespace) -> int:
    from kiban.operations.datasets import remove_members

    with platform(arguments, n_workers=1) as (asker, resources):
        record = remove_members(asker, resources, arguments.id, arguments.record, expected=arguments.expected)
    print_record(record, arguments)
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    from kiban.operations.show_dataset import show_dataset

    with platform(arguments, n_workers=1) as (asker, resources):
        shown = show_dataset(asker, resources, arguments.id)
    print_dataset(shown, arguments)
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    from kiban.operations.show_dataset import list_datasets

    limit = checked_limit(arguments)
    with platform(arguments, n_workers=1) as (asker, resources):
        found = list_datasets(asker, resources, limit=limit, after=arguments.after)
    print_list(found, arguments)
    return DONE


def _add_freeze(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    add_expected(parser)


def _freeze(arguments: argparse.Namespace) -> int:
    from kiban.operations.publish_dataset import freeze_dataset

    with platform(arguments, n_workers=1) as (asker, resources):
        record = freeze_dataset(asker, resources, arguments.id, expected=arguments.expected)
    print_record(record, arguments)
    return DONE


def _add_publish(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("--embargo", metavar="UNTIL", help="open only after that: 2028-04-01, or '24 months'")
    parser.add_argument("--yes", action="store_true", help="do it; without it, what it would change is shown")


def _publish(arguments: argparse.Namespace) -> int:
    from kiban.operations.dataset_as_json import published_as_json
    from kiban.operations.publish_dataset import preview_publication, publish_dataset

    with platform(arguments, n_workers=1) as (asker, resources):
        until = _until(asker, arguments.embargo)
        if not arguments.yes:
            seen = preview_publication(asker, resources, arguments.id, closed_until=until)
            print_publication(seen, arguments)
            say("Nothing has been changed. Say it again with --yes to do it." if seen.is_whole else "Not possible yet.")
            return DONE if seen.is_whole else FAILED
        done = publish_dataset(asker, resources, arguments.id, closed_until=until)
    if arguments.json:
        print_json({"done": True, **published_as_json(done)})
    else:
        print(f"{done.record.pid} {done.record.title}: published" + (f", open from {until:%Y-%m-%d}" if until else ""))
    return DONE


def _until(asker: Asker, text: str | None) -> datetime | None:
    from kiban.operations.placement import end_of_embargo

    return end_of_embargo(text, asker.at) if text else None


def _add_withdraw(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("--reason", metavar="TEXT", required=True, help="for those who come for it")


def _withdraw(arguments: argparse.Namespace) -> int:
    from kiban.operations.publish_dataset import withdraw_dataset

    with platform(arguments, n_workers=1) as (asker, resources):
        record = withdraw_dataset(asker, resources, arguments.id, arguments.reason)
    print_record(record, arguments)
    return DONE


def _add_export(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    # Not listed as choices: finding the standards loads them, and this runs at each start of `kiban`.
    parser.add_argument(
        "--as", dest="standard", metavar="STANDARD", help="ro_crate, datacite, ...; without it they are listed"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="a file or folder (default: a file here, named after it)"
    )
    parser.add_argument("--address", metavar="URL", help="where identifiers resolve (default: KIBAN_BASE_URL)")


def _export(arguments: argparse.Namespace) -> int:
    from kiban.operations.export_dataset import dataset_offers, export_dataset

    with platform(arguments, n_workers=1) as (asker, resources):
        if arguments.standard is None:
            print_offers(dataset_offers(asker, resources, arguments.id), arguments)
            return DONE
        with export_dataset(asker, resources, arguments.id, arguments.standard, address=arguments.address) as exported:
            path = _written(exported.stream, exported.name, arguments.output)
    if arguments.json:
        print_json({"file": str(path), "size": exported.size, "losses": list(exported.losses)})
        return DONE
    say(f"{path}  ({exported.size} bytes)")
    for loss in exported.losses:
        say(f"  not carried: {loss}")
    return DONE


def _written(stream: BinaryIO, name: str, output: Path | None) -> Path:
    path = Path(name) if output is None else output / name if output.is_dir() else output
    try:
        with path.open("wb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)
    except OSError as e:
        raise WrongUsage(f"{path} cannot be written: {e.strerror}.", mend="Name another file.") from e
    return path


ACTS = (
    Act("new", "begin a data set, or the next version of one", _add_new, _new),
    Act("add", "put records into a draft", _add_add, _add),
    Act("remove", "take records out of a draft", _add_remove, _remove),
    Act("change", "say something else of a draft; what is not named stays", _add_change, _change),
    Act("show", "what is known of a data set, and what it holds", _add_id, _show),
    Act("list", "all data sets that you may see", add_part, _list),
    Act("freeze", "let a draft be as it is: from then on it does not change", _add_freeze, _freeze),
    Act("publish", "open a frozen data set to everybody, after a look at what that changes", _add_publish, _publish),
    Act(
        "export", "a data set as a file of a standard, with a list of what the file cannot carry", _add_export, _export
    ),
    Act("withdraw", "say that it should no longer be used, and why; that stays to be read", _add_withdraw, _withdraw),
)
