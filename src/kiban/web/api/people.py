"""/api/v1/people: accounts, for operators; and one's own."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from kiban.operations import accounts
from kiban.operations import accounts_as_json as as_json
from kiban.operations.directory_changes import named, view_of
from kiban.operations.login_links import make_link
from kiban.operations.second_factor import switch_off
from kiban.records.parties.credentials import Purpose
from kiban.records.parties.people import Person
from kiban.web.api.account_models import (
    AccountChangeModel,
    AccountModel,
    LinkToMakeModel,
    Login,
    LoginLinkModel,
    NewAccountModel,
    WasOnModel,
    WholeAccountModel,
)
from kiban.web.api.describe import problems
from kiban.web.asker import Desk, LoggedIn
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["accounts"])
_CHANGES = problems(401, 403, 404, 409, 422, 503)
_CAN_BE_EMPTIED = frozenset({"organisation", "country", "until", "responsible"})


@ROUTER.get("/people", summary="List accounts", response_model=list[AccountModel], responses=problems(401, 403, 503))
def list_accounts(desk: LoggedIn) -> Any:
    """All of them, by their login names. For operators."""
    return Json(
        [
            as_json.account_as_json(desk.asker, desk.resources, each)
            for each in accounts.list_accounts(desk.asker, desk.resources)
        ]
    )


@ROUTER.post("/people", summary="Make an account", response_model=WholeAccountModel, responses=_CHANGES)
def make_account(desk: LoggedIn, body: NewAccountModel) -> Any:
    """For operators. It has no password yet: make a link to set one."""
    others = {name: value for name, value in _said(desk, body).items() if name != "name"}
    return _answer(
        desk, accounts.make_account(desk.asker, desk.resources, body.login, body.name, kind=body.kind, **others)
    )


@ROUTER.get(
    "/people/{login}",
    summary="One account",
    response_model=WholeAccountModel,
    responses=problems(401, 403, 404, 422, 503),
)
def get_account(desk: LoggedIn, login: Login) -> Any:
    """Your own, an instrument that you answer for, or for operators any."""
    return _answer(desk, accounts.get_account(desk.asker, desk.resources, login))


@ROUTER.patch("/people/{login}", summary="Change an account", response_model=WholeAccountModel, responses=_CHANGES)
def change_account(desk: LoggedIn, login: Login, body: AccountChangeModel) -> Any:
    """Operators change everything, you your own name and e-mail address."""
    person = accounts.get_account(desk.asker, desk.resources, login)
    return _answer(desk, accounts.change_account(desk.asker, desk.resources, person, **_said(desk, body)))


@ROUTER.post(
    "/people/{login}/deactivate", summary="Deactivate an account", response_model=WholeAccountModel, responses=_CHANGES
)
def deactivate_account(desk: LoggedIn, login: Login) -> Any:
    """Its sessions, tokens and links end at once, and for good. For operators."""
    return _set_active(desk, login, is_active=False)


@ROUTER.post(
    "/people/{login}/activate", summary="Activate an account", response_model=WholeAccountModel, responses=_CHANGES
)
def activate_account(desk: LoggedIn, login: Login) -> Any:
    """It can log in again; tokens stay revoked. For operators."""
    return _set_active(desk, login, is_active=True)


@ROUTER.post("/people/{login}/link", summary="Make a link to log in", response_model=LoginLinkModel, responses=_CHANGES)
def make_login_link(request: Request, desk: LoggedIn, login: Login, body: LinkToMakeModel) -> Any:
    """Good once: 15 minutes to log in, a day to set a password. For operators; for themselves not by a token."""
    person = accounts.get_account(desk.asker, desk.resources, login)
    code = make_link(desk.asker, desk.resources, person, Purpose(body.purpose.value))
    base = (desk.resources.base_url or str(request.base_url)).rstrip("/")
    return Json({"login": person.login, "purpose": body.purpose.value, "link": f"{base}/login/once/{code}"})


@ROUTER.post(
    "/people/{login}/codes-off", summary="Ask for no more codes", response_model=WasOnModel, responses=_CHANGES
)
def switch_codes_off(desk: LoggedIn, login: Login) -> Any:
    """For operators, where somebody else has lost the device. Your own take your password, on pages."""
    person = accounts.get_account(desk.asker, desk.resources, login)
    return Json({"was_on": switch_off(desk.asker, desk.resources, person)})


def _set_active(desk: Desk, login: str, *, is_active: bool) -> Json:
    person = accounts.get_account(desk.asker, desk.resources, login)
    return _answer(desk, accounts.set_active(desk.asker, desk.resources, person, is_active=is_active))


def _answer(desk: Desk, person: Person) -> Json:
    return Json(as_json.whole_account_as_json(desk.asker, desk.resources, person))


def _said(desk: Desk, body: AccountChangeModel) -> dict[str, Any]:
    """What the body says, with names of others looked up among those whom the asker knows."""
    said: dict[str, Any] = {
        name: getattr(body, name)
        for name in AccountChangeModel.model_fields
        if name in body.model_fields_set and (name in _CAN_BE_EMPTIED or getattr(body, name) is not None)
    }
    if said.get("organisation") is not None:
        known = view_of(desk.asker, desk.resources).organisations
        said["organisation"] = named(known, said["organisation"], "name", "name_ja", "ror").id
    if said.get("responsible") is not None:
        said["responsible"] = accounts.get_account(desk.asker, desk.resources, said["responsible"]).id
    if said.get("until") is not None:
        said["until"] = accounts.end_of_day(said["until"].isoformat())
    return said
