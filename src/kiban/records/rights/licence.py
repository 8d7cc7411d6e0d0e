"""Licences by their SPDX identifiers, and expressions of them: `CC-BY-4.0`, `CC0-1.0 OR ODbL-1.0`.

The list of identifiers is SPDX's own, as the package `packaging` keeps it. Terms that are no licence of that list (an
agreement between companies, all rights reserved) begin with `LicenseRef-`, as SPDX has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kiban.errors import InvalidValue

ALL_RIGHTS_RESERVED = "LicenseRef-AllRightsReserved"
_LONGEST = 300
_DEEPEST = 20
_SPDX = "https://spdx.org/licenses/"
_OWN = "LicenseRef-"
_OPERATORS = frozenset({"AND", "OR", "WITH"})
_TOKEN = re.compile(r"[A-Za-z0-9.+-]+")
_MEND = (
    "Write an identifier of the SPDX list, as CC-BY-4.0 or CC0-1.0; several joined by AND or OR; "
    "LicenseRef-<name> for terms of your own; LicenseRef-AllRightsReserved where nothing is granted."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonLicence:
    """One of the licences that data are given under most, with words for people."""

    id: str
    en: str
    ja: str
    address: str = ""
    """Its text, for those who want to read it."""


_CC = "https://creativecommons.org/"
COMMON = {
    each.id: each
    for each in (
        CommonLicence(
            id="CC-BY-4.0",
            en="Creative Commons Attribution 4.0 International",
            ja="クリエイティブ・コモンズ 表示 4.0 国際",
            address=f"{_CC}licenses/by/4.0/",
        ),
        CommonLicence(
            id="CC0-1.0",
            en="Creative Commons Zero 1.0 Universal (no rights reserved)",
            ja="クリエイティブ・コモンズ ゼロ 1.0 全世界（権利放棄）",
            address=f"{_CC}publicdomain/zero/1.0/",
        ),
        CommonLicence(
            id="CC-BY-SA-4.0",
            en="Creative Commons Attribution-ShareAlike 4.0 International",
            ja="クリエイティブ・コモンズ 表示-継承 4.0 国際",
            address=f"{_CC}licenses/by-sa/4.0/",
        ),
        CommonLicence(
            id="CC-BY-NC-4.0",
            en="Creative Commons Attribution-NonCommercial 4.0 International",
            ja="クリエイティブ・コモンズ 表示-非営利 4.0 国際",
            address=f"{_CC}licenses/by-nc/4.0/",
        ),
        CommonLicence(
            id="CC-BY-ND-4.0",
            en="Creative Commons Attribution-NoDerivatives 4.0 International",
            ja="クリエイティブ・コモンズ 表示-改変禁止 4.0 国際",
            address=f"{_CC}licenses/by-nd/4.0/",
        ),
        CommonLicence(
            id="CC-BY-NC-SA-4.0",
            en="Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International",
            ja="クリエイティブ・コモンズ 表示-非営利-継承 4.0 国際",
            address=f"{_CC}licenses/by-nc-sa/4.0/",
        ),
        CommonLicence(
            id="CC-BY-NC-ND-4.0",
            en="Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International",
            ja="クリエイティブ・コモンズ 表示-非営利-改変禁止 4.0 国際",
            address=f"{_CC}licenses/by-nc-nd/4.0/",
        ),
        CommonLicence(
            id="ODbL-1.0",
            en="Open Data Commons Open Database License 1.0",
            ja="Open Data Commons Open Database License 1.0（ODbL）",
            address="https://opendatacommons.org/licenses/odbl/1-0/",
        ),
        CommonLicence(
            id="ODC-By-1.0",
            en="Open Data Commons Attribution License 1.0",
            ja="Open Data Commons Attribution License 1.0（ODC-By）",
            address="https://opendatacommons.org/licenses/by/1-0/",
        ),
        CommonLicence(
            id="PDDL-1.0",
            en="Open Data Commons Public Domain Dedication and License 1.0",
            ja="Open Data Commons Public Domain Dedication and License 1.0（PDDL）",
            address="https://opendatacommons.org/licenses/pddl/1-0/",
        ),
        CommonLicence(id="MIT", en="MIT License", ja="MIT License", address="https://opensource.org/license/mit"),
        CommonLicence(
            id="Apache-2.0",
            en="Apache License 2.0",
            ja="Apache License 2.0",
            address="https://www.apache.org/licenses/LICENSE-2.0",
        ),
        CommonLicence(
            id=ALL_RIGHTS_RESERVED,
            en="All rights reserved: ask the rights holder",
            ja="すべての権利を留保（権利者の許諾が必要）",
        ),
    )
}
"""Those that a form offers, the most usual first."""


@lru_cache(maxsize=1000)
def licence_of(text: str) -> str:
    """Read an SPDX expression and give its normal form.

    Parameters
    ----------
    text : str
        In any case; names of licences are not read, only identifiers.

    Raises
    ------
    InvalidValue
        If an identifier is not in the list of SPDX, or the expression is none.
    """
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    given = " ".join(text.split())
    # Brackets are worked out by recursion there.
    if len(given) > _LONGEST or given.count("(") > _DEEPEST:
        raise InvalidValue(f"The licence '{given[:60]}...' is too long to be one.", mend=_MEND)
    try:
        found = str(canonicalize_license_expression(given))
    except InvalidLicenseExpression as e:
        raise InvalidValue(f"'{given[:60]}' is no licence: {_plain(e)}.", mend=_MEND) from e
    # It keeps what follows `LicenseRef-` as typed, and we compare these without regard to case.
    return " ".join(ALL_RIGHTS_RESERVED if t.lower() == ALL_RIGHTS_RESERVED.lower() else t for t in found.split(" "))


def _plain(error: Exception) -> str:
    words = str(error).rstrip(".")
    return words[:1].lower() + words[1:160]


def licence_ids(expression: str) -> tuple[str, ...]:
    """The identifiers in an expression, each once, in order; without exceptions (what follows `WITH`)."""
    tokens = _TOKEN.findall(expression)
    found = [t for before, t in zip(["", *tokens], tokens, strict=False) if t not in _OPERATORS and before != "WITH"]
    return tuple(dict.fromkeys(found))


def licence_name(identifier: str, language: str) -> str:
    """What people call it; the identifier itself where it is none of the common ones."""
    found = COMMON.get(identifier)
    return identifier if found is None else found.ja if language == "ja" else found.en


def licence_address(identifier: str) -> str | None:
    """Where its text stands; `None` for terms of one's own."""
    if (found := COMMON.get(identifier)) is not None:
        return found.address or None
    return None if identifier.startswith(_OWN) else f"{_SPDX}{identifier.removesuffix('+')}.html"


def expression_address(expression: str) -> str | None:
    """As `licence_address`, where the expression is one licence alone."""
    return licence_address(expression) if licence_ids(expression) == (expression,) else None
