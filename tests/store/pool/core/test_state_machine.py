"""The core of a pool under random events: no query is lost, none is at two workers, each ends once."""

import copy

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from simulated_pool import MB, SimulatedPool

CLIENTS = ("", "192.0.2.1", "192.0.2.2", "192.0.2.3")
TEXTS = ("", "ASK {}", "SELECT * {}", "SELECT * {} LIMIT 1", "SELECT * {} ORDER BY ?x", "DESCRIBE <x:a>")


class AnyEvents(RuleBasedStateMachine):
    """Whatever happens in whatever order, the table is sound, and in the end everything is answered."""

    @initialize(
        size=st.integers(1, 3),
        reserve=st.integers(0, 1),
        long=st.integers(0, 3),
        spares=st.integers(0, 2),
        queue=st.integers(1, 12),
        processors=st.integers(1, 8),
    )
    def build(self, processors, **limits):
        self.pool = SimulatedPool(processors, **limits)
        self.retired = False

    def busy(self):
        return [worker for worker, simulated in self.pool.workers.items() if simulated.inbox]

    def chosen(self, data, among):
        return data.draw(st.sampled_from(sorted(among)))

    @rule(client=st.sampled_from(CLIENTS), text=st.sampled_from(TEXTS))
    def asked(self, client, text):
        query = self.pool.ask(client, text=text)
        assert not self.retired or query in self.pool.refused

    @rule(client=st.sampled_from(CLIENTS), number=st.integers(2, 10), text=st.sampled_from(TEXTS))
    def a_crowd_asks(self, client, number, text):
        for _ in range(number):
            self.asked(client, text)

    @rule(client=st.sampled_from(CLIENTS), number=st.integers(1, 5), text=st.sampled_from(TEXTS))
    def a_client_crashes_the_engine(self, client, number, text):
        for each in range(number):
            query = self.pool.crash(client, f"{text} # {each}")
            assert not self.retired or query in self.pool.refused

    @precondition(lambda self: self.busy())
    @rule(data=st.data(), seconds=st.sampled_from([0.0001, 0.001, 0.03, 0.3]), unread=st.booleans())
    def ended(self, data, seconds, unread):
        more = data.draw(st.sampled_from([0, 0, MB, 100 * MB, 600 * MB]))
        self.pool.end(self.chosen(data, self.busy()), seconds, unread=unread, then=more)

    @precondition(lambda self: any(row.complete for row in self.pool.scheduler.table.values()))
    @rule(data=st.data())
    def read(self, data):
        complete = [query for query, row in self.pool.scheduler.table.items() if row.complete]
        self.pool.read(self.chosen(data, complete))

    @precondition(lambda self: self.busy())
    @rule(data=st.data())
    def failed(self, data):
        self.pool.fault(self.chosen(data, self.busy()))

    @precondition(lambda self: self.busy())
    @rule(data=st.data())
    def sent_back(self, data):
        self.pool.send_back(self.chosen(data, self.busy()))

    @precondition(lambda self: self.pool.workers)
    @rule(data=st.data(), received=st.booleans(), crash=st.booleans())
    def died(self, data, received, crash):
        worker = self.chosen(data, self.pool.workers)
        self.pool.die(worker, received=received or len(self.pool.workers[worker].inbox) > 1, crash=crash)

    @precondition(lambda self: self.pool.scheduler.table)
    @rule(data=st.data())
    def left(self, data):
        self.pool.leave(self.chosen(data, self.pool.scheduler.table))

    @rule(after=st.sampled_from([0.0, 0.05, 0.3, 3.0]))
    def tick(self, after):
        self.pool.tick(after)

    @rule(after=st.sampled_from([0.0, 0.01]))
    def recall(self, after):
        self.pool.recall(after)

    @rule(after=st.sampled_from([0.5, 30.0]))
    def sampled(self, after):
        self.pool.sample(after)

    @precondition(lambda self: self.pool.starting)
    @rule(works=st.booleans())
    def started(self, works):
        if works:
            self.pool.start_all()
        else:
            worker, _ = self.pool.starting.popitem()
            self.pool.do(self.pool.state.start_failed(worker))

    @rule(whether=st.booleans())
    def priority(self, whether):
        self.pool.may_promote = whether

    @precondition(lambda self: not self.retired)
    @rule(chance=st.integers(0, 30))
    def retired_at_last(self, chance):
        if not chance:
            self.retired = True
            self.pool.do(self.pool.state.retire())

    @invariant()
    def the_table_is_sound(self):
        if hasattr(self, "pool"):
            self.pool.check()

    @invariant()
    def nothing_waits_that_may_run(self):
        if hasattr(self, "pool") and self.pool.state.waiting:
            scheduler, now = copy.deepcopy(self.pool.scheduler), self.pool.now
            for client in [row.client for row in scheduler.table.values() if scheduler.queue.has_pauses(row.client)]:
                scheduler.queue.pause(client, now + 1, now)  # the end of a pause is seen at the next tick
            assert scheduler.dispatch(now) == []

    @invariant()
    def a_retired_pool_closes_behind_its_last_query(self):
        if hasattr(self, "pool") and self.retired:
            assert self.pool.closed == (not self.pool.scheduler.table)

    def teardown(self):
        if hasattr(self, "pool"):
            self.pool.finish()
            ends = self.pool.answered | self.pool.failed.keys() | self.pool.left | self.pool.refused.keys()
            assert ends == set(range(1, self.pool._last + 1))


AnyEvents.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyEvents = AnyEvents.TestCase
