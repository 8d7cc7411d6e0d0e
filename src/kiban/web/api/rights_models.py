"""What REST takes and answers about the rights in a record."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from kiban.records.rights.credit_role import CreditRole
from kiban.web.api.models import PID, Model
from kiban.web.api.sample_models import Expected, Sent

_Line = Annotated[str, Field(max_length=1000)]
_ROR = Annotated[str, Field(max_length=100, examples=["https://ror.org/057zh3y96"])]


class HolderModel(Sent):
    """Whose data they are."""

    model_config = ConfigDict(title="RightsHolder", extra="forbid")

    name: _Line = Field(examples=["Example University"])
    ror: _ROR = ""


class ContributorModel(Sent):
    """A person, or a group, with what they did."""

    model_config = ConfigDict(title="Contributor", extra="forbid")

    name: _Line = Field(examples=["Sato Hanako"])
    orcid: str = Field("", max_length=100, examples=["0000-0002-1825-0097"])
    affiliation: _Line = ""
    ror: _ROR = Field("", description="Of the affiliation.")
    roles: list[CreditRole] = Field([], max_length=14, description="Of CRediT, the Contributor Role Taxonomy.")


class FundingModel(Sent):
    """A grant, or a funder without one."""

    model_config = ConfigDict(title="Funding", extra="forbid")

    funder: _Line = Field(examples=["Japan Society for the Promotion of Science"])
    funder_id: str = Field(
        "", max_length=100, description="ROR ID or Crossref funder DOI.", examples=["10.13039/501100001691"]
    )
    award_number: str = Field("", max_length=1000, examples=["JP00H00000"])
    award_title: _Line = ""


class RightsModel(Sent):
    """All that is stated of the rights in a record; what is left out is not stated."""

    model_config = ConfigDict(title="Rights", extra="forbid")

    licence: str = Field("", max_length=1000, description="An SPDX expression.", examples=["CC-BY-4.0"])
    rights_holder: HolderModel | None = None
    contributors: list[ContributorModel] = Field([], max_length=1000)
    funding: list[FundingModel] = Field([], max_length=100)
    citation: str = Field("", max_length=10_000, description="How those who use it are asked to cite it.")
    expected: Expected = None


class StatedRightsModel(Model):
    """The rights that count for a record."""

    model_config = ConfigDict(title="StatedRights")

    id: str = Field(description="Short identifier of the record.", examples=[PID])
    version: int = Field(description="Of the record.")
    stated_by: Literal["record", "project"] | None = Field(
        description="A record that states none has those of its project. Null: none are stated."
    )
    licence: str = ""
    rights_holder: HolderModel | None = None
    contributors: list[ContributorModel] = Field(default_factory=list)
    funding: list[FundingModel] = Field(default_factory=list)
    citation: str = ""
