"""The vocabulary of property terms: a table to search, and a page for each term."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.operations.terms import add_term, get_term, list_terms, merge_terms, preview_merge, undo_merge
from kiban.records.field import Label
from kiban.records.term import PropertyTerm
from kiban.web.asker import AtDesk
from kiban.web.language import language_of
from kiban.web.page import page
from kiban.web.placement_choice import chosen, offered

ROUTER = APIRouter()

_LONGEST = 200
_COMMA = re.compile(r"[,、，\n]")

Expected = Annotated[int, Form(ge=1, le=2**31 - 1)]
Text = Annotated[str, Form(max_length=_LONGEST)]


@ROUTER.get("/terms")
def show_terms(request: Request, desk: AtDesk, q: Annotated[str, Query(max_length=_LONGEST)] = "") -> Response:
    """Show all terms, or those that have the text in a name."""
    terms = list_terms(desk.asker, desk.resources, q)
    return page(request, "terms.html", terms=terms, q=q, offered=offered(desk))


@ROUTER.post("/terms")
def add(
    request: Request,
    desk: AtDesk,
    key: Text,
    en: Text = "",
    ja: Text = "",
    symbol: Text = "",
    unit: Text = "",
    iri: Annotated[str, Form(max_length=2000)] = "",
    synonyms: Annotated[str, Form(max_length=10_000)] = "",
    description: Annotated[str, Form(max_length=10_000)] = "",
    tier: Annotated[str, Form(max_length=100)] = "",
    embargo: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Add a term; synonyms are parted by commas, and the description is in the language of the page."""
    names = tuple(name.strip() for name in _COMMA.split(synonyms) if name.strip())
    term = PropertyTerm(
        key=key.strip(),
        en=en.strip(),
        ja=ja.strip(),
        symbol=symbol.strip(),
        unit=unit.strip(),
        iri=iri.strip(),
        synonyms=names,
        description=Label(**{language_of(request): description.strip()}),
    )
    return _to(add_term(desk.asker, desk.resources, term, placement=chosen(desk, tier, embargo)).term)


@ROUTER.get("/terms/{key}")
def show_term(
    request: Request, desk: AtDesk, key: str, into: Annotated[str, Query(max_length=_LONGEST)] = ""
) -> Response:
    """Show a term; with `into` also what a merge would bring."""
    used = get_term(desk.asker, desk.resources, key)
    merge = preview_merge(desk.asker, desk.resources, key, into) if into.strip() else None
    return page(request, "term.html", used=used, term=used.term.term, record=used.term.record, merge=merge, into=into)


@ROUTER.post("/terms/{key}/merge")
def merge(desk: AtDesk, key: str, into: Text, expected: Expected) -> Response:
    """Merge it into another term."""
    return _to(merge_terms(desk.asker, desk.resources, key, into, expected=expected).one.term.term)


@ROUTER.post("/terms/{key}/part")
def part(desk: AtDesk, key: str, expected: Expected) -> Response:
    """Take a merge back."""
    return _to(undo_merge(desk.asker, desk.resources, key, expected=expected).term)


def _to(term: PropertyTerm) -> Response:
    return RedirectResponse(f"/terms/{quote(term.key)}", status_code=303)
