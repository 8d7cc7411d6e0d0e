"""Run a campaign unattended: suggest, have a laboratory do it, keep what it gives, learn, suggest.

Every step is one transaction in the catalog, and the next one is decided from the campaign's state alone, so that a
run may be killed at any moment and begun again. An experiment is first said to be running, then given to the
laboratory; the result is first kept, then told. Whatever lies between is done again, and finds itself done: the
laboratory knows the identity of the submission, the catalog the bytes of the file. A step that was decided on another
version than the one it meets is not made, and decided anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from kiban.errors import Conflict, DatabaseUnavailable, IllegalMove, InvalidValue, NotReached
from kiban.laboratory.contract import Failure, Laboratory, Result, Standing, Submission, identity_of
from kiban.operations.campaign_ends import Ending, ending_of, is_limited
from kiban.operations.campaign_experiments import move_experiments, suggest_experiments, tell_failure, tell_result
from kiban.operations.campaign_files import outcomes_of_file
from kiban.operations.campaign_records import campaign_of
from kiban.operations.changed_records import current
from kiban.operations.moved_campaign import move_campaign
from kiban.operations.resources import Resources
from kiban.operations.stop_button import StopButton, Wish
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.course import is_stopped
from kiban.planning.campaign.experiment import Experiment, Move, Outcome
from kiban.planning.campaign.laboratory_moves import at_work, give, retry, to_be_done
from kiban.planning.campaign.telling import Spent, in_unit_of
from kiban.quantity.measured import Measured
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind

_MOST_MISSES = 40
"""So often one after another database or laboratory may not answer, with a pause that grows to five seconds."""
_MOST_CONFLICTS = 5
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.01, 5.0


class Deed(StrEnum):
    """What a run has done."""

    SUGGESTED = "suggested"
    GIVEN = "given"
    FOUND = "found"
    """An earlier run gave it to the laboratory."""
    COMPLETED = "completed"
    FAILED = "failed"
    RETRIED = "retried"
    ABANDONED = "abandoned"
    WAITED = "waited"
    """Database or laboratory did not answer; it goes on."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a run has done; it is safe in the catalog by then."""

    deed: Deed
    number: int | None = None
    """Of the experiment."""
    identity: str = ""
    """Of the submission."""
    outcomes: Mapping[str, Measured] = field(default_factory=dict)
    evidence: str = ""
    """Short identifier of the measurement that says so."""
    reason: str = ""
    ending: Ending | None = None
    """For `Deed.ENDED`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTerms:
    """How a campaign is run.

    Parameters
    ----------
    laboratory : str
        Name of the driver; experiments that were given to it are found by this name.
    limit : int, optional
        The run ends when the campaign has so many experiments, counted as its own limit counts them.
    at_once : int
        So many experiments are in the laboratory at a time. With more than one, what is suggested depends on which
        comes back first.
    most_attempts : int
        So often the laboratory may begin with an experiment before it is given up.
    condition : mapping of str to str
        Which of several values in a file is meant: `{"cycle": "1"}`.
    poll_s : float
        How often the laboratory is asked.
    """

    laboratory: str
    limit: int | None = None
    at_once: int = 1
    most_attempts: int = 2
    condition: Mapping[str, str] = field(default_factory=dict)
    poll_s: float = 0.2

    def __post_init__(self) -> None:
        for what, n in (("limit", self.limit), ("number at once", self.at_once), ("attempts", self.most_attempts)):
            if n is not None and n < 1:
                raise InvalidValue(f"The {what} of the run is {n}.", mend="Give a whole number from 1.")


def run_campaign(
    asker: Asker,
    resources: Resources,
    identifier: str,
    laboratory: Laboratory,
    terms: RunTerms,
    *,
    pressed: Callable[[StopButton], None] = lambda _: None,
    renewed: Callable[[Asker], Asker] | None = None,
) -> Iterator[Step]:
    """Run a campaign until it ends, and give each step once it is safe.

    What is suggested or pending is taken as well; what people have begun with is left to them.

    Parameters
    ----------
    pressed : callable
        Is given the stop button of the run, before anything is done.
    renewed : callable, optional
        Gives who runs it with the rights of this moment: a run may last for weeks. Unless given, only the time moves.
        What it raises ends the run.

    Raises
    ------
    RecordNotFound
    IllegalMove
        If the campaign is paused or ended, and nothing of it is in the laboratory.
    InvalidValue
        If nothing limits the run; or what the laboratory gave is no result of this campaign. Everything is safe, and
        the next run meets the same unless something was done about it.
    NotReached, DatabaseUnavailable
        If one of them stays away.
    """
    run = _Run(asker, resources, identifier, laboratory, terms, renewed or _at_this_moment)
    run.check()
    with StopButton(laboratory, run.look) as button:
        pressed(button)
        yield from run.steps(button)


def check_run(asker: Asker, resources: Resources, identifier: str, laboratory: Laboratory, terms: RunTerms) -> None:
    """Refuse what `run_campaign` would refuse before it does anything, with the same errors."""
    _Run(asker, resources, identifier, laboratory, terms).check()


def _at_this_moment(asker: Asker) -> Asker:
    return replace(asker, at=datetime.now(UTC))


@dataclass(slots=True)
class _Run:
    asker: Asker
    resources: Resources
    identifier: str
    laboratory: Laboratory
    terms: RunTerms
    renewed: Callable[[Asker], Asker] = field(default_factory=lambda: _at_this_moment)
    known: set[str] = field(default_factory=set)
    """Submissions that this run gave, or found."""
    n_troubles: int = 0
    """So many experiments one after another were given up by the laboratory."""
    read: tuple[int, Campaign] | None = None
    """The campaign as it was last read, with its version."""
    looked: tuple[int, Wish] | None = None
    """What somebody wants by the version that was last looked at."""

    def now(self) -> tuple[Record, Campaign]:
        """The campaign as it is; who runs it is judged as of now."""
        self.asker = self.renewed(self.asker)
        record = current(self.asker, self.resources, self.identifier, RecordKind.CAMPAIGN)
        known = self.read
        if known is None or known[0] != record.version:
            known = self.read = record.version, campaign_of(record)
        return record, known[1]

    def check(self) -> None:
        record, campaign = self.now()
        if not is_limited(campaign, self.terms.limit):
            raise InvalidValue(
                f"Nothing limits {record.title}: it would never end.",
                mend="Give the run or the campaign a limit of experiments; or the campaign one of cost or hours, where "
                "it is known what an experiment takes.",
            )
        if campaign.stage is not Stage.ACTIVE and not at_work(campaign, self.terms.laboratory):
            raise IllegalMove(f"{record.title} is {campaign.stage}.", mend="Resume it first.")

    def look(self) -> Wish:
        """What the catalog says that somebody wants. Called from another thread."""
        asker = self.renewed(self.asker)
        record = current(asker, self.resources, self.identifier, RecordKind.CAMPAIGN)
        if self.looked is None or self.looked[0] != record.version:
            campaign = campaign_of(record)
            is_active = campaign.stage is Stage.ACTIVE
            wish = Wish.GO_ON if is_active else Wish.BREAK_OFF if is_stopped(campaign) else Wish.FINISH
            self.looked = record.version, wish
        return self.looked[1]

    def steps(self, button: StopButton) -> Iterator[Step]:
        n_misses = n_conflicts = 0
        pause_s = _SHORTEST_PAUSE_S
        while True:
            version = self.read[0] if self.read is not None else None
            try:
                step = self.step(button)
            except Conflict:
                # Somebody moved it first: decided anew, on what it is now. Else it would be the same again.
                n_conflicts = 0 if self.now()[0].version != version else n_conflicts + 1
                if n_conflicts > _MOST_CONFLICTS:
                    raise
                continue
            except (DatabaseUnavailable, NotReached) as e:
                n_misses += 1
                if n_misses > _MOST_MISSES or button.wish is Wish.LEAVE:
                    raise
                yield Step(deed=Deed.WAITED, reason=e.fault)
                button.wait(min(_LONGEST_PAUSE_S, 0.1 * 2 ** min(n_misses, 10)))
                if isinstance(e, DatabaseUnavailable):
                    self.resources.revive()
                continue
            n_misses = n_conflicts = 0
            if step is None:
                button.wait(pause_s)
                pause_s = min(self.terms.poll_s, 2 * pause_s)
                continue
            pause_s = _SHORTEST_PAUSE_S
            yield step
            if step.deed is Deed.ENDED:
                return

    def step(self, button: StopButton) -> Step | None:
        """Make one step; `None` where there is nothing to be done but to wait."""
        record, campaign = self.now()
        given = at_work(campaign, self.terms.laboratory)
        if button.wish is Wish.LEAVE:
            return Step(deed=Deed.ENDED, ending=Ending(why="left"))
        for experiment in given:
            if (step := self._attend(record, campaign, experiment, button)) is not None:
                return step
        ending = ending_of(campaign, button.wish, limit=self.terms.limit, n_troubles=self.n_troubles)
        if ending is None and len(given) < self.terms.at_once:
            return self._begin(record, campaign)
        if ending is not None and not given:
            return Step(deed=Deed.ENDED, ending=ending)
        return None

    def _begin(self, record: Record, campaign: Campaign) -> Step:
        """Have one more experiment done; what the laboratory is told follows when it is attended to."""
        name, expected = self.terms.laboratory, record.version
        ready = to_be_done(campaign)
        if ready is None:
            try:
                after = suggest_experiments(self.asker, self.resources, record.pid, 1, expected=expected)
            except IllegalMove as e:
                # Of stage and number that was asked before: what is left is cost, time, or nothing to suggest.
                return Step(deed=Deed.ENDED, ending=Ending(why="nothing_left", words=e.fault))
            number = campaign_of(after).experiments[-1].number
            return Step(deed=Deed.SUGGESTED, number=number)
        number = ready.number
        move_campaign(
            self.asker,
            self.resources,
            record.pid,
            "gave experiments to laboratory",
            lambda c, **said: give(c, number, name, **said),
            details={"experiments": [number], "laboratory": name},
            expected=expected,
        )
        return Step(deed=Deed.GIVEN, number=number, identity=identity_of(record.pid, number, ready.n_attempts + 1))

    def _attend(self, record: Record, campaign: Campaign, experiment: Experiment, button: StopButton) -> Step | None:
        """See to one that the laboratory was given; `None` where it is still at it."""
        identity = identity_of(record.pid, experiment.number, experiment.n_attempts)
        standing = self.laboratory.status(identity)
        is_new = identity not in self.known
        if standing is Standing.UNKNOWN:
            if button.submit(_submission(record, campaign, experiment)):
                self.known.add(identity)
                return None
            standing = Standing.CANCELLED  # the laboratory never had it, and will not
        if standing in {Standing.WAITING, Standing.RUNNING}:
            button.watch(identity)
            if button.wish is Wish.BREAK_OFF:
                button.cancel(identity)
                return None
            if is_new:
                self.known.add(identity)
                return Step(deed=Deed.FOUND, number=experiment.number, identity=identity)
            return None
        if standing is Standing.CANCELLED:
            self.n_troubles += button.wish is Wish.GO_ON
            step = self._abandon(record, experiment, identity, "It was broken off.")
        else:
            step = self._take(record, campaign, experiment, identity, is_stopping=button.wish is not Wish.GO_ON)
        button.is_back(identity)
        return step

    def _take(
        self, record: Record, campaign: Campaign, experiment: Experiment, identity: str, *, is_stopping: bool
    ) -> Step:
        """Keep what came of it: a result that was on its way is taken also when everything is to stop."""
        try:
            result = self.laboratory.result(identity)
            if result.failure is not None:
                return self._failed(record, experiment, identity, result, result.failure, is_stopping=is_stopping)
            found = self._outcomes(record, campaign, identity, result)
        except InvalidValue as e:
            raise InvalidValue(f"Experiment {experiment.number} ({identity}): {e.fault}", mend=e.mend) from e
        tell_result(
            self.asker,
            self.resources,
            record.pid,
            experiment.number,
            found,
            is_all=True,
            spent=Spent(cost=result.cost, hours=result.hours),
            note=result.note,
            expected=record.version,
            goes_on=False,
        )
        self.n_troubles = 0
        return Step(
            deed=Deed.COMPLETED,
            number=experiment.number,
            identity=identity,
            outcomes={each.name: each.value for each in found},
            evidence=next((each.evidence for each in found if each.evidence), ""),
        )

    def _outcomes(self, record: Record, campaign: Campaign, identity: str, result: Result) -> tuple[Outcome, ...]:
        if result.file is None:
            given = (Outcome(name=name, value=value) for name, value in result.values.items())
            return tuple(in_unit_of(campaign, each) for each in given)
        condition = self.terms.condition
        return outcomes_of_file(
            self.asker, self.resources, record, campaign, identity, result.file, condition=condition
        )

    def _failed(
        self,
        record: Record,
        experiment: Experiment,
        identity: str,
        result: Result,
        failure: Failure,
        *,
        is_stopping: bool,
    ) -> Step:
        number = experiment.number
        said = Step(deed=Deed.FAILED, number=number, identity=identity, reason=failure.reason)
        if failure.is_of_point:
            spent = Spent(cost=result.cost, hours=result.hours)
            tell_failure(
                self.asker,
                self.resources,
                record.pid,
                number,
                spent=spent,
                note=failure.reason,
                expected=record.version,
                goes_on=False,
            )
            self.n_troubles = 0
            return said
        if experiment.n_attempts >= self.terms.most_attempts or is_stopping:
            self.n_troubles += not is_stopping
            return self._abandon(record, experiment, identity, failure.reason)
        move_campaign(
            self.asker,
            self.resources,
            record.pid,
            "gave experiments to laboratory again",
            lambda c, **at: retry(c, number, note=failure.reason, **at),
            details={"experiments": [number], "laboratory": self.terms.laboratory},
            expected=record.version,
        )
        return replace(said, deed=Deed.RETRIED)

    def _abandon(self, record: Record, experiment: Experiment, identity: str, reason: str) -> Step:
        move_experiments(
            self.asker,
            self.resources,
            record.pid,
            Move.ABANDON,
            [experiment.number],
            note=reason,
            expected=record.version,
            goes_on=False,
        )
        return Step(deed=Deed.ABANDONED, number=experiment.number, identity=identity, reason=reason)


def _submission(record: Record, campaign: Campaign, experiment: Experiment) -> Submission:
    units = {each.name: getattr(each, "unit", "") for each in campaign.space.parameters}
    return Submission(
        campaign=record.pid,
        number=experiment.number,
        attempt=experiment.n_attempts,
        point=experiment.point,
        units={name: unit for name, unit in units.items() if unit},
        outcomes=campaign.objective.outcomes,
    )
