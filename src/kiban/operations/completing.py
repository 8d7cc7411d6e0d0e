"""Completing what is typed into a question: with what the asker may know, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from kiban.operations.audited import reads, saw
from kiban.operations.resources import Resources
from kiban.operations.templates import all_templates
from kiban.operations.terms import vocabulary_of
from kiban.query import vocabulary
from kiban.query.completing import Completions, Offered, What, as_process, complete, of_terms
from kiban.query.formula_paths import FORMULA_PATHS
from kiban.query.paths import Hop, as_step
from kiban.query.question import RECORD_FIELDS
from kiban.query.vocabulary import ELEMENTS, FIELD_NAMES, KINDS_JA, N_ELEMENTS, TIERS_JA, Vocabulary
from kiban.records.field import FieldKind, walk
from kiban.records.party import Asker
from kiban.records.record import RecordKind
from kiban.records.standard_structures import load, names_for
from kiban.records.technique import TECHNIQUES
from kiban.records.template import Template

MOST = 12
_OF_PROCESS = ("meant", "done")


@reads("completed question", at_one_moment=True)
def completions(asker: Asker, resources: Resources, text: str, *, limit: int = MOST) -> Completions:
    """What the end of a text may become: fields, property terms, entries, processes, templates, techniques and units.

    Names alone are given: of entries those that the newest records have, of templates those that the asker sees, and
    their fields. What any of them holds is read by other deeds.

    Parameters
    ----------
    text : str
        The question up to the caret.
    """
    known = vocabulary_of(asker, resources)
    told: defaultdict[Offered, set[int]] = defaultdict(set)

    def everything() -> Iterator[Offered]:
        for offered, scopes in _all(asker, resources, known):
            told[offered].update(scopes)
            yield offered

    # Units are completed without any of it.
    found = complete(text, everything(), known, limit=limit)
    # Of all that was looked through, the asker learns of what is offered.
    saw(scopes={scope for offered in found.offered for scope in told.get(offered, ())}, n=len(found.offered))
    return found


def _all(asker: Asker, resources: Resources, known: Vocabulary) -> Iterator[tuple[Offered, Collection[int]]]:
    """Everything that may be offered, each with the scopes of the records that it is known from."""
    shipped = [load(name) for name in names_for(RecordKind.PROCESS)]
    own = all_templates(asker, resources)
    of_own = {as_step(kept.template.name) for kept in own if kept.template.applies_to is RecordKind.PROCESS}
    # A laboratory's own stand for those of the library that they were taken from.
    library = {as_step(t.name): t for t in shipped if as_step(t.name) not in of_own}
    named = (*_fields_of_records(), *of_terms(known), *_techniques(), *_kinds_and_tiers())
    for offered in (*named, *_of_processes(library.values())):
        yield offered, ()
    for kept in own:
        scopes = (kept.record.scope,)
        for offered in _of_template(kept.template):
            yield offered, scopes
    for path, found_in in resources.catalog.entry_names(resources.visible(asker)).items():
        if vocabulary.is_path(path):
            yield Offered(what=What.ENTRY, insert=path), found_in


def _fields_of_records() -> Iterator[Offered]:
    for path in (*RECORD_FIELDS, ELEMENTS, N_ELEMENTS, *FORMULA_PATHS):
        yield Offered(what=What.FIELD, insert=path, ja=FIELD_NAMES.get(path, ""))


def _techniques() -> Iterator[Offered]:
    for technique in TECHNIQUES.values():
        yield Offered(
            what=What.TECHNIQUE, insert=f'technique = "{technique.key}"', en=technique.en, ja=technique.ja,
            other_names=(technique.key,),
        )  # fmt: skip


def _kinds_and_tiers() -> Iterator[Offered]:
    for path, names in (("kind", KINDS_JA), ("tier", TIERS_JA)):
        for code in dict.fromkeys(names.values()):
            first, *others = (name for name, each in names.items() if each is code)
            yield Offered(
                what=What.VALUE, insert=f'{path} = "{code.value}"', en=code.value, ja=first, other_names=tuple(others)
            )


def _of_template(template: Template) -> Iterator[Offered]:
    if template.applies_to is RecordKind.PROCESS:
        yield from _of_process(template)
    quoted, label = template.name.replace("\\", "\\\\").replace('"', '\\"'), template.label
    yield Offered(
        what=What.TEMPLATE, insert=f'template = "{quoted}"', en=label.en, ja=label.ja, other_names=(template.name,)
    )
    yield from _fields(template)


def _of_processes(templates: Iterable[Template]) -> Iterator[Offered]:
    for template in templates:
        yield from _of_process(template)


def _of_process(template: Template) -> Iterator[Offered]:
    step = as_step(template.name)
    if not step:
        return
    yield as_process(Offered(what=What.PROCESS, insert=step, en=template.label.en, ja=template.label.ja))
    # Of the groups that a parameter stands in, a question need name none.
    for field in {keys[-1]: field for keys, field in reversed([*walk(template.fields)])}.values():
        path = f"{Hop.PROCESS}.{step}.{as_step(field.key)}"
        if field.kind not in {FieldKind.TABLE, FieldKind.GROUP} and vocabulary.is_path(path):
            ja = f"工程.{as_step(template.label.ja)}.{as_step(field.label.ja)}"
            yield Offered(
                what=What.PARAMETER, insert=path, en=field.label.en, ja=field.label.ja, unit=field.unit,
                other_names=(ja,) if template.label.ja and field.label.ja else (),
            )  # fmt: skip


def _fields(template: Template) -> Iterator[Offered]:
    words = _OF_PROCESS if template.applies_to is RecordKind.PROCESS else ("field",)
    for keys, field in walk(template.fields):
        if field.kind not in {FieldKind.TABLE, FieldKind.GROUP}:
            for word in words:
                path = f"{word}.{'.'.join(keys)}"
                if vocabulary.is_path(path):
                    label = field.label
                    yield Offered(what=What.ENTRY, insert=path, en=label.en, ja=label.ja, unit=field.unit)
