"""What the protocol of one experiment says: a sheet to take to the bench, with room for what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kiban.standards.label import check_base_url, code_content

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is set or measured, in words."""

    name: str
    value: str
    """Of a setting; of an outcome what is expected, where anything is."""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One experiment of a campaign.

    Parameters
    ----------
    pid, campaign : str
        Short identifier and name of the campaign.
    number : int
        Of the experiment.
    sample : str
        What to call the sample, on its label and in files.
    settings, outcomes : tuple of Line
    why : str
        Key of the reason in `WORDS`; empty where a person added the experiment.
    chance : float, optional
        Of beating the best so far.
    note : str
        What was last said of it.
    """

    pid: str
    campaign: str
    number: int
    sample: str
    settings: tuple[Line, ...]
    outcomes: tuple[Line, ...]
    why: str = ""
    chance: float | None = None
    note: str = ""


WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Experiment {number}", "実験 {number}"),
    "campaign": ("Campaign", "探索キャンペーン"),
    "sample": ("Name of the sample", "試料名"),
    "set": ("Settings", "設定条件"),
    "measure": ("Results", "測定結果"),
    "expected": ("expected {value}", "予測値 {value}"),
    "why": ("Why", "提案の理由"),
    "note": ("Note", "備考"),
    "done": ("Done as set, or with these changes", "実施条件（変更した場合はその内容）"),
    "date": ("Date", "実施日"),
    "person": ("Done by", "実施者"),
    "remarks": ("Remarks", "所見"),
    "drawn": ("drawn by lot", "無作為に選択"),
    "spread": ("lies where little was tried", "まだ試行の少ない領域"),
    "improve": ("may well beat the best so far", "これまでの最良値を上回る見込み"),
    "learn": (
        "little is known there, and it could be better than it looks",
        "情報の少ない領域で、予測より良い可能性がある",
    ),
    "front": ("may push the Pareto front out", "パレートフロントを更新する見込み"),
    "feasible": (
        "nothing so far keeps to the limits; here it may",
        "条件を満たす実験がまだなく、ここで満たす可能性がある",
    ),
    "chance": ("{why} (chance {chance})", "{why}（確率 {chance}）"),
}
"""English and Japanese."""


def word(key: str, language: Language, **said: object) -> str:
    """Words in a language."""
    return WORDS[key][LANGUAGES.index(language)].format(**said)


def reason(protocol: Protocol, language: Language) -> str:
    """Why it was suggested, in words; empty where nobody says."""
    if not protocol.why:
        return ""
    why = word(protocol.why, language) if protocol.why in WORDS else protocol.why
    return why if protocol.chance is None else word("chance", language, why=why, chance=f"{protocol.chance:.0%}")


def entry_code(protocol: Protocol, base_url: str | None) -> str:
    """What the code of the sheet holds: the address at which its result is told; the campaign's identifier without one.

    Raises
    ------
    InvalidValue
        If the address of the platform is none that a code can hold.
    """
    if base_url is None:
        return code_content(protocol.pid, None)
    return f"{check_base_url(base_url)}/campaigns/{protocol.pid}/experiments/{protocol.number}"


def expectation(line: Line, language: Language) -> str:
    """What is expected of an outcome, in words; empty where nothing is."""
    return word("expected", language, value=line.value) if line.value else ""
