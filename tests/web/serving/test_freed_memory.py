"""Memory that was freed goes back to the system."""

import pytest

from kg.web.serving import freed_memory
from kg.web.serving.freed_memory import MIN_GROWTH, FreedMemory


@pytest.fixture
def heap(monkeypatch):
    """Freed memory of a process whose size a test sets; `trimmed` counts how often it gave pages back."""
    size = [100 * MIN_GROWTH]
    monkeypatch.setattr(freed_memory, "_anonymous_bytes", lambda: size[0])
    heap = FreedMemory()
    heap._trim = lambda _: size.append(size[0])
    return heap, size


def test_pages_are_given_back_after_growth_alone(heap):
    """Pages are given back when the process has grown since the last time, not while it stays as it is."""
    freed, size = heap
    assert not freed.give_back()
    size[0] += MIN_GROWTH
    assert freed.give_back()
    assert not freed.give_back()
    size[0] -= 2 * MIN_GROWTH
    assert not freed.give_back()
    size[0] += MIN_GROWTH
    assert freed.give_back()
    assert len(size) == 3


def test_a_system_without_the_call(heap):
    """Where the C library can't give pages back, nothing is tried."""
    freed, size = heap
    freed._trim = None
    size[0] *= 2
    assert not freed.give_back()


def test_the_size_is_that_of_this_process():
    """What is held against the bound is the memory that this process really takes."""
    before = freed_memory._anonymous_bytes()
    block = b"x" * (64 << 20)
    assert freed_memory._anonymous_bytes() - before >= len(block) * 0.9
