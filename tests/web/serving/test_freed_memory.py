"""Memory that was freed goes back to the system."""

import subprocess
import sys

import pytest

from kg.web.serving import freed_memory
from kg.web.serving.freed_memory import COLLECT_GROWTH, TRIM_GROWTH, FreedMemory


@pytest.fixture
def heap(monkeypatch):
    """Freed memory of a process whose size a test sets; `trimmed` counts how often it gave pages back."""
    size = [100 * COLLECT_GROWTH]
    monkeypatch.setattr(freed_memory, "_anonymous_bytes", lambda: size[0])
    heap = FreedMemory()
    heap._trim = lambda _: size.append(size[0])
    return heap, size


_BLOCKS = """
import ctypes, sys, threading
from kg.web.serving import freed_memory
freed_memory.limit_fragmentation()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
before = freed_memory._anonymous_bytes()
def take():
    for size in range(1, 9):
        blocks = [libc.malloc(size << 20) for _ in range(8)]
        for block in blocks:
            ctypes.memset(block, 1, size << 20)
        small = libc.malloc(4096)  # stays, above what is freed
        for block in blocks:
            libc.free(block)
threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(freed_memory._anonymous_bytes() - before)
"""
"""Program that takes blocks of 1 to 8 MB in threads and frees them, and says by how many bytes it has grown."""


@pytest.fixture
def processes_heap_growth():
    process = subprocess.run([sys.executable, "-c", _BLOCKS], capture_output=True, check=True)
    return int(process.stdout)


def test_pages_are_given_back_after_growth_alone(heap):
    """Pages are given back when the process has grown since the last time, not while it stays as it is."""
    freed, size = heap
    assert not freed.give_back()
    size[0] += TRIM_GROWTH
    assert freed.give_back()
    assert not freed.give_back()
    size[0] -= 2 * TRIM_GROWTH
    assert not freed.give_back()
    size[0] += TRIM_GROWTH
    assert freed.give_back()
    assert len(size) == 3


def test_the_garbage_collector_runs_after_much_growth_alone(heap, monkeypatch):
    """The garbage collector runs when the process has grown much since its last run, however often pages went back."""
    freed, size = heap
    runs = []
    monkeypatch.setattr(freed_memory.gc, "collect", lambda: runs.append(size[0]))
    for _ in range(COLLECT_GROWTH // TRIM_GROWTH):
        size[0] += TRIM_GROWTH
        assert freed.give_back()
    assert runs == [size[0]]
    size[0] += TRIM_GROWTH
    assert freed.give_back()
    assert len(runs) == 1


def test_large_blocks_go_back_by_themselves(processes_heap_growth):
    """With the options of a server process, freed blocks of some megabytes leave no heap behind, in any thread."""
    assert processes_heap_growth < 8 << 20


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
