"""Turns of clients in the rounds of the event loop."""

import asyncio

from kg.web.server.request_turns import MAX_STARTS, RequestTurns

MANY = 400


def order_of(*addresses, cancelled=()):
    """The addresses of requests that come in one round, in the order in which they start."""
    started = []

    async def requests():
        turns = RequestTurns()

        async def ask(address):
            await turns.wait(address)
            started.append(address)

        tasks = [asyncio.create_task(ask(address)) for address in addresses]
        await asyncio.sleep(0)
        for number in cancelled:
            tasks[number].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)
        assert not turns._waiting

    asyncio.run(requests())
    return started


def test_many_requests_of_one_client_do_not_come_before_another():
    """Behind 400 requests of one client, another client's starts after a few of them; all start in the end."""
    order = order_of(*["192.0.2.1"] * MANY, "192.0.2.2")
    assert order.index("192.0.2.2") == MAX_STARTS
    assert len(order) == MANY + 1


def test_each_client_has_its_share_of_each_round():
    """Clients with many requests alternate, round by round."""
    order = order_of(*["192.0.2.1"] * MANY, *["192.0.2.2"] * MANY)
    for start in range(0, 2 * MANY, 2 * MAX_STARTS):
        assert order[start : start + 2 * MAX_STARTS].count("192.0.2.1") == MAX_STARTS


def test_addresses_of_a_network_are_one_client():
    """Of IPv6 a network is a client, which has as many addresses as it likes."""
    order = order_of(*(f"2001:db8::{number:x}" for number in range(MANY)), "192.0.2.2")
    assert order.index("192.0.2.2") == MAX_STARTS


def test_who_left_takes_no_turn():
    """A request that ended while it waited takes none of its client's share."""
    order = order_of(*["192.0.2.1"] * MANY, cancelled=range(MAX_STARTS, MANY - 1))
    assert len(order) == MAX_STARTS + 1


def test_unknown_clients_do_not_wait():
    """Requests without an address, by a socket of the system say, start at once."""
    assert order_of(*["192.0.2.1"] * MANY, *[""] * 9)[MAX_STARTS : MAX_STARTS + 9] == [""] * 9
