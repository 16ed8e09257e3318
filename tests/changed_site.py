"""A small collection whose records come, change and go, published build after build, for tests of the changes."""

from contextlib import contextmanager

from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application


def letter(number, title="A letter", **more):
    return {"id": f"record/{number}", "title": {"en": title}, **more}


_BY = {"creator": ["agent/a"]}
_AUTHOR = {"id": "agent/a", "name": {"en": "An author"}, "agentType": "person"}
SCRIPT = (
    [letter(1, **_BY), letter(2, "Letter <two> & more"), letter(3), _AUTHOR],
    [letter(1, "Another title", **_BY), letter(3), letter(4), _AUTHOR],
    [letter(1, **_BY), letter(4, replaces=["record/3"]), letter(2)],
    [letter(1), letter(2, "Once more"), letter(5, **_BY), _AUTHOR],
)
"""Records of some builds: with a change, a deletion, a merge, a stub that remains, a return."""


def published(folder, records):
    """Settings of a collection after a build of some records."""
    made, _ = publish(folder, records, dumps=False, search=False, tables=False)
    return made


@contextmanager
def serving(made):
    """A client of a collection's server."""
    with TestClient(Application(made), base_url="https://archive.example.org", follow_redirects=False) as client:
        yield client
