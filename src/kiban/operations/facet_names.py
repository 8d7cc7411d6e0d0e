"""What values of facets are called that are identifiers: projects and templates, as far as the asker may know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kiban.query.words import fold
from kiban.store.catalog import Counts, Facet

if TYPE_CHECKING:
    from kiban.operations.find import LookedUp


def names_of(
    facets: Iterable[Facet], counted: Mapping[Facet, Counts], looked_up: LookedUp
) -> dict[str, dict[str, str]]:
    """By facet, names by value; a value without one is not among them."""
    found: dict[str, dict[str, str]] = {}
    for facet in facets:
        values = {value for value, _ in counted[facet].values}
        if facet is Facet.PROJECT and values:
            known = looked_up.names.by_path["project"]
            found[facet.value] = {value: known[value][0] for value in values if known.get(value)}
        elif facet is Facet.TEMPLATE and values:
            names = {fold(kept.record.pid): kept.template.name for kept in looked_up.templates}
            found[facet.value] = {value: names[value] for value in values if value in names}
    return found
