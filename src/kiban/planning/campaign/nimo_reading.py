"""The files `candidates.csv` and `proposals.csv` read back: results become results, proposals become experiments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.campaign import moves, telling
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment, Outcome, State
from kiban.planning.campaign.nimo_cells import named, number_in, outcomes_in, rows_in
from kiban.planning.campaign.nimo_files import ACTIONS, key_of, rows_of
from kiban.planning.campaign.points import settled
from kiban.planning.campaign.telling import Done, written
from kiban.planning.space.parameter import Categorical, Point, Value

_SAME = 1e-9
"""Two values closer than this part of them are one that was written and read again."""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A campaign after a file, and the numbers of the experiments that it says something new of."""

    campaign: Campaign
    numbers: tuple[int, ...]


def read_back(
    campaign: Campaign, text: str, *, source: str, at: str, by: str, hidden: Collection[int] = ()
) -> ReadBack:
    """Read a `candidates.csv`, or a `proposals.csv`, which begins with a column `actions`.

    Of candidates, what is filled in is told of the open experiment at that point, or brought in where nobody meant to
    do it; what is known is passed over. Proposals are accepted where they were suggested, and else put in.

    Parameters
    ----------
    source : str
        What the file is called.
    hidden : collection of int
        Experiments that are not there for whoever reads the file.

    Raises
    ------
    InvalidValue
        That names the row, if a column is missing, a cell cannot be read, or a result is another than is known.
    """
    header, *rows = rows_in(text, source)
    reader = _Reader(campaign, source, at, by, frozenset(hidden))
    if header[0] == ACTIONS:
        reader.proposals(header, rows)
    else:
        reader.candidates(header, rows)
    return ReadBack(reader.campaign, tuple(reader.numbers))


