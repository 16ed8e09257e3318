"""What server and worker say to each other: frames out of whatever pieces they come in."""

import os
import random
import threading
from contextlib import contextmanager

import pytest
from waiting import HANG_SECONDS, eventually

from kg.store.pool import frames
from kg.store.pool.frames import AHEAD, QUERY, Incoming


@contextmanager
def pipe():
    """What is written to the one end, and the frames that come out of the other one."""
    source, target = os.pipe()
    with os.fdopen(source, "rb", 0), os.fdopen(target, "wb", 0) as writing:
        yield writing, Incoming(source)


def test_frames_in_any_pieces():
    """However the bytes of some frames come, the same frames are read, and then there are no more."""
    chance = random.Random(1945)
    sent = [(chance.choice((QUERY, AHEAD)), bytes(chance.randrange(1 << chance.randint(0, 17)))) for _ in range(60)]
    data = b"".join(frames.frame(*each) for each in sent)

    def write(writing):
        at = 0
        while at < len(data):
            at += writing.write(data[at : at + chance.choice((1, 4, 5, 6, 100, 5_000, 200_000))])
        writing.close()

    with pipe() as (writing, incoming):
        writer = threading.Thread(target=write, args=(writing,))
        writer.start()
        assert [incoming.next(awake=0.0001) for _ in sent] == sent
        assert incoming.next(awake=0.0) is None
        writer.join()


@pytest.mark.parametrize("cut", range(1, 9))
def test_half_a_frame(cut):
    """What ends in the middle of a frame was never asked."""
    with pipe() as (writing, incoming):
        writing.write(frames.frame(QUERY, b"abcd")[:-cut])
        writing.close()
        assert incoming.next(awake=0.0) is None


class CountedPoll:
    """A poll object that counts how often it is asked."""

    def __init__(self, poll):
        self._poll, self.asked = poll, 0

    def poll(self, milliseconds):
        self.asked += 1
        return self._poll.poll(milliseconds)


def test_looking_out():
    """Who looks out for what does not come sleeps before long, and wakes when it comes."""
    with pipe() as (writing, incoming):
        incoming._poll = counted = CountedPoll(incoming._poll)
        came, looks = [], [0, -1]
        reader = threading.Thread(target=lambda: came.append(incoming.next(awake=0.05)))
        reader.start()

        def sleeps():
            looks.append(counted.asked)
            return looks[-1] == looks[-2] == looks[-3] > 0

        eventually(sleeps, "sleep instead of looking out")
        writing.write(frames.frame(QUERY, b"late"))
        reader.join(HANG_SECONDS)
        assert came == [(QUERY, b"late")]
