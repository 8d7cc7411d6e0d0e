"""What is asked of made records in measurements, and the same in SQL as one would write it by hand for this one case.

The SQL knows what the language cannot: that a question is only ever about records that are made in this way. It
filters by the same scopes, and gives the same records.
"""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

from dataclasses import dataclass

from kiban.store.sql_sets import data_seen, seen

_DATA, _LINK_SEEN = data_seen(), seen("l.scope")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question.

    Parameters
    ----------
    name : str
        What it stands for.
    text : str
        In our language.
    sql : str
        A condition on the row `r` of the records, current and visible ones.
    """

    name: str
    text: str
    sql: str
    page_sql: str = ""
    """The same for a page, where many answer and it is soon full; `sql`, unless given."""
    is_deep: bool = False
    """Whether its hundredth page is measured, too."""
    is_counted_by: bool = False
    """Whether its facets are measured, too."""


def live(row: str) -> str:
    """That a row of the records is a current one, and visible."""
    return f"{row}.is_current AND NOT {row}.is_deleted AND {seen(f'{row}.scope')}"


def _fact(term: str, also: str) -> str:
    rows = f"FROM property WHERE term = '{term}' AND is_standing AND {also} AND {_DATA}"
    return f"r.id IN (SELECT evidence {rows} UNION ALL SELECT subject {rows})"


def _few(column: str, ids: str) -> str:
    """That a column has one of few values, which are looked up in an index one by one."""
    return f"{column} = ANY(ARRAY({ids}))"


def _few_facts(term: str, also: str) -> str:
    """As `_fact`, for few of them."""
    rows = f"FROM property WHERE term = '{term}' AND is_standing AND {also} AND {_DATA}"
    return _few("r.id", f"SELECT evidence {rows} UNION ALL SELECT subject {rows}")


def _has_fact(term: str, also: str) -> str:
    """The same, looked up for each of few records."""
    rows = f"FROM property WHERE term = '{term}' AND is_standing AND {also} AND {_DATA}"
    return f"(EXISTS (SELECT {rows} AND evidence = r.id) OR EXISTS (SELECT {rows} AND subject = r.id))"


def _two_facts(term: str, also: str, of_sample: str, other: str) -> str:
    """As `_few_facts`, of samples of which something else is claimed as well."""
    rows = f"FROM property WHERE term = '{term}' AND is_standing AND {also} AND {_DATA}"
    hard = (
        f"FROM property p JOIN record s ON s.id = p.subject WHERE p.term = '{of_sample}' AND p.is_standing AND {other}"
    )
    samples = f"SELECT s.id {hard} AND {data_seen('p.scope')} AND {live('s')}"
    return _few(
        "r.id",
        f"WITH hard AS MATERIALIZED ({samples}) SELECT evidence {rows} AND subject IN (SELECT id FROM hard) "
        f"UNION ALL SELECT subject {rows} AND subject IN (SELECT id FROM hard)",
    )


def _made_after(of: str) -> str:
    """The samples that came, in any number of steps, out of a record `x` of which that holds."""
    step = "JOIN link l ON l.object = {} AND l.predicate IN ('made_by', 'used', 'part_of', 'derived_from')"
    return f"""
        WITH RECURSIVE made (id) AS (
            SELECT l.subject FROM record x {step.format("x.id")} WHERE {of} AND {live("x")} AND {_LINK_SEEN}
            UNION
            SELECT l.subject FROM made {step.format("made.id")} WHERE {_LINK_SEEN}
        )
        SELECT s.id FROM made JOIN record s ON s.id = made.id WHERE s.kind = 'sample' AND {live("s")}
    """


def _of_samples(*sets: str) -> str:
    """That the record's sample is in all of these sets, each of which is gathered once."""
    return f"r.sample IN ({' INTERSECT '.join(f'({each})' for each in sets)})"


def _elements(*symbols: str) -> str:
    listed = ", ".join(f"'{symbol}'" for symbol in symbols)
    rows = f"FROM composition WHERE element IN ({listed}) AND {_DATA}"
    return f"SELECT sample {rows} GROUP BY sample HAVING count(*) = {len(symbols)}"


def _has_elements(*symbols: str) -> str:
    """The same as a condition, looked up for each of few records."""
    listed = ", ".join(f"'{symbol}'" for symbol in symbols)
    rows = f"FROM composition WHERE sample = r.sample AND element IN ({listed}) AND {_DATA}"
    return f"(SELECT count(*) {rows}) = {len(symbols)}"


