"""What went in, came out or recorded a process can be said later."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiban.errors import Conflict, InvalidValue, RecordNotFound
from kiban.operations.deposit import deposit
from kiban.operations.extend_process import extend_process
from kiban.operations.processes import record_process
from kiban.operations.resources import Resources
from kiban.operations.samples import register_sample
from kiban.operations.show import show
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.sample import Sample

from .test_reread import JCAMP


def test_samples_and_logs_are_tied_to_a_process_later(asker: Asker, resources: Resources, inbox: Path) -> None:
    one, other = (register_sample(asker, resources, Sample(name=name)) for name in ("in", "out"))
    run = record_process(asker, resources, Process(name="run")).process
    (inbox / "log.jdx").write_bytes(JCAMP)
    (outcome,) = deposit(asker, resources, [inbox / "log.jdx"])
    log = str(outcome.measurement)
    extend_process(asker, resources, run.pid, inputs=[one.pid], outputs=[other.pid], logs=[log], expected=1)
    shown = show(asker, resources, run.pid)
    assert {(tie.predicate, tie.outgoing, tie.other.pid) for tie in shown.ties} == {
        ("used", True, one.pid),
        ("made_by", False, other.pid),
        ("log_of", False, log),
    }
    assert shown.record.version == 2
    with pytest.raises(InvalidValue, match="stay as it is"):
        extend_process(asker, resources, run.pid, inputs=[one.pid])
    with pytest.raises(InvalidValue, match="come from itself"):
        extend_process(asker, resources, run.pid, inputs=[other.pid])
    with pytest.raises(Conflict):
        extend_process(asker, resources, run.pid, inputs=[one.pid], expected=1)
    with pytest.raises(RecordNotFound):
        extend_process(asker, resources, run.pid, inputs=[log])
