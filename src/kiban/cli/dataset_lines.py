"""Data sets as lines of the terminal."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiban.cli.command import print_json, say
from kiban.cli.rescope_lines import print_preview

if TYPE_CHECKING:
    from kiban.operations.export import Offer
    from kiban.operations.publish_dataset import Publication
    from kiban.operations.show_dataset import DatasetList, ShownDataset

_MOST_MEMBERS = 50


def print_dataset(shown: ShownDataset, arguments: argparse.Namespace) -> None:
    """Print one with what it holds, as JSON where that was asked for."""
    from kiban.operations.dataset_as_json import own_words, shown_dataset_as_json
    from kiban.operations.dataset_rights import conflicts
    from kiban.records.related import related_line

    if arguments.json:
        print_json(shown_dataset_as_json(shown))
        return
    record, dataset = shown.record, shown.dataset
    print(f"{record.pid} {record.title} (version {dataset.number}, {dataset.state}, {shown.scope.tier.value})")
    told = {
        "title (ja)": dataset.title.ja,
        "description": dataset.description.en,
        "description (ja)": dataset.description.ja,
        "question": dataset.question,
        "keywords": ", ".join(dataset.keywords),
        "type": dataset.resource_type.value,
        "publisher": dataset.publisher,
        "published on": dataset.published_on,
        "doi": dataset.doi,
        "related": "; ".join(related_line(each) for each in dataset.related),
        "withdrawn": dataset.reason,
    }
    rights = shown.rights.rights if shown.rights is not None else None
    if rights is not None:
        told |= {"licence": rights.licence, "contributors": ", ".join(each.name for each in rights.contributors)}
    for name, text in told.items():
        if text:
            print(f"  {name}: {text}")
    for conflict in conflicts(rights, shown.gathered):
        print(f"  look at this: {conflict.sentence(own_words(rights, conflict.what))}")
    if not dataset.is_frozen and (missing := dataset.missing()):
        print(f"  lacks, to be frozen: {', '.join(missing)}")
    for member in shown.members[:_MOST_MEMBERS]:
        print(f"  holds {member.kind.value} {member.pid} {member.title} (version {member.version})")
    if len(shown.members) > _MOST_MEMBERS:
        print(f"  ... and {len(shown.members) - _MOST_MEMBERS} more; --json names them all")
    for each in shown.versions:
        if each.id != record.id:
            print(f"  version {each.document['number']}: {each.pid} ({each.document['state']})")


def print_list(found: DatasetList, arguments: argparse.Namespace) -> None:
    """Print a part of the list."""
    if arguments.json:
        from kiban.operations.dataset_as_json import listed_as_json

        print_json(listed_as_json(found))
        return
    for each in found.datasets:
        print(f"{each.id} {each.title} (version {each.number}, {each.state}, {each.tier}, {each.n_members} records)")
    say(f"{found.total} data sets." + (f" Go on with --after {found.next}." if found.next else ""))


def print_offers(found: tuple[Offer, ...], arguments: argparse.Namespace) -> None:
    """Print the standards that a data set can be exported as."""
    if arguments.json:
        print_json([{"name": each.name, "title": each.title, "suffix": each.suffix} for each in found])
        return
    for each in found:
        print(f"{each.name:<14} {each.title}  ({each.suffix})")


def print_publication(seen: Publication, arguments: argparse.Namespace) -> None:
    """Print what publishing would change, and what stands in its way."""
    from kiban.operations.dataset_as_json import own_words, publication_as_json

    if arguments.json:
        print_json({"done": False, **publication_as_json(seen)})
        return
    print(f"{seen.record.pid} {seen.record.title} (version {seen.dataset.number})")
    if seen.preview is not None:
        print_preview(seen.preview)
    for each in seen.not_open:
        why = "open in another version than it holds" if each.is_other_version else "not open to everybody"
        print(f"  in the way: {each.record.kind.value} {each.record.pid} {each.record.title}, {why}")
    if seen.n_not_open > len(seen.not_open):
        print(f"  ... and {seen.n_not_open - len(seen.not_open)} more")
    if not seen.is_whole and not seen.not_open:
        print("  in the way: not everybody could see all that it holds")
    for conflict in seen.conflicts:
        print(f"  look at this: {conflict.sentence(own_words(seen.dataset.rights, conflict.what))}")
