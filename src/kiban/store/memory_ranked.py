"""Ranked answers of the catalog in memory."""

from __future__ import annotations

from collections.abc import Sequence

from kiban.query.question import Question
from kiban.query.relevance import asked_parts, relevance
from kiban.query.words import weighed_words
from kiban.records.record import Record
from kiban.store.paging import check_limit
from kiban.store.ranked_paging import ALL, Ranked, RankedMark, in_rank, read_ranked_after


def ranked(newest_first: Sequence[Record], question: Question, *, limit: int, after: str | None, most: int) -> Ranked:
    """See `kiban.store.catalog.Catalog.ranked`.

    Parameters
    ----------
    newest_first : sequence of Record
        All answers.
    """
    check_limit(limit)
    mark = read_ranked_after(after)
    if isinstance(mark, RankedMark):
        oldest = mark.oldest
    else:
        oldest = newest_first[most - 1].id if len(newest_first) > most else ALL
    parts = asked_parts(question)
    points = {record.id: relevance(weighed_words(record), parts) for record in newest_first if record.id >= oldest}
    best = sorted((r for r in newest_first if r.id in points), key=lambda r: in_rank(points[r.id], r.id))
    rest = [record for record in newest_first if record.id < oldest]
    if isinstance(mark, RankedMark):
        best = [record for record in best if in_rank(points[record.id], record.id) > in_rank(mark.points, mark.id)]
    elif mark is not None:
        best, rest = [], [record for record in newest_first if record.id < mark]
    left = [*best, *rest]
    page = tuple(left[:limit])
    is_cut = oldest != ALL or (mark is not None and not isinstance(mark, RankedMark))
    if len(left) <= limit:
        return Ranked(page, None, is_cut)
    last = page[-1].id
    is_ranked = len(page) <= len(best)
    return Ranked(page, str(RankedMark(points[last], last, oldest) if is_ranked else last), is_cut)
