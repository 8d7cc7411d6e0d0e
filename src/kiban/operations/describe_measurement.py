"""Say of a measurement what no file says: the values of a template's fields, as a new version of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiban.errors import InvalidValue
from kiban.operations.changed_records import check_version, commit, current, event_of, next_version
from kiban.operations.resources import Resources
from kiban.operations.samples import Form, checked
from kiban.records.document import from_json, to_json
from kiban.records.measurement import Measurement
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.template import Template
from kiban.records.template_use import TemplateUse
from kiban.store.catalog import Batch


def describe_measurement(
    asker: Asker, resources: Resources, identifier: str, form: Form, *, expected: int | None = None
) -> Record:
    """Keep the values of a form. What was read of the files, and what was found in them, stays.

    Parameters
    ----------
    form : Form
        All values anew, for the current version of the template.
    expected : int, optional
        The version that the values were filled in on.

    Raises
    ------
    RecordNotFound
    Conflict
        If somebody else changed the measurement first.
    InvalidValue
        If the template is for another kind of record or another technique, a value breaks a rule, every place named,
        or nothing changes.
    """
    record = current(asker, resources, identifier, RecordKind.MEASUREMENT)
    check_version(record, expected)
    kept, values = checked(asker, resources, form, RecordKind.MEASUREMENT)
    before = from_json(dict(record.document), Measurement)
    check_technique(before, kept.template)
    if (before.template, dict(before.values)) == (kept.use, values):
        raise InvalidValue(f"{record.title} would stay as it is.", mend="Change something, then save it.")
    new = described(asker, record, use=kept.use, values=values)
    batch = Batch(records=(new,), events=(event_of(asker, new, "described measurement", {"template": kept.use.name}),))
    return commit(asker, resources, batch).records[0]


def check_technique(measurement: Measurement, template: Template) -> None:
    """Refuse a template that is for other techniques. Raises InvalidValue."""
    if template.techniques and measurement.technique not in template.techniques:
        raise InvalidValue(
            f"The template {template.name} is for {', '.join(template.techniques)}, not for {measurement.technique}.",
            mend="Choose another template.",
        )


def described(
    asker: Asker, record: Record, *, use: TemplateUse, values: Mapping[str, Any], extra: Mapping[str, Any] | None = None
) -> Record:
    """The next version of a measurement with these values."""
    before = from_json(dict(record.document), Measurement)
    after = replace(before, template=use, values=values, extra=before.extra if extra is None else extra)
    return next_version(asker, record, document=to_json(after))
