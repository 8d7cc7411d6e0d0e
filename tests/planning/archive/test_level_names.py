"""Which levels of two studies stand for each other."""

from __future__ import annotations

import numpy as np
import pytest

from kiban.planning.archive.level_names import counterparts, likeness

ONE = ["FC(F)(F)c1ccc(Cl)cc1", "FC(F)(F)c1ccc(Br)cc1", "FC(F)(F)c1ccc(I)cc1"]
OTHER = ["COc1ccc(I)cc1", "COc1ccc(Cl)cc1", "COc1ccc(Br)cc1"]


def test_halides_stand_for_those_with_the_same_halogen() -> None:
    names = [*ONE, *OTHER]
    stands = counterparts(likeness(names), [range(3), range(3, 6)])
    pairs = {(names[i], names[j]) for i, j in np.argwhere(stands == 1.0) if i < j}
    assert pairs == {(ONE[0], OTHER[1]), (ONE[1], OTHER[2]), (ONE[2], OTHER[0])}
    assert stands == pytest.approx(stands.T)


def test_a_level_that_both_have_stands_for_itself_alone() -> None:
    names = ["water", "ethanol", "methanol"]
    stands = counterparts(likeness(names), [[0, 1], [0, 2]])
    assert stands.tolist() == [[1, 0, 0], [0, 1, 1], [0, 1, 1]]


def test_of_unequal_numbers_some_stay_alone() -> None:
    names = ["NaCl", "KCl", "NaBr", "LiF"]
    stands = counterparts(likeness(names), [[0], [1, 2, 3]])
    assert stands[0, 1:].sum() == 1.0
    assert stands[3].tolist() == [0, 0, 0, 1]
