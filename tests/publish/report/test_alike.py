"""Names that look alike: what is found, what is not, and that the work is bounded."""

import pytest

from kg.publish.report import alike as module
from kg.publish.report.alike import NamedThing, alike, words_of


def thing(key, *names, documents=1, **more):
    reference = key if "/" in key else f"agent/{key}"
    return NamedThing(reference, names, tuple(map(words_of, names)), documents, described=False, **more)


def groups(*things):
    return [(group.reason, {each.reference for each in group.things}) for group in alike(list(things))]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Castro, Fidel", "Fidel Castro", "order"),
        ("Raúl Roa", "RAUL ROA", "order"),
        ("Nixon, Richard M.", "Nixon, Richard M", "order"),
        ("Хрущёв, Никита", "Khrushchev, Nikita", "sound"),
        ("Mikoyan, Anastas", "Mikoian, Anastas", "sound"),
        ("Khrushchev, N.", "Khrushchev, Nikita", "initials"),
        ("F. Castro", "Castro Ruz, Fidel", "initials"),
        ("N.S. Khrushchev", "Khrushchev, Nikita Sergeyevich", "initials"),
        ("Nixon, Richard", "Nixon, Richard Milhous", "longer"),
        ("Dobrynin, Anatoly", "Dobrinyn, Anatoly", "sound"),
        ("Gromyko, Andrei", "Gromiko, Andrei", "sound"),
        ("Thompson, Llewellyn", "Tompson, Llewellyn", "sound"),
        ("Harriman, Averell", "Harrimam, Averell", "letter"),
    ],
)
def test_found(one, other, reason):
    """Other order, script, spelling, initials, more words and one letter are told, each pair once, with the reason."""
    assert groups(thing("a", one), thing("b", other)) == [(reason, {"agent/a", "agent/b"})]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (thing("a", "Castro, Fidel"), thing("b", "Castro, Raúl")),
        (thing("a", "Castro, F."), thing("b", "Castro, R.")),
        (thing("a", "Rose"), thing("b", "Ross")),
        (thing("a", "Stone, James W."), thing("b", "Stone, James W. (Mrs.)")),
        (thing("a", "Kennedy, J."), thing("b", "Kennedy, Joseph, Jr.")),
        (thing("topic/a", "Division 12"), thing("topic/b", "Division 13")),
        (thing("a", "Pius VIII", form="person"), thing("b", "Pius XIII", form="person")),
        (thing("a", "Berlin"), thing("place/b", "Berlin")),
        (thing("a", "Ada Kay", start=1815), thing("b", "Kay, Ada", start=1915)),
        (thing("a", "Ada Kay", form="person"), thing("b", "Ada Kay", form="organization")),
        (thing("a", "1962"), thing("b", "1963")),
        (thing("a"), thing("b", "")),
    ],
)
def test_not_found(one, other):
    """Other given names, numbers, kinds, types, and dates that contradict one another are no likeness."""
    assert groups(one, other) == []


def test_other_names_count():
    """What a record says as another name is compared, too."""
    (group,) = alike([thing("a", "Lenin", "Ulyanov, Vladimir", documents=2), thing("b", "Vladimir Ulyanov")])
    assert [each.reference for each in group.things] == ["agent/a", "agent/b"]
    assert group.texts == ("Ulyanov, Vladimir", "Vladimir Ulyanov")


def test_a_group_is_told_once():
    """Several names of one likeness are one group, the most named first; a part of it is not told again."""
    things = [
        thing("a", "Khrushchev, Nikita", documents=2),
        thing("b", "Хрущёв, Никита", documents=9),
        thing("c", "Nikita Khrushchev"),
        thing("d", "Khrushchev, N."),
    ]
    found = list(alike(things))
    assert [group.reason for group in found] == ["order", "sound", "initials"]
    assert [each.reference for each in found[1].things] == ["agent/b", "agent/a", "agent/c"]
    assert (found[1].count, found[1].documents) == (3, 12)
    assert len(found[2].things) == 4


def test_the_work_is_bounded(monkeypatch):
    """Names that share a key with hundreds of others are not compared with each of them."""
    compared = []
    monkeypatch.setitem(module._COMPARED, "longer", lambda *both: compared.append(both))
    list(alike([thing(str(number), f"Ivanov, Ivan A{number}b") for number in range(500)]))
    assert compared == []
