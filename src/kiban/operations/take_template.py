"""A template that somebody wrote in a file: defined where the project has none of its name, revised where it has."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiban.errors import Conflict
from kiban.operations.changed_records import check_version
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement
from kiban.operations.resources import Resources
from kiban.operations.templates import Kept, define_template, list_templates, revise_template
from kiban.records.party import Asker
from kiban.records.template import Template
from kiban.records.template_change import Change, changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of it."""

    done: str
    """`defined`, `revised` or `unchanged`."""
    kept: Kept
    changes: tuple[Change, ...] = ()


def take_template(
    asker: Asker,
    resources: Resources,
    template: Template,
    *,
    expected: int | None = None,
    placement: Placement = AS_THE_PROJECT_SAYS,
) -> Taken:
    """Keep a template under its name; the same one again changes nothing.

    Parameters
    ----------
    expected : int, optional
        The version that the file was made from.
    placement : Placement
        Of a new one.

    Raises
    ------
    Conflict
        If the project's template has another version than the expected one.
    InvalidValue
        If a key would change its meaning.
    """
    kept = own_template(asker, resources, template.name)
    if kept is None:
        return Taken(done="defined", kept=define_template(asker, resources, template, placement=placement))
    check_version(kept.record, expected)
    after = as_next(kept, template)
    if not changes(kept.template, after):
        return Taken(done="unchanged", kept=kept)
    revision = revise_template(asker, resources, kept.record.pid, after, expected=kept.record.version)
    return Taken(done="revised", kept=revision.after, changes=revision.changes)


def add_template(
    asker: Asker, resources: Resources, template: Template, *, placement: Placement = AS_THE_PROJECT_SAYS
) -> Kept:
    """Keep a template that is new in the project.

    Raises
    ------
    Conflict
        If the project has one of that name.
    """
    if (kept := own_template(asker, resources, template.name)) is not None:
        raise Conflict(
            f"The project has a template '{template.name}' already ({kept.record.pid}).",
            mend="Bring out its next version, or give the new one another name.",
        )
    return define_template(asker, resources, template, placement=placement)


def own_template(asker: Asker, resources: Resources, name: str) -> Kept | None:
    """The project's template of a name; `None` where it has none that the asker may see."""
    found = [kept for kept in list_templates(asker, resources) if kept.template.name == name]
    return next((kept for kept in found if kept.record.project == resources.working_in(asker)), None)


def as_next(kept: Kept, template: Template) -> Template:
    """A template as the next version of another: a file that does not say where it came from keeps what was known."""
    return template if template.extra else replace(template, extra=kept.template.extra)
