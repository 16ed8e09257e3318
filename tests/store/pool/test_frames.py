"""Frame protocol between server and worker: frames from bytes in any parts."""

import os
import random
import threading
from contextlib import contextmanager

import pytest
from waiting import HANG_SECONDS, eventually

from kg.store.pool import frames
from kg.store.pool.frames import AHEAD, QUERY, BlockingFrameReader


@contextmanager
def pipe():
    """The writable end of a pipe, and a reader of frames at its other end."""
    source, target = os.pipe()
    with os.fdopen(source, "rb", 0), os.fdopen(target, "wb", 0) as writing:
        yield writing, BlockingFrameReader(source)


def test_frames_in_any_parts():
    """The same frames are read from their bytes in any parts, and then the end."""
    chance = random.Random(1945)
    sent = [(chance.choice((QUERY, AHEAD)), bytes(chance.randrange(1 << chance.randint(0, 17)))) for _ in range(60)]
    data = b"".join(frames.frame(*each) for each in sent)

    def write(writing):
        at = 0
        while at < len(data):
            at += writing.write(data[at : at + chance.choice((1, 4, 5, 6, 100, 5_000, 200_000))])
        writing.close()

    with pipe() as (writing, frame_reader):
        writer = threading.Thread(target=write, args=(writing,))
        writer.start()
        assert [frame_reader.next(spin_seconds=0.0001) for _ in sent] == sent
        assert frame_reader.next(spin_seconds=0.0) is None
        writer.join()


@pytest.mark.parametrize("cut", range(1, 9))
def test_incomplete_frame(cut):
    """An incomplete frame at the end is no request."""
    with pipe() as (writing, frame_reader):
        writing.write(frames.frame(QUERY, b"abcd")[:-cut])
        writing.close()
        assert frame_reader.next(spin_seconds=0.0) is None


class CountedPoll:
    """A poll object that counts its calls."""

    def __init__(self, poll):
        self._poll, self.count = poll, 0

    def poll(self, milliseconds):
        self.count += 1
        return self._poll.poll(milliseconds)


def test_busy_waiting_ends():
    """Busy waiting for a frame soon ends in a read that blocks until the frame comes."""
    with pipe() as (writing, frame_reader):
        frame_reader._poll = counted = CountedPoll(frame_reader._poll)
        received, counts = [], [0, -1]
        thread = threading.Thread(target=lambda: received.append(frame_reader.next(spin_seconds=0.05)))
        thread.start()

        def blocks():
            counts.append(counted.count)
            return counts[-1] == counts[-2] == counts[-3] > 0

        eventually(blocks, "a read that blocks")
        writing.write(frames.frame(QUERY, b"late"))
        thread.join(HANG_SECONDS)
        assert received == [(QUERY, b"late")]
