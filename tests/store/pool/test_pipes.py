"""Pipes to a worker, at the server's end."""

import asyncio
import os

from hypothesis import given
from hypothesis import strategies as st

from kg.store.pool.frames import DATA, END, frame
from kg.store.pool.pipes import FrameReader, PipeWriter


class Received:
    """Frames and ends from a reader."""

    def __init__(self, descriptor):
        self.frames = []
        self.ends = 0
        self.reader = FrameReader(descriptor, lambda *each: self.frames.append(each), self.end)

    def end(self):
        self.ends += 1

    async def until(self, condition):
        for _ in range(5_000):
            if condition(self):
                return
            await asyncio.sleep(0.001)
        raise AssertionError


@given(st.lists(st.binary(max_size=300), max_size=6), st.lists(st.integers(1, 400), max_size=12))
def test_frames_are_whole_wherever_they_are_cut(payloads, cuts):
    """The frames read are those that were written, in whatever parts their bytes arrive, and the end comes once."""

    async def go():
        read, write = os.pipe()
        received = Received(read)
        rest = b"".join(frame(DATA, each) for each in payloads)
        for size in [*cuts, len(rest) + 1]:
            os.write(write, rest[:size])
            rest = rest[size:]
            await asyncio.sleep(0)
        os.close(write)
        await received.until(lambda each: each.ends)
        received.reader.close()
        assert received.frames == [(DATA, each) for each in payloads]
        assert received.ends == 1

    asyncio.run(go())


def test_incomplete_frame_is_dropped():
    """An incomplete frame at the end of a pipe is dropped."""

    async def go():
        read, write = os.pipe()
        received = Received(read)
        os.write(write, frame(END) + frame(DATA, b"whole")[:-1])
        os.close(write)
        await received.until(lambda each: each.ends)
        received.reader.close()
        assert received.frames == [(END, b"")]

    asyncio.run(go())


def test_close_is_the_end():
    """The close of a reader is its end, once."""

    async def go():
        read, write = os.pipe()
        received = Received(read)
        received.reader.close()
        received.reader.close()
        assert received.ends == 1
        os.close(write)

    asyncio.run(go())


def test_a_paused_reader_stops_the_writer():
    """Megabytes for a pipe of 64 KiB wait while its reader pauses, and all of them come afterwards."""

    async def go():
        read, write = os.pipe()
        received, out = Received(read), PipeWriter(write)
        received.reader.pause()
        payload = os.urandom(50_000)
        out.write(frame(DATA, payload) * 60)
        out.write(frame(END))
        await asyncio.sleep(0.02)
        assert not received.frames
        received.reader.resume()
        await received.until(lambda each: len(each.frames) == 61)
        assert received.frames == [(DATA, payload)] * 60 + [(END, b"")]
        out.close()
        received.reader.close()

    asyncio.run(go())


def test_pipe_without_a_reader():
    """Bytes for a pipe without a reader are dropped."""

    async def go():
        read, write = os.pipe()
        os.close(read)
        out = PipeWriter(write)
        out.write(b"lost")
        out.close()

    asyncio.run(go())
