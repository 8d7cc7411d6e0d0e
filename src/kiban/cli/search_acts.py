"""What `kiban search` does."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiban.cli.acts import Act
from kiban.cli.command import DONE, platform, print_json, say

if TYPE_CHECKING:
    from kiban.records.saved_search import SavedSearch


def _add_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="its name or identifier")


def _add_save(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="what it is about, in a few words")
    parser.add_argument("question", metavar="QUESTION", help="as kiban find takes it")
    parser.add_argument("--quiet", action="store_true", help="do not count its new answers on pages")


def _save(arguments: argparse.Namespace) -> int:
    from kiban.operations.saved_searches import save_search

    with platform(arguments, n_workers=1) as (asker, resources):
        saved = save_search(asker, resources, arguments.name, arguments.question, is_notified=not arguments.quiet)
    _print(saved, arguments)
    return DONE


def _nothing(parser: argparse.ArgumentParser) -> None:
    """`list` takes nothing."""


def _list(arguments: argparse.Namespace) -> int:
    from kiban.cli.template_lines import columns
    from kiban.operations.searches_as_json import counted_as_json
    from kiban.operations.what_is_new import count_new

    with platform(arguments, n_workers=1) as (asker, resources):
        found = count_new(asker, resources)
    if arguments.json:
        print_json([counted_as_json(each) for each in found])
        return DONE
    rows = [
        (
            each.search.name,
            each.wrong.fault if each.wrong else f"{each.arrivals.n}{'+' if each.arrivals.is_more else ''} new",
            each.search.question or "*",
        )
        for each in found
    ]
    for line in columns(rows):
        print(line)
    return DONE


def _add_new(parser: argparse.ArgumentParser) -> None:
    _add_name(parser)
    parser.add_argument("--seen", action="store_true", help="they are not new the next time")
    parser.add_argument("--limit", type=int, default=100, metavar="N", help="at most so many (default: 100)")


def _new(arguments: argparse.Namespace) -> int:
    from kiban.operations.searches_as_json import news_as_json
    from kiban.operations.what_is_new import mark_seen, what_is_new

    with platform(arguments, n_workers=1) as (asker, resources):
        news = what_is_new(asker, resources, arguments.name, limit=max(1, arguments.limit))
        if arguments.seen:
            mark_seen(asker, resources, arguments.name, news.mark)
    if arguments.json:
        print_json(news_as_json(news))
        return DONE
    for each in news.answers:
        hit = each.hit
        about = " · ".join(text for text in (hit.technique, hit.sample, hit.file) if text)
        print(f"{hit.id}  {each.why:<7}  {hit.kind:<11}  {hit.title}  {about}")
    since = f"{news.search.since.at:%Y-%m-%d %H:%M} UTC"
    say(f"{len(news.answers)}{' or more' if news.is_more else ''} since {since}")
    return DONE


def _add_change(parser: argparse.ArgumentParser) -> None:
    _add_name(parser)
    parser.add_argument("--name", dest="new_name", metavar="NAME", help="its name from now on")
    parser.add_argument("--question", metavar="QUESTION", help="its question from now on; what answers now is not new")
    counting = parser.add_mutually_exclusive_group()
    counting.add_argument("--quiet", action="store_true", default=None, help="do not count its new answers on pages")
    counting.add_argument("--notify", action="store_false", dest="quiet", help="count them again")


def _change(arguments: argparse.Namespace) -> int:
    from kiban.operations.saved_searches import change_search

    with platform(arguments, n_workers=1) as (asker, resources):
        changed = change_search(
            asker,
            resources,
            arguments.name,
            name=arguments.new_name,
            question=arguments.question,
            is_notified=None if arguments.quiet is None else not arguments.quiet,
        )
    _print(changed, arguments)
    return DONE


def _remove(arguments: argparse.Namespace) -> int:
    from kiban.operations.saved_searches import remove_search

    with platform(arguments, n_workers=1) as (asker, resources):
        removed = remove_search(asker, resources, arguments.name)
    _print(removed, arguments)
    say(f"kiban search restore {removed.id} brings it back.")
    return DONE


def _add_restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("search", metavar="ID", help="its identifier, as kiban search remove printed it")


def _restore(arguments: argparse.Namespace) -> int:
    from uuid import UUID

    from kiban.errors import WrongUsage
    from kiban.operations.saved_searches import restore_search

    try:
        wanted = UUID(arguments.search)
    except ValueError as e:
        raise WrongUsage(
            "This is no identifier of a saved search.", mend="Give the one that kiban search remove printed."
        ) from e
    with platform(arguments, n_workers=1) as (asker, resources):
        restored = restore_search(asker, resources, wanted)
    _print(restored, arguments)
    return DONE


def _print(search: SavedSearch, arguments: argparse.Namespace) -> None:
    from kiban.operations.searches_as_json import search_as_json

    if arguments.json:
        print_json(search_as_json(search))
    else:
        print(f"{search.id}  {search.name}  {search.question or '*'}")


ACTS = (
    Act("save", "keep a question under a name", _add_save, _save),
    Act("list", "your saved searches, each with the number of its new answers", _nothing, _list),
    Act("new", "what is new in one since you last looked", _add_new, _new),
    Act("change", "give one another name or question", _add_change, _change),
    Act("remove", "take one away", _add_name, _remove),
    Act("restore", "bring back one that was removed in the last 30 days", _add_restore, _restore),
)
