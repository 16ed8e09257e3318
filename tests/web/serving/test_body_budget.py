"""Memory of request bodies: bounded in sum, and for each client by what stays free for others."""

import asyncio
import contextlib

import pytest
from starlette.requests import Request

from kg.errors import QueryBusy, QueryTooMany
from kg.web.http.problems import Problem, of
from kg.web.serving.body_budget import BodyBudget


def request(client, *chunks, more=True, length=None):
    """A request of a client whose body has come so far, and whether more of it is to come."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    if not more:
        messages[-1]["more_body"] = False

    async def receive():
        return messages.pop(0) if messages else await asyncio.Event().wait()

    headers = [] if length is None else [(b"content-length", str(length).encode())]
    scope = {"type": "http", "method": "POST", "headers": headers, "client": (client, 1) if client else None}
    return Request(scope, receive)


async def hold(budget, sent, most=1_000):
    """Read a body until it is over, or for ever."""
    async with budget.reading(sent, most) as body:
        return body


@contextlib.asynccontextmanager
async def held(budget, *requests):
    """Bodies that are being read; yields what became of those that are not any more."""
    tasks = [asyncio.create_task(hold(budget, each)) for each in requests]
    for _ in range(5):
        await asyncio.sleep(0)
    yield [task.exception() for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def test_a_client_has_half_and_others_find_room():
    """One address holds half of the budget at most, however many bodies it sends; the next ones find room all the same."""

    async def main():
        budget = BodyBudget(10_000)
        async with held(budget, *(request("192.0.2.1", b"x" * 500) for _ in range(600))) as refused:
            assert budget.size == 5_000
            assert len(refused) == 590
            assert {type(each) for each in refused} == {QueryTooMany}
            async with held(budget, *(request("192.0.2.2", b"x" * 500) for _ in range(600))) as others:
                assert 7_000 <= budget.size < 10_000
                assert {type(each) for each in others} == {QueryTooMany}
                assert await hold(budget, request("192.0.2.3", b"ASK {}", more=False)) == b"ASK {}"
        assert budget.size == 0
        assert budget._held == {}

    asyncio.run(main())


def test_networks_are_clients():
    """Addresses of one network of IPv6 are one client, as in every queue."""

    async def main():
        budget = BodyBudget(10_000)
        async with held(budget, *(request(f"2001:db8::{n:x}", b"x" * 500) for n in range(600))) as refused:
            assert (budget.size, len(refused)) == (5_000, 590)

    asyncio.run(main())


def test_the_sum_is_bounded():
    """Whatever clients do together, no more is held than the budget; who holds nothing is told that the server is busy."""

    async def main():
        budget = BodyBudget(10_000)
        senders = [request(f"192.0.{n}.1", b"x" * 900) for n in range(250)]
        async with held(budget, *senders) as refused:
            assert budget.size <= 10_000
            assert {type(each) for each in refused} == {QueryBusy}
        assert budget.size == 0

    asyncio.run(main())


def test_refusals_say_when_to_come_back():
    """Both refusals are problems with Retry-After."""
    for fault, status in ((QueryTooMany("x"), 429), (QueryBusy("x"), 503)):
        problem = of(fault)
        assert (problem.status, "Retry-After" in problem.headers) == (status, True)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request("192.0.2.1", length=1_001), 413),
        (request("192.0.2.1", b"x" * 600, b"x" * 600), 413),
        (request("192.0.2.1", b"x", length="9" * 40), None),
        (request("192.0.2.1", b"x", length="-5"), None),
        (request("192.0.2.1", b"x" * 1_000, more=False, length=1_000), 200),
    ],
)
def test_long_bodies(sent, status):
    """A body that says that it is too long is refused unread, one that becomes so at once; a length may be nonsense."""

    async def main():
        budget = BodyBudget(10_000)
        async with held(budget, sent) as over:
            assert [getattr(each, "status", 200) for each in over] == ([status] if status else [])
            assert not over or over[0] is None or isinstance(over[0], Problem)
        assert budget.size == 0

    asyncio.run(main())
