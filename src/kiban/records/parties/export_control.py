"""Export control of technology: how records are classified, where their recipients are, and the table that decides.

The classes follow the Japanese Export Trade Control Order (輸出貿易管理令) and the Foreign Exchange Order (外国為替令),
whose tables list items, and the American Export Control Classification Numbers. Kiban advises and blocks; what an item
is, a person judges, and the law decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from kiban.errors import InvalidValue


class ExportClass(StrEnum):
    """What somebody has judged a record to be."""

    UNJUDGED = "unjudged"
    NOT_LISTED = "not listed"
    LISTED = "listed"


class Residency(StrEnum):
    """What a recipient is under the Japanese rule on deemed exports (みなし輸出管理)."""

    UNKNOWN = "unknown"
    RESIDENT = "resident"
    """居住者 that is under nobody's influence abroad."""
    SPECIFIC = "resident of a specific category"
    """居住者 of one of the 特定類型: bound to, paid or directed by a foreign government or company."""
    NON_RESIDENT = "non-resident"


class Relation(StrEnum):
    """What the recipient is to the record."""

    MEMBER = "member"
    """Has a role in the project that owns it."""
    PARTY = "party"
    """Has it under an agreement or by invitation."""
    PUBLIC = "public"
    """Anyone: it is published."""


class Release(StrEnum):
    """What the table says."""

    ALLOW = "allow"
    ASK = "ask"
    """Not without the decision of a person with the role, who states the reason."""
    REFUSE = "refuse"


ANY = "*"
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRow:
    """One row of the table: where all of its conditions hold, it speaks. Empty conditions hold always."""

    classes: frozenset[ExportClass] = frozenset()
    items: frozenset[str] = frozenset()
    """Beginnings of item numbers, such as `EAR 3A` or `外為令別表 5`; of listed records only."""
    relations: frozenset[Relation] = frozenset()
    residencies: frozenset[Residency] = frozenset()
    countries: frozenset[str] = frozenset()
    """ISO 3166-1 alpha-2 codes; a recipient whose country is not known is in none of them."""
    says: Release
    reason: str
    reason_ja: str = ""
    """The same in Japanese; empty where it was written in one language alone."""

    def __post_init__(self) -> None:
        for country in self.countries:
            if not _COUNTRY.fullmatch(country):
                raise InvalidValue(f"{country!r} is no country.", mend="Give two capital letters, such as JP or DE.")
        if not self.reason.strip():
            raise InvalidValue("A row of the release table has no reason.", mend="Say why, in a sentence.")
        if self.items and self.classes != {ExportClass.LISTED}:
            raise InvalidValue(
                "A row names items, but is not of listed records alone.", mend="Give it the class `listed`."
            )

    def reason_in(self, language: str) -> str:
        """The reason in a language, else as it was written first."""
        return self.reason_ja if language == "ja" and self.reason_ja else self.reason

    def holds(self, facts: ReleaseFacts) -> bool:
        """Say whether the row speaks of these facts."""
        return (
            (not self.classes or facts.export_class in self.classes)
            and (not self.items or any((facts.item or "").startswith(item) for item in self.items))
            and (not self.relations or facts.relation in self.relations)
            and (not self.residencies or facts.residency in self.residencies)
            and (not self.countries or facts.country in self.countries)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What the table is asked about: a class of records, and a recipient."""

    export_class: ExportClass
    item: str | None = None
    relation: Relation
    residency: Residency = Residency.UNKNOWN
    country: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseTable:
    """Rows in order; the first that holds decides. Where none holds, nothing is released."""

    rows: tuple[ReleaseRow, ...]

    def decide(self, facts: ReleaseFacts) -> ReleaseRow:
        """Give the row that decides."""
        for row in self.rows:
            if row.holds(facts):
                return row
        return _NO_ROW


_NO_ROW = ReleaseRow(
    says=Release.REFUSE,
    reason="No row of the release table speaks of it.",
    reason_ja="提供判定表に当てはまる行がありません。",
)
_R, _C, _L = Residency, ExportClass, Relation
CAUTIOUS = ReleaseTable(
    (
        ReleaseRow(
            classes=frozenset({_C.NOT_LISTED}),
            says=Release.ALLOW,
            reason="It was judged not to be on any list.",
            reason_ja="リスト規制に該当しないと判定されています。",
        ),
        ReleaseRow(
            classes=frozenset({_C.LISTED}),
            relations=frozenset({_L.PUBLIC}),
            says=Release.REFUSE,
            reason="What is listed is not published.",
            reason_ja="リスト規制に該当するものは公開できません。",
        ),
        ReleaseRow(
            classes=frozenset({_C.UNJUDGED}),
            relations=frozenset({_L.PUBLIC}),
            says=Release.ALLOW,
            reason="Technology that is made public for everyone is exempt (貿易外省令 Art. 9 (2) ix).",
            reason_ja="不特定多数に公開する技術の提供は許可を要しません（貿易外省令第9条第2項第九号）。",
        ),
        ReleaseRow(
            classes=frozenset({_C.UNJUDGED}),
            relations=frozenset({_L.MEMBER}),
            residencies=frozenset({_R.RESIDENT, _R.UNKNOWN}),
            says=Release.ALLOW,
            reason="Members of the project who are not known to be non-residents work with what is not judged yet.",
            reason_ja="非居住者と分かっている人を除き、プロジェクトのメンバーは未判定のレコードを扱えます。",
        ),
        ReleaseRow(
            classes=frozenset({_C.UNJUDGED}),
            residencies=frozenset({_R.RESIDENT}),
            countries=frozenset({"JP"}),
            says=Release.ALLOW,
            reason="The recipient is a resident in Japan.",
            reason_ja="提供先は日本の居住者です。",
        ),
        ReleaseRow(
            classes=frozenset({_C.UNJUDGED}),
            says=Release.REFUSE,
            reason="Nobody has judged yet whether it is listed, and the recipient is not known to be a resident.",
            reason_ja="該非が未判定で、提供先が居住者であると確認されていません。",
        ),
        ReleaseRow(
            classes=frozenset({_C.LISTED}),
            relations=frozenset({_L.MEMBER, _L.PARTY}),
            residencies=frozenset({_R.RESIDENT}),
            countries=frozenset({"JP"}),
            says=Release.ALLOW,
            reason="The recipient is a resident in Japan.",
            reason_ja="提供先は日本の居住者です。",
        ),
        ReleaseRow(
            classes=frozenset({_C.LISTED}),
            says=Release.ASK,
            reason="It is listed: a release needs a licence, or the decision that none is needed.",
            reason_ja="リスト規制に該当します。提供には輸出許可、または許可不要との判断が必要です。",
        ),
    )
)
"""The table that Kiban comes with. It errs on the side of caution; the operator edits it."""
HOLDS_NOTHING_BACK = ReleaseTable((ReleaseRow(says=Release.ALLOW, reason="Whoever asks holds the disk."),))
"""For whoever could read the files of the home as well."""
