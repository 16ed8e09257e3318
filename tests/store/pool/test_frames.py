"""What server and worker say to each other: frames out of whatever pieces they come in."""

import os
import random
import threading
import time
from contextlib import contextmanager

import pytest

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


def test_looking_out():
    """Who looks out for what does not come sleeps before long, and wakes when it comes."""
    with pipe() as (writing, incoming):
        came = []
        reader = threading.Thread(target=lambda: came.append(incoming.next(awake=0.05)))
        reader.start()
        time.sleep(0.2)
        spent = time.process_time()
        time.sleep(0.2)
        assert time.process_time() - spent < 0.05  # it would be 0.2 if it looked out still
        writing.write(frames.frame(QUERY, b"late"))
        reader.join(5)
        assert came == [(QUERY, b"late")]
