"""Differences between two versions of a template as sentences, each with what it means for records that exist."""

from __future__ import annotations

from dataclasses import dataclass

from kiban.records.template_change import Change, What
from kiban.web.language import Speaker

_GROUPS = {
    What.ADDED: "field_kind",
    What.REMOVED: "field_kind",
    What.KIND: "field_kind",
    What.NEED: "need",
    What.MANY: "how_many",
}
"""The list of words in which a change's two values stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One change."""

    text: str
    meaning: str
    weight: str
    """How much it asks of records that exist: `fine`, `loses` or `breaks`."""


def say(change: Change, speaker: Speaker) -> Said:
    """Say one change."""
    weight = "loses" if change.loses else "fine" if change.is_compatible else "breaks"
    before, after = (_value(change, value, speaker) for value in (change.before, change.after))
    part = ""
    if change.what is What.WORDING:
        part = speaker.word("template_part", change.before.partition(":")[0])
    text = speaker(
        f"change_said.{change.what}", path=".".join(change.path) or speaker("templates.itself"), before=before,
        after=after, part=part,
    )  # fmt: skip
    return Said(text=text, meaning=speaker.word("change_means", weight), weight=weight)


def _value(change: Change, value: str, speaker: Speaker) -> str:
    if change.what is What.WORDING:
        value = value.partition(": ")[2]
    elif change.what in _GROUPS:
        value = speaker.word(_GROUPS[change.what], value)
    elif change.what in {What.TIGHTENED, What.LOOSENED}:
        value = value.replace("<=", "≤").replace(">=", "≥")
    return value or speaker("templates.nothing")
