"""Our engines pass the suite of the contract."""

from __future__ import annotations

from kiban.planning.engines import embedded, random_draw, space_filling
from kiban.planning.engines.contract import Engine
from kiban.planning.engines.embedded import Embedded
from kiban.planning.engines.installed import engines
from kiban.testing.engine_suite import EngineSuite


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


def test_all_of_ours_are_found() -> None:
    assert {"embedded", "random", "space_filling"} <= {engine.name for engine in engines()}
