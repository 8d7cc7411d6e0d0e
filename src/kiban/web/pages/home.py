"""The first page: what arrived lately, what needs attention, what there is."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kiban.operations.embargoes import endings, note_ended
from kiban.operations.home import home
from kiban.operations.what_is_new import count_new
from kiban.records.parties.right import Role
from kiban.web.asker import AtDesk
from kiban.web.page import page

ROUTER = APIRouter()


@ROUTER.get("/")
def show_home(request: Request, desk: AtDesk) -> Response:
    """Show it; an inviting word where there is nothing yet."""
    note_ended(desk.resources, desk.asker.at)
    found = home(desk.asker, desk.resources)
    soon = endings(desk.asker, desk.resources)
    roles = desk.asker.roles.values()
    may_add = any(role.is_at_least(Role.CONTRIBUTOR) for role in roles)
    is_empty = not (found.latest or found.attention or found.kept or found.kinds.keys() - {"project"})
    return page(
        request,
        "home.html",
        home=found,
        endings=soon,
        counted=count_new(desk.asker, desk.resources),
        is_empty=is_empty,
        may_add=may_add,
        has_role=bool(roles),
        is_nobody=desk.asker.party == "anonymous",
    )
