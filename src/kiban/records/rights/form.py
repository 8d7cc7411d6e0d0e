"""The form in which rights are stated: its fields, and what was filled in as rights, with everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from kiban.errors import KibanError
from kiban.records.document import to_json
from kiban.records.field import Field, FieldKind, Label, Option
from kiban.records.filled import Problem, is_nothing
from kiban.records.rights.credit_role import CreditRole
from kiban.records.rights.licence import COMMON, licence_of
from kiban.records.rights.lines import role_of
from kiban.records.rights.outside_ids import funder_id_of, orcid_of, ror_of
from kiban.records.rights.rights import Contributor, Funding, Rights, RightsHolder

T = TypeVar("T")
_ROR_HELP = Label(en="As https://ror.org/057zh3y96.", ja="例: https://ror.org/057zh3y96")


def _text(key: str, en: str, ja: str, *, longest: int | None = 100, help_: Label | None = None) -> Field:
    label = Label(en=en, ja=ja)
    return Field(key=key, kind=FieldKind.TEXT, label=label, help=help_ or Label(), longest=longest)


FIELDS: tuple[Field, ...] = (
    Field(
        key="licence",
        kind=FieldKind.CHOICE,
        label=Label(en="Licence", ja="ライセンス"),
        options=tuple(
            Option(key=each.id, label=Label(en=f"{each.id}: {each.en}", ja=f"{each.id}: {each.ja}"))
            for each in COMMON.values()
        ),
    ),
    _text(
        "other_licence",
        "Another licence",
        "その他のライセンス",
        help_=Label(
            en="An SPDX expression, as GPL-3.0-or-later or CC-BY-4.0 OR MIT; LicenseRef-<name> for terms of your own.",
            ja="SPDX式で記入します（例: GPL-3.0-or-later、CC-BY-4.0 OR MIT）。独自の条件は LicenseRef-名称 とします。",
        ),
    ),
    Field(
        key="rights_holder",
        kind=FieldKind.GROUP,
        label=Label(en="Rights holder", ja="権利者"),
        fields=(_text("name", "Name", "名称"), _text("ror", "ROR ID", "ROR ID", help_=_ROR_HELP)),
    ),
    Field(
        key="contributors",
        kind=FieldKind.GROUP,
        many=True,
        label=Label(en="Contributors", ja="貢献者"),
        fields=(
            _text("name", "Name", "氏名"),
            _text(
                "orcid",
                "ORCID iD",
                "ORCID iD",
                help_=Label(en="As 0000-0002-1825-0097.", ja="例: 0000-0002-1825-0097"),
            ),
            _text("affiliation", "Affiliation", "所属"),
            _text("ror", "ROR ID of the affiliation", "所属機関のROR ID", help_=_ROR_HELP),
            Field(
                key="roles",
                kind=FieldKind.CHOICE,
                many=True,
                label=Label(en="Roles (CRediT)", ja="役割（CRediT）"),
                options=tuple(
                    Option(key=role.value, label=Label(en=role.en, ja=role.ja), iri=role.iri) for role in CreditRole
                ),
            ),
        ),
    ),
    Field(
        key="funding",
        kind=FieldKind.GROUP,
        many=True,
        label=Label(en="Funding", ja="研究費・助成"),
        fields=(
            _text("funder", "Funder", "助成機関"),
            _text(
                "funder_id",
                "ROR ID or Crossref funder DOI",
                "ROR IDまたはCrossrefの助成機関DOI",
                help_=Label(en="As 10.13039/501100001691.", ja="例: 10.13039/501100001691"),
            ),
            _text("award_number", "Award number", "課題番号"),
            _text("award_title", "Award title", "課題名"),
        ),
    ),
    _text(
        "citation",
        "How to cite it",
        "引用方法",
        longest=None,
        help_=Label(
            en="The sentence that those who use it are asked to print.", ja="利用者に記載を求める文を記入します。"
        ),
    ),
)
"""Lengths of texts only tell a page how wide a box is; `Rights` has bounds of its own."""


def values_of(rights: Rights | None) -> dict[str, Any]:
    """What stands in the form's fields."""
    if rights is None:
        return {}
    # Rows are lists, as in documents that come back from the catalog.
    values: dict[str, Any] = _as_lists(to_json(rights))
    if rights.licence not in COMMON:
        values["other_licence"] = values.pop("licence")
    return {key: value for key, value in values.items() if not is_nothing(value)}


