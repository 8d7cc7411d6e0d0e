"""The answers of a saved search as a feed: Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

from kiban.operations.find import Hit
from kiban.operations.what_is_new import NewAnswer, News

ATOM, JSON_FEED = "application/atom+xml", "application/feed+json"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(news: News, base: str) -> bytes:
    """Write Atom.

    Parameters
    ----------
    base : str
        The address of the platform, without a slash at its end.
    """
    ET.register_namespace("", _NAMESPACE)
    root = ET.Element(f"{{{_NAMESPACE}}}feed")
    page = _page(news, base)
    _text(root, "id", news.search.id.urn)
    _text(root, "title", news.search.name)
    _text(root, "subtitle", news.search.question)
    _text(root, "updated", _time(max((a.hit.created_at for a in news.answers), default=news.search.made_at)))
    _text(ET.SubElement(root, f"{{{_NAMESPACE}}}author"), "name", "Kiban")
    _link(root, "alternate", page)
    _link(root, "self", f"{_feed(news, base)}.atom")
    for answer in news.answers:
        entry = ET.SubElement(root, f"{{{_NAMESPACE}}}entry")
        _text(entry, "id", _entry(answer, base))
        _text(entry, "title", answer.hit.title)
        _text(entry, "updated", _time(answer.hit.created_at))
        _link(entry, "alternate", f"{base}/records/{answer.hit.id}")
        _text(entry, "summary", _about(answer.hit))
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def json_feed(news: News, base: str) -> dict[str, Any]:
    """Write JSON Feed."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": news.search.name,
        "description": news.search.question,
        "home_page_url": _page(news, base),
        "feed_url": f"{_feed(news, base)}.json",
        "items": [
            {
                "id": _entry(answer, base),
                "url": f"{base}/records/{answer.hit.id}",
                "title": answer.hit.title,
                "content_text": _about(answer.hit),
                "date_published": _time(answer.hit.created_at),
            }
            for answer in news.answers
        ],
    }


def _page(news: News, base: str) -> str:
    return f"{base}/searches/{news.search.id}"


def _feed(news: News, base: str) -> str:
    return f"{base}/api/v1/searches/{news.search.id}/feed"


def _entry(answer: NewAnswer, base: str) -> str:
    # Each version is an entry of its own: readers of feeds show again what has another identifier.
    return f"{base}/records/{answer.hit.id}#version-{answer.version}"


def _about(hit: Hit) -> str:
    return " · ".join(text for text in (hit.kind, hit.technique, hit.sample, hit.file) if text)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_NAMESPACE}}}{name}").text = _NOT_XML.sub("\ufffd", text)


def _link(parent: ET.Element, relation: str, address: str) -> None:
    ET.SubElement(parent, f"{{{_NAMESPACE}}}link", rel=relation, href=address)
