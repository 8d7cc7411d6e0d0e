"""What a form for a template shows beside its boxes, and how pages of samples, processes and measurements fill it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kiban.errors import KibanError
from kiban.operations.references import wrong_references
from kiban.operations.templates import Kept, get_template, template_used
from kiban.records.document import from_json
from kiban.records.field import Field
from kiban.records.filled import Problem, fill
from kiban.records.record import Record
from kiban.records.template_migration import moved
from kiban.records.template_use import TemplateUse
from kiban.web.asker import Desk
from kiban.web.form_data import Given
from kiban.web.language import Speaker
from kiban.web.value_form import by_name, defaults, differing, given_values, shaped_values, typed_values

DONE = "done"
"""The part of a process in which nothing is demanded."""


@dataclass(slots=True)
class FormView:
    """The surroundings of a form's boxes."""

    problems: dict[str, Problem] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    """What somebody else kept meanwhile, by the name of the box."""
    wrong: KibanError | None = None
    """What is wrong with the whole."""
    conflict: bool = False
    notes: list[str] = field(default_factory=list)
    needs: bool = True

    def blank(self, described: Field) -> Any:
        """An empty row, or an empty box, of a field that may stand several times."""
        row = shaped_values((described,), {described.key: [{}]})[described.key]
        return row[0] if isinstance(row, list) else row

    def start_part(self, part: str) -> bool:
        """Say which part comes now; whether required fields are marked in it."""
        self.needs = part != DONE
        return self.needs


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueForm:
    """The template's part of a form, filled."""

    kept: Kept | None
    parts: tuple[str, ...]
    originals: dict[str, Mapping[str, Any]]
    """The values that a record has, under the keys of the current version."""
    typed: dict[str, dict[str, Any]]

    @classmethod
    def new(cls, desk: Desk, template: str, parts: tuple[str, ...]) -> ValueForm:
        """An empty one, with the defaults of the template in its first part."""
        kept = get_template(desk.asker, desk.resources, template) if template else None
        fields = kept.template.fields if kept is not None else ()
        typed = {part: defaults(fields) if part == parts[0] else typed_values(fields, {}) for part in parts}
        return cls(kept=kept, parts=parts, originals={}, typed=typed)

    @classmethod
    def of_record(
        cls, desk: Desk, record: Record, template: str, parts: tuple[str, ...], view: FormView, speaker: Speaker
    ) -> ValueForm:
        """One with the values of a record, for the current version of its template.

        What the current version has no place for is told in the notes.
        """
        made_with = record.document.get("template")
        if made_with is None:
            return cls.new(desk, template, parts)
        use = from_json(made_with, TemplateUse)
        kept = get_template(desk.asker, desk.resources, use.id)
        old = template_used(desk.asker, desk.resources, use)
        originals: dict[str, Mapping[str, Any]] = {}
        left: dict[str, None] = {}
        for part in parts:
            originals[part], behind = moved(old, kept.template, record.document.get(part) or {})
            left |= dict.fromkeys(behind)
        if use.version != kept.record.version:
            view.notes.append(speaker("forms.older_version", old=use.version, new=kept.record.version))
        if left:
            view.notes.append(speaker("forms.left_behind", names=", ".join(left)))
        typed = {part: typed_values(kept.template.fields, originals[part]) for part in parts}
        return cls(kept=kept, parts=parts, originals=originals, typed=typed)

    def sent(self, form: Given) -> ValueForm:
        """The same with what somebody typed."""
        fields = self.kept.template.fields if self.kept is not None else ()
        typed = {part: shaped_values(fields, form.part(part)) for part in self.parts}
        return ValueForm(kept=self.kept, parts=self.parts, originals=self.originals, typed=typed)

    def given(self, form: Given, part: str) -> dict[str, Any]:
        """What was typed in a part, to be checked."""
        fields = self.kept.template.fields if self.kept is not None else ()
        return given_values(fields, form.part(part), self.originals.get(part))

    def check(self, desk: Desk, form: Given, view: FormView) -> bool:
        """Put all problems beside their boxes; whether there are none."""
        from kiban.operations.processes import without_needs

        if self.kept is not None:
            for part in self.parts:
                fields = self.kept.template.fields
                described = without_needs(fields) if part == DONE else fields
                filled = fill(described, self.given(form, part))
                lost = wrong_references(desk.asker, desk.resources, fields, filled.values)
                view.problems |= by_name(part, (*filled.problems, *lost))
        return not view.problems

    def against(self, theirs: ValueForm) -> dict[str, str]:
        """Where another form, of what is kept by now, says something else."""
        found: dict[str, str] = {}
        for part in self.parts if self.kept is not None else ():
            assert self.kept is not None  # noqa: S101  said above
            found |= differing(self.kept.template.fields, self.typed[part], theirs.typed[part], part)
        return found
