"""The `eventLog` of a MaiML document: when each step began and ended, and who answers for it. Words as in XES."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kiban.standards.contract import Exportable
from kiban.standards.maiml_elements import Builder
from kiban.standards.maiml_protocol import Step, steps
from kiban.standards.maiml_values import write_property, write_text, xml_time

if TYPE_CHECKING:
    from lxml.etree import _Element


def write_log(build: Builder, root: _Element, given: Exportable) -> None:
    """Write the beginning of the measurement, where it is known, and the end of every step."""
    logs = build.object(root, "eventLog", "event_log", name="event_log")
    log = build.object(logs, "log", "log", ref="method", name="log")
    trace = build.object(log, "trace", "trace", ref="program", name="trace")
    reading = given.reading
    ended_at = reading.metadata.get("ended_at")
    if reading.started_at is not None:
        _write_event(build, trace, steps(given)[0], "start", reading.started_at, given)
    for step in steps(given):
        # Kiban reads and analyses a file in the deposit that makes the record.
        time = given.record.created_at if step.name != "measure" else ended_at
        _write_event(build, trace, step, "complete", time if isinstance(time, datetime) else None, given)


def _write_event(
    build: Builder, trace: _Element, step: Step, transition: str, time: datetime | None, given: Exportable
) -> None:
    identifier = f"event-{step.name}-{transition}"
    event = build.object(
        trace, "event", identifier, ref=f"instruction-{step.name}", name=step.name, description=step.description
    )
    instance = build.typed(event, "property", "concept:instance", "uuidType")
    build.element(instance, "value", build.uuid(f"instruction-{step.name}"))
    build.element(build.typed(event, "property", "lifecycle:transition", "stringType"), "value", transition)
    if time is not None and (text := xml_time(time)) is not None:
        build.element(build.typed(event, "property", "time:timestamp", "dateTimeType"), "value", text)
    measurement = given.measurement
    if step.name == "read":
        write_text(build, event, "reader", measurement.reader)
        write_property(build, event, "kiban", "reader_version", measurement.reader_version)
        write_text(build, event, "why", measurement.why)
    elif step.name == "analyse":
        for analysis in measurement.analyses:
            write_text(build, event, "analysis", f"{analysis.name}/{analysis.version}")
    build.reference(event, "resultsRef", "results")
    # The file is all that is known of the measurement; reading and analysing it are Kiban's own doing.
    if step.name == "measure":
        build.reference(event, "ownerRef", "owner")
    else:
        build.reference(event, "creatorRef", "creator")
