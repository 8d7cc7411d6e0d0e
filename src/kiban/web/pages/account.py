"""One's own account: name, password, codes, tokens, sessions, and the project that one works in."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import KibanError, NotLoggedIn
from kiban.operations.accounts import change_account, roles_of
from kiban.operations.passwords import change_password, confirm_it_is_you, has_password
from kiban.operations.provider_accounts import untie
from kiban.operations.resources import Resources
from kiban.operations.second_factor import begin_enrolment, confirm_enrolment, factor_state, switch_off_own
from kiban.operations.sessions import end_all_sessions, end_session, list_sessions, work_in
from kiban.operations.tokens import list_tokens, make_token, revoke_token
from kiban.operations.who_is import Visitor
from kiban.records.parties.people import Person
from kiban.records.party import Act
from kiban.web.asker import Visiting
from kiban.web.page import page
from kiban.web.problem import of_error

ROUTER = APIRouter()

FormText = Annotated[str, Form(max_length=2000)]
Optional = Annotated[str, Form(max_length=2000)]
ACTS = (Act.READ, Act.WRITE, Act.DEPOSIT, Act.ADMINISTER)
_BACK = "/account"


@ROUTER.get("/account")
def show_account(request: Request, visitor: Visiting) -> Response:
    """Show it."""
    return _page(request, visitor)


@ROUTER.post("/account")
def change_own(request: Request, visitor: Visiting, name: FormText, email: Optional = "") -> Response:
    """Change what others see of one."""
    try:
        change_account(visitor.asker, _resources(request), _person(visitor), name=name.strip(), email=email.strip())
    except KibanError as e:
        return _page(request, visitor, wrong=e)
    return _back()


@ROUTER.post("/account/project")
def choose_project(request: Request, visitor: Visiting, project: Annotated[UUID, Form()]) -> Response:
    """Choose the project that one works in."""
    work_in(visitor, _resources(request), project)
    return _back()


@ROUTER.post("/account/password")
def change_own_password(request: Request, visitor: Visiting, password: FormText, old: Optional = "") -> Response:
    """Change the password, or set the first."""
    try:
        change_password(visitor, _resources(request), old, password)
    except KibanError as e:
        return _page(request, visitor, wrong=e)
    return _page(request, visitor, done="account.password_changed")


@ROUTER.post("/account/codes")
def begin_codes(request: Request, visitor: Visiting, old: Optional = "") -> Response:
    """Show a new key for an authenticator app."""
    resources = _resources(request)
    try:
        person = confirm_it_is_you(visitor, resources, old)
        enrolment = begin_enrolment(visitor.asker, resources, person)
    except KibanError as e:
        return _page(request, visitor, wrong=e)
    return page(request, "account_codes.html", enrolment=enrolment, codes=None)


@ROUTER.post("/account/codes/confirm")
def confirm_codes(request: Request, visitor: Visiting, code: FormText) -> Response:
    """Take the first code, and show the recovery codes."""
    try:
        codes = confirm_enrolment(visitor.asker, _resources(request), _person(visitor), code)
    except KibanError as e:
        return _page(request, visitor, wrong=e)
    return page(request, "account_codes.html", enrolment=None, codes=codes)


@ROUTER.post("/account/codes/off")
def codes_off(request: Request, visitor: Visiting, old: Optional = "") -> Response:
    """Ask for no more codes."""
    try:
        switch_off_own(visitor, _resources(request), old)
    except KibanError as e:
        return _page(request, visitor, wrong=e)
    return _back()


@ROUTER.post("/account/identities/untie")
def untie_own(request: Request, visitor: Visiting, issuer: FormText, subject: FormText) -> Response:
    """Have an identity of a provider let nobody in any more."""
    untie(visitor.asker, _resources(request), _person(visitor), issuer, subject)
    return _back()


@ROUTER.post("/account/tokens")
def add_token(
    request: Request,
    visitor: Visiting,
    name: FormText,
    act: Annotated[Act, Form()],
    days: Annotated[int, Form()],
    project: Optional = "",
) -> Response:
    """Make a token and show it, once."""
    try:
        of_project = UUID(project) if project else None
        _, secret = make_token(
            visitor.asker, _resources(request), _person(visitor), name, acts=[act], days=days, project=of_project
        )
    except KibanError as e:
        return _page(request, visitor, wrong=e)
    return _page(request, visitor, secret=secret)


@ROUTER.post("/account/tokens/{token}/revoke")
def revoke_own(request: Request, visitor: Visiting, token: UUID) -> Response:
    """Have a token let nobody in any more."""
    revoke_token(visitor.asker, _resources(request), _person(visitor), token)
    return _back()


@ROUTER.post("/account/sessions/end-others")
def end_others(request: Request, visitor: Visiting) -> Response:
    """Log out everywhere else."""
    own = visitor.session.id if visitor.session is not None else None
    end_all_sessions(visitor.asker, _resources(request), _person(visitor).id, but=own)
    return _back()


@ROUTER.post("/account/sessions/{session}/end")
def end_one(request: Request, visitor: Visiting, session: UUID) -> Response:
    """Log out one other browser."""
    end_session(visitor.asker, _resources(request), _person(visitor).id, session)
    return _back()


def _page(
    request: Request,
    visitor: Visitor,
    *,
    wrong: KibanError | None = None,
    secret: str | None = None,
    done: str | None = None,
) -> Response:
    resources, asker = _resources(request), visitor.asker
    person = resources.directory.load().people[_person(visitor).id]
    roles = roles_of(asker, resources, person)
    values: dict[str, Any] = {
        "person": person,
        "roles": roles,
        "names": {held.project: held.name for held in roles},
        "working_in": asker.project,
        "has_password": has_password(resources, person.id),
        "providers": resources.providers,
        "factor": factor_state(asker, resources, person.id),
        "tokens": list_tokens(asker, resources, person),
        "sessions": list_sessions(asker, resources, person.id),
        "own_session": visitor.session.id if visitor.session is not None else None,
        "acts": ACTS,
        "now": asker.at,
    }
    status = 200 if wrong is None else of_error(wrong).status
    return page(request, "account.html", status_code=status, wrong=wrong, secret_text=secret, done=done, **values)


def _person(visitor: Visitor) -> Person:
    if visitor.person is None:
        raise NotLoggedIn("This is for people who are logged in.", mend="Log in, then do it again.")
    return visitor.person


def _resources(request: Request) -> Resources:
    resources: Resources = request.app.state.resources
    return resources


def _back() -> Response:
    return RedirectResponse(_BACK, status_code=303)
