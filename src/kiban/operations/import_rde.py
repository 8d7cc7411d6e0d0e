"""Import NIMS RDE: folders of definitions as templates, data sets as samples and measurements with their files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiban.errors import Conflict, InvalidValue, WrongUsage
from kiban.operations.deposit import deposit
from kiban.operations.deposit_outcome import Outcome
from kiban.operations.import_rde_program import PROGRAM
from kiban.operations.import_template import ImportedTemplate, import_template
from kiban.operations.importer import Imported, Wishes
from kiban.operations.keep_data_set import GivenDataSet, held_data_set, keep_data_set
from kiban.operations.placement import place as placed_in
from kiban.operations.rde_data_set import given_data_set, read_file_of_rde, with_made
from kiban.operations.resources import Resources
from kiban.operations.run_rde_program import Made, make
from kiban.operations.samples import register_sample
from kiban.operations.templates import Kept, get_template
from kiban.operations.unpacked import as_folder, files_below
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.standards.rde_layout import DataSetFiles, layout
from kiban.standards.rde_names import known_names
from kiban.standards.rde_sample import names_of, sample_of
from kiban.standards.rde_template import is_of_rde, read_template
from kiban.standards.rde_text import check_size


@dataclass(frozen=True, slots=True)
class RdeImporter:
    """Reads definitions and data sets of RDE."""

    name: str = "rde"
    title: str = "NIMS RDE"

    def run(self, asker: Asker, resources: Resources, path: Path, wishes: Wishes) -> Iterator[Imported]:
        """See `Importer`."""
        return import_rde(asker, resources, path, wishes)


def import_rde(asker: Asker, resources: Resources, path: Path, wishes: Wishes | None = None) -> Iterator[Imported]:
    """Import every folder of definitions and every data set in a folder or archive; templates first.

    What does not fit its template is told and kept, and goes out again with the data set.

    Raises
    ------
    WrongUsage
        If there is nothing of RDE, or no definitions for a data set.
    DamagedFile
        If a definition or an invoice is no sound JSON, or contradicts itself.
    Conflict
        If it is not clear which sample is meant.
    """
    wishes = wishes or Wishes()
    with as_folder(resources.fence, path) as folder:
        found = layout(files_below(folder))
        templates: dict[str, Kept] = {}
        for place, files in found.templates.items():
            imported = _template(asker, resources, folder, place, files, wishes)
            templates[place] = imported.kept
            yield _told_of_template(folder, place, imported)
        for data_set in found.data_sets:
            kept = _template_for(asker, resources, data_set, templates, wishes)
            yield _data_set(asker, resources, folder, data_set, kept, wishes)
        if found.strange:
            named = ", ".join(found.strange[:8]) + (f" and {len(found.strange) - 8} more" * (len(found.strange) > 8))
            told = f"Not imported, because they belong to no data set: {named}."
            yield Imported(kind="other files", path=folder.name, status="left out", told=(told,))


def _template(
    asker: Asker, resources: Resources, folder: Path, place: str, files: tuple[str, ...], wishes: Wishes
) -> ImportedTemplate:
    contents = {path.rpartition("/")[2]: read_file_of_rde(folder, path) for path in files}
    for path, content in contents.items():
        check_size(content, path)
    name = (folder / place).resolve().name
    return import_template(
        asker,
        resources,
        lambda earlier: read_template(contents, name=name, known=known_names(earlier)),
        placement=wishes.placement,
    )


def _told_of_template(folder: Path, place: str, imported: ImportedTemplate) -> Imported:
    told = [f"{'.'.join(c.path) or 'template'}: {c.what.value}" for c in imported.changes if c.path]
    return Imported(
        kind="template",
        path=f"{folder.name}/{place}".rstrip("/"),
        status=imported.status,
        records=(imported.kept.record.pid,),
        told=tuple(told),
    )


def _template_for(
    asker: Asker, resources: Resources, data_set: DataSetFiles, templates: Mapping[str, Kept], wishes: Wishes
) -> Kept:
    if wishes.template is not None:
        kept = get_template(asker, resources, wishes.template)
    elif data_set.templates:
        near = {templates[place].record.id: templates[place] for place in data_set.templates}
        if len(near) > 1:
            raise WrongUsage(
                f"The data set {data_set.invoice} lies as near to the definitions of one template as to those of "
                f"another: {', '.join(each.template.name for each in near.values())}.",
                mend="Name the template that it was made with, or import it with its own definitions alone.",
            )
        [kept] = near.values()
    else:
        raise WrongUsage(
            f"There are no definitions for the data set {data_set.invoice}.",
            mend="Name the template that it was made with, or import it together with the folder of its definitions.",
        )
    if not is_of_rde(kept.template) or kept.template.applies_to is not RecordKind.MEASUREMENT:
        raise InvalidValue(
            f"The template {kept.template.name} did not come from RDE.",
            mend="Import the definitions of the data set first.",
        )
    return kept


def _data_set(
    asker: Asker, resources: Resources, folder: Path, files: DataSetFiles, kept: Kept, wishes: Wishes
) -> Imported:
    given, invoice, problems = given_data_set(folder, files, kept)
    sample = _sample(asker, resources, invoice, wishes)
    outcomes = _deposited(asker, resources, [given.places[path] for path in files.measured], folder, sample, wishes)
    with tempfile.TemporaryDirectory(prefix="kiban-rde-") as place:
        made = _made(asker, resources, files, kept, given, Path(place))
        if made.by:
            given, problems, made = with_made(given, made, files, kept)
            structured = [at for path, at in made.places.items() if path.startswith("structured/")]
            if structured and not any(_has_measurement(outcome) for outcome in outcomes):
                outcomes += _deposited(asker, resources, structured, Path(place) / "made" / given.base, sample, wishes)
        records, status = keep_data_set(asker, resources, given, outcomes, sample, placement=wishes.placement)
    told = [f"{problem.place}: {problem.fault} {problem.mend}" for problem in problems]
    told += [f"{outcome.path}: {outcome.reason}" for outcome in outcomes if outcome.status in {"failed", "quarantined"}]
    if sample is not None:
        others = [record.pid for record in records if record.sample not in (None, sample.id)]
        told += [f"{pid} was deposited as one of another sample, and stays so." for pid in others]
    return Imported(
        kind="data set",
        path=f"{folder.name}/{files.root}".rstrip("/"),
        status=status,
        records=tuple(record.pid for record in records),
        sample=sample.pid if sample is not None else None,
        told=(*told, *made.told),
    )


def _deposited(
    asker: Asker, resources: Resources, paths: list[Path], folder: Path, sample: Record | None, wishes: Wishes
) -> list[Outcome]:
    name = sample.title if sample is not None else None
    return (
        list(deposit(asker, resources, paths, placement=wishes.placement, sample=name, below=folder)) if paths else []
    )


def _has_measurement(outcome: Outcome) -> bool:
    return outcome.technique is not None or any(_has_measurement(member) for member in outcome.members)


def _made(
    asker: Asker, resources: Resources, files: DataSetFiles, kept: Kept, given: GivenDataSet, place: Path
) -> Made:
    """What the template's program makes of a data set that comes without metadata and structured files."""
    if (
        PROGRAM not in kept.template.extra
        or files.metadata is not None
        or any(_is_structured(path) for path in given.paths.values())
    ):
        return Made()
    inputs = {given.paths[path]: given.places[path] for path in files.measured}
    home = place / "made" / given.base / files.root
    run = place / "run"
    run.mkdir()
    held = held_data_set(asker, resources, given)
    return make(resources, kept.template, str(given.extra["invoice"]), inputs, held, run, home)


def _is_structured(path: str) -> bool:
    return path.startswith("structured/")


def _sample(asker: Asker, resources: Resources, invoice: Mapping[str, Any], wishes: Wishes) -> Record | None:
    """The sample of that name in the project, or a new one. Raises Conflict where its names are those of several."""
    names = (wishes.sample.strip(),) if wishes.sample and wishes.sample.strip() else names_of(invoice)
    if not names:
        return None
    scope = placed_in(asker, resources, wishes.placement)
    with resources.catalog.writing(resources.visible(asker), project=resources.project_of(asker)) as writing:
        known = writing.existing(RecordKind.SAMPLE, names, first=scope.number)
    if len({record.id for record in known.values()}) > 1:
        named = ", ".join(f"{name} ({record.pid})" for name, record in known.items())
        raise Conflict(
            f"The names of the sample belong to different samples here: {named}.",
            mend="Say which one is meant: give its name as that of the sample (--sample).",
        )
    if known:
        return next(iter(known.values()))
    return register_sample(asker, resources, sample_of(invoice, names[0]), placement=wishes.placement)


IMPORTER = RdeImporter()
