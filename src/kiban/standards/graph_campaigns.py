"""What exports of provenance are given of campaigns: those of their experiments that rest on the exported records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiban.quantity.measured import Measured
from kiban.records.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedSuggestion:
    """What an engine suggested.

    Parameters
    ----------
    engine : str
        Its name and version: `embedded/1`.
    at : str
        ISO 8601.
    learnt_from : tuple of int
        Numbers of the experiments that it was learnt from, also of those that are not exported.
    """

    engine: str
    at: str
    settings: Mapping[str, float | str]
    expected: Mapping[str, Measured] = field(default_factory=dict)
    why: str = ""
    learnt_from: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedExperiment:
    """One experiment that rests on exported records.

    Parameters
    ----------
    records : tuple of str
        Short identifiers of those that say what came out.
    began_at, ended_at : str, optional
        When it was told that it is begun, and what came out; what was done before the campaign has none.
    by : str
        Who told the result.
    """

    number: int
    state: str
    source: str
    settings: Mapping[str, float | str]
    outcomes: Mapping[str, Measured]
    records: tuple[str, ...]
    suggestion: ExportedSuggestion | None = None
    laboratory: str = ""
    began_at: str | None = None
    ended_at: str | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCampaign:
    """A campaign that learnt from exported records. `n_others` of its experiments rest on none of them."""

    record: Record
    experiments: tuple[ExportedExperiment, ...]
    n_others: int
    learnt_from: tuple[str, ...]
    """Short identifiers of the exported records that it learnt from."""
