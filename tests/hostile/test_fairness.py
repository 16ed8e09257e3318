"""Attackers beside a polite client, at every door, against `kg serve` as it runs; `make test-hostile` alone has bounds.

The polite client has an address of its own, and then the attacker's: a reading room is one address. It is measured in
turns, beside nobody, beside the attacker and beside nobody again, so that what else the machine does disturbs both
(D-118).
The table of all turns is printed at the end, as Markdown.
"""

import json
import time
from dataclasses import dataclass

import hostile_collection
import psutil
import pytest
from attackers import ATTACKERS
from attacking import Attack
from clients import ask
from polite import Polite
from process_samples import Watched
from serving import free_port, served

HOSTILE, OWN, SHARED = "127.0.0.1", "127.0.0.2", "127.0.0.1"
IDLE_SECONDS, ATTACK_SECONDS, SETTLE_SECONDS = 3, 8, 2
MAX_SECONDS = {OWN: 1.0, SHARED: 3.0}
"""What no answer takes longer than, by the polite client's address."""

MEDIAN_RATIO, TAIL_RATIO = 5, 5
"""How often the reference the median is at most; and the 95th of 100 beside what crashes the engine."""

CRASH_MEDIAN_RATIO = 3
MAX_MEMORY_MB = 2_950
"""What docs/operation.md names for one server process with the settings as they come."""

MAX_TEMPORARY_MB = 300
CALM_SECONDS = 120
LEAST_MEDIAN = 0.0005
"""Seconds below which no median is told from noise."""

KINDS = ("queries", "pages", "data", "searches")
COLUMNS = (
    *("attack", *(f"{kind}, ms" for kind in KINDS), "95 of 100, ms", "longest, s", "failed", "refused"),
    *("memory, MB", "temporary files, MB", "attacker's answers"),
)


@dataclass(frozen=True)
class Site:
    """A server and its folder."""

    port: int
    process: psutil.Process
    folder: object

    def fared(self, source, seconds):
        """How a polite client of an address fares for so many seconds."""
        with Polite(self.port, hostile_collection.POLITE_KEYS, source) as polite:
            time.sleep(seconds)
        return polite.fared


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A collection of some thousand records, served by one process."""
    folder, port = tmp_path_factory.mktemp("fairness"), free_port()
    hostile_collection.make(folder, port, 'access_log = "access.jsonl"')
    (folder / "tmp").mkdir()
    with served(folder, port, process=True, TMPDIR=str(folder / "tmp")) as (_, process):
        yield Site(port, psutil.Process(process.pid), folder)


@pytest.fixture(scope="module")
def table():
    """Rows of the table, shown when all have run."""
    rows = []
    yield rows
    lines = [COLUMNS, ["---"] * len(COLUMNS), *rows]
    print("\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines))  # noqa: T201  # the report of the run


@dataclass(frozen=True)
class Turns:
    """How a polite client fared beside its reference and beside the attacker, what the server took, what came of it."""

    reference: object
    beside: object
    watched: Watched
    seen: dict

    def ratio(self, share, kind):
        """How often the reference the seconds are that this share of the answers did not exceed."""
        least = max(self.reference.quantile(share, kind), LEAST_MEDIAN)
        return self.beside.quantile(share, kind) / least

    def row(self, name):
        """The row of the table: reference → beside."""
        pairs = [f"{self.milliseconds(0.5, kind)}" for kind in KINDS]
        return [
            *(name, *pairs, self.milliseconds(0.95)),
            f"{self.reference.longest:.2f} → {self.beside.longest:.2f}",
            *(f"{len(self.beside.wrong)} of {len(self.beside.all)}", str(self.beside.refused)),
            *(f"{self.watched.most('all_mb'):.0f}", f"{self.watched.most('temporary_mb'):.0f}"),
            ", ".join(f"{count:,} × {what}" for what, count in sorted(self.seen.items())),
        ]

    def milliseconds(self, share, kind=None):
        return f"{self.reference.quantile(share, kind) * 1000:.1f} → {self.beside.quantile(share, kind) * 1000:.1f}"


def in_turns(site, attacker, source):
    """The turns of an attacker."""

    def reference():
        ask(site.port, "/healthz", source=OWN, patience=CALM_SECONDS)  # as long as there is work of the attack
        time.sleep(SETTLE_SECONDS)
        if not attacker.reference:
            return site.fared(source, IDLE_SECONDS)
        with Attack(site.port, attacker.reference, source=HOSTILE):
            return site.fared(source, IDLE_SECONDS)

    before = reference()
    with (
        Watched(0.5, site.process, site.folder / "var", site.folder / "tmp") as watched,
        Attack(site.port, attacker.name) as attack,
    ):
        beside = site.fared(source, ATTACK_SECONDS)
    return Turns(before + reference(), beside, watched, attack.seen)


@pytest.mark.hostile
@pytest.mark.parametrize("source", [OWN, SHARED], ids=["own-address", "shared-address"])
@pytest.mark.parametrize("name", ATTACKERS)
def test_polite_client_beside(site, table, name, source):
    """Beside each attacker no answer to a polite client of another address fails or takes over a second, and its medians
    stay under five times those beside nobody; with the attacker's own address, none takes over three seconds.
    """
    attacker = ATTACKERS[name]
    turns = in_turns(site, attacker, source)
    row = turns.row(f"{name}{', same address' if source == SHARED else ''}")
    table.append(row)
    print(f"\n{' | '.join(row)}\n{turns.beside.wrong[:2]}")  # noqa: T201  # the report of the run
    assert sum(turns.seen.values()), "the attacker got nowhere"
    faults = []
    if turns.beside.longest > MAX_SECONDS[source]:
        faults.append(f"the longest answer took {turns.beside.longest:.2f} s")
    if turns.watched.most("all_mb") > MAX_MEMORY_MB or turns.watched.most("temporary_mb") > MAX_TEMPORARY_MB:
        faults.append("memory or temporary files beyond their bound")
    if source == OWN:
        faults += _unfair(turns, attacker)
    assert not faults


def _unfair(turns, attacker):
    """What a polite client of another address suffered."""
    median = CRASH_MEDIAN_RATIO if attacker.reference else MEDIAN_RATIO
    if turns.beside.wrong or turns.beside.refused:
        yield f"{len(turns.beside.wrong)} failed, {turns.beside.refused} were refused"
    for kind in KINDS:
        if turns.ratio(0.5, kind) > median:
            yield f"the median of {kind} is {turns.ratio(0.5, kind):.1f} times its reference"
    if attacker.reference and turns.ratio(0.95, "queries") > TAIL_RATIO:
        yield f"95 of 100 queries take up to {turns.ratio(0.95, 'queries'):.1f} times their reference"


@pytest.mark.hostile
def test_server_lives_on(site):
    """After all attackers the same process serves, and takes the polite client's address for a client of its own."""
    fared = site.fared(OWN, 2)
    assert not fared.wrong
    assert not fared.refused
    assert site.process.is_running()
    clients = {json.loads(line)["client"] for line in (site.folder / "access.jsonl").read_text().splitlines()}
    assert {HOSTILE, OWN} <= clients
