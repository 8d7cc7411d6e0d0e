"""Pages of data sets: the list, beginning one from a search, its landing page, and publishing it after a look."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import InvalidQuestion, KibanError, Refused
from kiban.operations import datasets as drafting
from kiban.operations.dataset_rights import conflicts
from kiban.operations.export_dataset import exportable_for
from kiban.operations.find import find
from kiban.operations.placement import end_of_embargo
from kiban.operations.publish_dataset import (
    Publication,
    freeze_dataset,
    preview_publication,
    publish_dataset,
    withdraw_dataset,
)
from kiban.operations.show_dataset import ShownDataset, list_datasets, show_dataset
from kiban.records.dataset import MEMBER_KINDS, Dataset, DatasetState
from kiban.records.field import Label
from kiban.records.parties.right import Role
from kiban.records.record import Record
from kiban.records.related import ResourceType, related_line, related_of
from kiban.records.rights.rights import Rights
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_words import cited
from kiban.standards.installed import dataset_exports
from kiban.web.api.search import LONGEST_QUESTION, After
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.dataset_head import MOST_FILES, json_ld, signposts
from kiban.web.form_data import Given, SentForm
from kiban.web.language import Speaker, language_of
from kiban.web.own_address import address_of
from kiban.web.page import page
from kiban.web.pages.tier import told
from kiban.web.problem import of_error
from kiban.web.rights_shown import shown_rights

ROUTER = APIRouter()

_ON_A_PAGE = 50
_MOST_SHOWN = 200
_KINDS = " OR ".join(f'kind = "{kind.value}"' for kind in MEMBER_KINDS)
Question = Annotated[str, Query(max_length=LONGEST_QUESTION)]


@ROUTER.get("/datasets")
def show_datasets(request: Request, desk: AtDesk, after: After = None) -> Response:
    """Show the list."""
    found = list_datasets(desk.asker, desk.resources, limit=_ON_A_PAGE, after=after)
    return page(
        request,
        "datasets.html",
        found=found,
        next=f"?{urlencode({'after': found.next})}" if found.next else None,
        may_begin=any(role.is_at_least(Role.CONTRIBUTOR) for role in desk.asker.roles.values()),
    )


@ROUTER.get("/datasets/new")
def show_new(request: Request, desk: LoggedIn, q: Question = "") -> Response:
    """Show the form, with how many records would be held."""
    return _new(request, desk, q)


@ROUTER.post("/datasets/new")
def begin(request: Request, desk: LoggedIn, form: SentForm, q: Question = "") -> Response:
    """Begin it."""
    try:
        record = drafting.begin_dataset(
            desk.asker,
            desk.resources,
            Dataset(**_said(form)),
            records=form.text("records").split(),
            question=q if form.text("with_question") else None,
        )
    except KibanError as e:
        return _new(request, desk, q, form=form, wrong=e)
    return _to(record)


def _new(
    request: Request, desk: Desk, q: str, *, form: Given | None = None, wrong: KibanError | None = None
) -> Response:
    try:
        question = f"({q}) AND ({_KINDS})" if q.strip() else _KINDS
        answer = find(desk.asker, desk.resources, question, limit=12, exact=True)
    except InvalidQuestion as e:
        answer, wrong = None, wrong or e
    return page(
        request,
        "dataset_new.html",
        status_code=of_error(wrong).status if wrong is not None else 200,
        q=q,
        answer=answer,
        typed=_typed(form),
        types=[each.value for each in ResourceType],
        wrong=wrong,
    )


@ROUTER.get("/datasets/{identifier}")
def show(request: Request, desk: AtDesk, identifier: str) -> Response:
    """Show one, as a landing page that programs can read too."""
    return _shown(request, desk, identifier)


@ROUTER.post("/datasets/{identifier}")
def act(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Do to it what a form on its page says."""
    asker, resources = desk.asker, desk.resources
    expected = int(form.text("expected")) if form.text("expected").isdecimal() else None
    try:
        match form.text("do"):
            case "change":
                record = drafting.change_dataset(asker, resources, identifier, _said(form), expected=expected)
            case "doi":
                record = drafting.change_dataset(asker, resources, identifier, {"doi": form.text("doi")})
            case "add":
                record = drafting.add_members(
                    asker,
                    resources,
                    identifier,
                    records=form.text("records").split(),
                    question=form.text("question") or None,
                    expected=expected,
                )
            case "remove":
                record = drafting.remove_members(asker, resources, identifier, [form.text("record")], expected=expected)
            case "freeze":
                record = freeze_dataset(asker, resources, identifier, expected=expected)
            case "next":
                record = drafting.begin_next_version(asker, resources, identifier)
            case "withdraw":
                record = withdraw_dataset(asker, resources, identifier, form.text("reason"))
            case _:
                raise Refused("The form does not say what to do.", mend="Load the page again.")
    except KibanError as e:
        return _shown(request, desk, identifier, form=form, wrong=e)
    return _to(record)


