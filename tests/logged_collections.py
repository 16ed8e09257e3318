"""A collection of small things whose generations go through catalogue and change log alone, for tests of the log."""

import json
from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from kg.store.generation.catalogue_builder import CatalogueBuilder, CatalogueEntry, copy_with_new_times
from kg.store.generation.read_only_database import database_uri
from kg.store.log.change_log import ChangeLog
from kg.store.log.changes import DELETED, MERGED, TOLD, WITHDRAWN, LoggedGeneration
from kg.store.log.comparison import ComparedGeneration, compare, complete, last_sequence
from kg.store.log.live_catalogue import LiveCatalogue, record_digest
from kg.store.log.log_state import LogState
from kg.store.log.schema import LOG


@dataclass
class Follower:
    """A client that knows changes alone: where it is, and what it holds (reference → digest)."""

    since: int = 0
    held: dict = field(default_factory=dict)

    def follow(self, log, limit=1000):
        """Take some changes; return whether there were any."""
        start, last = log.bounds()
        if not start <= self.since <= last:  # of a log that is lost
            self.since, self.held = start, {}
        page = log.changes(self.since, limit)
        for change in page:
            assert change.sequence > self.since
            assert change.what in TOLD
            self.since = change.sequence
            if change.what in {DELETED, MERGED, WITHDRAWN}:
                self.held.pop(change.reference, None)
            else:
                self.held[change.reference] = change.digest
        return bool(page)

    def follow_to_the_end(self, log):
        while self.follow(log, 5):
            pass


@dataclass
class LoggedCollection:
    """Generations in a folder, each a catalogue and its changes.

    Attributes:
        folder: the folder, which stands for `var`.
        records: reference → the record: its title, links (key, target).
        base, mapping: of the next build.
    """

    folder: Path
    records: dict = field(default_factory=dict)
    base: str = "https://a.example.org/"
    mapping: int = 1
    bases: dict = field(default_factory=dict)
    number: int = 0

    @property
    def log(self):
        return ChangeLog(self.folder)

    def catalogue(self, number):
        return LiveCatalogue(database_uri(self.folder / f"{number}.sqlite"), lambda _: iter(()))

    def changes(self, number):
        return self.folder / f"{number}.changes"

    def build(self, *, partly=False, take_up=True):
        """Build a generation of all records; return the state's rows of the log that it brings.

        Args:
            partly: compare what may differ alone.
            take_up: whether the switch comes, and the log takes the changes up.
        """
        number = self.number + 1
        with closing(LogState(self.folder / LOG)) as state:
            path = self.folder / f"{number}.sqlite"
            path.unlink(missing_ok=True)
            rebased = state.is_rebased(self.base)
            builder = CatalogueBuilder(path, state, self._time(number), rebased=rebased)
            with closing(builder):
                for reference, record in self.records.items():
                    builder.add(self._entry(reference, None, record["title"], record["links"]), 0, 0)
                while missing := builder.missing(5):
                    for reference, _ in missing:
                        builder.add(self._entry(reference, "stub", reference, ()), 0, 0)
                builder.finish()
            self._compare(state, number, self.base, partly=partly, take_up=take_up)

    def roll_back(self, to):
        """Publish an earlier generation anew."""
        number = self.number + 1
        with closing(LogState(self.folder / LOG)) as state:
            path, rebased = self.folder / f"{number}.sqlite", state.is_rebased(self.bases[to])
            copy_with_new_times(self.catalogue(to), path, state, self._time(number), rebased=rebased)
            self._compare(state, number, self.bases[to], rollback_of=to)

    def lose_log(self):
        """Lose the log, and make it anew from the last generation, as a build does."""
        for path in (self.folder / LOG.parent).iterdir():
            path.unlink()
        with closing(LogState(self.folder / LOG)) as state:
            made, number = self.folder / "made", self.number
            start = last_sequence(self.changes(number))
            generation = ComparedGeneration(number, self._time(number), self.bases[number], start)
            compare(state, generation, self.catalogue(number), made)
            complete(made, self._logged(number, self.bases[number]), {})
            assert state.take_up(made, self.catalogue(number))
            made.unlink()

    def live(self):
        """Reference → digest of each live record, by the last catalogue."""
        from kg.store.generation.read_only_database import ReadOnlyDatabase

        database = ReadOnlyDatabase(self.folder / f"{self.number}.sqlite")
        with closing(database):
            select = "SELECT ref, record_digest FROM things WHERE deleted IS NULL AND status IS NOT 'stub'"
            return dict(database.connection.execute(select).fetchall())

    def take_up(self, number):
        with closing(LogState(self.folder / LOG)) as state:
            return state.take_up(self.changes(number), self.catalogue(number))

    def _compare(self, state, number, base, *, partly=False, take_up=True, rollback_of=None):
        generation = ComparedGeneration(number, self._time(number), base)
        path = self.changes(number)
        path.unlink(missing_ok=True)
        references = None
        if partly and state.position[0] and not state.is_rebased(base):
            references = self._differing(number)
        compare(state, generation, self.catalogue(number), path, references)
        complete(path, replace(self._logged(number, base), rollback_of=rollback_of), {"a.jsonl": str(number)})
        if take_up:
            assert state.take_up(path, self.catalogue(number))
            self.number, self.bases[number] = number, base

    def _differing(self, number):
        """References of which anything differs between the last two catalogues."""
        import sqlite3

        rows = []
        for each in (number - 1, number):
            with closing(sqlite3.connect(database_uri(self.folder / f"{each}.sqlite"), uri=True)) as db:
                select = "SELECT ref, status, digest, record_digest, modified, deleted, NULL FROM things"
                redirects = "SELECT ref, NULL, NULL, NULL, NULL, NULL, target FROM redirects"
                rows.append(set(db.execute(f"{select} UNION ALL {redirects}")))
        return {row[0] for row in rows[0] ^ rows[1]}

    def _logged(self, number, base):
        return LoggedGeneration(number, self._time(number), base, True, None, {}, 0, "", str(self.mapping), 0)

    def _time(self, number):
        return f"2030-01-01T00:{number:02}:00Z"

    def _entry(self, reference, status, title, links):
        text = json.dumps([reference, title, sorted(links)]).encode()
        triples = sha256(text + f"{self.base} {self.mapping}".encode()).hexdigest()[:32]
        label = json.dumps({"en": str(title)}).encode()
        digest = record_digest(text)
        return CatalogueEntry(reference, label, status, None, None, None, triples, "a", "1", tuple(links), None, digest)
