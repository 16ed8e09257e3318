"""Buckets of a dump."""

import pytest

from kg.store.dumps.buckets import bits_for, bucket_of, digest_of, thing_of


@pytest.mark.parametrize("things", [1, 16, 17, 100, 4_096, 4_097, 1_000_000])
def test_buckets_have_some_sixteen_things(things):
    """A bucket has from nine to sixteen things on the average, once there are more than sixteen."""
    assert things <= 16 << bits_for(things)
    assert things <= 16 or things > 8 << bits_for(things)


def test_twice_the_buckets_divide_each():
    """A bucket's number begins with its number among half as many, so that buckets are divided and joined in place."""
    for n in range(100):
        digest = digest_of(f"record/{n}".encode())
        assert bucket_of(digest, 5) >> 1 == bucket_of(digest, 4)
        assert bucket_of(digest, 0) == 0


def test_a_line_of_another_base_is_refused():
    """A line is of the thing whose IRI its subject is or begins with; one of another base is of none."""
    assert thing_of(b"<https://a.example/record/1> <b:b> <c:c> .", b"https://a.example/") == b"record/1"
    with pytest.raises(ValueError, match="not below the base"):
        thing_of(b"<https://b.example/record/1> <b:b> <c:c> .", b"https://a.example/")
