"""What every export of a provenance graph must pass, whatever its standard.

class TestMyStandard(GraphExportSuite):
    export = EXPORT
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

from hypothesis import HealthCheck, given, settings

from kiban.standards.graph_contract import GraphExport, GraphExportable
from kiban.testing.graph_examples import family, graphs
from kiban.testing.rights_examples import RIGHTS, untold

_HEADINGS = ("What is carried", "What is lost", "Source")
_NUMBER = re.compile(r"(?<![\w.-])-?\d+\.\d+(?:e[-+]?\d+)?")


class GraphExportSuite:
    """Subclass it; pytest runs the inherited tests."""

    export: ClassVar[GraphExport]

    def test_it_describes_itself(self) -> None:
        assert isinstance(self.export, GraphExport)
        assert re.fullmatch(r"[a-z][a-z0-9_]*", self.export.name)
        assert self.export.title
        assert self.export.suffix.startswith(".")
        assert re.fullmatch(r"[\w.+-]+/[\w.+-]+", self.export.media_type)
        module = __import__(type(self.export).__module__, fromlist=["__doc__"])
        for heading in _HEADINGS:
            assert f"\n{heading}\n" in (module.__doc__ or ""), f"the module docstring lacks the heading {heading}"

    def test_the_same_graph_gives_the_same_bytes(self) -> None:
        assert self.export.export(family()) == self.export.export(family())

    def test_every_record_is_in_it_whichever_it_starts_from(self) -> None:
        for start in family().records:
            content = self.export.export(family(start=start)).content.decode()
            assert all(record.pid in content for record in family().records)
            assert all(record.title in content for record in family().records)

    def test_what_is_not_there_is_told(self) -> None:
        whole, cut = (set(self.export.export(family(is_cut=cut)).losses) for cut in (False, True))
        assert len(cut - whole) == 1
        beyond = set(self.export.export(family(n_beyond=2)).losses)
        assert len(beyond - whole) == 1
        for loss in whole | cut | beyond:
            assert loss[0].isupper() or loss[0].isdigit(), loss
            assert loss.endswith("."), loss
            assert "{n}" not in loss, loss

    def test_the_rights_in_every_record_are_in_the_file_or_told_as_losses(self) -> None:
        for record in family().records:
            exported = self.export.export(replace(family(), rights={record.id: RIGHTS}))
            assert untold(RIGHTS, exported.content, exported.losses) == (), record.title

    def test_the_address_is_used_only_where_one_is_known(self) -> None:
        there = self.export.export(family(address="https://kiban.example.org/")).content
        assert b"https://kiban.example.org/" in there
        assert b"http://127" not in self.export.export(family()).content

    def test_a_graph_of_one_record_is_a_graph(self) -> None:
        for record in family().records:
            alone = replace(family(), start=record, records=(record,), links=(), facts=())
            content = self.export.export(alone).content.decode()
            others = {each.pid for each in family().records} - {record.pid}
            assert not any(other in content for other in others)

    def test_no_value_is_invented(self) -> None:
        """Without values and facts there is no number with a point in it, besides times."""
        bare = replace(family(), facts=(), records=tuple(r for r in family().records if r.title in {"left", "one"}))
        kept = {record.id for record in bare.records}
        bare = replace(bare, links=tuple(x for x in bare.links if {x.subject, x.object} <= kept))
        content = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+", "", self.export.export(bare).content.decode())
        assert _NUMBER.findall(content) == []

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(graph=graphs())
    def test_any_graph_is_exported(self, graph: GraphExportable) -> None:
        exported = self.export.export(graph)
        content = exported.content.decode("utf-8")
        assert all(record.pid in content for record in graph.records)
        assert self.export.export(graph) == exported
