"""What pictures of a campaign show to one asker: the front, and what is expected around one point.

They are made of the experiments that the asker may see, and learnt from those of them that the asker may put into
models: whoever does not see a record that an experiment rests on gets pictures as if it had never been made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from kiban.errors import InvalidValue
from kiban.operations.audited import reads, saw
from kiban.operations.campaign_archive import weighed_archive
from kiban.operations.campaign_records import part_for
from kiban.operations.may_read import require_right
from kiban.operations.resources import Resources
from kiban.operations.show_campaign import ShownCampaign, show_campaign
from kiban.planning.pictures.expectation import Surrogate
from kiban.planning.pictures.front import Front, front_of
from kiban.planning.pictures.learning import learn
from kiban.planning.pictures.pair_map import PairMap, pair_map, pairs_of, usual_pair
from kiban.planning.pictures.place import place_of
from kiban.planning.pictures.slices import Slices, slices_of
from kiban.records.parties.right import Right
from kiban.records.party import Asker

NO_MAP = ("", "")
"""As the two parameters of a map: none is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSlices:
    """What is to be shown.

    Parameters
    ----------
    experiment : int, optional
        Through whose point; the best one's unless given.
    settings : mapping
        Instead of some of its settings: numbers in the parameters' units, or texts like `126.85 degC`.
    outcome : str, optional
        The first target unless given.
    surrogate : str, optional
        `raw`, `ranks` or `forest`; the one that did best on experiments it was not shown unless given.
    pair : tuple of str, optional
        Parameters of the map; the two that matter most unless given, and none for `NO_MAP`.
    """

    experiment: int | None = None
    settings: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    outcome: str | None = None
    surrogate: str | None = None
    pair: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSlices:
    """Slices through one point of a campaign, with a map.

    Parameters
    ----------
    map : PairMap, optional
        Where two parameters can be varied by themselves.
    for_map : tuple of str
        The parameters that a map can be made of.
    n_studies : int
        So many earlier studies count, as they do for suggestions.
    """

    id: str
    slices: Slices
    map: PairMap | None
    for_map: tuple[str, ...]
    n_studies: int = 0


_USUAL = AskedSlices()


@reads("read campaign")
def campaign_slices(asker: Asker, resources: Resources, identifier: str, asked: AskedSlices = _USUAL) -> ShownSlices:
    """Say what is expected around one point of a campaign, and how well that is known.

    Raises
    ------
    RecordNotFound
        If there is no such campaign that the asker may see.
    Refused
        If the asker may not put its values into models.
    InvalidValue
        If there is no such experiment, parameter, level, outcome or surrogate, or a point cannot be made.
    NothingAllowed
    """
    shown = show_campaign(asker, resources, identifier)
    require_right(asker, resources, shown.record, Right.USE)
    campaign = shown.campaign
    saw(shown.record, subject=shown.record.pid, n=len(campaign.experiments))
    place = place_of(campaign, asked.experiment, asked.settings)
    outcome = asked.outcome if asked.outcome is not None else campaign.objective.targets[0].name
    usable = part_for(asker, resources, campaign)
    found = weighed_archive(asker, resources, shown.record.pid, usable)
    learnt = learn(
        campaign,
        outcome,
        place.row[np.newaxis],
        surrogate=_surrogate(asked.surrogate),
        seen=usable,
        priors=found.priors,
    )
    slices = slices_of(campaign, place, outcome, learnt=learnt)
    possible = pairs_of(campaign.safe_space)
    pair = asked.pair if asked.pair is not None else usual_pair(campaign.safe_space, slices)
    drawn = pair_map(campaign, learnt, pair) if pair is not None and pair != NO_MAP else None
    return ShownSlices(id=shown.record.pid, slices=slices, map=drawn, for_map=possible, n_studies=len(found.used))


@reads("read campaign")
def campaign_front(asker: Asker, resources: Resources, identifier: str) -> tuple[ShownCampaign, Front]:
    """Work out the Pareto front of a campaign, and how it came about.

    Raises
    ------
    RecordNotFound
        If there is no such campaign that the asker may see.
    InvalidValue
        If it does not look for a front.
    """
    shown = show_campaign(asker, resources, identifier)
    saw(shown.record, subject=shown.record.pid, n=len(shown.campaign.experiments))
    return shown, front_of(shown.campaign)


def _surrogate(name: str | None) -> Surrogate | None:
    if name is None:
        return None
    try:
        return Surrogate(name)
    except ValueError as e:
        raise InvalidValue(
            f"There is no surrogate '{name}'.", mend=f"Name one of: {', '.join(each.value for each in Surrogate)}."
        ) from e
