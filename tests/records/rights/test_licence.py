"""Licences by their SPDX identifiers."""

from __future__ import annotations

import pytest

from kiban.errors import InvalidValue
from kiban.records.rights.licence import (
    ALL_RIGHTS_RESERVED,
    COMMON,
    expression_address,
    licence_address,
    licence_ids,
    licence_name,
    licence_of,
)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("cc-by-4.0", "CC-BY-4.0"),
        (" CC0-1.0 ", "CC0-1.0"),
        ("cc-by-4.0 or (mit and apache-2.0)", "CC-BY-4.0 OR (MIT AND Apache-2.0)"),
        ("GPL-2.0-only with classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("licenseref-Consortium-7", "LicenseRef-Consortium-7"),
        ("LICENSEREF-ALLRIGHTSRESERVED", ALL_RIGHTS_RESERVED),
    ],
)
def test_an_expression_is_brought_to_its_normal_form(text: str, expression: str) -> None:
    assert licence_of(text) == expression
    assert licence_of(expression) == expression


@pytest.mark.parametrize(
    "text",
    ["", "CC BY 4.0", "CC-BY-9.0", "MIT AND", "(MIT", "()", "MIT;", "all rights reserved", "LicenseRef-あ",
     "NOASSERTION", "__import__('os')", "(" * 40 + "MIT" + ")" * 40, "MIT OR " * 100 + "MIT"],
)  # fmt: skip
def test_what_is_no_licence_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        licence_of(text)
    assert "CC-BY-4.0" in refused.value.mend


def test_the_common_ones_are_all_of_the_list_and_have_names_in_both_languages() -> None:
    for identifier, common in COMMON.items():
        assert licence_of(identifier) == identifier == common.id
        assert common.en
        assert common.ja
        assert licence_name(identifier, "ja") == common.ja
        assert bool(common.address) == (identifier != ALL_RIGHTS_RESERVED)


def test_identifiers_of_an_expression_have_addresses() -> None:
    assert licence_ids("CC-BY-4.0 OR (MIT AND GPL-2.0-only WITH Classpath-exception-2.0) OR MIT") == (
        "CC-BY-4.0",
        "MIT",
        "GPL-2.0-only",
    )
    assert licence_address("GPL-3.0-or-later") == "https://spdx.org/licenses/GPL-3.0-or-later.html"
    assert licence_address("LicenseRef-Consortium-7") is None
    assert expression_address("CC-BY-4.0") == "https://creativecommons.org/licenses/by/4.0/"
    assert expression_address("CC-BY-4.0 OR MIT") is None
    assert expression_address("") is None
