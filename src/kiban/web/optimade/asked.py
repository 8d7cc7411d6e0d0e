"""The parameters of a request to OPTIMADE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiban.errors import WrongUsage
from kiban.standards.optimade.properties import PREFIX, REFERENCES, structure_properties

if TYPE_CHECKING:
    from starlette.requests import Request

PAGE_LIMIT = 20
MOST = 500
_KNOWN = frozenset(
    ("filter", "response_format", "email_address", "response_fields", "sort", "page_limit", "page_cursor", "include",
     "api_hint", "page_offset", "page_number", "page_above", "page_below", "property_ranges")
)  # fmt: skip
_CURSOR = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OTHERS = re.compile(r"_[a-z0-9]+_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for."""

    type: str
    filter: str
    page_limit: int
    page_cursor: str | None
    fields: tuple[str, ...] | None
    """Of the attributes, those that were asked for; `None`: all that are known."""
    include: tuple[str, ...]
    warnings: tuple[str, ...]


def properties_of(type_: str) -> frozenset[str]:
    """The names of the properties of one type of entries."""
    return frozenset(structure_properties() if type_ == "structures" else REFERENCES)


def asked_of(request: Request, type_: str) -> Asked:
    """Read the parameters. Raises WrongUsage for what cannot be used."""
    given = dict(request.query_params)
    warnings = [
        f"The parameter {name} is of another provider, and is passed over."
        for name in given
        if name not in _KNOWN and _OTHERS.match(name) and not name.startswith(PREFIX)
    ]
    unknown = [name for name in given if name not in _KNOWN and (not _OTHERS.match(name) or name.startswith(PREFIX))]
    if unknown:
        raise WrongUsage(f"There is no parameter '{unknown[0][:60]}'.", mend=f"Use: {', '.join(sorted(_KNOWN))}.")
    if given.get("response_format", "json") != "json":
        raise WrongUsage("The only format is json.", mend="Leave response_format out.")
    if given.get("sort"):
        raise WrongUsage("Answers come newest first; nothing else can be sorted by.", mend="Leave sort out.")
    for name in ("page_offset", "page_number", "page_above", "page_below"):
        if given.get(name, "0") not in {"", "0", "1" if name == "page_number" else "0"}:
            raise WrongUsage(f"{name} cannot be used.", mend="Follow links.next, which has a page_cursor.")
    return Asked(
        type=type_,
        filter=given.get("filter", ""),
        page_limit=_page_limit(given.get("page_limit")),
        page_cursor=_cursor(given.get("page_cursor")),
        fields=_fields(given.get("response_fields"), type_, warnings),
        include=_include(given.get("include")),
        warnings=tuple(warnings),
    )


def _page_limit(text: str | None) -> int:
    if not text:
        return PAGE_LIMIT
    if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= 9 or int(text) == 0:
        raise WrongUsage(f"page_limit is '{text[:20]}'.", mend=f"Give a number from 1 to {MOST}.")
    if int(text) > MOST:
        raise WrongUsage(f"page_limit is {text}; at most {MOST} entries come at once.", mend="Follow links.next.")
    return int(text)


def _cursor(text: str | None) -> str | None:
    if not text:
        return None
    if not _CURSOR.fullmatch(text):
        raise WrongUsage("page_cursor is none that was given out here.", mend="Follow links.next.")
    return text


def _fields(text: str | None, type_: str, warnings: list[str]) -> tuple[str, ...] | None:
    if not text:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    known = properties_of(type_)
    for name in names:
        if name not in known:
            if name.startswith(PREFIX) or not _OTHERS.match(name):
                raise WrongUsage(f"There is no property '{name[:60]}'.", mend=f"Look at /info/{type_}.")
            warnings.append(f"{name[:60]} is a property of another provider; it is null for all entries.")
    return names


def _include(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ("references",)
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if any(name != "references" for name in names):
        raise WrongUsage(f"'{text[:60]}' cannot be included.", mend="Include references, or nothing.")
    return names
