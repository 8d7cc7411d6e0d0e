"""What the form of the search page shows, and what it sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from kiban.errors import InvalidQuestion
from kiban.operations.find import ask
from kiban.operations.manage_project import list_projects
from kiban.operations.terms import vocabulary_of
from kiban.quantity.choices import units_like
from kiban.query.element_symbols import ELEMENT_SYMBOLS
from kiban.query.question import Extent, Operator
from kiban.query.search_form import CHOSEN, MOST_PROPERTIES, OPERATORS, Beyond, PropertyRow, SearchForm, form_of
from kiban.query.vocabulary import Vocabulary
from kiban.records.record import RecordKind
from kiban.records.scope import Tier
from kiban.records.technique import TECHNIQUES
from kiban.web.asker import Desk
from kiban.web.language import language_of
from kiban.web.periodic_table import CELLS

_LONGEST = 200
_KINDS = tuple(kind.value for kind in RecordKind if kind is not RecordKind.TERM)

Text = Annotated[str, Query(max_length=_LONGEST)]
Texts = Annotated[list[Annotated[str, Query(max_length=_LONGEST)]] | None, Query(max_length=MOST_PROPERTIES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One property with the units that may be chosen for it."""

    row: PropertyRow
    units: tuple[str, ...]


def sent_form(
    words: Annotated[str, Query(max_length=1000)] = "",
    element: Annotated[list[str] | None, Query(max_length=len(ELEMENT_SYMBOLS))] = None,
    extent: Extent = Extent.ALL,
    term: Texts = None,
    operator: Annotated[list[Operator] | None, Query(max_length=MOST_PROPERTIES)] = None,
    number: Texts = None,
    unit: Texts = None,
    started_from: Text = "",
    started_until: Text = "",
    created_from: Text = "",
    created_until: Text = "",
    technique: Text = "",
    kind: Text = "",
    tier: Text = "",
    project: Text = "",
) -> SearchForm:
    """The form as a browser sends it: each row of properties has one of each of four lists."""
    rows = zip(term or (), operator or (), number or (), unit or (), strict=False)
    return SearchForm(
        words=words,
        elements=tuple(dict.fromkeys(each for each in element or () if each in ELEMENT_SYMBOLS)),
        extent=extent,
        properties=tuple(PropertyRow(term=t, operator=o, number=n, unit=u) for t, o, n, u in rows if t or n),
        started_from=started_from,
        started_until=started_until,
        created_from=created_from,
        created_until=created_until,
        technique=technique,
        kind=kind,
        tier=tier,
        project=project,
    )


Sent = Annotated[SearchForm, Depends(sent_form)]


def asked_form(q: str, known: Vocabulary) -> SearchForm | Beyond:
    """The form that shows a question; a question that cannot be understood is beyond it."""
    try:
        return form_of(ask(q, known), known)
    except InvalidQuestion:
        return Beyond("wrong")


def shown_form(request: Request, desk: Desk, found: SearchForm | Beyond, known: Vocabulary) -> dict[str, Any]:
    """What the template of the form needs."""
    form = found if isinstance(found, SearchForm) else SearchForm()
    is_japanese = language_of(request) == "ja"
    return {
        "form": form,
        "beyond": found if isinstance(found, Beyond) else None,
        "cells": CELLS,
        "extents": tuple(Extent),
        "operators": OPERATORS,
        "rows": [shown_row(row, known) for row in (*form.properties, PropertyRow(term=""))][:MOST_PROPERTIES],
        "terms": [
            (term.ja if is_japanese else term.en, term.en if is_japanese else term.ja, term.key)
            for term in known.terms.values()
            if not term.merged_into
        ],
        "techniques": [
            (t.key, (t.ja, t.en) if is_japanese else (t.en, t.ja))
            for t in sorted(TECHNIQUES.values(), key=lambda t: t.ja if is_japanese else t.en.casefold())
        ],
        "kinds": _KINDS,
        "tiers": tuple(Tier),
        "projects": [each.project.name for each in list_projects(desk.asker, desk.resources)]
        if "project" in CHOSEN
        else [],
    }


def shown_row(row: PropertyRow, known: Vocabulary) -> ShownRow:
    """A row with what may be chosen as its unit: what people write for the dimension of its term."""
    term = known.terms.get(known.path(row.term.strip()))
    units = units_like(term.unit) if term is not None else ()
    return ShownRow(row=row, units=units if not row.unit or row.unit in units else (row.unit, *units))


def vocabulary(desk: Desk) -> Vocabulary:
    """The terms that a question may name."""
    return vocabulary_of(desk.asker, desk.resources)
