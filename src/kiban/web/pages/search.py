"""The search page: the question, what it found, and how to narrow it down."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from kiban.errors import InvalidQuestion
from kiban.operations.find import Facet, find
from kiban.records.parties.right import Role
from kiban.web.api.search import LONGEST_QUESTION, After
from kiban.web.asker import AtDesk
from kiban.web.page import page

ROUTER = APIRouter()

_ON_A_PAGE = 24
EXAMPLES = {
    "search.help_words": ("TiO2 anneal", '"silicon standard"'),
    "search.help_compare": ("d_spacing > 3 angstrom", "面間隔 > 3 Å", 'started > "2024-01-01"'),
    "search.help_fields": ('technique = "xrd"', 'kind = "sample"', 'file CONTAINS "A600"'),
    "search.help_elements": ('elements HAS ALL "Ti","O"', 'elements HAS ONLY "Li","Co","O"'),
    "search.help_made_of": ("composition.Ti > 40 at.%", 'chemical_formula_reduced = "TiO2"', "elements LENGTH 2"),
    "search.help_history": (
        "process.heat_treatment.temperature < 900 degC",
        "工程.熱処理.温度 < 900 ℃",
        "sample.parents.composition.Ti > 0.4",
    ),
    "search.help_sure": ("hardness >= 5 GPa WITH CONFIDENCE 0.95",),
    "search.help_people": ("created_by = me", 'project = "My laboratory"'),
    "search.help_join": ('technique = "raman" AND NOT (sample STARTS WITH "LCO")',),
}


@ROUTER.get("/search")
def show_search(
    request: Request,
    desk: AtDesk,
    q: Annotated[str, Query(max_length=LONGEST_QUESTION)] = "",
    after: After = None,
) -> Response:
    """Show the answer, or where the question goes wrong."""
    wrong: InvalidQuestion | None = None
    answer = None
    try:
        answer = find(desk.asker, desk.resources, q, limit=_ON_A_PAGE, after=after, facets=tuple(Facet))
    except InvalidQuestion as e:
        wrong = e
    return page(
        request,
        "search.html",
        status_code=200 if wrong is None else 422,
        q=q,
        answer=answer,
        wrong=wrong,
        pointed=_pointed(q, wrong.position) if wrong is not None and wrong.position is not None else None,
        facets=_refinements(q, answer.facets) if answer is not None else [],
        next=f"?{urlencode({'q': q, 'after': answer.next})}" if answer is not None and answer.next else None,
        tables=[(kind, f"/api/v1/tables?{urlencode({'q': q, 'format': kind})}") for kind in ("csv", "json")],
        examples=EXAMPLES,
        may_add=any(role.is_at_least(Role.CONTRIBUTOR) for role in desk.asker.roles.values()),
        may_decide=any(role.is_at_least(Role.STEWARD) for role in desk.asker.roles.values()),
    )


def _pointed(q: str, position: int) -> tuple[str, str]:
    """The part of the question around the trouble on one line, and where in it the trouble starts."""
    begin = max(0, position - 60)
    line = q[begin : position + 60].replace("\n", " ")
    return line, q[begin:position].replace("\n", " ")


def _refinements(
    q: str, facets: dict[str, tuple[tuple[str, int], ...]]
) -> list[tuple[str, list[tuple[str, int, str]]]]:
    """For each facet with a choice, its values with their counts and the address that asks for them alone."""
    shown = []
    for name, values in facets.items():
        if len(values) > 1:
            links = [(value, n, f"?{urlencode({'q': _and(q, name, value)})}") for value, n in values[:12]]
            shown.append((name, links))
    return shown


def _and(q: str, name: str, value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    condition = f'{name} = "{quoted}"'
    return f"({q}) AND {condition}" if q.strip() else condition
