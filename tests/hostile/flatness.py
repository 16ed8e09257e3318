"""Whether a series of samples is flat: no trend (Theil and Sen), and no peak far above what is usual.

Their slope is the median of the slopes between all pairs of samples: a third of them may be anything. A step up is no slope
to them, so the median of the last third is held against that of the first, too.
"""

from dataclasses import dataclass
from itertools import combinations
from statistics import median

TREND = 0.05
"""Most that a series rises from its first sample to its last, as a share of its median."""

PEAK = 1.15
"""How often its median a sample is at most."""


@dataclass(frozen=True)
class Bound:
    """What is allowed of a series.

    Attributes:
        allowance: what it may rise, and its peak exceed the median, besides the shares above: in its own unit.
        most: what a series that swings stays under instead of `PEAK`; None for one that should not swing.
    """

    allowance: float
    most: float | None = None


@dataclass(frozen=True)
class Flatness:
    """What a series does.

    Attributes:
        middle: its median.
        rise: from the first sample to the last, by its trend or in a step.
        peak: its maximum.
        max_rise, max_peak: what these may be.
    """

    middle: float
    rise: float
    peak: float
    max_rise: float
    max_peak: float

    @property
    def flat(self):
        """Whether both stay within their bounds; falling is no fault."""
        return self.rise <= self.max_rise and self.peak <= self.max_peak


def slope(times, values):
    """The slope of Theil and Sen; 0 for fewer than two samples."""
    pairs = combinations(zip(times, values, strict=True), 2)
    slopes = [(after - before) / (end - start) for (start, before), (end, after) in pairs if end != start]
    return median(slopes) if slopes else 0.0


def at_usual_number(values, parts, numbers):
    """A series as if there had been as many parts as usual at each moment, by what a part takes, as a median.

    A series swings with the number of its parts, which has a bound of its own. A part that grows shows all the same.

    Args:
        values: the series.
        parts: what all parts take together at each of its moments.
        numbers: how many there are then.
    """
    shares = [taken / number for taken, number in zip(parts, numbers, strict=True) if number]
    each = median(shares) if shares else 0
    usual = median(numbers)
    return [value - (number - usual) * each for value, number in zip(values, numbers, strict=True)]


def flatness(times, values, bound, rising=None):
    """What a series does, beside its bound; its rise is that of another one where that is given (`at_usual_number`)."""
    middle = median(values)
    rising = values if rising is None else rising
    third = -(-len(rising) // 3)
    step = median(rising[-third:]) - median(rising[:third])
    rise = max(slope(times, rising) * (times[-1] - times[0]), step)
    max_peak = middle * PEAK + bound.allowance if bound.most is None else bound.most
    return Flatness(middle, rise, max(values), middle * TREND + bound.allowance, max_peak)
