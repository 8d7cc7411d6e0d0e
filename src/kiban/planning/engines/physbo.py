"""PHYSBO's discrete search (Y. Motoyama et al., Comput. Phys. Commun. 278, 108405 (2022), MPL-2.0), for those who have
kiban[physbo].

Set as NIMO sets it: expected improvement of a Gaussian process for one number, Thompson sampling for a front, learnt
anew at each call. It chooses from the list of candidates, or from points that are drawn from the space.
"""

from __future__ import annotations

import contextlib
import io

import numpy as np

from kiban.planning.outside_engine import OutsideEngine
from kiban.planning.outside_question import Learnt, OutsideQuestion
from kiban.planning.space.parameter import Floats

_MOST = 5000


def _quietly_searched(asked: OutsideQuestion, n: int) -> tuple[list[int], Learnt | None]:
    """As `_searched`: it prints, and draws from numpy's own generator."""
    state = np.random.get_state()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return _searched(asked, n)
    finally:
        np.random.set_state(state)


def _searched(asked: OutsideQuestion, n: int) -> tuple[list[int], Learnt | None]:
    """Choose by expected improvement, or by Thompson sampling for several directions."""
    import physbo

    seen = asked.features
    choices, told = seen.plain(seen.scale(asked.points.rows)), seen.plain(seen.scale(asked.told.rows))
    both = _centred(np.concatenate([choices, told]))
    places = list(range(len(choices), len(both)))
    is_one = len(asked.worth) == 1
    if is_one:
        policy = physbo.search.discrete.Policy(test_X=both, initial_data=[places, asked.worth[0]])
    else:
        policy = physbo.search.discrete_multi.Policy(
            test_X=both, num_objectives=len(asked.worth), initial_data=[places, asked.worth.T]
        )
    policy.set_seed(asked.seed)
    actions = policy.bayes_search(
        max_num_probes=1,
        num_search_each_probe=n,
        simulator=None,
        score="EI" if is_one else "TS",
        interval=0,
        num_rand_basis=0,
        is_disp=False,
    )
    chosen = [int(action) for action in actions if action < len(choices)]
    if not is_one:
        return chosen, None
    means = np.asarray(policy.get_post_fmean(both[chosen]), dtype=np.float64).ravel()
    variances = np.asarray(policy.get_post_fcov(both[chosen]), dtype=np.float64).ravel()
    return chosen, Learnt(means, np.sqrt(np.maximum(variances, 0.0)))


def _centred(columns: Floats) -> Floats:
    """Columns of mean 0 and standard deviation 1, as PHYSBO expects them; those that do not vary are left out."""
    width = columns.std(axis=0)
    varied = columns[:, width > 0]
    return np.asarray((varied - varied.mean(axis=0)) / width[width > 0])


ENGINE = OutsideEngine("physbo", "PHYSBO's discrete search", _quietly_searched, most=_MOST)
