from __future__ import annotations

import re

import pytest

from kiban.errors import InvalidValue
from kiban.records.technique import TECHNIQUES, technique
from kiban.records.technique_terms import CHMO_TERMS


def test_terms_belong_to_techniques_and_each_to_one() -> None:
    assert set(CHMO_TERMS) <= set(TECHNIQUES)
    numbers = [number for number, _ in CHMO_TERMS.values()]
    assert len(numbers) == len(set(numbers))
    assert all(re.fullmatch(r"\d{7}", number) for number in numbers)


def test_a_technique_gives_the_address_of_its_term() -> None:
    assert technique("raman").iri == "http://purl.obolibrary.org/obo/CHMO_0000656"
    assert technique("nmr").iri == "http://purl.obolibrary.org/obo/CHMO_0000591"
    assert technique("table").iri is None
    with pytest.raises(InvalidValue, match="xrdd"):
        technique("xrdd")
