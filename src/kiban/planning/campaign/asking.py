"""Asking an engine what to do next, and keeping the answer with all that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiban.errors import EngineFailed, IllegalMove, InvalidSetting, InvalidValue, KibanError
from kiban.planning.campaign.campaign import Batch, Campaign, Stage, seed_of
from kiban.planning.campaign.earlier import StudyUsed
from kiban.planning.campaign.experiment import Experiment, Move, Proposal, Source, State, Turn, runs
from kiban.planning.campaign.limits import price
from kiban.planning.engines.contract import Configurable, Engine, Prior, Suggestion
from kiban.planning.engines.installed import engine as installed_engine


def engine_of(campaign: Campaign, find: Callable[[str], Engine] = installed_engine) -> Engine:
    """The campaign's engine with its settings. Raises InvalidValue if there is no such engine or setting."""
    try:
        chosen = find(campaign.engine)
        if not campaign.settings:
            return chosen
        if isinstance(chosen, Configurable):
            return chosen.configured(campaign.settings)
    except InvalidSetting as e:
        # It is none of the platform's: whoever defined the campaign mends it.
        raise InvalidValue(e.fault, mend=e.mend) from e
    raise InvalidValue(f"The engine {campaign.engine} has no settings.", mend="Leave the settings out.")


def takes_priors(engine: Engine) -> bool:
    """Whether an engine makes anything of priors."""
    return bool(getattr(engine, "takes_priors", False))


def suggest(
    campaign: Campaign,
    n: int = 1,
    *,
    at: str,
    by: str,
    seen: Campaign | None = None,
    priors: tuple[Prior, ...] = (),
    studies: tuple[StudyUsed, ...] = (),
    find: Callable[[str], Engine] = installed_engine,
) -> Campaign:
    """Have the next experiments suggested, at most n: fewer where a limit or the space leaves fewer.

    The same campaign with the same priors gives the same suggestions: the seed follows from the campaign's and the
    number of the batch.

    Parameters
    ----------
    seen : Campaign, optional
        The campaign cut down to what may be learnt from; the whole one unless given.
    priors : tuple of Prior
    studies : tuple of StudyUsed
        What the priors were learnt from, to be kept beside the suggestions.
    find : callable
        Gives an engine by its name.

    Raises
    ------
    IllegalMove
        If it is paused or ended, a limit is spent, or nothing is left that was neither done, meant nor refused.
    NothingAllowed, InvalidValue, MissingExtra
        As the engine raises them.
    EngineFailed
        If the engine breaks off with anything else.
    """
    if campaign.stage is not Stage.ACTIVE:
        raise IllegalMove(f"The campaign is {campaign.stage}.", mend="Resume it first.")
    n = min(n, _n_left(campaign)) if n >= 1 else n
    seen = campaign if seen is None else seen
    chosen = engine_of(campaign, find)
    number = len(campaign.batches) + 1
    seed = seed_of(campaign.seed, number)
    answer = _answer(chosen, seen, n, seed, priors)
    affordable = _affordable(campaign, answer)
    if not affordable:
        raise _nothing(is_dear=bool(answer))
    batch = Batch(
        number=number,
        seed=seed,
        engine=chosen.name,
        engine_version=chosen.version,
        settings=campaign.settings,
        at=at,
        by=by,
        studies=studies,
    )
    turn = Turn(move=Move.SUGGEST, at=at, by=by)
    fresh = tuple(
        Experiment(
            number=campaign.next_number + i,
            point=suggestion.point,
            state=State.SUGGESTED,
            source=Source.ENGINE,
            proposal=_proposal(suggestion, number),
            turns=(turn,),
        )
        for i, suggestion in enumerate(affordable)
    )
    return replace(campaign.with_more(*fresh), batches=(*campaign.batches, batch), standstill=None)


def _answer(engine: Engine, seen: Campaign, n: int, seed: int, priors: tuple[Prior, ...]) -> tuple[Suggestion, ...]:
    """What an engine suggests. Raises EngineFailed for whatever it raises that is no error of ours."""
    try:
        return engine.suggest(
            seen.safe_space,
            seen.objective,
            seen.trials(),
            n=n,
            pending=seen.not_again(),
            seed=seed,
            priors=priors,
        )
    except KibanError:
        raise
    except Exception as e:
        # Engines are other people's, too. What they say may name values that not everybody may read.
        raise EngineFailed(
            f"The engine {engine.name} broke off with {type(e).__name__}.",
            mend="Have another engine suggest, or tell whoever wrote it; what was done so far is kept.",
        ) from e


def _n_left(campaign: Campaign) -> int:
    left = campaign.spending.left_of(campaign.limits)
    spent = [name for name, rest in left.items() if rest <= 0]
    if spent:
        raise IllegalMove(
            f"The campaign's limit of {spent[0]} is spent.", mend="Give it a higher limit, or end the campaign."
        )
    return int(left.get("experiments", 10**9))


def _affordable(campaign: Campaign, answer: tuple[Suggestion, ...]) -> tuple[Suggestion, ...]:
    """The first of them that cost and duration leave room for; one that does not fit ends the list."""
    left = dict(campaign.spending.left_of(campaign.limits))
    for i, suggestion in enumerate(answer):
        for name, cost in (("cost", campaign.objective.cost), ("hours", campaign.duration)):
            if name in left:
                left[name] -= price(cost, suggestion.point)
        if any(left.get(name, 0.0) < 0 for name in ("cost", "hours")):
            return answer[:i]
    return answer


def _nothing(*, is_dear: bool) -> IllegalMove:
    if is_dear:
        return IllegalMove(
            "What is left of the campaign's cost or time does not suffice for the experiment that is worth doing next.",
            mend="Give it a higher limit, add a cheaper experiment of your own, or end the campaign.",
        )
    return IllegalMove(
        "Nothing is left to suggest: no point was found that was neither done, meant to be done nor refused.",
        mend="End the campaign, or begin another one with a wider space and import what this one knows.",
    )


def _proposal(suggestion: Suggestion, batch: int) -> Proposal:
    return Proposal(
        batch=batch,
        point=suggestion.point,
        expected=suggestion.expected,
        reason=suggestion.reason,
        trials=runs(int(each.removeprefix("#")) for each in suggestion.rests_on),
        candidate=suggestion.candidate,
    )