def _heated_below(kelvin: float) -> str:
    temperature = f"(t ->> 'si')::double precision < {kelvin}"
    return _made_after(
        "x.kind = 'process' AND x.answers -> 'template' ->> 0 = 'heat_treatment' AND EXISTS "
        f"(SELECT FROM jsonb_array_elements(x.answers -> 'parameter.temperature') t WHERE {temperature})"
    )


_TI = f"SELECT sample FROM composition WHERE element = 'Ti' AND fraction > 0.4 AND {_DATA}"
_FILM = f"""SELECT s.id FROM record s WHERE s.kind = 'sample' AND {live("s")}
    AND s.answers @> '{{"template": ["film"]}}'"""
_SURELY = "value_si - 1.6448536269514722 * uncertainty_si >= 5e9"

ASKED = (
    Asked(name="everything", text="*", sql="true", is_deep=True, is_counted_by=True),
    Asked(
        name="key, one family",
        text='metadata.lot = "L0000005"',
        sql="""r.answers @> '{"metadata.lot": ["l0000005"]}'""",
    ),
    Asked(
        name="key, a sixth of all", text="technique = xrd", sql="r.technique = 'xrd'", is_deep=True, is_counted_by=True
    ),
    Asked(
        name="range with unit, narrow",
        text="d_spacing < 0.802 angstrom",
        sql=_few_facts("d_spacing", "value_si < 0.802e-10"),
    ),
    Asked(
        name="range with unit, broad",
        text="hardness >= 5 GPa",
        sql=_fact("hardness", "value_si >= 5e9"),
        page_sql=_has_fact("hardness", "value_si >= 5e9"),
        is_deep=True,
    ),
    Asked(
        name="with confidence",
        text="hardness >= 5 GPa WITH CONFIDENCE 0.95",
        sql=_fact("hardness", _SURELY),
        page_sql=_has_fact("hardness", _SURELY),
    ),
    Asked(
        name="two ranges through the sample",
        text="optical_band_gap > 6 eV AND sample.hardness > 8 GPa",
        sql=_two_facts(
            "optical_band_gap", "value_si > 6 * 1.602176634e-19", of_sample="hardness", other="p.value_si > 8e9"
        ),
    ),
    Asked(
        name="elements",
        text='elements HAS ALL "Ti","O"',
        sql=_of_samples(_elements("Ti", "O")),
        page_sql=_has_elements("Ti", "O"),
        is_deep=True,
        is_counted_by=True,
    ),
    Asked(name="fraction of an element", text="composition.Ti > 40 at.%", sql=_few("r.sample", _TI)),
    Asked(
        name="fraction in what it was made from",
        text="sample.parents.composition.Ti > 40 at.%",
        sql=_of_samples(_made_after(f"x.kind = 'sample' AND x.id IN ({_TI})")),
    ),
    Asked(name="rare word, English", text="delamination", sql="r.words @@ '''delamination'''::tsquery"),
    Asked(name="rare word, Japanese", text="剥離", sql="r.words @@ '''剥離'''::tsquery"),
    Asked(
        name="common word, English",
        text="annealing",
        sql="r.words @@ '''annealing'''::tsquery",
        is_deep=True,
        is_counted_by=True,
    ),
    Asked(name="common word, Japanese", text="焼鈍", sql="r.words @@ '''焼鈍'''::tsquery", is_deep=True),
    Asked(
        name="month",
        text='started >= "2024-06-01" AND started < "2024-07-01"',
        sql="r.started >= '2024-06-01T00:00Z' AND r.started < '2024-07-01T00:00Z'",
    ),
    Asked(
        name="parameter of a process, narrow",
        text="process.heat_treatment.temperature < 302 degC",
        sql=_few("r.sample", _heated_below(302 + 273.15)),
    ),
    Asked(
        name="parameter of a process, broad",
        text="process.heat_treatment.temperature < 900 degC",
        sql=_of_samples(_heated_below(900 + 273.15)),
    ),
    Asked(
        name="oxide films (the opening question)",
        text=(
            'elements HAS "O" AND sample.template = "film" AND process.heat_treatment.temperature < 900 degC '
            'AND hardness > 5 GPa AND started > "2024"'
        ),
        sql=" AND ".join(
            (
                _of_samples(_elements("O"), _FILM, _heated_below(900 + 273.15)),
                _has_fact("hardness", "value_si > 5e9"),
                "r.started >= '2025-01-01T00:00Z'",
            )
        ),
        is_counted_by=True,
    ),
)
TABLE = 'metadata.series = "series 1"'
"""Of what a table is made: three thousand records, of which a third is visible, with ten facts each."""
