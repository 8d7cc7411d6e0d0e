"""Our engines pass the suite of the contract."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

from kiban.errors import MissingExtra
from kiban.planning.engines import baybe, embedded, physbo, random_draw, space_filling
from kiban.planning.engines.contract import Engine
from kiban.planning.engines.embedded import Embedded
from kiban.planning.engines.installed import engines
from kiban.planning.objective.objective import maximise
from kiban.testing.engine_suite import GRID, EngineSuite


class TestEmbedded(EngineSuite):
    def make_engine(self) -> Engine:
        return embedded.ENGINE


class TestEmbeddedWithoutDensity(EngineSuite):
    def make_engine(self) -> Engine:
        return Embedded("embedded_without_density", use_density=False)


class TestRandom(EngineSuite):
    def make_engine(self) -> Engine:
        return random_draw.ENGINE


class TestSpaceFilling(EngineSuite):
    def make_engine(self) -> Engine:
        return space_filling.ENGINE


@pytest.mark.skipif(find_spec("baybe") is None, reason="waits for BayBE: pip install 'kiban[baybe]'")
class TestBaybe(EngineSuite):
    def make_engine(self) -> Engine:
        return baybe.ENGINE


@pytest.mark.skipif(find_spec("physbo") is None, reason="waits for PHYSBO: pip install 'kiban[physbo]'")
class TestPhysbo(EngineSuite):
    def make_engine(self) -> Engine:
        return physbo.ENGINE


@pytest.mark.parametrize("engine", [baybe.ENGINE, physbo.ENGINE], ids=lambda engine: engine.name)
def test_an_absent_package_names_its_extra(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, engine.name, None)
    with pytest.raises(MissingExtra, match=rf"kiban\[{engine.name}\]") as caught:
        engine.suggest(GRID, maximise("y"), (), n=1, pending=(), seed=0, priors=())
    assert f"pip install 'kiban[{engine.name}]'" in caught.value.mend


def test_all_of_ours_are_found() -> None:
    assert {"embedded", "random", "space_filling", "baybe", "physbo"} <= {engine.name for engine in engines()}
