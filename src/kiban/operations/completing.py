"""Completing what is typed into a question: with what the asker may know, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from kiban.operations.find import LookedUp
from kiban.operations.resources import Resources
from kiban.query import vocabulary
from kiban.query.completing import Completions, Offered, What, as_process, complete, of_terms
from kiban.query.formula_paths import FORMULA_PATHS
from kiban.query.paths import Hop, as_step
from kiban.query.question import RECORD_FIELDS
from kiban.query.vocabulary import ELEMENTS, FIELD_NAMES, N_ELEMENTS, is_path
from kiban.records.field import FieldKind, walk
from kiban.records.party import Asker
from kiban.records.record import RecordKind
from kiban.records.standard_structures import load, names_for
from kiban.records.technique import TECHNIQUES
from kiban.records.template import Template

MOST = 12
_OF_PROCESS = ("meant", "done")


def completions(asker: Asker, resources: Resources, text: str, *, limit: int = MOST) -> Completions:
    """What the end of a text may become: fields, property terms, entries, processes, templates, techniques and units.

    Names alone are given: of entries those that the newest records have, of templates those that the asker sees, and
    their fields. What any of them holds is read by other deeds.

    Parameters
    ----------
    text : str
        The question up to the caret.
    """
    looked_up = LookedUp(asker, resources)
    return complete(text, _all(asker, resources, looked_up), looked_up.known, limit=limit)


def _all(asker: Asker, resources: Resources, looked_up: LookedUp) -> Iterator[Offered]:
    for path in (*RECORD_FIELDS, ELEMENTS, N_ELEMENTS, *FORMULA_PATHS):
        yield Offered(what=What.FIELD, insert=path, ja=FIELD_NAMES.get(path, ""))
    yield from of_terms(looked_up.known)
    own = [kept.template for kept in looked_up.templates]
    shipped = [load(name) for name in names_for(RecordKind.PROCESS)]
    # A laboratory's own stand for those of the library that they were taken from.
    processes = {as_step(t.name): t for t in (*shipped, *own) if t.applies_to is RecordKind.PROCESS}
    for template in processes.values():
        yield from _of_process(template)
    for template in own:
        quoted = template.name.replace("\\", "\\\\").replace('"', '\\"')
        label = template.label
        yield Offered(
            what=What.TEMPLATE, insert=f'template = "{quoted}"', en=label.en, ja=label.ja, other_names=(template.name,)
        )
        yield from _fields(template)
    for technique in TECHNIQUES.values():
        yield Offered(
            what=What.TECHNIQUE, insert=f'technique = "{technique.key}"', en=technique.en, ja=technique.ja,
            other_names=(technique.key,),
        )  # fmt: skip
    for path in resources.catalog.entry_names(resources.visible(asker)):
        if is_path(path):
            yield Offered(what=What.ENTRY, insert=path)


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
                if is_path(path):
                    label = field.label
                    yield Offered(what=What.ENTRY, insert=path, en=label.en, ja=label.ja, unit=field.unit)
