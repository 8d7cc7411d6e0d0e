"""/api/v1/templates and /api/v1/structures: data structures, and the library of them that Kiban brings."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request

from kiban.errors import WrongUsage
from kiban.operations.standard_structures import adopt, list_structures
from kiban.operations.take_template import add_template, as_next
from kiban.operations.template_as_json import change_as_json, kept_as_json, listed_as_json, structure_as_json
from kiban.operations.templates import Kept, compare_versions, get_template, list_templates, revise_template
from kiban.records.record import RecordKind
from kiban.records.template import Template
from kiban.records.template_file import LARGEST, read_template
from kiban.web.api.describe import problems
from kiban.web.api.template_models import (
    AdoptedModel,
    ChangeModel,
    KeptTemplateModel,
    Kind,
    ListedTemplateModel,
    RevisionModel,
    StructureModel,
)
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json
from kiban.web.placement_choice import InAddress

ROUTER = APIRouter(tags=["templates"])

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A template, as `kiban template export` writes it.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TemplateModel"}}},
    }
}
_TAG = re.compile(r'(?:W/)?"([1-9]\d{0,8})"')

Identifier = Annotated[
    str, Path(max_length=200, description="Name, or short identifier.", examples=["heat_treatment", "kb:7Q4M-2KXD-98"])
]
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="The current one unless given.")]


async def _sent_template(request: Request) -> Template:
    """The template in the body of a request."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST:
            raise WrongUsage(f"The body has more than {LARGEST} bytes.", mend="No template needs so many.")
    return read_template(bytes(content))


SentTemplate = Annotated[Template, Depends(_sent_template)]


@ROUTER.get(
    "/templates", summary="List templates", response_model=list[ListedTemplateModel], responses=problems(422, 503)
)
def get_templates(
    desk: AtDesk, applies_to: Annotated[Kind | None, Query(description="Only those for this kind of record.")] = None
) -> Any:
    """The current versions of the templates that you may see, in order of name."""
    kind = RecordKind(applies_to) if applies_to else None
    return Json([listed_as_json(kept) for kept in list_templates(desk.asker, desk.resources, applies_to=kind)])


@ROUTER.post(
    "/templates",
    summary="Define a template",
    response_model=KeptTemplateModel,
    responses=problems(409, 422, 503, 507),
    openapi_extra=_BODY,
)
def post_template(where: InAddress, template: SentTemplate) -> Any:
    """Keep a new template in the project."""
    desk = where.desk
    return _answer(add_template(desk.asker, desk.resources, template, placement=where.placement))


@ROUTER.get(
    "/templates/{identifier}",
    summary="Show a template",
    response_model=KeptTemplateModel,
    responses=problems(404, 422, 503),
)
def get_one_template(desk: AtDesk, identifier: Identifier, version: Version = None) -> Any:
    """One version of a template. The header `ETag` says which, for `If-Match` of a revision."""
    return _answer(get_template(desk.asker, desk.resources, identifier, version=version))


@ROUTER.put(
    "/templates/{identifier}",
    summary="Revise a template",
    response_model=RevisionModel,
    responses=problems(404, 409, 422, 503, 507),
    openapi_extra=_BODY,
)
def put_template(
    desk: AtDesk,
    identifier: Identifier,
    template: SentTemplate,
    expected: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="As `If-Match`.")] = None,
    if_match: Annotated[
        str | None, Header(max_length=100, description="The `ETag` of the version that was changed.", examples=['"3"'])
    ] = None,
) -> Any:
    """Keep the next version of a template; records made with earlier ones stay as they are.

    Say with `If-Match` or `expected` which version was changed: if somebody else has been faster, nothing is kept.
    Fields are recognised by their `origin`, which is the key that they had first; a renamed field says it.
    """
    changed = _changed_version(expected, if_match)
    kept = get_template(desk.asker, desk.resources, identifier)
    after = as_next(kept, template)
    revision = revise_template(desk.asker, desk.resources, kept.record.pid, after, expected=changed)
    return _answer(revision.after, changes=[change_as_json(change) for change in revision.changes])


def _changed_version(expected: int | None, if_match: str | None) -> int:
    match = _TAG.fullmatch(if_match.strip()) if if_match is not None else None
    if if_match is not None and match is None:
        raise WrongUsage(f"If-Match is {if_match[:40]}.", mend='Give the ETag of one version, as "3".')
    tagged = int(match[1]) if match is not None else None
    if expected is None and tagged is None:
        raise WrongUsage(
            "It is not said which version was changed.", mend="Send If-Match with its ETag, or ?expected= its number."
        )
    if expected is not None and tagged is not None and expected != tagged:
        raise WrongUsage(f"expected is {expected}, If-Match {tagged}.", mend="Say the same with both, or use one.")
    return expected if expected is not None else tagged  # type: ignore[return-value]  # one of them is there


@ROUTER.get(
    "/templates/{identifier}/diff",
    summary="Compare versions of a template",
    response_model=list[ChangeModel],
    responses=problems(404, 422, 503),
)
def get_template_diff(
    desk: AtDesk,
    identifier: Identifier,
    before: Annotated[int, Query(ge=1, le=2**31 - 1, description="The older version.")],
    after: Version = None,
) -> Any:
    """What changed from one version to another, and what each change means for records that exist."""
    kept = get_template(desk.asker, desk.resources, identifier, version=after)
    found = compare_versions(desk.asker, desk.resources, kept.record.pid, before, kept.record.version)
    return Json([change_as_json(change) for change in found])


@ROUTER.get("/structures", summary="List the library", response_model=list[StructureModel], responses=problems(503))
def get_structures(desk: AtDesk) -> Any:
    """The structures that Kiban brings, samples first, and how each stands to the project."""
    return Json([structure_as_json(structure) for structure in list_structures(desk.asker, desk.resources)])


@ROUTER.post(
    "/structures/{name}",
    summary="Take a structure into the project",
    response_model=AdoptedModel,
    responses=problems(409, 422, 503, 507),
)
def adopt_structure(
    where: InAddress,
    name: Annotated[str, Path(max_length=200, examples=["heat_treatment"])],
    update: Annotated[bool, Query(description="Bring it up to date where it is outdated.")] = False,
) -> Any:
    """Keep a structure of the library as a template of the project; `left` where there was nothing to do.

    One that has been changed in the project, or whose name a template of its own has, is never overwritten.
    """
    desk = where.desk
    [adopted] = adopt(desk.asker, desk.resources, [name], update=update, placement=where.placement)
    kept = adopted.kept
    return Json(
        {
            "done": adopted.done,
            "id": kept.record.pid if kept is not None else None,
            "version": kept.record.version if kept is not None else None,
        }
    )


def _answer(kept: Kept, **more: Any) -> Json:
    return Json({**kept_as_json(kept), **more}, headers={"etag": f'"{kept.record.version}"'})
