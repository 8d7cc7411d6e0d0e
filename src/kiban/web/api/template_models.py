"""What REST takes and answers about templates."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from kiban.records.field import FieldKind, Need
from kiban.records.template_change import What
from kiban.web.api.models import PID, Model

Kind = Literal["sample", "process", "measurement"]


class LabelModel(Model):
    """Words for people, in both languages."""

    model_config = ConfigDict(title="Label")

    en: str = Field(default="", examples=["Particle size"])
    ja: str = Field(default="", examples=["粒子径"])


class OptionModel(Model):
    """One of the answers of a choice."""

    model_config = ConfigDict(title="Option")

    key: str = Field(examples=["furnace"])
    label: LabelModel = LabelModel()
    iri: str = Field("", description="The term that it stands for.")


class FieldModel(Model):
    """A place in a form, and what may stand there. What is left out says nothing."""

    model_config = ConfigDict(title="Field")

    key: str = Field(description="Lower case, digits and underscores.", examples=["particle_size"])
    kind: FieldKind
    label: LabelModel = LabelModel()
    help: LabelModel = LabelModel()
    need: Need = Need.OPTIONAL
    origin: str = Field("", description="The key that it first had in its template, where that was another one.")
    iri: str = Field("", description="The term that it stands for.")
    unit: str = Field("", description="Of a quantity: the unit of its bounds, and of values without one.")
    minimum: float | None = None
    maximum: float | None = None
    excludes_minimum: bool = False
    excludes_maximum: bool = False
    is_whole: bool = False
    shortest: int | None = Field(None, description="Of a text: characters.")
    longest: int | None = Field(None, description="Of a text: characters.")
    options: list[OptionModel] = Field([], description="Of a choice.")
    vocabulary: str = Field("", description="Of a term: how its IRI begins.")
    refers_to: list[str] = Field([], description="Of a reference: kinds of record; any unless given.")
    many: bool = Field(False, description="Several values may stand here.")
    fields: list[FieldModel] = Field([], description="Of a group; of a table its columns.")
    default: Any = Field(None, description="What a new form has in it.")
    written: str = Field("", description="Its name in the structure that the template was imported from.")
    extra: dict[str, Any] = Field({}, description="What an imported structure says of it beside.")


class TemplateModel(Model):
    """A data structure. What is left out says nothing; a name that is not listed here is refused."""

    model_config = ConfigDict(title="Template")

    name: str = Field(description="Unique in a project.", examples=["heat_treatment"])
    label: LabelModel
    applies_to: Kind
    description: LabelModel = LabelModel()
    techniques: list[str] = Field([], description="For measurements: all unless given.", examples=[["xrd"]])
    fields: list[FieldModel]
    iri: str = Field("", description="The class of an ontology that it stands for.")
    note: str = Field("", description="What this version changed, in its designer's words.")
    extra: dict[str, Any] = Field({}, description="Where it came from.")


class KeptTemplateModel(Model):
    """One version of a template with its record."""

    model_config = ConfigDict(title="KeptTemplate")

    id: str = Field(description="Short identifier, the same for all versions.", examples=[PID])
    version: int = Field(description="From 1. The header `ETag` has it too.")
    created_at: str = Field(description="When this version was kept, in ISO 8601.")
    created_by: str
    template: TemplateModel


class ListedTemplateModel(Model):
    """A template as a list shows it."""

    model_config = ConfigDict(title="ListedTemplate")

    id: str = Field(examples=[PID])
    version: int = Field(description="The current one.")
    name: str = Field(examples=["heat_treatment"])
    label: LabelModel
    applies_to: Kind
    techniques: list[str] = Field(examples=[["xrd"]])
    n_fields: int = Field(description="Fields, those inside groups and tables not counted.")


class ChangeModel(Model):
    """One difference between two versions of a template."""

    model_config = ConfigDict(title="Change")

    what: What
    path: list[str] = Field(description="Keys of the newer version; empty for the template itself.")
    before: str
    after: str
    is_compatible: bool = Field(description="Every record that fits the older version still fits.")
    loses: bool = Field(description="Values of records have no place in the newer version.")


class RevisionModel(KeptTemplateModel):
    """A new version, and what it changed."""

    model_config = ConfigDict(title="Revision")

    changes: list[ChangeModel]


class StructureModel(Model):
    """A structure of the library that Kiban brings."""

    model_config = ConfigDict(title="Structure")

    name: str = Field(examples=["heat_treatment"])
    standing: Literal["absent", "current", "outdated", "changed", "taken"] = Field(
        description="`absent`: the project does not have it. `current`: it was taken. `outdated`: it was taken, nobody "
        "changed it here, and the library has a later version. `changed`: it has been changed here. `taken`: the "
        "project has a template of its own under that name."
    )
    id: str | None = Field(description="The project's template.", examples=[PID])
    version: int | None = Field(description="Its current version.")
    label: LabelModel
    applies_to: Kind
    techniques: list[str] = Field(examples=[["xrd"]])
    n_fields: int = Field(description="Fields, those inside groups and tables not counted.")
    changes: list[ChangeModel] = Field(description="From the project's template to the library's.")


class AdoptedModel(Model):
    """What became of a structure that was to be taken into the project."""

    model_config = ConfigDict(title="Adopted")

    done: Literal["defined", "revised", "left"]
    id: str = Field(examples=[PID])
    version: int
