"""Import a table of past experiments: a CSV or xlsx file of what was tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiban.errors import WrongUsage
from kiban.operations import past_experiments
from kiban.operations.importer import Imported, Wishes
from kiban.operations.past_experiments import TableFile, keep_experiments
from kiban.operations.resources import Resources
from kiban.records.party import Asker


@dataclass(frozen=True, slots=True)
class ExperimentsImporter:
    """Reads tables of past experiments."""

    name: str = "experiments"
    title: str = "Past experiments (CSV, xlsx)"

    def run(self, asker: Asker, resources: Resources, path: Path, wishes: Wishes) -> Iterator[Imported]:
        """See `Importer`: by the mapping kept under the file's name, else by what is proposed from its headers."""
        if wishes.template is not None or wishes.sample is not None:
            raise WrongUsage(
                "A table of experiments names its samples itself.", mend="Leave out the template and the sample."
            )
        kept = keep_experiments(asker, resources, table_file(path), placement=wishes.placement)
        yield as_imported(kept)


def table_file(path: Path) -> TableFile:
    """A table on disk. Raises WrongUsage if it cannot be read."""
    try:
        return TableFile(content=path.read_bytes(), name=path.name)
    except OSError as e:
        raise WrongUsage(f"{path} cannot be read: {e.strerror}.", mend="Name a CSV or xlsx file.") from e


def as_imported(kept: past_experiments.Imported) -> Imported:
    """What was kept, as imports say it."""
    return Imported(
        kind="table of experiments",
        path=kept.table,
        status=kept.status,
        records=tuple(record.pid for record in kept.rows),
        told=(*kept.made.changes, *kept.told),
    )


IMPORTER = ExperimentsImporter()
