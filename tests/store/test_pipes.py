"""The server's ends of a worker's pipes."""

import asyncio
import os

from hypothesis import given
from hypothesis import strategies as st

from kg.store.frames import DATA, END, frame
from kg.store.pipes import FrameReader, PipeWriter


@given(st.lists(st.binary(max_size=300), max_size=6), st.lists(st.integers(1, 400), max_size=12))
def test_frames_are_whole_wherever_they_are_cut(payloads, cuts):
    "However bytes arrive, the frames are those that were written, and the end is the end."

    async def go():
        read, write = os.pipe()
        frames = FrameReader(read, 1 << 20)
        data = b"".join(frame(DATA, each) for each in payloads)

        async def feed():
            rest = data
            for size in [*cuts, len(data)]:
                os.write(write, rest[:size])
                rest = rest[size:]
                await asyncio.sleep(0)
            os.close(write)

        feeding = asyncio.create_task(feed())
        got = []
        try:
            while True:
                got.append(await frames.next())
        except EOFError:
            pass
        await feeding
        frames.close()
        assert got == [(DATA, each) for each in payloads]

    asyncio.run(go())


def test_a_pipe_that_ends_within_a_frame_has_no_more():
    "Half a frame is none."

    async def go():
        read, write = os.pipe()
        frames = FrameReader(read, 1 << 20)
        os.write(write, frame(END) + frame(DATA, b"whole")[:-1])
        os.close(write)
        assert await frames.next() == (END, b"")
        try:
            await frames.next()
        except EOFError:
            frames.close()
            return
        raise AssertionError

    asyncio.run(go())


def test_whoever_waits_meets_the_end_when_it_is_closed():
    "Closing wakes who waits."

    async def go():
        read, write = os.pipe()
        frames = FrameReader(read, 1 << 20)
        waiting = asyncio.create_task(frames.next())
        await asyncio.sleep(0)
        frames.close()
        assert isinstance((await asyncio.gather(waiting, return_exceptions=True))[0], EOFError)
        os.close(write)

    asyncio.run(go())


def test_a_writer_waits_for_its_reader_and_a_reader_reads_no_further_than_it_may():
    "Both ends hold back: megabytes go through a pipe of 64 KiB, and little of them waits on this side."

    async def go():
        read, write = os.pipe()
        frames, out = FrameReader(read, 100_000), PipeWriter(write)
        payload = os.urandom(50_000)
        writing = asyncio.create_task(out.write(frame(DATA, payload) * 60))
        most = 0
        for _ in range(60):
            await asyncio.sleep(0.001)
            most = max(most, frames.held)
            assert await frames.next() == (DATA, payload)
        await writing
        out.close()
        frames.close()
        assert most <= 100_000 + (256 << 10) + 50_000

    asyncio.run(go())
