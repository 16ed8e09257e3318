"""Notes on a request, for the metrics and the access log at its end."""

from dataclasses import dataclass

from starlette.types import Message, Scope

_KEY = "kg.told"


@dataclass(slots=True)
class RequestNotes:
    """Notes on one request.

    Attributes:
        query: the query, if there is one.
        answered: how: asked (of a worker), kept (in memory), not modified.
        format: the format of the answer.
        fault: the name of the error that it came to, also in the middle of an answer.
        killed: why a query worker had to be killed.
        generation: the one that it was answered from.
        place: the first segment of its path, where that is one of ours.
        status: of the response.
        sent: bytes of its body.
        whole: whether the response was sent to its end.
    """

    query: str | None = None
    answered: str | None = None
    format: str | None = None
    fault: str | None = None
    killed: str | None = None
    generation: int = 0
    place: str = "other"
    status: int = 0
    sent: int = 0
    whole: bool = False

    def record(self, message: Message) -> None:
        """Note what is sent."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.sent += len(message.get("body", b""))
            self.whole = not message.get("more_body", False)


def begin(scope: Scope) -> RequestNotes:
    """The notes of a request that begins."""
    notes = RequestNotes()
    scope[_KEY] = notes
    return notes


def notes_of(scope: Scope) -> RequestNotes:
    """The notes of a request."""
    notes: RequestNotes = scope[_KEY]
    return notes