class _Reader:
    """Makes the moves that the rows of one file ask for."""

    def __init__(self, campaign: Campaign, source: str, at: str, by: str, hidden: frozenset[int]) -> None:
        self.campaign, self.numbers = campaign, list[int]()
        self._source, self._hidden = source, hidden
        self._said: dict[str, Any] = {"at": at, "by": by}
        seen = (each for each in campaign.experiments if each.number not in hidden)
        self._rows = rows_of(replace(campaign, experiments=tuple(seen)))

    def candidates(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """What came out."""
        places = _places(self.campaign, header, self._source)
        columns = {named(cell)[0]: (i, named(cell)[1]) for i, cell in enumerate(header)}
        targets = [name for name in self.campaign.objective.outcomes if name in columns]
        if not targets:
            raise InvalidValue(
                f"{self._source} has no column for an outcome.",
                mend=f"Name one of the columns: {', '.join(self.campaign.objective.outcomes)}.",
            )
        known = {self._key(row.point): row.outcomes for row in reversed(self._rows)}
        for number, row in enumerate(rows, start=2):
            where = f"{self._source}, row {number}"
            found = outcomes_in([row[columns[name][0]] for name in targets], targets, where)
            if found:
                texts = {name: f"{value!r} {columns[name][1]}".strip() for name, value in found.items()}
                point = _point(self.campaign, places, row, where)
                told = written(self.campaign, texts)
                fresh = [each for each in told if not _is_known(each, known.get(self._key(point), {}))]
                if fresh:
                    self._tell(point, fresh, where)

    def proposals(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """What is to be done."""
        places = _places(self.campaign, header, self._source)
        for number, row in enumerate(rows, start=2):
            where = f"{self._source}, row {number}"
            point = _point(self.campaign, places, row, where)
            self._check_action(row[0], point, where)
            here = [each for each in self._here(point) if each.is_open]
            if not here:
                self.numbers.append(self.campaign.next_number)
                self.campaign = moves.add(self.campaign, point, note=where, **self._said)
            elif here[0].state is State.SUGGESTED:
                self.numbers.append(here[0].number)
                self.campaign = moves.accept(self.campaign, here[0].number, note=where, **self._said)

    def _tell(self, point: Point, outcomes: Sequence[Outcome], where: str) -> None:
        here, names = self._here(point), {each.name for each in outcomes}
        for each in here:
            if each.is_open and not names & {outcome.name for outcome in each.outcomes}:
                self.campaign = telling.tell(self.campaign, each.number, outcomes, note=where, **self._said)
                self.numbers.append(each.number)
                return
        standing = [each for each in here if each.state not in (State.REFUSED, State.ABANDONED)]
        if standing:
            raise InvalidValue(
                f"{where} says something else than experiment {standing[0].number}, which is {standing[0].state}.",
                mend="Correct that experiment, or repeat it and tell what came out of that one.",
            )
        number = self.campaign.next_number
        done = Done(point=point, outcomes=tuple(outcomes), rests_on=where)
        self.campaign = telling.bring_in(self.campaign, [done], **self._said)
        if self.campaign.next_number == number:
            raise InvalidValue(
                f"{where} was imported before, from a file in which that row was another experiment.",
                mend="Give the file another name.",
            )
        self.numbers.append(number)

    def _check_action(self, cell: str, point: Point, where: str) -> None:
        """Refuse a row that is not the candidate whose place it names: the file belongs to another list."""
        if self.campaign.space.candidates is None:
            return
        action = number_in(cell)
        listed = self._rows[int(action)].point if action is not None and 0 <= action < len(self._rows) else None
        if listed is None or self._key(listed) != self._key(point):
            raise InvalidValue(
                f"{where}: the action {cell[:20]} is not the candidate that stands beside it.",
                mend="Export the campaign anew, and have the proposals made from that file.",
            )

    def _here(self, point: Point) -> list[Experiment]:
        key = self._key(point)
        seen = (each for each in self.campaign.experiments if each.number not in self._hidden)
        return [each for each in seen if self._key(each.point) == key]

    def _key(self, point: Point) -> tuple[Value, ...]:
        return key_of(self.campaign, point)


def _is_known(outcome: Outcome, known: Mapping[str, float]) -> bool:
    return outcome.name in known and bool(np.isclose(outcome.value.value, known[outcome.name], rtol=_SAME, atol=0.0))


def _places(campaign: Campaign, header: Sequence[str], source: str) -> Mapping[str, tuple[int, ...]]:
    """By parameter, its column, or the columns of its levels."""
    own = [named(cell)[0] for cell in header]
    places: dict[str, tuple[int, ...]] = {}
    for parameter in campaign.space.parameters:
        columns = [parameter.name]
        if isinstance(parameter, Categorical) and parameter.name not in own:
            columns = [f"{parameter.name}={level}" for level in parameter.levels]
        if missing := [column for column in columns if column not in own and column not in header]:
            raise InvalidValue(
                f"{source} has no column for {missing[0]}.", mend="Take the file that the campaign was exported to."
            )
        places[parameter.name] = tuple(
            header.index(column) if column in header else own.index(column) for column in columns
        )
    return places


def _point(campaign: Campaign, places: Mapping[str, tuple[int, ...]], row: Sequence[str], where: str) -> Point:
    found: dict[str, object] = {}
    for parameter in campaign.space.parameters:
        cells = [row[i] for i in places[parameter.name]]
        if not isinstance(parameter, Categorical):
            number = number_in(cells[0])
            if number is None:
                raise InvalidValue(
                    f"{where}, column {parameter.name}: '{cells[0][:40]}' is no number.", mend="Correct the cell."
                )
            found[parameter.name] = number
        elif len(cells) == 1 < len(parameter.levels):
            found[parameter.name] = cells[0]
        else:
            there = [level for level, cell in zip(parameter.levels, cells, strict=True) if number_in(cell) == 1.0]
            if len(there) != 1:
                raise InvalidValue(
                    f"{where}: {len(there)} levels of {parameter.name} are set.", mend="Set one of its columns to 1."
                )
            found[parameter.name] = there[0]
    return settled(campaign.space, found)
