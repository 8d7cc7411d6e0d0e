"""A picture of who shares what with whom: projects on the left, agreements in the middle, parties on the right."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from markupsafe import Markup

from kiban.operations.agreements import ListedAgreement
from kiban.records.parties.standing import Standing
from kiban.records.parties.terms import Project

_ROW, _BOX, _WIDTH, _GAP = 46, 32, 210, 90
_LONGEST = 24
_SHOWN = (Standing.IN_FORCE, Standing.INVITED, Standing.AGREED)


def sharing_picture(agreements: Sequence[ListedAgreement], projects: Collection[Project]) -> Markup:
    """Draw it as SVG, with links; empty where there is nothing to see.

    A full line is a party in force, or a project that shares; a broken one an invitation.
    """
    shown = [a for a in agreements if any(p.standing in _SHOWN for p in a.parties) or _sharing(a, projects)]
    if not shown:
        return Markup("")
    parties = [(a, p) for a in shown for p in a.parties if p.standing in _SHOWN]
    left = dict.fromkeys(name for a in shown for name in _left(a, projects))
    labels = (
        {name: name for name in left},
        {str(a.agreement.id): a.agreement.name for a in shown},
        {str(p.participant.party): p.name or "…" for _, p in parties},
    )
    height = max(map(len, labels)) * _ROW
    columns = [_column(list(keys), height) for keys in labels]
    edges = [
        _edge(0, columns[0][name], columns[1][str(a.agreement.id)], "in-force")
        for a in shown
        for name in _sharing(a, projects)
    ]
    edges += [
        _edge(1, columns[1][str(a.agreement.id)], columns[2][str(p.participant.party)], p.standing.replace(" ", "-"))
        for a, p in parties
    ]
    links = {p.name: f"/projects/{p.id}" for p in projects} | {i: f"/agreements/{i}" for i in labels[1]}
    boxes = [
        _box(column, labels[column][key], y, "agreement" if column == 1 else "side", links.get(key))
        for column, places in enumerate(columns)
        for key, y in places.items()
    ]
    width = 3 * _WIDTH + 2 * _GAP
    return Markup('<svg class="sharing" viewBox="0 0 {w} {h}" width="{w}" height="{h}">{inside}</svg>').format(
        w=width, h=height, inside=Markup("").join([*edges, *boxes])
    )


def _sharing(listed: ListedAgreement, projects: Collection[Project]) -> list[str]:
    return [project.name for project in projects if project.agreement == listed.agreement.id]


def _left(listed: ListedAgreement, projects: Collection[Project]) -> list[str]:
    # A party is not told which projects share: it knows the keeper.
    return _sharing(listed, projects) or [listed.keeper.project]


def _column(keys: list[str], height: int) -> dict[str, float]:
    top = (height - len(keys) * _ROW) / 2
    return {key: top + i * _ROW + _ROW / 2 for i, key in enumerate(keys)}


def _edge(column: int, start: float, end: float, kind: str) -> Markup:
    x = (column + 1) * _WIDTH + column * _GAP
    bend = x + _GAP / 2
    path = f"M{x} {start:g}C{bend:g} {start:g} {bend:g} {end:g} {x + _GAP} {end:g}"
    return Markup('<path class="edge {}" d="{}"/>').format(kind, path)


def _box(column: int, name: str, y: float, kind: str, link: str | None) -> Markup:
    x = column * (_WIDTH + _GAP)
    short = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    drawn = Markup(
        '<g class="{kind}"><title>{name}</title><rect x="{x}" y="{top:g}" width="{w}" height="{h}" rx="6"/>'
        '<text x="{tx}" y="{ty:g}">{short}</text></g>'
    ).format(kind=kind, name=name, x=x + 1, top=y - _BOX / 2, w=_WIDTH - 2, h=_BOX, tx=x + 10, ty=y + 5, short=short)
    return Markup('<a href="{}">{}</a>').format(link, drawn) if link is not None else drawn
