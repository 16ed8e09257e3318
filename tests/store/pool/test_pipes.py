"""The server's ends of a worker's pipes."""

import asyncio
import os

from hypothesis import given
from hypothesis import strategies as st

from kg.store.pool.frames import DATA, END, frame
from kg.store.pool.pipes import FrameReader, PipeWriter


class Taken:
    """What a reader hands on."""

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
    "However bytes arrive, the frames are those that were written, and the end is the end."

    async def go():
        read, write = os.pipe()
        taken = Taken(read)
        rest = b"".join(frame(DATA, each) for each in payloads)
        for size in [*cuts, len(rest) + 1]:
            os.write(write, rest[:size])
            rest = rest[size:]
            await asyncio.sleep(0)
        os.close(write)
        await taken.until(lambda each: each.ends)
        taken.reader.close()
        assert taken.frames == [(DATA, each) for each in payloads]
        assert taken.ends == 1

    asyncio.run(go())


def test_a_pipe_that_ends_within_a_frame_has_no_more():
    "Half a frame is none."

    async def go():
        read, write = os.pipe()
        taken = Taken(read)
        os.write(write, frame(END) + frame(DATA, b"whole")[:-1])
        os.close(write)
        await taken.until(lambda each: each.ends)
        taken.reader.close()
        assert taken.frames == [(END, b"")]

    asyncio.run(go())


def test_it_ends_when_it_is_closed():
    "Closing is an end too, and the only one."

    async def go():
        read, write = os.pipe()
        taken = Taken(read)
        taken.reader.close()
        taken.reader.close()
        assert taken.ends == 1
        os.close(write)

    asyncio.run(go())


def test_a_writer_is_held_back_by_a_reader_that_pauses():
    "Megabytes go into a pipe of 64 KiB at once; while nobody reads it stays full, and then all of it comes."

    async def go():
        read, write = os.pipe()
        taken, out = Taken(read), PipeWriter(write)
        taken.reader.pause()
        payload = os.urandom(50_000)
        out.write(frame(DATA, payload) * 60)
        out.write(frame(END))
        await asyncio.sleep(0.02)
        assert not taken.frames
        taken.reader.resume()
        await taken.until(lambda each: len(each.frames) == 61)
        assert taken.frames == [(DATA, payload)] * 60 + [(END, b"")]
        out.close()
        taken.reader.close()

    asyncio.run(go())


def test_nobody_reads():
    "What is written to a pipe that nobody reads is dropped."

    async def go():
        read, write = os.pipe()
        os.close(read)
        out = PipeWriter(write)
        out.write(b"lost")
        out.close()

    asyncio.run(go())
