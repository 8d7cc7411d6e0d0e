"""What a person sees first: what arrived lately, what needs attention, what there is."""

from __future__ import annotations

from dataclasses import dataclass

from kiban.operations.audited import reads, saw
from kiban.operations.find import Hit, hits
from kiban.operations.link_sample import n_undecided
from kiban.operations.resources import Resources
from kiban.query.question import EVERYTHING, Comparison, Operator
from kiban.records.file_entry import FileEntry, FileStatus
from kiban.records.party import Asker
from kiban.records.record import RecordKind
from kiban.store.catalog import Facet


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The first page."""

    latest: tuple[Hit, ...]
    attention: tuple[FileEntry, ...]
    """Files in quarantine, newest first."""
    kept: tuple[FileEntry, ...]
    """Files that no reader understands, newest first."""
    n_undecided: int
    """Measurements that may be of several samples; at most as many as are listed at once."""
    kinds: dict[str, int]
    techniques: tuple[tuple[str, int], ...]


@reads("read overview", at_one_moment=True)
def home(asker: Asker, resources: Resources, *, n_latest: int = 12, n_attention: int = 10) -> Home:
    """Gather the first page."""
    visible = resources.visible(asker)
    catalog = resources.catalog
    measurements = Comparison("kind", Operator.EQUAL, RecordKind.MEASUREMENT.value)
    latest = catalog.find(measurements, visible, limit=n_latest).records
    attention = catalog.files(visible, statuses=[FileStatus.QUARANTINED], limit=n_attention)
    kept = catalog.files(visible, statuses=[FileStatus.KEPT], limit=n_attention)
    # The counts below are of every record there is.
    saw(*attention, *kept, scopes=catalog.count_by_scope(visible))
    return Home(
        latest=hits(resources, latest, visible),
        attention=attention,
        kept=kept,
        n_undecided=n_undecided(resources, visible),
        kinds=dict(catalog.facets(EVERYTHING, visible, Facet.KIND)),
        techniques=catalog.facets(measurements, visible, Facet.TECHNIQUE),
    )
