"""Colours of a site: what is shown of the archive's own colour."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.render.site import colours
from kg.render.site.assets import STATIC

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS, st.sampled_from(["light", "dark"]))
def test_any_colour_can_be_read(colour, scheme):
    """Whatever the colour, what is shown has the contrast that text needs, in light and in dark."""
    assert colours.lowest_contrast(colours.readable(colour, scheme), scheme) >= colours.MIN_CONTRAST


@pytest.mark.parametrize(("colour", "told"), [("#ffcc00", ["light"]), ("#000000", ["dark"]), ("#000080", ["dark"])])
def test_what_is_told(colour, told):
    """A colour that is changed in a scheme is told with its contrast there."""
    notes = list(colours.contrast_notes(colour))
    assert len(notes) == len(told)
    for note, scheme in zip(notes, told, strict=True):
        assert re.search(rf"\d+\.\d : 1 on {scheme} pages, where #[0-9a-f]{{6}} is shown", note)


def test_the_backgrounds_are_those_of_the_pages():
    """The backgrounds that are reckoned with are those of the stylesheet."""
    sheet = (STATIC / "kg.css").read_text(encoding="utf-8")
    light, dark = re.findall(r"--paper: (#\w+); --shade: (#\w+);.*?--field: (#\w+)", sheet)
    for scheme, stated in (("light", light), ("dark", dark)):
        used = set(colours._BACKGROUNDS[scheme])
        assert used == {each if len(each) == 7 else "#" + "".join(2 * digit for digit in each[1:]) for each in stated}
