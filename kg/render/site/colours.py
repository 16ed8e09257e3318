"""Colours of a site: the archive's own colour in the two schemes of a page, with contrast enough to be read.

WCAG 2.2, 1.4.3 asks for 4.5 : 1 between text and what is behind it; numbers and words stand in this colour.
"""

import colorsys
from collections.abc import Iterator

MIN_CONTRAST = 4.5
"""Ratio of luminances that text needs (WCAG 2.2, 1.4.3)."""

_BACKGROUNDS = {"light": ("#fbfaf6", "#f3efe6", "#ffffff"), "dark": ("#181613", "#211e1a", "#25221d")}
"""Colour scheme → backgrounds of kg.css, on which the colour may stand."""

_STEPS = 200
"""Steps of lightness between black and white that are tried."""


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.2, contrast ratio).

    >>> contrast("#000000", "#ffffff"), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, scheme: str) -> str:
    """The colour of the same hue nearest to a colour in lightness that can be read in a scheme.

    >>> readable("#7a1f2b", "light"), contrast(readable("#ffcc00", "light"), "#f3efe6") >= MIN_CONTRAST
    ('#7a1f2b', True)
    """
    return next(each for each in _by_distance(colour, scheme) if lowest_contrast(each, scheme) >= MIN_CONTRAST)


def lowest_contrast(colour: str, scheme: str) -> float:
    """Contrast of a colour with that background of a scheme which is nearest to it."""
    return min(contrast(colour, background) for background in _BACKGROUNDS[scheme])


def stylesheet(colour: str) -> str:
    """Stylesheet with the archive's colour in both schemes."""
    light, dark = (readable(colour, scheme) for scheme in _BACKGROUNDS)
    return f":root {{ --mark: {light}; }}\n@media (prefers-color-scheme: dark) {{ :root {{ --mark: {dark}; }} }}\n"


def contrast_notes(colour: str) -> Iterator[str]:
    """What is told of a colour that can't be read as it is, for each scheme of pages."""
    for scheme in _BACKGROUNDS:
        if (shown := readable(colour, scheme)) != colour:
            ratio = lowest_contrast(colour, scheme)
            yield f"has a contrast of {ratio:.1f} : 1 on {scheme} pages, where {shown} is shown instead"


def _by_distance(colour: str, scheme: str) -> Iterator[str]:
    """The colour itself, then darker ones for light pages, and lighter ones for dark pages."""
    yield colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    end = 0.0 if scheme == "light" else 1.0
    for step in range(1, _STEPS + 1):
        rgb = colorsys.hls_to_rgb(hue, lightness + (end - lightness) * step / _STEPS, saturation)
        yield "#" + "".join(f"{round(channel * 255):02x}" for channel in rgb)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
