"""The comparison of two checkouts. Nothing here asserts a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from benchmarks import options
from benchmarks.against import Comparison, Turn, compare, order, row
from benchmarks.checkout import Checkout, UnknownCommitError, checkout
from benchmarks.targets import Target

MAKEFILE = "install:\n\tmkdir .venv && mkdir .venv/bin && echo $(PYTHON) > .venv/bin/kg\n"
KINDS = {
    *(f"{kind} again" for kind in ("record", "agent", "list", "search", "home", "Turtle", "JSON-LD", "static file")),
    *(f"{kind} new" for kind in ("303", "record", "agent", "list", "search", "Turtle", "JSON-LD")),
    *(f"query {shape}" for shape in ("one-thing again", "one-thing", "inverse-link", "facet-count", "10000-rows")),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository of two commits, with a function that runs git there."""
    folder = tmp_path_factory.mktemp("repository")

    def git(*arguments):
        who = {
            f"GIT_{role}_{what}": "nobody@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", *arguments], cwd=folder, check=True, capture_output=True, env={**os.environ, **who}
        )
        return done.stdout.decode().strip()

    git("init", "-q")
    (folder / "Makefile").write_text(MAKEFILE)
    for text in ("first", "second"):
        (folder / "text").write_text(text)
        git("add", "-A")
        git("commit", "-qm", text)
    return folder, git


def test_checkout_has_the_files_of_its_commit_and_its_own_command(repository, tmp_path):
    """A checkout holds the files of its commit, whatever the tree says, and is installed on this interpreter."""
    folder, git = repository
    found = checkout("HEAD~1", tmp_path, folder)
    assert (found.folder / "text").read_text() == "first"
    assert found.name == git("rev-parse", "--short=12", "HEAD~1")
    assert Path(found.kg).read_text().strip() == str(Path(sys.executable).resolve())


def test_checkout_of_an_unknown_commit_is_an_error(repository, tmp_path):
    """A name that git does not know is told with what git says of it."""
    with pytest.raises(UnknownCommitError, match="'gone' is no commit"):
        checkout("gone", tmp_path, repository[0])


def test_servers_take_turns_at_being_first():
    """The server that is first in one turn is second in the next."""
    assert [order(turn)[0] for turn in range(1, 5)] == [0, 1, 0, 1]


def test_ratio_is_the_median_of_the_ratios_of_turns():
    """What disturbs one turn, both sides alike or one alone, does not move the ratio."""
    turns = [(Turn(10, 100, 0), Turn(5, 200, 0))] * 3 + [
        (Turn(70, 10, 0), Turn(35, 20, 0)),
        (Turn(99, 1, 3), Turn(1, 99, 1)),
    ]
    found = row("a page", 8, turns)
    assert (found["cpu_ratio"], found["rate_ratio"]) == (2, 0.5)
    assert (found["cpu_us"], found["its_cpu_us"], found["refused"], found["it_refused"]) == (10, 5, 3, 1)


def test_new_addresses_are_new_in_each_turn_and_the_same_for_both_servers():
    """No two turns of a target share an address, unless it repeats a few; both servers get the same."""
    new, again = Target(lambda n: f"/{n}", ()), Target(lambda n: f"/{n}", (), 2)

    def first(target, port, turn):
        return [next(requests).split()[1] for requests in [target.requests(port, turn)] for _ in range(4)]

    assert not {*first(new, 1, 1)} & {*first(new, 1, 2)}
    assert first(new, 1, 1) == first(new, 2, 1)
    assert len({*first(again, 1, 1), *first(again, 1, 2)}) == 2


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """This checkout beside itself, with twenty records, for a moment each."""
    folder = tmp_path_factory.mktemp("against")
    (folder / "same/.venv/bin").mkdir(parents=True)
    (folder / "same/.venv/bin/kg").symlink_to(Path(sys.executable).with_name("kg"))
    how = Comparison(folder, (20,), clients=(1, 2), turns=2, seconds=0.01, warm_up=0.01)
    [(title, rows)] = compare(how, Checkout("same", folder / "same"))
    return title, rows


def test_every_kind_of_request_is_compared(compared):
    """Each kind of page and of query has a row for each number of clients, and no request of it is refused."""
    title, rows = compared
    assert "same" in title
    assert [(each["what"], each["clients"]) for each in rows] == [
        (each["what"], clients) for each in rows[::2] for clients in (1, 2)
    ]
    assert {each["what"] for each in rows} == KINDS
    assert {each["refused"] + each["it_refused"] for each in rows} == {0}
    assert all(each["cpu_us"] >= 0 and each["its_a_second"] > 0 for each in rows)


def test_command_names_what_git_does_not_know():
    """`make bench AGAINST=gone` says that it is no commit, and measures nothing."""
    command = [sys.executable, "-m", "benchmarks.against", "gone"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert done.returncode == 2
    assert "'gone' is no commit of this repository" in done.stderr.replace("\n", " ")


def test_no_collection_of_the_endpoint_is_a_toy():
    """Without options collections of 10,000 records and more are measured."""
    assert min(int(size) for size in options.SIZES.split(",")) >= 10_000
