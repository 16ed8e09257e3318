"""What handlers work out once for a generation."""

import asyncio

from kg.web.serving.memo import Memo


class Work:
    """Work that goes on until it is let go; counts how often it was begun."""

    def __init__(self):
        self.begun, self.free, self.fault = 0, asyncio.Event(), None

    async def __call__(self):
        self.begun += 1
        number = self.begun
        await self.free.wait()
        if self.fault:
            raise self.fault
        return number


def test_work_is_done_once():
    """Whoever asks meanwhile or later gets the outcome of the same work."""

    async def go():
        memo, work = Memo(), Work()
        asking = [asyncio.create_task(memo.get("a", work)) for _ in range(3)]
        await asyncio.sleep(0)
        work.free.set()
        assert await asyncio.gather(*asking) == [1, 1, 1]
        assert await memo.get("a", work) == 1
        assert await memo.get("b", work) == 2

    asyncio.run(go())


def test_who_leaves_takes_nothing_along():
    """The work goes on for the others, and for those who come later, where the first who asked for it leaves."""

    async def go():
        memo, work = Memo(), Work()
        leaving, staying = (asyncio.create_task(memo.get("a", work)) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        work.free.set()
        assert await staying == 1
        assert work.begun == 1

    asyncio.run(go())


def test_failed_work_is_done_anew():
    """A fault is raised for all who wait, and is not held: the next who asks has it worked out anew."""

    async def go():
        memo, work = Memo(), Work()
        work.fault = ValueError("no")
        work.free.set()
        found = await asyncio.gather(*(memo.get("a", work) for _ in range(2)), return_exceptions=True)
        assert found == [work.fault] * 2
        work.fault = None
        assert await memo.get("a", work) == 2

    asyncio.run(go())


def test_room_is_bounded():
    """Of more outcomes than there is room for, those go that were not asked for longest."""

    async def go():
        memo, work = Memo(2), Work()
        work.free.set()
        for name in ("a", "b", "a", "c"):
            await memo.get(name, work)
        assert work.begun == 3
        await memo.get("a", work)
        assert work.begun == 3
        await memo.get("b", work)
        assert work.begun == 4

    asyncio.run(go())


def test_no_client_drives_out_what_everybody_asks_for():
    """Work of the start page is done once, however many pictures of things one client asks for."""

    async def go():
        memo, work = Memo(5), Work()
        work.free.set()
        assert await memo.get("start page", work) == 1
        for number in range(20):
            await memo.get(f"pictures {number}", work, "192.0.2.1")
        assert await memo.get("start page", work, "192.0.2.2") == 1

    asyncio.run(go())
