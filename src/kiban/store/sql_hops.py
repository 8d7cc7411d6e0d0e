"""Where paths lead, as SQL: from which samples a way leads to records that are looked for, and what is behind one.

There are two ways to ask. From the records that are looked for, forward, to all samples that rest on them: for a few,
or where all records are to be tested anyway. Or from one sample back: for each record that a statement comes across.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from kiban.query.paths import WAYS_BACK, Hop
from kiban.store.sql_sets import seen

_PREDICATES = ", ".join(f"'{predicate}'" for predicate in WAYS_BACK)
_WAY = f"l.predicate IN ({_PREDICATES}) AND {seen('l.scope')}"
_KINDS = {Hop.SAMPLE: "sample", Hop.PARENTS: "sample", Hop.PROCESS: "process", Hop.MEASUREMENT: "measurement"}


def live(row: str) -> str:
    """That row of the records is a current one the asker may see."""
    return f"{row}.is_current AND NOT {row}.is_deleted AND {seen(f'{row}.scope')}"


def live_sample(row: str) -> str:
    """That row of the records is that of a sample the asker may see."""
    return f"{live(row)} AND {row}.kind = 'sample'"


def leading_to(hop: Hop, row: str, part: str, source: str) -> str:
    """A query for the samples from which the way leads to a record `row` of which `part` holds, as `source` has it."""
    there = f"{live(row)} AND {row}.kind = '{_KINDS[hop]}' AND {part}"
    match hop:
        case Hop.SAMPLE:
            return f"SELECT {row}.id FROM {source} WHERE {there}"
        case Hop.MEASUREMENT:
            return (
                f"SELECT {row}.sample FROM {source} WHERE {there} "
                f"AND (SELECT true FROM record s WHERE s.id = {row}.sample AND {live_sample('s')})"
            )
    on = f"JOIN record n ON n.id = l.subject AND {live('n')}"
    return f"""
        WITH RECURSIVE reached (id) AS (
            SELECT l.subject FROM {source} JOIN link l ON l.object = {row}.id AND {_WAY} {on} WHERE {there}
            UNION
            SELECT l.subject FROM reached JOIN link l ON l.object = reached.id AND {_WAY} {on}
        )
        SELECT s.id FROM reached JOIN record s ON s.id = reached.id AND {live_sample("s")}
    """


def leads_there(hop: Hop, start: str, row: str, part: str) -> str:
    """That the way leads from the sample of the record `start` to a record `row` of which `part` holds."""
    there = f"{live(row)} AND {row}.kind = '{_KINDS[hop]}' AND {part}"
    sample = f"s.id = {start}.sample AND {live_sample('s')}"
    match hop:
        case Hop.SAMPLE:
            return f"(SELECT true FROM record {row} WHERE {row}.id = {start}.sample AND {there} LIMIT 1)"
        case Hop.MEASUREMENT:
            return (
                f"(SELECT true FROM record {row} WHERE {row}.sample = {start}.sample AND {there} "
                f"AND (SELECT true FROM record s WHERE {sample}) LIMIT 1)"
            )
    # Sub-selects that give a value, not joins: records are looked up one by one here, whatever PostgreSQL expects.
    on = f"(SELECT true FROM record n WHERE n.id = l.object AND {live('n')})"
    return f"""(
        SELECT true FROM (
            WITH RECURSIVE back (id) AS (
                SELECT l.object FROM link l
                WHERE l.subject = (SELECT s.id FROM record s WHERE {sample}) AND {_WAY} AND {on}
                UNION
                SELECT l.object FROM back JOIN link l ON l.subject = back.id AND {_WAY} WHERE {on}
            )
            SELECT id FROM back
        ) AS back (id) WHERE (SELECT true FROM record {row} WHERE {row}.id = back.id AND {there}) LIMIT 1
    )"""


def leads_there_among(gathered: str, hop: Hop, start: str, row: str, part: str) -> str:
    """As `leads_there`, walked once from each sample of the records that a statement has gathered under this name."""
    samples = f"(SELECT DISTINCT sample FROM {gathered} WHERE sample IS NOT NULL) AS b"
    # As a value, so that it is looked up in a table of hashes: an array is gone through for each record.
    return f"({start}.sample IN (SELECT b.sample FROM {samples} WHERE {leads_there(hop, 'b', row, part)})) IS TRUE"
