"""The fourteen roles of CRediT, the Contributor Role Taxonomy (ANSI/NISO Z39.104-2022)."""

from __future__ import annotations

from enum import StrEnum

_ADDRESS = "https://credit.niso.org/contributor-roles/"


class CreditRole(StrEnum):
    """What somebody contributed. The values are the last parts of the taxonomy's own addresses."""

    CONCEPTUALIZATION = "conceptualization"
    DATA_CURATION = "data-curation"
    FORMAL_ANALYSIS = "formal-analysis"
    FUNDING_ACQUISITION = "funding-acquisition"
    INVESTIGATION = "investigation"
    METHODOLOGY = "methodology"
    PROJECT_ADMINISTRATION = "project-administration"
    RESOURCES = "resources"
    SOFTWARE = "software"
    SUPERVISION = "supervision"
    VALIDATION = "validation"
    VISUALIZATION = "visualization"
    WRITING_ORIGINAL_DRAFT = "writing-original-draft"
    WRITING_REVIEW_EDITING = "writing-review-editing"

    @property
    def iri(self) -> str:
        """Its address, which stands for it in linked data."""
        return f"{_ADDRESS}{self.value}/"

    @property
    def en(self) -> str:
        """As the taxonomy calls it."""
        return _LABELS[self][0]

    @property
    def ja(self) -> str:
        """Its name in Japanese."""
        return _LABELS[self][1]


_LABELS = {
    CreditRole.CONCEPTUALIZATION: ("Conceptualization", "構想"),
    CreditRole.DATA_CURATION: ("Data curation", "データ整備"),
    CreditRole.FORMAL_ANALYSIS: ("Formal analysis", "形式的分析"),
    CreditRole.FUNDING_ACQUISITION: ("Funding acquisition", "資金獲得"),
    CreditRole.INVESTIGATION: ("Investigation", "調査・実験"),
    CreditRole.METHODOLOGY: ("Methodology", "方法論"),
    CreditRole.PROJECT_ADMINISTRATION: ("Project administration", "プロジェクト管理"),
    CreditRole.RESOURCES: ("Resources", "試料・設備等の提供"),
    CreditRole.SOFTWARE: ("Software", "ソフトウェア"),
    CreditRole.SUPERVISION: ("Supervision", "指導・監督"),
    CreditRole.VALIDATION: ("Validation", "検証"),
    CreditRole.VISUALIZATION: ("Visualization", "可視化"),
    CreditRole.WRITING_ORIGINAL_DRAFT: ("Writing – original draft", "原稿執筆"),
    CreditRole.WRITING_REVIEW_EDITING: ("Writing – review & editing", "原稿の見直し・編集"),
}
