"""What exports of graphs could not carry, collected while they write: each sentence once, with how often it is so."""

from __future__ import annotations

from collections import Counter

from kiban.records.document import from_json
from kiban.records.measurement import Measurement
from kiban.records.record import RecordKind
from kiban.standards.graph_contract import GraphExportable


class Losses:
    """Grows while a file is written."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def tell(self, sentence: str) -> None:
        """Note a loss. `{n}` in the sentence becomes the number of times that it was told."""
        self._counts[sentence] += 1

    def sentences(self) -> tuple[str, ...]:
        """All of them, in the order in which each was first told."""
        return tuple(sentence.replace("{n}", str(n)) for sentence, n in self._counts.items())


def tell_of_graph(losses: Losses, given: GraphExportable, *, has_campaigns: bool = False) -> None:
    """What no file of a graph carries; some have campaigns."""
    if given.is_cut:
        losses.tell("There are more records than are exported at once: these are the nearest.")
    if given.n_beyond:
        losses.tell(
            f"{given.n_beyond} links lead to records that are neither what {given.start.pid} rests on nor what came of "
            "it; those records are not in the file."
        )
    if given.n_datasets:
        losses.tell(f"That {given.n_datasets} data sets hold some of the records is not in the file.")
    if given.n_campaigns and not has_campaigns:
        losses.tell(f"That {given.n_campaigns} campaigns learnt from some of the records is not in the file.")
    measurements = [from_json(dict(r.document), Measurement) for r in given.records if r.kind is RecordKind.MEASUREMENT]
    if any(each.has_numbers for each in measurements):
        losses.tell("The numbers of the measurements are not in the file, only the names and checksums of their files.")
    if any(each.analyses for each in measurements):
        losses.tell("The tables of the analyses are not in the file, only the values that were taken from them.")
    if any(each.extra for each in measurements):
        losses.tell("What imported data sets say beside their values is not in the file.")
    if any(record.version > 1 for record in given.records):
        losses.tell("Earlier versions of the records are not in the file.")
    losses.tell("Who may see the records is not in the file.")
