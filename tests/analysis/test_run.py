"""The contract of analyses, and running all that apply."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from kiban import plugins
from kiban.analysis import run
from kiban.analysis.contract import Analysis, Finding
from kiban.errors import InvalidSetting, InvalidValue
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.records.document import from_json, to_json
from kiban.records.measurement import Analysis as KeptAnalysis
from kiban.records.property import Property
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.reading import Reading, Variable
from kiban.records.technique import TECHNIQUES

ROWS = ((1, 28.4, None, True, "charge"), (2, 47.3, 0.01, False, "discharge"))


def finding(**changed: object) -> Finding:
    given: dict[str, object] = {
        "analysis": "some",
        "version": 3,
        "summary": "Two peaks.",
        "columns": ("peak", "x", "u_x", "overlaps", "kind"),
        "units": ("", "deg", "deg", "", ""),
        "rows": ROWS,
        "doubts": ("The second is weak.",),
    }
    return Finding(**{**given, **changed})  # type: ignore[arg-type]


def anything() -> Reading:
    one = Variable(name="x", series=Series(np.ones((2, 3))), dimensions=("a", "b"))
    return Reading(technique="table", title="x", variables=(one,))


def test_installed_analyses_keep_the_contract():
    found = run.analyses()
    assert {"powder_xrd"} <= {analysis.name for analysis in found}
    assert len(found) == len(plugins.find("kiban.analysis", "ANALYSIS"))
    for analysis in found:
        assert isinstance(analysis, Analysis)
        assert analysis.name == type(analysis).__module__.rpartition(".")[2]
        assert analysis.version >= 1
        assert analysis.title
        assert analysis.techniques
        assert set(analysis.techniques) <= set(TECHNIQUES)
        assert not analysis.applies(anything())
        with pytest.raises(InvalidSetting):
            analysis.analyse(anything(), options={"no such option": 1})


def test_what_is_kept_of_a_finding_survives_the_trip_to_json():
    kept = finding().kept()
    assert kept.name == "some"
    assert kept.rows == ROWS
    back = from_json(json.loads(json.dumps(to_json(kept), allow_nan=False)), KeptAnalysis)
    assert back == kept


@pytest.mark.parametrize(
    "changed",
    [
        {"units": ("deg",)},
        {"rows": ((1, 2.0),)},
        {"rows": ((1, math.nan, None, True, ""),)},
        {"rows": ((1, math.inf, None, True, ""),)},
        {"properties": (Property(term="no_such_term", value=Measured(1.0), method="some/3"),)},
    ],
    ids=["units", "cells", "nan", "infinite", "term"],
)
def test_unsound_findings_are_refused(changed):
    with pytest.raises(InvalidValue):
        finding(**changed)


def test_where_nothing_applies_there_are_no_findings():
    assert run.analyse(anything()) == ()


def test_options_for_what_is_not_there_are_refused():
    with pytest.raises(InvalidSetting, match="no analysis 'alchemy'"):
        run.analyse(anything(), options={"alchemy": {}})
    with pytest.raises(InvalidSetting, match="no option 'gold'"):
        run.analyse(anything(), options={"powder_xrd": {"gold": True}})


class Failing:
    """An analysis that cannot do its work."""

    name = "failing"
    version = 7
    title = "Failure"
    techniques = ("table",)
    options: tuple[str, ...] = ()

    def applies(self, reading: Reading) -> bool:
        return True

    def analyse(self, reading: Reading, *, options: object) -> Finding:
        raise InvalidValue("It broke.", mend="Mend it.")


def test_an_analysis_that_fails_leaves_a_doubt(monkeypatch):
    monkeypatch.setattr(run, "analyses", lambda: (Failing(),))
    (found,) = run.analyse(anything())
    assert found.analysis == "failing"
    assert found.version == 7
    assert found.doubts == ("It broke. Mend it.",)
    assert found.properties == ()


def test_terms_have_words_in_both_languages_and_units():
    from kiban.quantity.unit import is_known

    for key, term in PROPERTY_TERMS.items():
        assert key == term.key
        assert key.isidentifier()
        assert term.en
        assert term.ja
        assert term.symbol
        assert is_known(term.unit)


class Fails:
    name = "fails"
    version = 1
    title = "Failing analysis"
    techniques = ("table",)
    options = ()

    def applies(self, reading: Reading) -> bool:
        return True

    def analyse(self, reading: Reading, *, options: object) -> Finding:
        raise ZeroDivisionError("division by zero")


def test_an_analysis_that_fails_leaves_a_doubt_and_the_others_go_on(monkeypatch):
    monkeypatch.setattr(run, "analyses", lambda: (Fails(),))
    [found] = run.analyse(anything())
    assert found.summary == "Failing analysis gave no result."
    assert "ZeroDivisionError: division by zero" in found.doubts[0]
    monkeypatch.setattr(Fails, "applies", lambda self, reading: 1 / 0)
    [found] = run.analyse(anything())
    assert "fault of the analysis" in found.doubts[0]
