"""What REST takes and answers about tables of past experiments."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from kiban.operations.progress import Phase
from kiban.readers.experiments.meaning import Role
from kiban.readers.experiments.told import Reason, Sureness
from kiban.records.matter.composition import Basis
from kiban.web.api.models import PID, Model
from kiban.web.api.sample_models import Sent
from kiban.web.placement_choice import PlacementFields

_MOST_COLUMNS = 500
Line = Annotated[str, Field(max_length=300)]


class MeaningModel(Sent):
    """What one column means. What is left out says nothing."""

    model_config = ConfigDict(title="Meaning", extra="forbid")

    header: str = Field(max_length=10_000, examples=["焼成温度 [℃]"])
    role: Role
    key: str = Field(
        "",
        max_length=300,
        description="Of a component its symbol, formula or name; of a property its term; of a parameter or note the "
        "key of its field; of an uncertainty the key of the column that it belongs to.",
        examples=["firing_temperature"],
    )
    unit: str = Field("", max_length=100, description="Of numbers without one.", examples=["degC"])
    is_text: bool = Field(False, description="Of a parameter: its cells are words.")
    basis: Basis | None = Field(None, description="Of a component: what its numbers are fractions of.")
    coverage_factor: float | None = Field(None, description="Of an expanded uncertainty.")


class MappingModel(Sent):
    """What the columns of a table mean, in their order."""

    model_config = ConfigDict(title="ColumnMapping", extra="forbid")

    version: int = Field(1, description="Of the mapping as a document.")
    columns: list[MeaningModel] = Field(min_length=1, max_length=_MOST_COLUMNS)
    balance: Line = Field("", description="The component that makes up what the others leave.")
    decimal: Literal["", ".", ","] = Field("", description="The decimal mark, where columns do not tell it.")


class TableFileModel(PlacementFields, Sent):
    """A table of experiments, and what is said of it."""

    model_config = ConfigDict(title="ExperimentTable", extra="forbid")

    name: str = Field(min_length=1, max_length=300, description="Of the file.", examples=["past.csv"])
    content: str = Field(
        min_length=1,
        description="The bytes of the file, CSV or xlsx, in base64.",
        examples=["c2FtcGxlLFQgKEspLGhhcmRuZXNzIChHUGEpCkEsMTE3MywxMi41Cg=="],
    )
    mapping: MappingModel | None = Field(None, description="What its columns mean; kept or proposed unless given.")
    kept: Line = Field(
        "",
        description="The name of the mapping to use or, where one is given, to keep it under. The file's unless given.",
    )
    table: Line = Field("", description="By which name the table is known when a changed file of it comes.")
    sheet: Line = Field("", description="Of a workbook.")


class KeptTableModel(TableFileModel):
    """A table of experiments to be kept."""

    model_config = ConfigDict(title="ExperimentTableToKeep", extra="forbid")

    leave_out_wrong: bool = Field(False, description="Keep the other rows where some have faults.")
    withdraw_missing: bool = Field(False, description="Withdraw rows of an earlier file that are not in this one.")
    ticket: str = Field(
        "",
        pattern="^([0-9a-f]{32})?$",
        description="32 hexadecimal digits drawn by lot, by which you can ask how far it has come while it is kept.",
        examples=["0b1f6c1de2f84d7d9a1c3b5e7f902468"],
    )


class ExperimentsProgressModel(Model):
    """How far a table has come that is being kept."""

    model_config = ConfigDict(title="ExperimentsProgress")

    phase: Phase | None = Field(
        description="Null where nothing of this ticket is being kept: not yet, or not any more."
    )
    done: int = Field(description="So many records are written; nothing is kept before all are.")
    total: int = Field(description="Of so many; in `comparing`, so many rows. 0 where that is not known yet.")


class ColumnModel(Model):
    """What a column probably means, and its first cells."""

    model_config = ConfigDict(title="ProposedColumn")

    header: str
    role: Role
    key: str = ""
    unit: str = ""
    is_text: bool = False
    basis: Basis | None = None
    coverage_factor: float | None = None
    sureness: Sureness
    reason: Reason
    why: str = Field(description="The reason, for people.")
    examples: list[str]


class CellFaultModel(Model):
    """A cell that cannot be read."""

    model_config = ConfigDict(title="CellFault")

    row: int = Field(description="As editors count.")
    cell: str = Field(examples=["F3"])
    column: str
    expected: str
    found: str
    mend: str


class FaultModel(Model):
    """Something wrong with the mapping."""

    model_config = ConfigDict(title="MappingFault")

    error: str
    fault: str
    mend: str


class CountsModel(Model):
    """How many are new, or were there."""

    model_config = ConfigDict(title="ExperimentCounts")

    new: int
    there: int = 0
    changed: int = 0
    unchanged: int = 0


class MadeModel(Model):
    """What is, or would be, made."""

    model_config = ConfigDict(title="MadeOfTable")

    samples: CountsModel
    processes: CountsModel
    rows: CountsModel
    changes: list[str] = Field(description="What changed since the file before, in words; the first two hundred.")


class PreviewModel(Model):
    """What a table says, nothing of it kept."""

    model_config = ConfigDict(title="ExperimentPreview")

    file: str
    table: str
    name: str = Field(description="Of the mapping.")
    is_kept: bool = Field(description="Whether there is a mapping of that name.")
    sheet: str
    other_sheets: list[str]
    n_rows: int
    columns: list[ColumnModel]
    mapping: MappingModel | None = Field(description="To be corrected and sent back; null where it contradicts itself.")
    wrong: list[FaultModel] = Field(description="What is wrong with the mapping; rows are not read then.")
    faults: list[CellFaultModel] = Field(description="The first two hundred.")
    n_faults: int
    wrong_rows: list[int]
    would: MadeModel | None
    new_terms: list[str] = Field(description="Properties for which a term is added.")
    can_be_kept: bool
    told: list[str]


class ImportedModel(Model):
    """What was kept of a table."""

    model_config = ConfigDict(title="ImportedExperiments")

    table: str
    mapping: str
    status: Literal["imported", "changed", "already there"]
    measurements: list[str] = Field(description="Of rows that are new or changed.", examples=[[PID]])
    did: MadeModel
    left_out_rows: list[int]
    told: list[str]


class KeptMappingModel(Model):
    """A mapping that is kept."""

    model_config = ConfigDict(title="KeptMapping")

    name: str
    template: str = Field(description="Short identifier of the template that keeps it.", examples=[PID])
    version: int
    mapping: MappingModel


class WithdrawalModel(Model):
    """What is, or would be, withdrawn; short identifiers."""

    model_config = ConfigDict(title="ExperimentWithdrawal")

    table: str
    rows: list[str]
    processes: list[str]
    samples: list[str]
    stay: list[str] = Field(description="What the import made and other records rest on.")
