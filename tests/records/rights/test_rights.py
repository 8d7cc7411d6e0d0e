"""Rights as values: checked when made, and the same after a journey through lines, forms and files."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from kiban.errors import InvalidValue
from kiban.records.document import from_json, to_json
from kiban.records.filled import fill
from kiban.records.rights.credit_role import CreditRole
from kiban.records.rights.form import FIELDS, rights_of_values, values_of
from kiban.records.rights.json_text import rights_in_file, rights_of_text, rights_text, short_json
from kiban.records.rights.lines import (
    contributor_line,
    contributor_of,
    funding_line,
    funding_of,
    holder_line,
    holder_of,
    role_of,
)
from kiban.records.rights.rights import Contributor, Funding, Rights, RightsHolder
from kiban.testing.rights_examples import RIGHTS, rights


@given(stated=rights())
def test_they_come_back_from_json_text_lines_and_forms(stated: Rights) -> None:
    assert from_json(to_json(stated), Rights) == stated
    assert from_json(short_json(stated), Rights) == stated
    text = rights_text(stated)
    assert text.isascii()
    assert not set("#$\n") & set(text)
    assert rights_of_text(text) == stated
    if stated.rights_holder is not None:
        assert holder_of(holder_line(stated.rights_holder)) == stated.rights_holder
    for contributor in stated.contributors:
        assert contributor_of(contributor_line(contributor)) == contributor
    for funding in stated.funding:
        assert funding_of(funding_line(funding)) == funding
    filled = fill(FIELDS, values_of(stated))
    assert filled.problems == ()
    assert rights_of_values(filled.values) == (stated, ())


def test_what_is_typed_is_brought_to_its_normal_form() -> None:
    stated = Rights(
        licence="cc-by-4.0",
        rights_holder=RightsHolder(name="  Example\n University ", ror="https://ror.org/057zh3y96"),
        contributors=(
            Contributor(name="A", orcid="https://orcid.org/0000000218250097", roles=(CreditRole.SOFTWARE,) * 2),
        ),
    )  # fmt: skip
    assert stated.licence == "CC-BY-4.0"
    assert stated.rights_holder == RightsHolder(name="Example University", ror="057zh3y96")
    assert stated.contributors[0].orcid == "0000-0002-1825-0097"
    assert stated.contributors[0].roles == (CreditRole.SOFTWARE,)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Rights(),
        lambda: Rights(licence="CC-BY"),
        lambda: RightsHolder(name=" "),
        lambda: RightsHolder(name="x", ror="057zh3y97"),
        lambda: RightsHolder(name="zero \0"),
        lambda: RightsHolder(name="half \ud800"),
        lambda: Contributor(name="x" * 501),
        lambda: Contributor(name="x", orcid="0000-0002-1825-0098"),
        lambda: Funding(funder=""),
        lambda: Funding(funder="x", funder_id="10.1000/182"),
        lambda: Rights(citation="x" * 5001),
        lambda: Rights(contributors=(Contributor(name="x"),) * 1001),
    ],
)
def test_what_cannot_be_is_refused(make: Any) -> None:
    with pytest.raises(InvalidValue) as refused:
        make()
    assert refused.value.mend


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Sato; age=30", "says nothing that is known"),
        ("Sato; orcid", "says nothing that is known"),
        ("Sato; ror=057zh3y96; ror=057zh3y96", "says it twice"),
        ("Sato; roles=cook", "no role of CRediT"),
        ("; roles=software", "has no name"),
    ],
)
def test_lines_that_say_nothing_are_refused(line: str, fault: str) -> None:
    with pytest.raises(InvalidValue, match=fault):
        contributor_of(line)


def test_roles_are_read_by_their_names_too() -> None:
    assert len(CreditRole) == 14
    for role in CreditRole:
        assert role.iri == f"https://credit.niso.org/contributor-roles/{role.value}/"
        for word in (role.value, role.en, role.ja, role.en.upper()):
            assert role_of(word) is role
    with pytest.raises(InvalidValue, match="CRediT") as refused:
        role_of("sofware")
    assert refused.value.mend == "Did you mean software?"


@pytest.mark.parametrize("text", ["{", "[]", '{"licence": "CC-BY"}', '{"contributors": [{}]}', "[" * 100_000])
def test_what_a_file_states_wrongly_is_a_doubt(text: str) -> None:
    found, doubts = rights_in_file(text)
    assert found is None
    assert "not understood" in doubts[0]
    assert rights_in_file(" ") == (None, ())
    assert rights_in_file(rights_text(RIGHTS)) == (RIGHTS, ())


def test_every_wrong_place_of_a_form_is_named() -> None:
    stated, problems = rights_of_values(
        {
            "licence": "CC-BY-4.0",
            "other_licence": "MIT",
            "rights_holder": {"ror": "057zh3y97"},
            "contributors": [{"name": ""}, {"name": "x", "orcid": "1", "ror": "2", "roles": ["cook"]}, {"orcid": "3"}],
            "funding": [{"funder": "f", "funder_id": "4"}],
        }
    )
    assert stated is None
    assert {problem.place for problem in problems} == {
        "other_licence", "rights_holder.ror", "rights_holder", "contributors[2].orcid", "contributors[2].ror",
        "contributors[2].roles", "contributors[3].orcid", "contributors[3]", "funding[1].funder_id",
    }  # fmt: skip
    assert rights_of_values({"contributors": [{"name": " "}], "licence": ""}) == (None, ())
