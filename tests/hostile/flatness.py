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


def flatness(times, values, bound):
    """What a series does, beside its bound."""
    middle = median(values)
    third = -(-len(values) // 3)
    step = median(values[-third:]) - median(values[:third])
    rise = max(slope(times, values) * (times[-1] - times[0]), step)
    max_peak = middle * PEAK + bound.allowance if bound.most is None else bound.most
    return Flatness(middle, rise, max(values), middle * TREND + bound.allowance, max_peak)
