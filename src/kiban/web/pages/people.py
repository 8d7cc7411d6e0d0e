"""Accounts, for operators: who there is, and one account with all that can be done to it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import InvalidValue, KibanError
from kiban.operations.accounts import (
    change_account,
    end_of_day,
    get_account,
    list_accounts,
    make_account,
    require_operator,
    roles_of,
    set_active,
)
from kiban.operations.login_links import make_link
from kiban.operations.passwords import has_password
from kiban.operations.second_factor import factor_state, switch_off
from kiban.operations.sessions import end_all_sessions, list_sessions
from kiban.operations.tokens import list_tokens, make_token, revoke_token
from kiban.records.parties.credentials import Purpose
from kiban.records.parties.export_control import Residency
from kiban.records.parties.people import PartyKind, Person
from kiban.records.party import Act
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.page import page
from kiban.web.pages.account import ACTS
from kiban.web.problem import of_error

ROUTER = APIRouter()

FormText = Annotated[str, Form(max_length=2000)]
Optional = Annotated[str, Form(max_length=2000)]


@ROUTER.get("/people")
def show_people(request: Request, desk: LoggedIn) -> Response:
    """List the accounts."""
    return _list(request, desk)


@ROUTER.post("/people")
def add_person(
    request: Request,
    desk: LoggedIn,
    login: FormText,
    name: FormText,
    kind: Annotated[PartyKind, Form()] = PartyKind.PERSON,
    email: Optional = "",
    organisation: Optional = "",
    responsible: Optional = "",
) -> Response:
    """Make an account."""
    try:
        others: dict[str, Any] = {"email": email.strip(), "organisation": _id(organisation)}
        if kind is PartyKind.INSTRUMENT:
            others["responsible"] = get_account(desk.asker, desk.resources, responsible).id if responsible else None
        made = make_account(desk.asker, desk.resources, login, name, kind=kind, **others)
    except KibanError as e:
        return _list(request, desk, wrong=e)
    return RedirectResponse(_at(made), status_code=303)


@ROUTER.get("/people/{login}")
def show_person(request: Request, desk: LoggedIn, login: str) -> Response:
    """Show one account."""
    return _one(request, desk, login)


@ROUTER.post("/people/{login}")
def change_person(
    request: Request,
    desk: AtDesk,
    login: str,
    name: FormText,
    email: Optional = "",
    organisation: Optional = "",
    country: Optional = "",
    residency: Annotated[Residency, Form()] = Residency.UNKNOWN,
    until: Optional = "",
    responsible: Optional = "",
    is_operator: Annotated[bool, Form()] = False,
    is_export_officer: Annotated[bool, Form()] = False,
) -> Response:
    """Change it."""
    person = get_account(desk.asker, desk.resources, login)
    try:
        changes: dict[str, Any] = {
            "name": name.strip(),
            "email": email.strip(),
            "organisation": _id(organisation),
            "country": country.strip().upper() or None,
            "residency": residency,
            "until": end_of_day(until) if until.strip() else None,
        }
        if person.kind is PartyKind.INSTRUMENT:
            changes["responsible"] = get_account(desk.asker, desk.resources, responsible).id if responsible else None
        else:
            changes |= {"is_operator": is_operator, "is_export_officer": is_export_officer}
        change_account(desk.asker, desk.resources, person, **changes)
    except KibanError as e:
        return _one(request, desk, login, wrong=e)
    return RedirectResponse(_at(person), status_code=303)


@ROUTER.post("/people/{login}/active")
def change_active(request: Request, desk: AtDesk, login: str, active: Annotated[bool, Form()]) -> Response:
    """Deactivate it, or activate it again."""
    person = get_account(desk.asker, desk.resources, login)
    try:
        set_active(desk.asker, desk.resources, person, is_active=active)
    except KibanError as e:
        return _one(request, desk, login, wrong=e)
    return RedirectResponse(_at(person), status_code=303)


@ROUTER.post("/people/{login}/link")
def give_link(request: Request, desk: AtDesk, login: str, purpose: Annotated[Purpose, Form()]) -> Response:
    """Make a link to set a password, or to log in once, and show it this once."""
    person = get_account(desk.asker, desk.resources, login)
    try:
        if purpose is Purpose.SECOND_FACTOR:
            raise InvalidValue("There is no such link.", mend="Make one to set a password, or to log in.")
        code = make_link(desk.asker, desk.resources, person, purpose)
    except KibanError as e:
        return _one(request, desk, login, wrong=e)
    base = (desk.resources.base_url or str(request.base_url)).rstrip("/")
    return _one(request, desk, login, link=f"{base}/login/once/{code}")


@ROUTER.post("/people/{login}/codes-off")
def codes_off(desk: AtDesk, login: str) -> Response:
    """Ask this person for no more codes."""
    person = get_account(desk.asker, desk.resources, login)
    switch_off(desk.asker, desk.resources, person)
    return RedirectResponse(_at(person), status_code=303)


@ROUTER.post("/people/{login}/sessions/end")
def end_sessions(desk: AtDesk, login: str) -> Response:
    """Log this person out everywhere."""
    person = get_account(desk.asker, desk.resources, login)
    end_all_sessions(desk.asker, desk.resources, person.id)
    return RedirectResponse(_at(person), status_code=303)


@ROUTER.post("/people/{login}/tokens")
def add_token(
    request: Request,
    desk: AtDesk,
    login: str,
    name: FormText,
    act: Annotated[Act, Form()],
    days: Annotated[int, Form()],
    project: Optional = "",
) -> Response:
    """Make a token and show it, once."""
    person = get_account(desk.asker, desk.resources, login)
    try:
        _, secret = make_token(desk.asker, desk.resources, person, name, acts=[act], days=days, project=_id(project))
    except KibanError as e:
        return _one(request, desk, login, wrong=e)
    return _one(request, desk, login, secret=secret)


@ROUTER.post("/people/{login}/tokens/{token}/revoke")
def revoke(desk: AtDesk, login: str, token: UUID) -> Response:
    """Have a token let nobody in any more."""
    person = get_account(desk.asker, desk.resources, login)
    revoke_token(desk.asker, desk.resources, person, token)
    return RedirectResponse(_at(person), status_code=303)


def _list(request: Request, desk: Desk, wrong: KibanError | None = None) -> Response:
    directory = desk.resources.directory.load()
    people = list_accounts(desk.asker, desk.resources)
    return page(
        request,
        "people.html",
        status_code=200 if wrong is None else of_error(wrong).status,
        people=people,
        organisations=sorted(directory.organisations.values(), key=lambda each: each.name),
        name_of=directory.name_of,
        now=desk.asker.at,
        wrong=wrong,
    )


def _one(
    request: Request,
    desk: Desk,
    login: str,
    *,
    wrong: KibanError | None = None,
    link: str | None = None,
    secret: str | None = None,
) -> Response:
    asker, resources = desk.asker, desk.resources
    person = get_account(asker, resources, login)
    if person.kind is PartyKind.PERSON:
        require_operator(asker)
    directory = resources.directory.load()
    roles = roles_of(asker, resources, person)
    is_person = person.kind is PartyKind.PERSON
    return page(
        request,
        "person.html",
        status_code=200 if wrong is None else of_error(wrong).status,
        person=person,
        is_person=is_person,
        may_change=asker.is_operator,
        responsible=directory.people.get(person.responsible) if person.responsible is not None else None,
        roles=roles,
        names={held.project: held.name for held in roles},
        organisations=sorted(directory.organisations.values(), key=lambda each: each.name),
        residencies=list(Residency),
        factor=factor_state(asker, resources, person.id) if is_person else None,
        has_password=has_password(resources, person.id),
        sessions=list_sessions(asker, resources, person.id) if is_person else [],
        tokens=list_tokens(asker, resources, person),
        acts=ACTS if is_person else (Act.DEPOSIT,),
        now=asker.at,
        wrong=wrong,
        link=link,
        secret_text=secret,
    )


def _at(person: Person) -> str:
    return f"/people/{quote(person.login)}"


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as e:
        raise InvalidValue("This is no identifier.", mend="Choose one from the list.") from e
