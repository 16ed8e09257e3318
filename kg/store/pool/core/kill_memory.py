"""Memory of killed workers: which queries crash the engine, and which clients pay for the starts of new workers.

A worker takes some 65 ms of processor time to start, and a query that kills one may take a single millisecond. So a
client could have the machine do nothing else. Two rules bound that (D-114):

- A query that has crashed the engine twice is refused for ten minutes, without a worker.
- A client whose queries killed a few workers of late has a *quarantine*, a line of its own beside its usual one: one
  query at a time, alone at its worker, after a pause that grows with each kill. In it are queries of the forms that
  killed. A form is the set of a query's keywords, so that another constant, name or layout is no other form. Where many
  forms of a client killed, all are in it but those that were answered since.

Other queries of the same address go on as ever: many people may share it. All is bounded in number, and forgotten
with time. One memory is for all pools of a server process, so that a new generation does not begin with none.
"""

import re
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import TypeVar

from kg.store.sparql.errors import vocabulary

REFUSED_AFTER = 2
"""Crashes of the engine after which a query is refused."""

REFUSED_SECONDS = 600.0
"""How long it is, from its last crash; kills of a client's forms are remembered as long."""

FREE_KILLS = 3
"""Kills of a client in a row with the last of which it has a quarantine."""

HALF_LIFE = 30.0
"""Half-life of a client's kills, in seconds."""

FIRST_PAUSE, LONGEST_PAUSE = 0.125, 2.0
"""Seconds of pause after the first kill with a quarantine, and at most; each time twice as many."""

MANY_FORMS = 4
"""Forms of a client that killed from which on any other is suspect, too."""

_MOST_KILLS = 8.0
"""Recent kills of a client that count, so that it pays for its last minutes alone."""

_MAX_QUERIES, _MAX_CLIENTS, _MAX_FORMS = 4096, 1024, 16
"""Queries, clients, and forms of a client that are remembered; the oldest go first."""

_WORDS = frozenset(
    (
        *vocabulary.FORMS,
        *vocabulary.PATTERNS,
        *vocabulary.CLAUSES,
        *vocabulary.AGGREGATES,
        *vocabulary.FUNCTIONS,
        *("DISTINCT", "REDUCED", "LATERAL", "UNDEF"),
    )
)
# IRIs, strings and comments, as far as one expression sees them in linear time: a word too many gives another form.
_NO_WORDS = re.compile(r"""<[^<>\s]*+>|"[^"\r\n]*+"|'[^'\r\n]*+'|#[^\r\n]*+|[?$@:][\w.:-]++|(?<!\w)\w++:""")
_LETTERS = re.compile(r"[A-Za-z_][A-Za-z0-9_]++")

_MAX_READ = 20_000
"""Characters of a query that are read for its form, which happens in the event loop."""

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class AskedQuery:
    """A query as it was asked: its text and the graphs that it is asked of."""

    def __init__(self, text: str, graphs: Hashable = ()) -> None:
        """Nothing is digested before that is of use."""
        self.text = text
        self._graphs = graphs

    @cached_property
    def digest(self) -> bytes:
        """The same for the same query of the same graphs."""
        return blake2b(f"{self._graphs!r} {self.text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()

    @cached_property
    def form(self) -> frozenset[str]:
        """Its keywords; of a long one those at its beginning.

        >>> sorted(AskedQuery("select ?x { ?x <x:a> 'order' } order by ?x # limit").form)
        ['ORDER', 'SELECT']
        """
        words = _LETTERS.findall(_NO_WORDS.sub(" ", self.text[:_MAX_READ]))
        return frozenset(word.upper() for word in words) & _WORDS


@dataclass(slots=True)
class _Offender:
    """A client whose queries killed workers.

    Attributes:
        kills: recent kills, with decay.
        when: the last of them.
        until: end of its pause.
        forms: forms that killed, the last one at the end.
        proven: forms that were answered since.
    """

    kills: float = 0.0
    when: float = 0.0
    until: float = 0.0
    forms: OrderedDict[frozenset[str], None] = field(default_factory=OrderedDict)
    proven: OrderedDict[frozenset[str], None] = field(default_factory=OrderedDict)

    def recent(self, now: float) -> float:
        """Recent kills."""
        return float(self.kills * 0.5 ** ((now - self.when) / HALF_LIFE))


class KillMemory:
    """Queries that crashed the engine, and clients whose queries killed workers."""

    def __init__(self) -> None:
        """Nothing is remembered."""
        self._crashes: OrderedDict[bytes, tuple[int, float]] = OrderedDict()
        self._offenders: OrderedDict[str, _Offender] = OrderedDict()

    def refuses(self, asked: AskedQuery, now: float) -> bool:
        """Whether a query has crashed the engine so often of late that it gets no worker."""
        if not self._crashes:
            return False
        crashes, last = self._crashes.get(asked.digest, (0, now))
        return crashes >= REFUSED_AFTER and now - last < REFUSED_SECONDS

    def quarantines(self, client: str, asked: AskedQuery, now: float) -> bool:
        """Whether a client's query belongs into its quarantine."""
        offender = self._offenders.get(client)
        if offender is None or offender.recent(now) <= FREE_KILLS - 1:
            return False
        form = asked.form
        return form in offender.forms or (len(offender.forms) >= MANY_FORMS and form not in offender.proven)

    def paused_until(self, client: str) -> float:
        """End of a client's last pause."""
        offender = self._offenders.get(client)
        return offender.until if offender else 0.0

    def killed(self, client: str, asked: AskedQuery, now: float, *, crash: bool) -> None:
        """Note that a client's query killed its worker.

        Args:
            client: the client; "" for an unknown one, which never has a quarantine.
            asked: the query.
            now: the time.
            crash: whether the engine itself gave up, and by no limit of memory.
        """
        if crash:
            before, last = self._crashes.get(asked.digest, (0, now))
            _keep(self._crashes, asked.digest, (before + 1 if now - last < REFUSED_SECONDS else 1, now), _MAX_QUERIES)
        if not client:
            return
        offender = self._offenders.get(client)
        if offender is None or now - offender.when >= REFUSED_SECONDS:
            offender = _Offender(when=now)
        offender.kills = min(_MOST_KILLS, offender.recent(now) + 1)
        offender.when = now
        _keep(offender.forms, asked.form, None, _MAX_FORMS)
        offender.proven.pop(asked.form, None)
        if offender.kills > FREE_KILLS - 1:
            offender.until = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (offender.kills - FREE_KILLS))
        _keep(self._offenders, client, offender, _MAX_CLIENTS)

    def answered(self, client: str, asked: AskedQuery) -> None:
        """Note that a client's query was answered."""
        offender = self._offenders.get(client)
        if offender is not None and asked.form not in offender.forms:
            _keep(offender.proven, asked.form, None, _MAX_FORMS)


def _keep(among: OrderedDict[_Key, _Value], key: _Key, value: _Value, most: int) -> None:
    """Put a value at the end, and drop the first one where there are too many."""
    among[key] = value
    among.move_to_end(key)
    if len(among) > most:
        among.popitem(last=False)