@ROUTER.get("/datasets/{identifier}/publish")
def show_publish(
    request: Request, desk: AtDesk, identifier: str, embargo: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """Show what publishing would change, and what stands in its way."""
    return _publish(request, desk, identifier, embargo)


@ROUTER.post("/datasets/{identifier}/publish")
def publish(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Publish it, as it was seen."""
    embargo = form.text("embargo")
    try:
        until = end_of_embargo(embargo, desk.asker.at) if embargo else None
        done = publish_dataset(
            desk.asker, desk.resources, identifier, closed_until=until, mark=form.text("mark") or "none"
        )
    except KibanError as e:
        return _publish(request, desk, identifier, embargo, wrong=e)
    return _to(done.record)


def _publish(
    request: Request, desk: Desk, identifier: str, embargo: str, *, wrong: KibanError | None = None
) -> Response:
    shown = show_dataset(desk.asker, desk.resources, identifier)
    seen: Publication | None = None
    try:
        until = end_of_embargo(embargo, desk.asker.at) if embargo.strip() else None
        seen = preview_publication(desk.asker, desk.resources, identifier, closed_until=until)
    except KibanError as e:
        wrong = wrong or e
    speaker = Speaker(language_of(request))
    return page(
        request,
        "dataset_publish.html",
        status_code=of_error(wrong).status if wrong is not None else 200,
        shown=shown,
        seen=seen,
        preview=told(speaker, seen.preview) if seen is not None and seen.preview is not None else None,
        conflicts=_conflicts(shown),
        embargo=embargo,
        wrong=wrong,
    )


def _shown(
    request: Request,
    desk: Desk,
    identifier: str,
    *,
    form: Given | None = None,
    wrong: KibanError | None = None,
) -> Response:
    shown = show_dataset(desk.asker, desk.resources, identifier)
    # Of a large one, looking up every file would take longer than the page is worth.
    is_small = len(shown.members) <= MOST_FILES
    address = address_of(request, desk.resources)
    given = exportable_for(desk.asker, desk.resources, identifier, address=address, whole=is_small)
    language = language_of(request)
    dataset = shown.dataset
    return page(
        request,
        "dataset.html",
        status_code=of_error(wrong).status if wrong is not None else 200,
        headers={"link": ", ".join(signposts(given))} if dataset.is_frozen else None,
        shown=shown,
        record=shown.record,
        dataset=dataset,
        title=dataset.title.in_language(language),
        description=dataset.description.in_language(language),
        other_title=_other(dataset.title, language),
        other_description=_other(dataset.description, language),
        cited=cited(given),
        related=[(each.relation.value, each.identifier, each.address) for each in dataset.related],
        members=shown.members[:_MOST_SHOWN],
        n_more=max(0, len(shown.members) - _MOST_SHOWN),
        rights=shown_rights(shown.rights, language),
        conflicts=_conflicts(shown),
        lacks=_lacks(given),
        exports=[(each.name, each.title, each.suffix) for each in dataset_exports()],
        json_ld=json_ld(given, with_files=is_small) if dataset.is_frozen else (),
        typed=_typed(form) if wrong is not None else _said_now(dataset),
        types=[each.value for each in ResourceType],
        may_publish=dataset.state is DatasetState.FROZEN and not (dataset.published_at and given.is_open),
        is_steward=desk.asker.has_role(shown.record.project, Role.STEWARD),
        wrong=wrong,
    )


def _conflicts(shown: ShownDataset) -> list[dict[str, Any]]:
    own: Rights | None = shown.rights.rights if shown.rights is not None else None
    return [
        {"what": each.what, "stated": each.stated, "n": len(each.members), "members": each.members[:5]}
        for each in conflicts(own, shown.gathered)
    ]


def _lacks(given: DatasetExportable) -> list[str]:
    """Keys of words for what it lacks to be frozen."""
    rights = given.rights
    needed = {
        "members": bool(given.members),
        "publisher": bool(given.dataset.publisher),
        "licence": rights is not None and bool(rights.licence),
        "contributors": rights is not None and bool(rights.contributors),
    }
    return [what for what, is_there in needed.items() if not is_there]


def _said(form: Given) -> dict[str, Any]:
    """What a form says of a data set. Raises InvalidValue."""
    lines = [line for line in form.text("related").splitlines() if line.strip()]
    words = form.text("keywords").replace("、", ",").replace("\n", ",").split(",")
    said: dict[str, Any] = {
        "title": Label(en=form.text("title"), ja=form.text("title_ja")),
        "description": Label(en=form.text("description"), ja=form.text("description_ja")),
        "publisher": form.text("publisher"),
        "publisher_ror": form.text("publisher_ror"),
        "published_on": form.text("published_on"),
        "doi": form.text("doi"),
        "keywords": tuple(word.strip() for word in words if word.strip()),
        "related": tuple(related_of(line) for line in lines),
    }
    if form.text("resource_type") in {each.value for each in ResourceType}:
        said["resource_type"] = ResourceType(form.text("resource_type"))
    return said


_FIELDS = (
    *("title", "title_ja", "description", "description_ja", "publisher", "publisher_ror", "published_on", "doi"),
    *("keywords", "related", "resource_type", "records", "question", "reason"),
)


def _typed(form: Given | None) -> dict[str, str]:
    return {name: form.text(name) if form is not None else "" for name in _FIELDS}


def _said_now(dataset: Dataset) -> dict[str, str]:
    return _typed(None) | {
        "title": dataset.title.en,
        "title_ja": dataset.title.ja,
        "description": dataset.description.en,
        "description_ja": dataset.description.ja,
        "publisher": dataset.publisher,
        "publisher_ror": dataset.publisher_ror,
        "published_on": dataset.published_on,
        "doi": dataset.doi,
        "keywords": ", ".join(dataset.keywords),
        "related": "\n".join(related_line(each) for each in dataset.related),
        "resource_type": dataset.resource_type.value,
    }


def _other(label: Label, language: str) -> tuple[str, str] | None:
    """The text in the other language, where there are both."""
    if not (label.en and label.ja):
        return None
    return ("en", label.en) if language == "ja" else ("ja", label.ja)


def _to(record: Record) -> Response:
    return RedirectResponse(f"/datasets/{quote(record.pid, safe=':')}", status_code=303)
