"""What is like a record, on its page, on a page of its own and over REST."""

from __future__ import annotations

from typing import Any

import pytest

from kiban.operations.samples import register_sample
from kiban.platform import local_asker
from kiban.records.likeness import COMPOSITION, Likeness
from kiban.records.party import ANONYMOUS
from kiban.records.sample import Sample
from kiban.testing.catalog_likeness_suite import a_likeness
from kiban.web.likeness_picture import beside, overlaid

from .conftest import Program, asked_by

JAPANESE = {"accept-language": "ja"}


@pytest.fixture(name="samples")
def _samples(empty: Program) -> dict[str, str]:
    """Samples with their identifiers, by formula."""
    return {name: _new(empty, name, formula=name) for name in ("CaTiO3", "SrTiO3", "Fe")}


def _new(program: Program, name: str, **said: Any) -> str:
    return register_sample(local_asker(program.resources), program.resources, Sample(name=name, **said)).pid


def test_rest_gives_scores_and_distances(empty: Program, samples: dict[str, str]) -> None:
    answer = empty.get(f"/api/v1/records/{samples['CaTiO3']}/similar").json()
    assert (answer["compared_as"], answer["total"]) == (COMPOSITION, 1)
    [near] = answer["similar"]
    assert (near["id"], near["kind"], near["title"]) == (samples["SrTiO3"], "sample", "SrTiO3")
    assert near["distance"] == pytest.approx(0.2)
    assert near["nearness"] == pytest.approx(0.9802, abs=1e-4)
    [hit] = empty.get(f"/api/v1/search?q=SIMILAR TO {samples['CaTiO3']}").json()["hits"]
    assert (hit["id"], hit["nearness"]) == (near["id"], near["nearness"])
    for wrong in ("at_least=0", "at_least=1.1", "limit=0", "limit=99", "at_least=x"):
        assert empty.get(f"/api/v1/records/{samples['CaTiO3']}/similar?{wrong}").status_code == 422


def test_the_page_of_a_record_asks_for_it_later(empty: Program, samples: dict[str, str]) -> None:
    address = f"/records/{samples['CaTiO3']}"
    page = empty.get(address, headers=JAPANESE).text
    assert f'data-address="{address}/similar/part"' in page
    assert f'href="{address}/similar"' in page
    assert "類似データ" in page
    part = empty.get(f"{address}/similar/part", headers=JAPANESE).text
    assert "SrTiO3" in part
    assert "類似度 98%" in part
    assert "<html" not in part
    whole = empty.get(f"{address}/similar").text
    assert "98 % alike" in whole
    assert f"SIMILAR TO {samples['CaTiO3']} WITHIN 0.5" in whole
    assert "svg" in whole
    alone = empty.get(f"/records/{samples['Fe']}/similar/part").text
    assert "Nothing here is like it" in alone


def test_of_what_cannot_be_compared_the_part_says_so(empty: Program) -> None:
    bare = _new(empty, "bare")
    assert "similar-part" not in empty.get(f"/records/{bare}").text
    assert "nothing to be compared by" in empty.get(f"/records/{bare}/similar/part").text
    assert empty.get(f"/records/{bare}/similar").status_code == 422
    assert empty.get(f"/api/v1/records/{bare}/similar").status_code == 422


def test_who_may_not_see_a_record_learns_nothing_by_what_is_like_it(empty: Program, samples: dict[str, str]) -> None:
    stranger = Program(empty.resources)
    asked_by(stranger.app, ANONYMOUS)
    texts = []
    for identifier in (samples["CaTiO3"], "kb:0000-0000-00"):
        for address in (f"/api/v1/records/{identifier}/similar", f"/records/{identifier}/similar/part"):
            answer = stranger.get(address)
            assert answer.status_code == 404
            texts.append(answer.text.replace(identifier, "X"))
    assert "CaTiO3" not in "".join(texts)


def test_pictures_show_curves_over_each_other_and_amounts_beside_each_other() -> None:
    one, other = a_likeness(300, 900), a_likeness(300, 1500, low=100, high=1800)
    picture = overlaid(one, other)
    assert picture.count("<polyline") == picture.count("<polygon") == 1
    assert overlaid(one, None) == ""
    assert overlaid(Likeness(kind=COMPOSITION, version=1), other) == ""
    # Energies of electrons are drawn from right to left.
    xps = overlaid(a_likeness(300, kind="xps"), a_likeness(300, kind="xps"))
    heights = [point.split(",") for point in xps.partition('<polyline points="')[2].partition('"')[0].split()]
    highest = min(heights, key=lambda point: float(point[1]))
    assert float(highest[0]) > 80
    amounts = beside({"Ti": 1 / 3, "O": 2 / 3}, {"Zr": 1 / 3, "O": 2 / 3})
    assert [amounts.count(f">{element}<") for element in ("O", "Ti", "Zr")] == [1, 1, 1]
    assert amounts.count("<rect") == 4
    assert beside({}, {}) == ""


def test_the_nearest_come_first_and_the_page_offers_no_other_order(empty: Program, samples: dict[str, str]) -> None:
    for name in ("again", "and again"):
        _new(empty, name, formula="SrTiO3")
    asked = {"q": f"SIMILAR TO {samples['CaTiO3']}", "sort": "title"}
    page = empty.get("/search", params=asked, headers=JAPANESE).text
    assert "類似度の高い順" in page
    assert "order-form" not in page
    assert "nearness" not in page
    assert empty.get("/api/v1/search", params=asked).json()["sort"] == "nearness"
