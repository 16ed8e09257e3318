"""What `make soak` takes for flat."""

import random

import pytest
from flatness import Bound, flatness, slope

TIMES = range(300, 1800, 10)


def series(shape, noise=0.0):
    chance = random.Random(1962)
    return [shape(time) + chance.uniform(-noise, noise) for time in TIMES]


@pytest.mark.parametrize(
    ("values", "flat"),
    [
        (series(lambda _: 200, noise=15), True),
        (series(lambda time: 200 - time / 90), True),
        (series(lambda time: 200 + time / 50), False),
        (series(lambda time: 200 + time / 50, noise=8), False),
        (series(lambda time: 200 + 25 * (time > 900)), False),
        (series(lambda time: 200 + 60 * (time % 700 == 0)), False),
        (series(lambda time: 200 + 20 * (time % 60 == 0)), True),
    ],
    ids=["noise", "falls", "rises", "rises in noise", "a step", "a peak", "small peaks"],
)
def test_flat(values, flat):
    """Noise and falling are flat; a trend, a step in the middle and a peak are none."""
    assert flatness(TIMES, values, Bound(allowance=5)).flat == flat


def test_a_series_that_swings_has_a_bound_of_its_own():
    """Memory of query workers may swing below what the documents name, and not rise."""
    swings = series(lambda time: 200 if time % 20 else 900)
    assert not flatness(TIMES, swings, Bound(allowance=5)).flat
    assert flatness(TIMES, swings, Bound(allowance=50, most=1_000)).flat
    assert not flatness(TIMES, swings, Bound(allowance=50, most=800)).flat


def test_slope():
    """The slope is that of most samples, whatever some of them say."""
    assert slope([0, 10, 20], [1, 2, 3]) == pytest.approx(0.1)
    assert slope([0, 10, 20, 30, 40, 50], [0, 1, 2, 99, 4, 5]) == pytest.approx(0.1)
    assert slope([0], [7]) == 0
