"""Names beside dots: where they stand, and which are left out."""

from itertools import combinations

import pytest

from kg.render.pictures import atlas, network
from kg.render.pictures.names import LETTER_WIDTH, _box, _overlap, beside

SIZE = (400, 200)


def test_no_name_covers_another():
    """Names stand inside the picture, and none over another one."""
    dots = [(20.0 * n, 100.0, 6.0) for n in range(20)]
    placed = [each for each in beside([f"Name {n}" for n in range(20)], dots, SIZE, obstacles=dots) if each.text]
    assert len(placed) > 3
    boxes = [_box(each) for each in placed]
    assert not any(_overlap(one, other) for one, other in combinations(boxes, 2))
    assert all(box[0] >= 0 and box[2] <= SIZE[0] for box in boxes)


@pytest.mark.parametrize("dot", [(0.0, 0.0, 20.0), (400.0, 200.0, 20.0), (200.0, 100.0, 90.0)])
@pytest.mark.parametrize("name", ["Havana", "Institute of the World Economy and International Relations" * 2])
def test_the_weightiest_has_its_name(dot, name):
    """The first name is there wherever its dot lies and however long it is, and inside the picture."""
    crowd = [(float(x), float(y), 15.0) for x in range(0, 401, 25) for y in range(0, 201, 25)]
    (placed,) = beside([name], [dot], SIZE, obstacles=crowd)
    assert placed.text
    left, top, right, bottom = _box(placed)
    assert (left >= -LETTER_WIDTH, top >= 0, right <= SIZE[0] + LETTER_WIDTH, bottom <= SIZE[1]) == (True,) * 4


def test_the_weightiest_place_and_person_have_their_names():
    """The place and the person of most documents have their names in every size of a picture."""
    places = [
        atlas.MapPlace(f"A place with a long name {n}", "", 20 + n / 50, -80 + n / 50, 9 - n % 9, "") for n in range(60)
    ]
    people = [network.Person(f"agent/{n}", f"Somebody with a name {n}", "", 30 - n, "") for n in range(30)]
    pairs = {(f"agent/{n}", f"agent/{n + 1}"): 2 for n in range(29)}
    for width in (atlas.WIDTH, atlas.SMALL_WIDTH, atlas.NARROW_WIDTH):
        assert atlas.draw(places, width).dots[0].name.text
    for size in (network.SIZE, network.SMALL_SIZE, network.NARROW_SIZE):
        assert network.draw(people, pairs, size).nodes[0].short
