"""Who may see what of the simulated study: something shared, something under embargo, something judged, a guest.

Each of the demo's people sees something else for a reason that the pages tell:

- everybody: the crystal structures of the literature, which are open;
- the partner company: the absorbance spectra of the films, shared under the agreement, and soon their Raman spectra,
  which are under embargo until then;
- the guest from abroad: of two diffraction scans to which she is invited, the one that was judged not to be listed. The
  other was judged to be listed, so it waits for the export officer's decision;
- the members of the project: all of it, each with what their role lets them do.
"""

from __future__ import annotations

from datetime import timedelta

from kiban.operations.change_tier import TierChange, change_tier
from kiban.operations.chosen import Choice, chosen_by
from kiban.operations.invite import invite
from kiban.operations.judge_export import judge_export
from kiban.operations.projects import FIRST_AGREEMENT
from kiban.operations.resources import Resources
from kiban.records.parties.export_control import ExportClass
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.scope import Tier

OPEN = 'technique = "crystal_structure"'
SHARED = 'technique = "uv_vis" OR (kind = "sample" AND title CONTAINS "TiO2-A")'
UNDER_EMBARGO = 'technique = "raman" AND title CONTAINS "532 nm"'
NOT_LISTED = 'technique = "xrd" AND sample = "TiO2-A800" AND title CONTAINS "Gonio"'
LISTED = 'technique = "xrd" AND sample = "TiO2-A800" AND title CONTAINS "TwoTheta"'
EMBARGO_DAYS = 45
"""So soon that the first page announces its end."""
_GUEST_FOR_DAYS = 365
_ITEM = "外為令別表 5 (1)"
_NOT_LISTED_GROUND = (
    "Powder patterns of a common oxide; no item of the tables names it. "
    "一般的な酸化物の粉末回折データ。該当する項番なし。（simulated / シミュレーション）"
)
_LISTED_GROUND = (
    "Made up for the demonstration, so that a decision waits. 判断待ちの例を示すための架空の判定。"
    "（simulated / シミュレーション）"
)


def tell_sharing(asker: Asker, resources: Resources, guest: str) -> bool:
    """Share, close, judge and invite, once; says whether it was done now.

    Whatever somebody has changed since stays changed. To be called when the files are deposited and the people made.

    Parameters
    ----------
    guest : str
        The login name of whoever is invited.
    """
    directory = resources.directory.load()
    person = directory.person_called(guest)
    if person is None or directory.invitations:
        return False
    until = asker.at.replace(hour=0, minute=0, second=0, microsecond=0)
    shared = TierChange(tier=Tier.SHARED, agreement=str(FIRST_AGREEMENT))
    later = TierChange(
        tier=Tier.SHARED, agreement=str(FIRST_AGREEMENT), closed_until=until + timedelta(days=EMBARGO_DAYS)
    )
    for question, change in ((OPEN, TierChange(tier=Tier.OPEN)), (SHARED, shared), (UNDER_EMBARGO, later)):
        _change(asker, resources, question, change)
    for question, judged, item, ground in (
        (NOT_LISTED, ExportClass.NOT_LISTED, None, _NOT_LISTED_GROUND),
        (LISTED, ExportClass.LISTED, _ITEM, _LISTED_GROUND),
    ):
        judge_export(asker, resources, judged, item=item, ground=ground, question=question)
    # Last: that there is an invitation says that all of it was told.
    choice = _both(asker, resources)
    ends = until + timedelta(days=_GUEST_FOR_DAYS)
    invite(asker, resources, choice, person.id, Right.DATA, ends)
    return True


def _both(asker: Asker, resources: Resources) -> Choice:
    return Choice(
        records=tuple(
            record for question in (NOT_LISTED, LISTED) for record in chosen_by(asker, resources, question).records
        )
    )


def _change(asker: Asker, resources: Resources, question: str, change: TierChange) -> None:
    change_tier(asker, resources, chosen_by(asker, resources, question), change)
