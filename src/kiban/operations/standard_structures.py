"""Structures of the library: what it has, which of it the project uses, and taking more of it into the project.

A structure that was taken is a template of the project like any other. As long as nobody here has changed it, a later
version of the library can be taken over it, as its next version; what was changed here is never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from kiban.errors import Conflict
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement
from kiban.operations.resources import Resources
from kiban.operations.templates import Kept, define_template, list_templates, revise_template
from kiban.records.party import Asker
from kiban.records.standard_structures import digest, load, names, origin
from kiban.records.template import Template
from kiban.records.template_change import Change, changes


class Standing(StrEnum):
    """How a structure of the library stands to the project."""

    ABSENT = "absent"
    """The project does not have it."""
    CURRENT = "current"
    """It was taken, and is as the library has it."""
    OUTDATED = "outdated"
    """It was taken, nobody has changed it here, and the library has a later version."""
    CHANGED = "changed"
    """It was taken and has been changed here since."""
    TAKEN = "taken"
    """The project has a template of its own under that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A structure of the library, and what the project has of it."""

    template: Template
    """As the library has it."""
    standing: Standing
    kept: Kept | None = None
    """The project's template: what was taken, or what has its name."""
    changes: tuple[Change, ...] = ()
    """From the project's template to the library's: what taking a later version would bring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What became of one structure."""

    structure: Structure
    """As it stood before."""
    done: str
    """`defined`, `revised`, or `left` where nothing was done."""
    kept: Kept | None
    """The project's template now; `None` where it has none of it."""


def list_structures(asker: Asker, resources: Resources) -> tuple[Structure, ...]:
    """The structures of the library, samples first, with how each stands to the project."""
    ours = [kept for kept in list_templates(asker, resources) if kept.record.project == resources.working_in(asker)]
    named = {kept.template.name: kept for kept in ours}
    taken = {came.structure: kept for kept in ours if (came := origin(kept.template)) is not None}
    return tuple(_standing(load(name), taken.get(name), named.get(name)) for name in names())


def _standing(shipped: Template, taken: Kept | None, named: Kept | None) -> Structure:
    if taken is None:
        standing = Standing.ABSENT if named is None else Standing.TAKEN
        return Structure(template=shipped, standing=standing, kept=named)
    ours, here, there = origin(taken.template), digest(taken.template), digest(shipped)
    if here == there:
        return Structure(template=shipped, standing=Standing.CURRENT, kept=taken)
    is_unchanged = ours is not None and here == ours.digest
    return Structure(
        template=shipped,
        standing=Standing.OUTDATED if is_unchanged else Standing.CHANGED,
        kept=taken,
        changes=tuple(change for change in changes(replace(taken.template, extra={}), replace(shipped, extra={}))),
    )


def adopt(
    asker: Asker,
    resources: Resources,
    wanted: Iterable[str] | None = None,
    *,
    update: bool = False,
    placement: Placement = AS_THE_PROJECT_SAYS,
) -> tuple[Adopted, ...]:
    """Take structures of the library into the project.

    Parameters
    ----------
    wanted : iterable of str, optional
        Names of structures; all of them unless given.
    update : bool
        Bring those that are outdated up to date, each by a next version of its template. Records made with earlier
        versions stay as they are.

    Returns
    -------
    tuple of Adopted
        One for each that was wanted. What is current, or outdated and not to be updated, is left. Of all structures,
        those that were changed here or whose name is taken are left too.

    Raises
    ------
    InvalidValue
        If the library has no structure of a name. Nothing is taken then.
    Conflict
        If one that was named has been changed here, or its name is taken. Nothing is taken then.
    """
    found = {structure.template.name: structure for structure in list_structures(asker, resources)}
    if wanted is None:
        chosen = list(found.values())
    else:
        chosen = [found[load(name).name] for name in dict.fromkeys(wanted)]
        for structure in chosen:
            _check_free(structure)
    return tuple(_adopt(asker, resources, structure, update=update, placement=placement) for structure in chosen)


def _check_free(structure: Structure) -> None:
    name = structure.template.name
    if structure.kept is None:
        return
    if structure.standing is Standing.TAKEN:
        raise Conflict(
            f"The project has a template '{name}' of its own ({structure.kept.record.pid}).",
            mend="Rename that one, then adopt the structure; or go on using it.",
        )
    if structure.standing is Standing.CHANGED:
        raise Conflict(
            f"'{name}' was taken from the library ({structure.kept.record.pid}) and has been changed here since.",
            mend="It stays as it is. Compare the two with kiban template diff, and change yours where you want to.",
        )


def _adopt(asker: Asker, resources: Resources, structure: Structure, *, update: bool, placement: Placement) -> Adopted:
    if structure.standing is Standing.ABSENT:
        kept = define_template(asker, resources, structure.template, placement=placement)
        return Adopted(structure=structure, done="defined", kept=kept)
    if structure.standing is Standing.OUTDATED and update and structure.kept is not None:
        before = structure.kept
        came = origin(structure.template)
        note = f"As Kiban {came.version if came else ''} has it."
        after = replace(structure.template, note=note, extra={**before.template.extra, **structure.template.extra})
        revision = revise_template(asker, resources, before.record.pid, after, expected=before.record.version)
        return Adopted(structure=structure, done="revised", kept=revision.after)
    return Adopted(structure=structure, done="left", kept=structure.kept)
