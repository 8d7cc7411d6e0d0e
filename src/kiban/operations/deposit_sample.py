"""Which sample a file says it is of: by an identifier that stands on it, or by a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from kiban.records.identity import PREFIX, pids_in
from kiban.records.measurement import Measurement

_MAX_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is said of the sample."""

    name: str | None
    """Its name; what to go by where no identifier leads to a sample."""
    pids: Mapping[str, str] = field(default_factory=dict)
    """What may be identifiers, with where each stands."""

    @property
    def is_identifier(self) -> bool:
        """The name is an identifier: no sample is made that is called so."""
        return self.name is not None and self.name.lower().startswith(PREFIX) and len(pids_in(self.name)) == 1


def claim_of(depositor: str | None, file_name: str, measurement: Measurement) -> Claim:
    """Gather what is said: the depositor's word alone, else what stands in the file's name and its metadata.

    Parameters
    ----------
    depositor : str, optional
        Name or identifier of the sample that whoever deposits has given.
    """
    if depositor:
        return Claim(name=_name(depositor), pids=dict.fromkeys(pids_in(depositor), "the deposit's own words"))
    places = [("the file's name", file_name), ("the file's sample name", measurement.sample_name or "")]
    places += [(f"the file's {name}", text) for name, text in measurement.metadata.items() if isinstance(text, str)]
    pids: dict[str, str] = {}
    for place, text in places:
        for pid in pids_in(text):
            pids.setdefault(pid, place)
    return Claim(name=_name(measurement.sample_name or ""), pids=pids)


def _name(text: str) -> str | None:
    return unicodedata.normalize("NFKC", text).strip()[:_MAX_NAME] or None
