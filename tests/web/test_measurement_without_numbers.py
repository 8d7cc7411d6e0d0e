"""A measurement whose files no reader understands has a page, and says so where its numbers are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiban.operations.import_rde import import_rde
from kiban.platform import local_asker
from kiban.testing.rde_examples import data_set, put

from .conftest import Program


@pytest.fixture(name="pid")
def _pid(empty: Program, tmp_path: Path) -> str:
    folder = put(tmp_path / "set", data_set(**{"raw/run.csv": b"\x00\x01nobody reads this"}))
    *_, found = import_rde(local_asker(empty.resources), empty.resources, folder)
    return found.records[0]


def test_its_page_draws_nothing(empty: Program, pid: str) -> None:
    answer = empty.get(f"/records/{pid}")
    assert answer.status_code == 200
    assert "No reader understands the files of this measurement" in answer.text
    for absent in ('id="plot"', "plot.js", "/normalised", "header-tree"):
        assert absent not in answer.text
    assert f"/records/{pid}/export?as=rde" in answer.text.replace("/api/v1", "")
    assert "set/raw/run.csv" in answer.text
    assert "読み取る機能がない" in empty.get(f"/records/{pid}", headers={"accept-language": "ja"}).text


def test_its_page_has_the_values_by_their_labels(empty: Program, pid: str) -> None:
    english, japanese = (
        empty.get(f"/records/{pid}", headers={"accept-language": language}).text for language in ("en", "ja")
    )
    for shown in ("Annealing temperature", "873", "X-ray wavelength", "annealing_v1.2", "E-17"):
        assert shown in english
    for shown in ("焼鈍温度", "X線波長", "真空"):
        assert shown in japanese


def test_it_is_found_and_shown_in_lists(empty: Program, pid: str) -> None:
    assert pid in empty.get("/search", params={"q": 'technique = "measurement"'}).text
    assert empty.get("/").status_code == 200


@pytest.mark.parametrize("what", ["numbers", "normalised", "header"])
def test_its_numbers_are_not_there(empty: Program, pid: str, what: str) -> None:
    answer = empty.get(f"/api/v1/records/{pid}/{what}")
    assert (answer.status_code, answer.json()["error"]) == (422, "NothingMeasured")


def test_it_leaves_as_rde_and_with_its_provenance_only(empty: Program, pid: str) -> None:
    offers = empty.get(f"/api/v1/records/{pid}/exports").json()
    assert [offer["name"] for offer in offers] == ["rde", "gemd", "prov"]
    assert empty.get(f"/api/v1/records/{pid}/export", params={"as": "nexus"}).status_code == 406
    assert empty.get(f"/api/v1/records/{pid}/export", params={"as": "rde"}).content.startswith(b"PK")
