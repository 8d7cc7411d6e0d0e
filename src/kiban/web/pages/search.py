"""The search page: the question, what it found, and how to narrow it down."""

from __future__ import annotations

from typing import Annotated, TypeGuard
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import InvalidQuestion
from kiban.operations.find import Answer, Facet, find
from kiban.operations.ranking import NEARNESS, RELEVANCE
from kiban.operations.saved_searches import list_searches
from kiban.query.search_form import SearchForm, line_of
from kiban.records.parties.right import Role
from kiban.web.api.search import LONGEST_QUESTION, After, Counted, Sort
from kiban.web.asker import AtDesk, Desk
from kiban.web.json_response import Json
from kiban.web.language import Speaker, language_of
from kiban.web.narrowing_list import refinements
from kiban.web.page import page
from kiban.web.search_builder import Sent, asked_form, shown_form, shown_row, vocabulary
from kiban.web.sort_choices import path_text, sort_choices

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
    "search.help_similar": ("SIMILAR TO kb:7Q4M-2KXD-98 WITHIN 0.9",),
    "search.help_people": ("created_by = me", 'project = "My laboratory"'),
    "search.help_join": ('technique = "raman" AND NOT (sample STARTS WITH "LCO")',),
}


Asked = Annotated[str, Query(max_length=LONGEST_QUESTION)]


@ROUTER.get("/search")
def show_search(
    request: Request, desk: AtDesk, q: Asked = "", after: After = None, count: Counted = "about", sort: Sort = ""
) -> Response:
    """Show the answer, or where the question goes wrong. Where it asks for words, those that fit best come first."""
    return _shown(request, desk, q, after, exact=count == "exact", sort=sort)


@ROUTER.get("/search/form")
def ask_by_form(request: Request, desk: AtDesk, sent: Sent) -> Response:
    """Ask what the form says, as a line; or say what in it is wrong."""
    known = vocabulary(desk)
    try:
        line = line_of(sent, known)
    except InvalidQuestion as e:
        return _shown(request, desk, "", None, filled=sent, wrong=e)
    return RedirectResponse(f"/search?{urlencode({'q': line})}" if line else "/search", 303)


@ROUTER.get("/search/line")
def show_line(request: Request, desk: AtDesk, sent: Sent) -> Response:
    """The line that a form stands for, for the script of the page, and the units of each row's property."""
    known = vocabulary(desk)
    said = {"line": "", "fault": "", "mend": ""}
    try:
        said["line"] = line_of(sent, known)
    except InvalidQuestion as e:
        speaker = Speaker(language_of(request))
        said |= {"fault": speaker.said(e.fault).striptags(), "mend": speaker.said(e.mend).striptags()}
    units = {row.term: list(shown_row(row, known).units) for row in sent.properties}
    return Json({**said, "units": units})


@ROUTER.get("/search/builder")
def show_builder(request: Request, desk: AtDesk, q: Asked = "") -> Response:
    """The form alone, filled in with a line that was edited."""
    known = vocabulary(desk)
    return page(request, "search_builder.html", built=shown_form(request, desk, asked_form(q, known), known))


def _shown(
    request: Request,
    desk: Desk,
    q: str,
    after: str | None,
    *,
    exact: bool = False,
    sort: str = "",
    filled: SearchForm | None = None,
    wrong: InvalidQuestion | None = None,
) -> Response:
    known, speaker = vocabulary(desk), Speaker(language_of(request))
    kept = {"q": q} | ({"sort": sort} if sort else {})
    counted = {"count": "exact"} if exact else {}
    answer = None
    try:
        if wrong is None:
            answer = find(
                desk.asker,
                desk.resources,
                q,
                limit=_ON_A_PAGE,
                after=after,
                facets=tuple(Facet),
                exact=exact,
                sort=sort or RELEVANCE,
            )
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
        facets=refinements(q, answer, known, speaker, {"sort": sort} if sort else {}) if answer is not None else [],
        sort=sort,
        sorts=sort_choices(q, answer, known, speaker) if answer is not None else [],
        sorted_by=path_text(answer.sort.removeprefix("-"), known, speaker) if _shows_keys(answer) else "",
        next=f"?{urlencode(kept | {'after': answer.next} | counted)}" if answer is not None and answer.next else None,
        exact=f"?{urlencode(kept | {'count': 'exact'})}",
        tables=[(kind, f"/api/v1/tables?{urlencode({'q': q, 'format': kind})}") for kind in ("csv", "json")],
        examples=EXAMPLES,
        may_add=any(role.is_at_least(Role.CONTRIBUTOR) for role in desk.asker.roles.values()),
        built=shown_form(request, desk, filled or asked_form(q, known), known),
        is_filled_wrong=filled is not None,
        may_save=desk.asker.party != "anonymous",
        saved=next((each for each in list_searches(desk.asker, desk.resources) if each.question == q.strip()), None),
        may_decide=any(role.is_at_least(Role.STEWARD) for role in desk.asker.roles.values()),
    )


def _pointed(q: str, position: int) -> tuple[str, str]:
    """The part of the question around the trouble on one line, and where in it the trouble starts."""
    begin = max(0, position - 60)
    line = q[begin : position + 60].replace("\n", " ")
    return line, q[begin:position].replace("\n", " ")


def _shows_keys(answer: Answer | None) -> TypeGuard[Answer]:
    """Whether cards say what they are sorted by: their titles, and how near they are, they have anyway."""
    return answer is not None and answer.sort.removeprefix("-") not in {"", RELEVANCE, NEARNESS, "title"}
