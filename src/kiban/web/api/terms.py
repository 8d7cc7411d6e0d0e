"""/api/v1/terms: the vocabulary of property terms."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from kiban.operations.terms import add_term, change_term, get_term, list_terms, merge_terms, preview_merge, undo_merge
from kiban.operations.terms_as_json import merge_as_json, term_as_json, use_as_json
from kiban.records.field import Label
from kiban.records.term import PropertyTerm
from kiban.web.api.describe import problems
from kiban.web.api.models import PID, Model
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json
from kiban.web.placement_choice import InAddress

ROUTER = APIRouter(tags=["terms"])

_LONGEST = 200
_NEWEST = 2**31 - 1

Name = Annotated[str, Path(max_length=_LONGEST, description="Key, name, synonym or identifier.", examples=["hardness"])]
Expected = Annotated[
    int | None, Query(ge=1, le=_NEWEST, description="The version of the term that the change was made on.")
]
Into = Annotated[str, Query(max_length=_LONGEST, description="The term that it is the same as.", examples=["hardness"])]


class LabelModel(BaseModel):
    """Words in both languages."""

    model_config = ConfigDict(title="Label", from_attributes=True)

    en: str = ""
    ja: str = ""


class TermBody(BaseModel):
    """What a term says."""

    model_config = ConfigDict(title="TermBody", extra="forbid")

    key: str = Field(
        description="The word in facts, questions and tables; it never changes.", examples=["dent_hardness"]
    )
    en: str = Field("", description="Its name in English; one of the two is needed.", examples=["Dent hardness"])
    ja: str = Field("", description="Its name in Japanese.", examples=["圧痕硬さ"])
    symbol: str = Field("", examples=["H_d"])
    unit: str = Field("", description="The usual unit; empty for a plain number.", examples=["GPa"])
    has_any_unit: bool = Field(False, description="The dimension depends on what was measured.")
    iri: str = Field("", description="The same thing in an outside vocabulary.")
    synonyms: list[str] = Field([], description="Other names that questions know.", examples=[["DH"]])
    description: LabelModel = LabelModel()

    def term(self) -> PropertyTerm:
        """The term."""
        said = self.model_dump(exclude={"description", "synonyms"})
        description = Label(en=self.description.en, ja=self.description.ja)
        return PropertyTerm(**said, synonyms=tuple(self.synonyms), description=description)


class TermModel(Model):
    """A property term."""

    model_config = ConfigDict(title="Term", from_attributes=True)

    key: str = Field(description="The word in facts, questions and tables.", examples=["hardness"])
    en: str = Field(examples=["Hardness"])
    ja: str = Field(examples=["硬さ"])
    symbol: str = Field(examples=["H"])
    unit: str = Field(description="The usual unit; empty for a plain number.", examples=["GPa"])
    has_any_unit: bool = Field(description="The dimension depends on what was measured.")
    iri: str = Field(description="The same thing in an outside vocabulary; empty where none is known.")
    synonyms: list[str] = Field(description="Other names that questions know.")
    description: LabelModel
    merged_into: str = Field(description="The key of the term that it was merged into; empty where it was not.")
    id: str | None = Field(description="Short identifier of its record; null of a term of Kiban.", examples=[PID])
    version: int | None = Field(description="Of its record.")


class TermUseModel(TermModel):
    """A property term and what there is of it."""

    model_config = ConfigDict(title="TermUse", from_attributes=True)

    same: list[str] = Field(description="Keys of the terms that were merged with it.")
    n_samples: int = Field(description="Samples that have a value of it.")
    n_measurements: int = Field(description="Measurements that have a value of it.")


class MergeModel(Model):
    """The two sides of a merge."""

    model_config = ConfigDict(title="Merge", from_attributes=True)

    one: TermUseModel
    into: TermUseModel


@ROUTER.get("/terms", summary="List property terms", response_model=list[TermModel], responses=problems(422, 503))
def get_terms(
    desk: AtDesk,
    q: Annotated[str, Query(max_length=_LONGEST, description="What key, names or symbol have in them.")] = "",
) -> Any:
    """The terms that come with Kiban, then those that were added."""
    return Json([term_as_json(term) for term in list_terms(desk.asker, desk.resources, q)])


@ROUTER.post(
    "/terms",
    summary="Add a property term",
    response_model=TermModel,
    responses=problems(409, 422, 503),
)
def add_property_term(where: InAddress, body: TermBody) -> Any:
    """Its key and names must be free."""
    desk = where.desk
    return Json(term_as_json(add_term(desk.asker, desk.resources, body.term(), placement=where.placement)))


@ROUTER.get("/terms/{name}", summary="A property term", response_model=TermUseModel, responses=problems(404, 422, 503))
def show_property_term(desk: AtDesk, name: Name) -> Any:
    """With what there is of it."""
    return Json(use_as_json(get_term(desk.asker, desk.resources, name)))


@ROUTER.put(
    "/terms/{name}",
    summary="Change a property term",
    response_model=TermModel,
    responses=problems(404, 409, 422, 503),
)
def change_property_term(desk: AtDesk, name: Name, body: TermBody, expected: Expected = None) -> Any:
    """Its key stays, and its dimension once there are values. A merge is not touched."""
    return Json(term_as_json(change_term(desk.asker, desk.resources, name, body.term(), expected=expected)))


@ROUTER.get(
    "/terms/{name}/merge",
    summary="Preview a merge",
    response_model=MergeModel,
    responses=problems(404, 422, 503),
)
def preview_term_merge(desk: AtDesk, name: Name, into: Into) -> Any:
    """What would be asked for together. Nothing is changed."""
    return Json(merge_as_json(preview_merge(desk.asker, desk.resources, name, into)))


@ROUTER.post(
    "/terms/{name}/merge",
    summary="Merge a property term into another",
    response_model=MergeModel,
    responses=problems(404, 409, 422, 503),
)
def merge_property_term(desk: AtDesk, name: Name, into: Into, expected: Expected = None) -> Any:
    """From now on questions about either ask for both; no value is touched."""
    return Json(merge_as_json(merge_terms(desk.asker, desk.resources, name, into, expected=expected)))


@ROUTER.delete(
    "/terms/{name}/merge",
    summary="Take a merge back",
    response_model=TermModel,
    responses=problems(404, 409, 422, 503),
)
def undo_term_merge(desk: AtDesk, name: Name, expected: Expected = None) -> Any:
    """Questions tell the two terms apart again."""
    return Json(term_as_json(undo_merge(desk.asker, desk.resources, name, expected=expected)))
