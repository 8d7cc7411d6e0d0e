"""What REST takes and answers about data sets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from kiban.errors import KibanError
from kiban.records.dataset import MOST_KEYWORDS, MOST_MEMBERS, MOST_RELATED
from kiban.records.related import Related, RelatedKind, Relation, ResourceType, doi_of
from kiban.web.api.access import Mark
from kiban.web.api.models import PID, Model
from kiban.web.api.sample_models import Expected, Id, Line, Sent, Text
from kiban.web.placement_choice import PlacementFields

Question = Annotated[
    str | None, Field(max_length=10_000, description="All samples, processes and measurements that answer are held.")
]
Ids = Annotated[list[Id], Field(max_length=MOST_MEMBERS, description="Records to hold.")]
Embargo = Annotated[
    str | None, Field(max_length=40, description="Open only after that: a day (`2028-04-01`) or a time (`24 months`).")
]


def _doi(text: str) -> str:
    try:
        return doi_of(text) if text.strip() else ""
    except KibanError as e:
        raise ValueError(f"{e.fault} {e.mend}") from e


class LabelModel(Sent):
    """A text in English, Japanese or both."""

    model_config = ConfigDict(title="Label", extra="forbid")

    en: Text = Field("", examples=["Titania films annealed in air"])
    ja: Text = Field("", examples=["大気中で焼成した酸化チタン膜"])


class RelatedModel(Sent):
    """Another work, and what the data set is to it."""

    model_config = ConfigDict(title="Related", extra="forbid")

    identifier: Line = Field(examples=["10.1000/xyz"])
    kind: RelatedKind = RelatedKind.DOI
    relation: Relation = Relation.REFERENCES

    def related(self) -> Related:
        """As a value. Raises InvalidValue."""
        return Related(identifier=self.identifier, kind=self.kind, relation=self.relation)


class SaidModel(Sent):
    """What is said of a data set."""

    title: LabelModel | None = None
    description: LabelModel | None = None
    keywords: Annotated[list[Line] | None, Field(max_length=MOST_KEYWORDS)] = None
    resource_type: ResourceType | None = None
    publisher: Annotated[Line | None, Field(description="The institute or company.")] = None
    publisher_ror: Annotated[str | None, Field(max_length=100, examples=["https://ror.org/057zh3y96"])] = None
    published_on: Annotated[str | None, Field(max_length=20, examples=["2026-11-27"])] = None
    related: Annotated[list[RelatedModel] | None, Field(max_length=MOST_RELATED)] = None
    doi: Annotated[
        Annotated[str, Field(max_length=500), AfterValidator(_doi)] | None,
        Field(description="As it was registered elsewhere; none is made here.", examples=["10.5072/a"]),
    ] = None

    def said(self) -> dict[str, Any]:
        """As attributes of a data set."""
        from kiban.records.field import Label

        given = self.given("records", "question", "expected", *PlacementFields.model_fields)
        for name in ("title", "description"):
            if name in given:
                given[name] = Label(**given[name])
        if self.keywords is not None:
            given["keywords"] = tuple(self.keywords)
        if self.related is not None:
            given["related"] = tuple(each.related() for each in self.related)
        return given


class NewDatasetModel(SaidModel, PlacementFields):
    """The draft of a data set: closed, unless a tier is given."""

    model_config = ConfigDict(title="NewDataset", extra="forbid")

    title: LabelModel
    records: Ids = Field([])
    question: Question = None


class DatasetChangeModel(SaidModel):
    """What else is said of a draft; what is not sent stays. Of a frozen one, only a DOI."""

    model_config = ConfigDict(title="DatasetChange", extra="forbid")

    expected: Expected = None


class DatasetRecordsModel(Sent):
    """Records to put in."""

    model_config = ConfigDict(title="DatasetRecords", extra="forbid")

    records: Ids = Field([])
    question: Question = None
    expected: Expected = None


class LeavingModel(Sent):
    """Records to take out."""

    model_config = ConfigDict(title="DatasetRecordsLeaving", extra="forbid")

    records: Annotated[list[Id], Field(min_length=1, max_length=MOST_MEMBERS)]
    expected: Expected = None


class FreezeModel(Sent):
    """What confirms that a draft is frozen."""

    model_config = ConfigDict(title="Freeze", extra="forbid")

    expected: Expected = None


class PublishModel(Sent):
    """How to publish."""

    model_config = ConfigDict(title="Publish", extra="forbid")

    embargo: Embargo = None
    mark: Mark = None


class WithdrawModel(Sent):
    """Why it is withdrawn."""

    model_config = ConfigDict(title="Withdraw", extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=10_000, pattern=r"\S")]


class ListedModel(Model):
    """A data set as a list shows it."""

    model_config = ConfigDict(title="ListedDataset")

    id: str = Field(examples=[PID])
    title: str
    title_ja: str
    state: Literal["draft", "frozen", "withdrawn"]
    number: int = Field(description="Version 1 of what it is about, version 2, ...")
    tier: str = Field(examples=["open"])
    n_members: int = Field(description="Those that you may see.")
    doi: str
    published_on: str
    changed_at: str


class DatasetListModel(Model):
    """A part of the list."""

    model_config = ConfigDict(title="Datasets")

    total: int
    next: str | None = Field(description="Give it as `after` for the part after this one; null at the end.")
    datasets: list[ListedModel]


class MemberModel(Model):
    """A record of a data set, in the version that it holds."""

    model_config = ConfigDict(title="Member")

    id: str = Field(examples=[PID])
    kind: str = Field(examples=["sample"])
    title: str
    version: int


class DatasetModel(Model):
    """A data set as you may see it: records that you may not see are not there, and are not counted."""

    model_config = ConfigDict(title="Dataset")

    id: str = Field(examples=[PID])
    uuid: str
    kind: Literal["dataset"]
    version: int = Field(description="Of the record: what `expected` is compared with.")
    created_at: str
    created_by: str
    tier: str
    title: dict[str, str]
    description: dict[str, str]
    question: str = Field(description="What was asked to choose its records.")
    keywords: list[str]
    resource_type: ResourceType
    publisher: str
    publisher_ror: str
    published_on: str
    published_at: str
    related: list[dict[str, str]]
    doi: str
    techniques: list[str]
    number: int
    previous: str | None
    state: Literal["draft", "frozen", "withdrawn"]
    frozen_at: str
    frozen_by: str
    withdrawn_at: str
    reason: str
    rights: dict[str, Any] | None
    gathered: dict[str, Any] = Field(description="What its records state of their rights.")
    conflicts: list[str] = Field(description="What they state otherwise than the data set.")
    members: list[MemberModel]
    versions: list[dict[str, Any]]


class DatasetOfferModel(Model):
    """A standard that a data set can be exported as."""

    model_config = ConfigDict(title="DatasetOffer")

    name: str = Field(description="Give it as `as`.", examples=["datacite"])
    title: str = Field(examples=["DataCite 4.6 (XML)"])
    suffix: str = Field(examples=[".datacite.xml"])
    media_type: str


class PublicationModel(Model):
    """What publishing changes, or would change."""

    model_config = ConfigDict(title="Publication")

    done: bool
    id: str = Field(examples=[PID])
    possible: bool = Field(description="Everybody could see all that it holds.")
    not_open: list[dict[str, Any]] = Field(description="Records that stand in the way; at most 20.")
    n_not_open: int
    conflicts: list[str]
    change: dict[str, Any] | None = Field(description="For whom what changes; null where it is open already.")
    mark: str | None = Field(description="Send it to confirm what you saw.")
