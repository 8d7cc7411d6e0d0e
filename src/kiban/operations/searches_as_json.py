"""Saved searches as JSON: what REST answers and `kiban search --json` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kiban.operations.what_is_new import Counted, News
from kiban.records.saved_search import SavedSearch


def search_as_json(search: SavedSearch) -> dict[str, Any]:
    """One saved search."""
    return {
        "id": str(search.id),
        "name": search.name,
        "question": search.question,
        "is_notified": search.is_notified,
        "looked_at": search.since.at.isoformat(),
        "made_at": search.made_at.isoformat(),
    }


def counted_as_json(counted: Counted) -> dict[str, Any]:
    """One saved search with the number of its new answers."""
    return {
        **search_as_json(counted.search),
        "n_new": None if counted.wrong is not None else counted.arrivals.n,
        "is_more": counted.arrivals.is_more,
        "fault": counted.wrong.fault if counted.wrong is not None else "",
    }


def news_as_json(news: News) -> dict[str, Any]:
    """What is new in one saved search."""
    return {
        "search": search_as_json(news.search),
        "answers": [{**asdict(each.hit), "why": each.why, "version": each.version} for each in news.answers],
        "is_more": news.is_more,
        "mark": news.mark,
    }
