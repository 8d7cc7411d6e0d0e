"""Several people move one campaign at once, on a real database: each is told how it went, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kiban.errors import Conflict
from kiban.operations.campaign_experiments import suggest_experiments, tell_result
from kiban.operations.campaign_records import campaign_of
from kiban.operations.campaigns import new_campaign
from kiban.operations.samples import register_sample
from kiban.operations.show import show
from kiban.operations.show_campaign import list_campaigns, show_campaign
from kiban.planning.campaign.definition import campaign_of as defined
from kiban.planning.campaign.experiment import Outcome, State
from kiban.planning.campaign.telling import Done
from kiban.platform import local_asker, open_platform
from kiban.quantity.measured import Measured
from kiban.records.sample import Sample
from kiban.settings import Settings

_N = 8


def test_of_many_at_once_those_that_come_too_late_are_told(tmp_path: Path) -> None:
    with open_platform(Settings(home=tmp_path / "home"), n_workers=1) as resources:
        asker = local_asker(resources)
        glue = defined(
            {
                "name": "Glue",
                "space": {"parameters": [{"kind": "continuous", "name": "time", "low": 0, "high": 9, "unit": "h"}]},
                "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
                "engine": "random",
            }
        )
        sample = register_sample(asker, resources, Sample(name="glue 1"))
        hard = Outcome(name="hardness", value=Measured(1.0, "GPa"))
        past = [Done(point={"time": 5.0}, outcomes=(hard,), rests_on=sample.pid)]
        pid = new_campaign(asker, resources, glue, done=past).pid
        suggest_experiments(asker, resources, pid, _N)

        mends: list[str] = []

        def tell(number: int) -> None:
            """Tell it until nobody is in the way, as a person would."""
            for _ in range(1000):
                try:
                    tell_result(asker, resources, pid, number, values={"hardness": float(number)})
                except Conflict as e:
                    mends.append(e.mend)
                else:
                    return
            raise AssertionError(f"experiment {number} was never told")

        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(tell, range(2, 2 + _N)))
        assert all("Somebody else may have changed the record" in mend for mend in mends)
        last = show(asker, resources, pid)
        told = campaign_of(last.record)
        assert [each.state for each in told.experiments] == [State.COMPLETED] * (_N + 1)
        assert [each.outcomes[0].value.value for each in told.experiments[1:]] == [float(n) for n in range(2, 2 + _N)]
        # One version for each move that was made, and none for those that were refused.
        assert last.record.version == 2 + _N
        assert [each.version for each in last.versions] == list(range(2 + _N, 0, -1))
        assert show_campaign(asker, resources, pid).best == (1 + _N,)
        assert list_campaigns(asker, resources).campaigns[0].counts[State.COMPLETED] == _N + 1
        assert [(tie.predicate, tie.other.pid) for tie in last.ties] == [("learnt_from", sample.pid)]
        assert list(resources.catalog.faults()) == []
