"""A table of past experiments for tests: four samples that differ in what was set, of which three were measured."""

from __future__ import annotations

from kiban.operations.past_experiments import TableFile, keep_experiments
from kiban.operations.resources import Resources
from kiban.readers.experiments.meaning import Mapping, Meaning, Role
from kiban.records.matter.composition import Basis
from kiban.records.party import Asker

_MAPPING = Mapping(
    columns=(
        Meaning(header="no", role=Role.SAMPLE),
        Meaning(header="T", role=Role.PARAMETER, key="temperature", unit="degC"),
        Meaning(header="gas", role=Role.PARAMETER, key="gas", is_text=True),
        Meaning(header="always", role=Role.PARAMETER, key="always", unit="h"),
        Meaning(header="a", role=Role.COMPONENT, key="PVDF", unit="percent", basis=Basis.MASS),
        Meaning(header="b", role=Role.COMPONENT, key="carbon black", unit="percent", basis=Basis.MASS),
        Meaning(header="H", role=Role.PROPERTY, key="hardness", unit="GPa"),
        Meaning(header="±", role=Role.UNCERTAINTY, key="hardness"),
    )
)
_TABLE = """no,T,gas,always,a,b,H,±
S1,400,Ar,2,30,70,1.5,0.1
S2,500,N2,2,20,80,2.5,
S3,450,Ar,2,0,100,2.0,0.2
S4,480,Ar,2,50,50,,
"""


def keep_example(asker: Asker, resources: Resources) -> None:
    """Keep them as samples, processes and measurements."""
    keep_experiments(asker, resources, TableFile(content=_TABLE.encode(), name="t.csv", mapping=_MAPPING))
