"""Exception tree: errors with a cause, a place and a remedy.

Every error that kg raises on purpose is in this tree; commands and servers show no other::

    KgError                        a cause, a place and a remedy
    ├── UsageError                 the command line is wrong                                  exit code 2
    │   └── SettingsError          kg.toml or the environment is wrong
    ├── KeyFault                   a key or IRI that can't be minted or read
    ├── SourceError                a source can't be read at all
    │   └── SourceChanged          a file changed while it was read
    ├── PublishError               nothing was published                                      exit code 1
    │   ├── LockedError            another build is running
    │   └── StrictError            --strict, and something failed
    ├── ParameterFault              a saved query can't take this value                        HTTP 400
    ├── GenerationError            no such generation, or it can't be served as it is
    ├── RemoteError                the remote store gave no answer that can be used           HTTP 502
    │   ├── RemoteUnreachable      no answer at its address                                    HTTP 502
    │   └── RemoteTimeout          it took too long                                           HTTP 504
    └── QueryError                 a query has no answer
        ├── QuerySyntaxError       it is no SPARQL                                            HTTP 400
        ├── QueryRefused           it is outside the limits of a public endpoint              HTTP 400, 403
        ├── SearchRefused          a search, or a search in a query, that can't be read       HTTP 400
        ├── QueryTimeout           it took too long                                           HTTP 504
        ├── QueryTooLarge          its text or its answer is over a limit                     HTTP 413
        │   └── QueryTooHeavy      its work takes more memory than it may                     HTTP 507
        ├── QueryUnwritable        its answer can't be written in the format asked for        HTTP 406
        ├── QueryCrashed           the engine gave up on it                                   HTTP 500
        └── QueryBusy              no worker was free                                         HTTP 503
            └── QueryTooMany       one client asks too much at once                           HTTP 429
"""

from collections.abc import Callable
from typing import ClassVar, Self


class Message(str):
    """Message in English that can be said in other languages: its template, and the values in it (D-171).

    Attributes:
        template: the text, with places such as `%(name)s` where there are values.
        values: what stands in these places; a message among them is said in the same language.

    >>> Message("There are %(count)s.", count=3)
    'There are 3.'
    >>> Message("There are %(count)s.", count=3).said({"There are %(count)s.": "Son %(count)s."}.__getitem__)
    'Son 3.'
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Self:
        """Message of a template and values."""
        made = super().__new__(cls, template % values if values else template)
        made.template, made.values = template, values
        return made

    def said(self, translate: Callable[[str], str]) -> str:
        """The message in another language.

        Args:
            translate: from a template to its translation.
        """
        values = {
            name: each.said(translate) if isinstance(each, Message) else each for name, each in self.values.items()
        }
        template = translate(self.template)
        return template % values if values else template


class KgError(Exception):
    """Base class of kg's errors: the cause, the place, and the remedy.

    Attributes:
        what: the cause, in a sentence without a full stop.
        where: file, line, setting or field, if there is one.
        todo: the remedy.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str | None = None, todo: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.todo = todo

    def __str__(self) -> str:
        return self.message

    @property
    def message(self) -> str:
        """Place, cause and remedy: a Message where cause and remedy are."""
        template = "%(where)s: %(what)s" if self.where else "%(what)s"
        made = Message(
            f"{template}. %(todo)s" if self.todo else template, where=self.where, what=self.what, todo=self.todo
        )
        told = [each for each in (self.what, self.todo) if each]
        return made if all(isinstance(each, Message) for each in told) else str(made)


class UsageError(KgError):
    """Invalid command line."""

    exit_code = 2


class SettingsError(UsageError):
    """Invalid kg.toml or environment."""


class KeyFault(KgError):
    """Invalid key or IRI."""


class ParameterFault(KgError):
    """Invalid or missing value of a saved query's parameter.

    Attributes:
        kind: type of the fault, by which its message in another language is found.
        values: fields of that message.
    """

    def __init__(self, what: str, *, kind: str, todo: str | None = None, **values: object) -> None:
        super().__init__(what, todo=todo)
        self.kind = kind
        self.values = values


class SourceError(KgError):
    """Unreadable source."""


class SourceChanged(SourceError):
    """Source file that changed while it was read."""


class PublishError(KgError):
    """Failed build: nothing was published."""


class LockedError(PublishError):
    """Lock of another build that is running."""


class StrictError(PublishError):
    """Failure under `--strict`."""


class GenerationError(KgError):
    """Missing generation, or one that can't be served."""


class RemoteError(KgError):
    """Unusable answer of the remote store."""


class RemoteUnreachable(RemoteError):
    """Unreachable remote store."""


class RemoteTimeout(RemoteError):
    """Timeout of the remote store."""


class QueryError(KgError):
    """Query without an answer."""


def _place(line: int | None, column: int | None) -> Message | None:
    return None if line is None else Message("line %(line)s, column %(column)s", line=line, column=column)


class QuerySyntaxError(QueryError):
    """Syntax error in a query.

    Attributes:
        line, column: where, counted from 1, if the engine said so.
    """

    def __init__(
        self, what: str, *, line: int | None = None, column: int | None = None, todo: str | None = None
    ) -> None:
        super().__init__(what, where=_place(line, column), todo=todo)
        self.line = line
        self.column = column


class QueryRefused(QueryError):
    """Query outside the limits of a public endpoint."""


class SearchRefused(QueryError):
    """Unreadable search, or a search in a query that has not its single form."""


class QueryTimeout(QueryError):
    """Timeout of a query."""


class QueryTooLarge(QueryError):
    """Query text or answer over a limit."""


class QueryTooHeavy(QueryTooLarge):
    """Query over its memory limit."""


class QueryUnwritable(QueryError):
    """Answer that the requested format can't express."""


class QueryCrashed(QueryError):
    """Query that crashed the engine."""


class QueryBusy(QueryError):
    """Query without a free worker."""


class QueryTooMany(QueryBusy):
    """Queries of a single client over its share."""
