"""How a party stands to an agreement, and which changes of its terms must be accepted again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from kiban.records.parties.terms import Agreement, Participant


class Standing(StrEnum):
    """What has become of an invitation to an agreement."""

    INVITED = "invited"
    DECLINED = "declined"
    AGREED = "agreed"
    """Accepted, but not in force yet."""
    IN_FORCE = "in force"
    LEFT = "left"
    ENDED = "ended"
    """The agreement itself has ended."""


def standing(participant: Participant, agreement: Agreement, moment: datetime) -> Standing:
    """How the party stands at that moment."""
    if participant.left_at is not None and participant.left_at <= moment:
        return Standing.DECLINED if participant.accepted_at is None else Standing.LEFT
    if agreement.ends is not None and agreement.ends <= moment:
        return Standing.ENDED
    if participant.accepted_at is None:
        return Standing.INVITED
    return Standing.IN_FORCE if participant.holds_at(moment) and agreement.holds_at(moment) else Standing.AGREED


def to_accept_again(before: Agreement, after: Agreement) -> tuple[str, ...]:
    """What binds the parties to something that they have not accepted: `text`, `purposes`, `obligations`, `end`.

    Less to owe and an earlier end need nobody's consent, and neither do other rights: whoever gives them may narrow or
    widen them at once. Another wording, other purposes, more to owe, or owing it for longer do.
    """
    changed = {
        "text": before.text != after.text,
        "purposes": set(before.purposes) != set(after.purposes),
        "obligations": bool(after.obligations - before.obligations),
        "end": before.ends is not None and (after.ends is None or after.ends > before.ends),
    }
    return tuple(name for name, is_changed in changed.items() if is_changed)


def without_acceptances(agreement: Agreement, moment: datetime) -> Agreement:
    """The agreement as if nobody had accepted it yet; who has left or declined stays out."""
    open_again = tuple(
        each if each.left_at is not None and each.left_at <= moment else replace(each, accepted_at=None, accepted_by="")
        for each in agreement.participants
    )
    return replace(agreement, participants=open_again)
