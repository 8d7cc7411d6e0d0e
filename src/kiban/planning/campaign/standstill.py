"""Why a campaign that is to go on by itself does not: kept with it, until suggestions can be made again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiban.planning.campaign.campaign import Campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """What kept the next experiments from being suggested, as the error said it."""

    fault: str
    mend: str
    at: str
    """Since when."""


def stand_still(campaign: Campaign, fault: str, mend: str, *, at: str) -> Campaign:
    """Remember why nothing could be suggested. One that stands still for the same reason stays as it is."""
    known = campaign.standstill
    if known is not None and (known.fault, known.mend) == (fault, mend):
        return campaign
    return replace(campaign, standstill=Standstill(fault=fault, mend=mend, at=at))
