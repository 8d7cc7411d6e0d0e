"""Rules, grounds and rights in the language of a page: by the rule's name, never by its whole sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kiban.access.verdict import Verdict
from kiban.operations.who_sees import Ground, Seer
from kiban.records.parties.right import Right
from kiban.web.language import Speaker

_LADDER = (Right.EXISTS, Right.METADATA, Right.DATA, Right.USE)
_BESIDE = (Right.JOINT, Right.RESHARE, Right.WRITE, Right.DECIDE)


def say_rule(speaker: Speaker, rule: str, verdict: Verdict, through: str = "") -> str:
    """What a rule says; that of another package in its own words."""
    key = f"access.rule.{rule}"
    if not speaker.known(key):
        return verdict.reason
    details: Mapping[str, str] = verdict.details
    until = f"{verdict.until:%Y-%m-%d}" if verdict.until is not None else ""
    role = speaker.word("role", details["role"]) if "role" in details else ""
    row = (details.get("row_ja") if speaker.language == "ja" else "") or details.get("row", "")
    return speaker(key, role=role, through=through or details.get("through", ""), row=row, until=until)


def say_grounds(speaker: Speaker, seer: Seer) -> list[str]:
    """Each ground of a party with its dates."""
    return [_say_ground(speaker, ground) for ground in seer.grounds]


def _say_ground(speaker: Speaker, ground: Ground) -> str:
    said = say_rule(speaker, ground.rule, ground.verdict, ground.through)
    if ground.through and ground.rule in {"project_member", "invitation"}:
        said += speaker("access.through", party=ground.through)
    if ground.since is not None:
        said += speaker("access.since", day=f"{ground.since:%Y-%m-%d}")
    if ground.until is not None and ground.rule != "embargo":
        said += speaker("access.until", day=f"{ground.until:%Y-%m-%d}")
    return said


def say_rights(speaker: Speaker, rights: Iterable[Right]) -> list[str]:
    """Rights in words: the highest of the ladder, which takes the others along, and those beside it."""
    held = frozenset(rights)
    highest = [right for right in _LADDER if right in held][-1:]
    return [speaker.word("right", right) for right in (*highest, *(r for r in _BESIDE if r in held))]
