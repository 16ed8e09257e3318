"""Errors that say what to do.

Every error that kg raises on purpose is one of these; whoever runs a command or asks a server never meets another::

    KgError                        what went wrong, where, and what to do
    ├── UsageError                 the command line is wrong                                  exit code 2
    │   └── SettingsError          kg.toml or the environment is wrong
    ├── KeyFault                   a key or IRI that can't be minted or read
    ├── SourceError                a source can't be read at all
    ├── PublishError               nothing was published                                      exit code 1
    │   ├── LockedError            another build is running
    │   └── StrictError            --strict, and something failed
    ├── ParameterFault              a saved query can't take this value                        HTTP 400
    ├── GenerationError            no such generation, or it can't be served as it is
    ├── RemoteError                the remote store gave no answer that can be used           HTTP 502
    │   ├── RemoteUnreachable      nobody answers there                                       HTTP 502
    │   └── RemoteTimeout          it took too long                                           HTTP 504
    └── QueryError                 a query has no answer
        ├── QuerySyntaxError       it is no SPARQL                                            HTTP 400
        ├── QueryRefused           it asks for what a public endpoint does not do             HTTP 400, 403
        ├── SearchRefused          a search, or a search in a query, that can't be read       HTTP 400
        ├── QueryTimeout           it took too long                                           HTTP 504
        ├── QueryTooLarge          its text or its answer is over a limit                     HTTP 413
        │   └── QueryTooHeavy      its work takes more memory than it may                     HTTP 507
        ├── QueryUnwritable        its answer can't be written in the format asked for        HTTP 406
        ├── QueryCrashed           the engine gave up on it                                   HTTP 500
        └── QueryBusy              no worker was free                                         HTTP 503
            └── QueryTooMany       one client asks too much at once                           HTTP 429
"""

from typing import ClassVar


class KgError(Exception):
    """What went wrong, where, and what to do.

    Attributes:
        what: one sentence, without a full stop, for a person.
        where: file, line, setting or field, if there is one.
        todo: what the person can do about it.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str | None = None, todo: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.todo = todo

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}. {self.todo}" if self.todo else text


class UsageError(KgError):
    """The command line is wrong."""

    exit_code = 2


class SettingsError(UsageError):
    """kg.toml or the environment is wrong."""


class KeyFault(KgError):
    """A key or IRI that can't be minted or read."""


class ParameterFault(KgError):
    """A value that a saved query can't take, or one that is missing.

    Attributes:
        kind: the type of the fault, by which its message in another language is found.
        values: the fields of that message.
    """

    def __init__(self, what: str, *, kind: str, todo: str | None = None, **values: object) -> None:
        super().__init__(what, todo=todo)
        self.kind = kind
        self.values = values


class SourceError(KgError):
    """A source can't be read at all."""


class PublishError(KgError):
    """Nothing was published."""


class LockedError(PublishError):
    """Another build is running."""


class StrictError(PublishError):
    """`--strict` was asked for, and something failed."""


class GenerationError(KgError):
    """There is no such generation, or it can't be served as it is."""


class RemoteError(KgError):
    """The remote store gave no answer that can be used."""


class RemoteUnreachable(RemoteError):
    """Nobody answers at the remote store's address."""


class RemoteTimeout(RemoteError):
    """The remote store took too long."""


class QueryError(KgError):
    """A query has no answer."""


class QuerySyntaxError(QueryError):
    """The query is no SPARQL.

    Attributes:
        line, column: where, counted from 1, if the engine said so.
    """

    def __init__(
        self, what: str, *, line: int | None = None, column: int | None = None, todo: str | None = None
    ) -> None:
        super().__init__(what, where=None if line is None else f"line {line}, column {column}", todo=todo)
        self.line = line
        self.column = column


class QueryRefused(QueryError):
    """The query asks for what a public endpoint does not do."""


class SearchRefused(QueryError):
    """A search that can't be understood, or one in a query that has not its one form."""


class QueryTimeout(QueryError):
    """The query took longer than it may."""


class QueryTooLarge(QueryError):
    """The query's text, or its answer, is over a limit."""


class QueryTooHeavy(QueryTooLarge):
    """The work for the query takes more memory than it may."""


class QueryUnwritable(QueryError):
    """The query's answer can't be written in the format asked for."""


class QueryCrashed(QueryError):
    """The engine gave up on the query."""


class QueryBusy(QueryError):
    """No worker was free for the query."""


class QueryTooMany(QueryBusy):
    """One client asks too much at once."""
