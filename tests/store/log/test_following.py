"""The change log under random scripts of edits: who follows it, from wherever, holds what is live."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from logged_collections import Follower, LoggedCollection

PLAIN = [f"record/{key}" for key in "abcd"]
SPELLINGS = ("record/e%3A1", "record/e:1")

references = st.sampled_from([*PLAIN, SPELLINGS[1]])
links = st.lists(st.tuples(st.sampled_from(["relatedTo", "replaces", "partOf"]), references), max_size=3, unique=True)
source_edits = st.one_of(
    st.tuples(st.just("write"), references, st.integers(0, 2), links),
    st.tuples(st.just("delete"), references),
    st.tuples(st.just("respell")),
    st.tuples(st.just("remap")),
)
edits = st.one_of(
    source_edits,
    st.tuples(st.just("rebase")),
    st.tuples(st.just("build again")),
    st.tuples(st.just("roll back"), st.integers(0, 5)),
    st.tuples(st.just("lose log")),
    st.tuples(st.just("follow"), st.integers(0, 3), st.integers(1, 4)),
)


class Script:
    """A collection, its followers, and the spelling of a key."""

    def __init__(self, folder):
        self.collection = LoggedCollection(folder)
        self.spelled = SPELLINGS[1]
        self.followers = [Follower() for _ in range(4)]
        self.synced = []
        self.wanted = {}

    def run(self, edit, *, partly):
        """Do an edit, and publish what it changes."""
        what, *values = edit
        if self.collection.number or what not in {"follow", "lose log", "roll back"}:
            is_published = getattr(self, what.replace(" ", "_"))(*values)
            if not is_published:
                self._build(partly=partly)
            self._check()

    def follow(self, number, limit):
        self.followers[number].follow(self.collection.log, limit)
        return True

    def lose_log(self):
        self.collection.lose_log()
        return True

    def roll_back(self, number):
        self.collection.roll_back(1 + number % self.collection.number)
        return True

    def write(self, reference, title, links):
        self.wanted[reference] = (title, [link for link in links if link[1] != reference])

    def delete(self, reference):
        self.wanted.pop(reference, None)

    def respell(self):
        self.spelled = SPELLINGS[self.spelled == SPELLINGS[0]]

    def remap(self):
        self.collection.mapping += 1

    def rebase(self):
        self.collection.base = "https://b.example.org/" if "a." in self.collection.base else "https://a.example.org/"

    def build_again(self):
        pass

    def _build(self, *, partly):
        self.collection.records = {
            self._spelled(reference): {"title": title, "links": tuple((key, self._spelled(to)) for key, to in links)}
            for reference, (title, links) in self.wanted.items()
        }
        self.collection.build(partly=partly)

    def _spelled(self, reference):
        return self.spelled if reference == SPELLINGS[1] else reference

    def _check(self):
        """A new follower, one that was up to date at each generation, and the slow ones hold what is live."""
        live = self.collection.live()
        self.synced.append(Follower())
        for follower in self.synced:
            follower.follow_to_the_end(self.collection.log)
            assert follower.held == live


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(edits, min_size=2, max_size=9), st.booleans())
def test_who_follows_holds_what_is_live(script, partly):
    """Whatever is edited, rolled back, mapped otherwise or lost: followers from any sequence hold the live references with their digests."""
    with tempfile.TemporaryDirectory() as name:
        run = Script(Path(name))
        for edit in script:
            run.run(edit, partly=partly)
        if run.collection.number:
            for follower in run.followers:
                follower.follow_to_the_end(run.collection.log)
                assert follower.held == run.collection.live()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(source_edits, min_size=3, max_size=7))
def test_a_comparison_of_what_may_differ_is_one_of_all(script):
    """The changes of an incremental build, which compares some references, are those of a full one."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        runs = Script(Path(one)), Script(Path(other))
        for edit in script:
            for run, partly in zip(runs, (True, False), strict=True):
                run.run(edit, partly=partly)
        first, second = (run.collection.log.changes(0, 1000) for run in runs)
        assert first == second
        for reference in {change.reference for change in first}:
            published = [run.collection.log.published(reference) for run in runs]
            assert published[0] == published[1]
