"""What `make soak` takes for flat."""

import random

import pytest
from flatness import Bound, at_usual_number, flatness, slope

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


@pytest.mark.parametrize(("leak", "flat"), [(0, True), (1 / 150, False)], ids=["their number alone", "each of them"])
def test_memory_of_workers_by_their_number(leak, flat):
    """Workers that come and go are flat, also where more come late; workers that each take more are none."""
    numbers = [13 + 10 * (time % 60 < 10 + time / 50) for time in TIMES]
    taken = [number * (40 + leak * (time - TIMES[0])) for time, number in zip(TIMES, numbers, strict=True)]
    bound = Bound(allowance=60, most=1_600)
    assert not flatness(TIMES, taken, bound).flat
    assert flatness(TIMES, taken, bound, at_usual_number(taken, taken, numbers)).flat == flat


def test_memory_beside_that_of_workers():
    """What grows beside the workers shows in the memory of all, whatever their number does."""
    numbers = [13 + 10 * (time % 60 < 30) for time in TIMES]
    workers = [40 * number for number in numbers]
    leaking = [200 + taken + (time - TIMES[0]) / 10 for time, taken in zip(TIMES, workers, strict=True)]
    steady = [200 + taken for taken in workers]
    bound = Bound(allowance=60, most=2_500)
    assert flatness(TIMES, steady, bound, at_usual_number(steady, workers, numbers)).flat
    assert not flatness(TIMES, leaking, bound, at_usual_number(leaking, workers, numbers)).flat


def test_slope():
    """The slope is that of most samples, whatever some of them say."""
    assert slope([0, 10, 20], [1, 2, 3]) == pytest.approx(0.1)
    assert slope([0, 10, 20, 30, 40, 50], [0, 1, 2, 99, 4, 5]) == pytest.approx(0.1)
    assert slope([0], [7]) == 0
