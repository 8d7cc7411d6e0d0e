"""Pages: a template, the words of a language, and the headers that go with them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from kiban.operations.read_audit import may_read_audit
from kiban.web import show_values
from kiban.web.asker import news_of, shown_visitor, working_in
from kiban.web.language import COOKIE, LANGUAGES, Speaker, chosen, language_of
from kiban.web.static_files import static_address

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.requests import Request

    from kiban.web.problem import Problem

_TEMPLATES = Path(__file__).parent / "templates"
_YEAR_S = 365 * 24 * 3600


def page(
    request: Request,
    template: str,
    *,
    status_code: int = 200,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """Render a template in the language of the request.

    Parameters
    ----------
    template : str
        Name of a file in `templates/`.
    values
        What the template shows. It also has `t` (the words), `lang`, `languages` (with the address of
        each) and the `visitor` (whoever is logged in).
    """
    speaker, visitor = Speaker(language_of(request)), shown_visitor(request)
    content = (
        _environment()
        .get_template(template)
        .render(
            t=speaker,
            lang=speaker.language,
            path=request.url.path,
            languages=_languages(request),
            visitor=visitor,
            working=working_in(request, visitor),
            news_count=news_of(request, visitor),
            **values,
        )
    )
    response = HTMLResponse(content, status_code=status_code, headers=headers)
    response.headers["vary"] = "Accept-Language, Cookie"
    response.headers["content-language"] = speaker.language
    if (asked := chosen(request)) is not None:
        response.set_cookie(COOKIE, asked, max_age=_YEAR_S, httponly=True, samesite="lax")
    return response


def error_page(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> HTMLResponse:
    """Say that something failed, and the way out."""
    return page(request, "error.html", status_code=problem.status, headers=headers, problem=problem)


def _languages(request: Request) -> list[tuple[str, str]]:
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return [(language, "?" + urlencode([*query, ("lang", language)])) for language in LANGUAGES]


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static"] = static_address
    environment.globals["may_read_audit"] = may_read_audit
    environment.filters.update(show_values.FILTERS)
    return environment
