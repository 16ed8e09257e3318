"""What is told of a request once it is over: to the metrics and to the access log."""

from dataclasses import dataclass

from starlette.types import Message, Scope

_KEY = "kg.told"


@dataclass(slots=True)
class Told:
    """What a handler tells of its request.

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

    def see(self, message: Message) -> None:
        """Note what is sent."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.sent += len(message.get("body", b""))
            self.whole = not message.get("more_body", False)


def begin(scope: Scope) -> Told:
    """The notes of a request that begins."""
    told = Told()
    scope[_KEY] = told
    return told


def told(scope: Scope) -> Told:
    """The notes of a request."""
    found: Told = scope[_KEY]
    return found
