"""Client of a request: the name by which the rules of fairness know it."""

from starlette.requests import Request

from kg.store.fairness.fair_queue import client_of


def client_name(request: Request) -> str:
    """The client that sent a request, by the address that the guard found; empty where it is unknown."""
    client = request.scope.get("client")
    if not client:
        return ""
    host: str = client[0]
    return client_of(host) if ":" in host else host