def _as_lists(value: Any) -> Any:
    """Lists for tuples, at every level."""
    if isinstance(value, Mapping):
        return {key: _as_lists(one) for key, one in value.items()}
    return [_as_lists(one) for one in value] if isinstance(value, list | tuple) else value


def rights_of_values(values: Mapping[str, Any]) -> tuple[Rights | None, tuple[Problem, ...]]:
    """What was filled in.

    Parameters
    ----------
    values : mapping
        By the keys of `FIELDS`; what is nested is nested here too.

    Returns
    -------
    rights : Rights or None
        `None` where nothing was filled in, or something is wrong.
    problems : tuple of Problem
        All of them, by place.
    """
    taken = _Taken()
    licence = taken.licence(values)
    holder = values.get("rights_holder")
    contributors = [_contributor(taken, one, n) for n, one in _rows(values, "contributors")]
    funding = [_funding(taken, one, n) for n, one in _rows(values, "funding")]
    parts: dict[str, Any] = {
        "licence": licence or "",
        "rights_holder": None if _is_blank(holder) else _holder(taken, holder),
        "contributors": tuple(each for each in contributors if each is not None),
        "funding": tuple(each for each in funding if each is not None),
        "citation": str(values.get("citation") or ""),
    }
    if taken.problems or all(is_nothing(part) or part == () for part in parts.values()):
        return None, tuple(taken.problems)
    rights = taken.part((), lambda: Rights(**parts))
    return rights, tuple(taken.problems)


class _Taken:
    """What is wrong, found while parts are made."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def part(self, path: tuple[str | int, ...], make: Callable[[], T]) -> T | None:
        try:
            return make()
        except KibanError as e:
            self.problems.append(Problem(path=path, fault=e.fault, mend=e.mend))
            return None

    def checked(self, path: tuple[str | int, ...], text: Any, check: Callable[[str], str]) -> str:
        return "" if is_nothing(text) else self.part(path, lambda: check(str(text))) or ""

    def licence(self, values: Mapping[str, Any]) -> str:
        chosen = self.checked(("licence",), values.get("licence"), licence_of)
        other = self.checked(("other_licence",), values.get("other_licence"), licence_of)
        if chosen and other and chosen != other:
            fault = f"Two licences are given: {chosen} and {other}."
            mend = "Choose one of them, or leave the choice empty and join them here by AND or OR."
            self.problems.append(Problem(path=("other_licence",), fault=fault, mend=mend))
        return other or chosen


def _rows(values: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
    return [(n, one) for n, one in enumerate(values.get(key) or ()) if not _is_blank(one)]


def _is_blank(given: Any) -> bool:
    return is_nothing(given) or (isinstance(given, Mapping) and all(map(is_nothing, given.values())))


def _holder(taken: _Taken, given: Any) -> RightsHolder | None:
    ror = taken.checked(("rights_holder", "ror"), given.get("ror"), ror_of)
    return taken.part(("rights_holder",), lambda: RightsHolder(name=str(given.get("name") or ""), ror=ror))


def _contributor(taken: _Taken, given: Mapping[str, Any], number: int) -> Contributor | None:
    here = ("contributors", number)
    orcid = taken.checked((*here, "orcid"), given.get("orcid"), orcid_of)
    ror = taken.checked((*here, "ror"), given.get("ror"), ror_of)
    roles = [taken.part((*here, "roles"), partial(role_of, str(word))) for word in given.get("roles") or ()]
    named = {key: str(given.get(key) or "") for key in ("name", "affiliation")}
    known = tuple(role for role in roles if role is not None)
    return taken.part(here, lambda: Contributor(**named, orcid=orcid, ror=ror, roles=known))


def _funding(taken: _Taken, given: Mapping[str, Any], number: int) -> Funding | None:
    here = ("funding", number)
    funder_id = taken.checked((*here, "funder_id"), given.get("funder_id"), funder_id_of)
    named = {key: str(given.get(key) or "") for key in ("funder", "award_number", "award_title")}
    return taken.part(here, lambda: Funding(**named, funder_id=funder_id))
