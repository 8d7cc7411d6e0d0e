"""A measurement leaves in the form of a standard, for those who may see it and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiban.errors import NotExportable, RecordNotFound, WrongUsage
from kiban.operations.deposit import deposit
from kiban.operations.export import export, offers
from kiban.operations.find import find
from kiban.operations.placement import Placement
from kiban.operations.resources import Resources
from kiban.records.measurement import Measurement
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.scope import Tier
from kiban.standards import nexus_export
from kiban.standards.installed import exports, suited
from kiban.standards.nexus import read

TABLE = b"Temperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (t, 3 * t) for t in range(20))


@pytest.fixture(name="measured")
def _measured(asker: Asker, resources: Resources, inbox: Path) -> str:
    (inbox / "r.csv").write_bytes(TABLE)
    [outcome] = deposit(asker, resources, [inbox / "r.csv"], sample="S-1")
    return str(outcome.measurement)


def test_the_file_is_named_after_the_record(asker: Asker, resources: Resources, measured: str) -> None:
    exported = export(asker, resources, measured, "nexus")
    assert exported.name == f"{measured.replace(':', '-')}.nxs"
    assert exported.media_type == "application/x-hdf5"
    assert read(exported.content)["resistance"].values[:2].tolist() == [0.5, 3.5]


def test_every_offer_can_be_had(asker: Asker, resources: Resources, measured: str) -> None:
    found = offers(asker, resources, measured)
    assert "nexus" in {offer.name for offer in found}
    for offer in found:
        exported = export(asker, resources, measured, offer.name)
        assert exported.losses == offer.losses
        assert exported.name.endswith(offer.suffix)


@pytest.mark.parametrize("standard", [each.name for each in exports()])
def test_what_one_may_not_see_is_not_there(asker: Asker, resources: Resources, measured: str, standard: str) -> None:
    with pytest.raises(RecordNotFound) as hidden:
        export(ANONYMOUS, resources, measured, standard)
    with pytest.raises(RecordNotFound) as absent:
        export(asker, resources, "kb:0000-0000-00", standard)
    assert str(hidden.value).replace(measured, "kb:0000-0000-00") == str(absent.value)
    with pytest.raises(RecordNotFound):
        offers(ANONYMOUS, resources, measured)


def test_an_open_measurement_tells_nothing_of_a_closed_sample(
    asker: Asker, resources: Resources, inbox: Path, measured: str
) -> None:
    """The sample S-1 is closed: made by the closed deposit before."""
    (inbox / "open.csv").write_bytes(TABLE + b"99,1.5\n")
    [outcome] = deposit(asker, resources, [inbox / "open.csv"], sample="S-1", placement=Placement(tier=Tier.OPEN))
    for standard in ("maiml", "nexus"):
        told = [export(who, resources, str(outcome.measurement), standard).content for who in (ANONYMOUS, asker)]
        assert [b"S-1" in content for content in told] == [False, True]


def test_a_sample_is_no_measurement(asker: Asker, resources: Resources, measured: str) -> None:
    [sample] = find(asker, resources, 'kind = "sample"').hits
    with pytest.raises(RecordNotFound):
        export(asker, resources, sample.id, "nexus")


def test_an_unknown_standard_is_wrong_usage(asker: Asker, resources: Resources, measured: str) -> None:
    with pytest.raises(WrongUsage, match="Did you mean nexus"):
        export(asker, resources, measured, "nexuss")
    with pytest.raises(WrongUsage, match=r"Use one of: .*nexus"):
        export(asker, resources, measured, "word")


def test_what_a_standard_has_no_place_for_is_refused(
    asker: Asker, resources: Resources, measured: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def obstacle(_self: object, measurement: Measurement) -> str:
        return f"There is no place for {measurement.technique}."

    monkeypatch.setattr(nexus_export.NexusExport, "obstacle", obstacle)
    with pytest.raises(NotExportable, match=r"no place for table.*Export it as one of"):
        export(asker, resources, measured, "nexus")
    assert "nexus" not in {offer.name for offer in offers(asker, resources, measured)}


def test_names_of_exports_are_unique() -> None:
    names = [each.name for each in exports()]
    assert len(set(names)) == len(names)
    assert suited.__doc__
