"""A template that came from elsewhere: defined where it is new, revised where it has changed there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from kiban.errors import Refused
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement
from kiban.operations.resources import Resources
from kiban.operations.templates import Kept, define_template, list_templates, revise_template
from kiban.records.document import from_json
from kiban.records.party import Asker
from kiban.records.template import Template
from kiban.records.template_change import Change, changes

Reads = Callable[[tuple[Template, ...]], Template]
"""Reads the structure, given the versions of the template that there are, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedTemplate:
    """A template as it is kept now."""

    kept: Kept
    status: str
    """`defined`, `revised` or `unchanged`."""
    changes: tuple[Change, ...] = ()


def import_template(
    asker: Asker, resources: Resources, read: Reads, *, placement: Placement = AS_THE_PROJECT_SAYS
) -> ImportedTemplate:
    """Keep a structure that was read from the files of another system.

    It is known by its name. The same files again are no new version, also where the template has been changed here
    since; other files make the next version, in which fields keep the keys that they have here.

    Raises
    ------
    Refused
        If the name belongs to a template that was not imported from that system.
    Conflict
        If somebody else changed it meanwhile.
    InvalidValue, DamagedFile
        If the structure cannot be a template.
    """
    template = read(())
    named = [kept for kept in list_templates(asker, resources) if kept.template.name == template.name]
    ours = [kept for kept in named if kept.record.project == resources.working_in(asker)]
    if not ours:
        return ImportedTemplate(kept=define_template(asker, resources, template, placement=placement), status="defined")
    [known] = ours
    # What else stands there, as where in Kiban's library it came from, does not make it one of that system.
    if not set(known.template.extra) & set(template.extra):
        raise Refused(
            f"The project has a template {template.name} that was made here ({known.record.pid}).",
            mend="Rename that one, then import again.",
        )
    records = resources.catalog.versions(known.record.id, resources.visible(asker))
    earlier = tuple(from_json(dict(each.document), Template) for each in reversed(records))
    if all(known.template.extra.get(key) == value for key, value in template.extra.items()):
        return ImportedTemplate(kept=known, status="unchanged")
    # What was said of it here, and what it stands for, is not in those files.
    after = read(earlier)
    after = replace(
        after,
        techniques=known.template.techniques,
        iri=known.template.iri,
        note="Imported again.",
        extra={**known.template.extra, **after.extra},
    )
    if not changes(known.template, after):
        return ImportedTemplate(kept=known, status="unchanged")
    revision = revise_template(asker, resources, known.record.pid, after, expected=known.record.version)
    return ImportedTemplate(kept=revision.after, status="revised", changes=revision.changes)
