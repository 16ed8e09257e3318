"""`/changes.json`: whoever follows it holds what is live."""

import sqlite3
from contextlib import closing
from hashlib import sha256

import jsonschema
import pytest
from changed_site import SCRIPT, published, serving
from waiting import eventually

GONE = {"deleted", "merged", "withdrawn"}
SCHEMA = {
    "type": "object",
    "required": ["generation", "changes", "next"],
    "additionalProperties": False,
    "properties": {
        "generation": {"type": "integer"},
        "next": {"type": ["string", "null"]},
        "changes": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["sequence", "generation", "time", "reference", "what", "target", "digest"],
                "properties": {
                    "sequence": {"type": "integer", "minimum": 1},
                    "generation": {"type": "integer", "minimum": 1},
                    "time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                    "reference": {"type": "string", "pattern": "^[a-z]+/."},
                    "what": {"enum": ["created", "changed", "deleted", "merged", "withdrawn", "restored"]},
                    "target": {"type": ["string", "null"]},
                    "digest": {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"},
                },
            },
        },
    },
}


def follow(client, since, held, limit=2):
    """Take all changes after a number, part by part; return the numbers, in their order."""
    numbers, address = [], f"/data/changes.json?since={since}&limit={limit}"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        jsonschema.validate(page, SCHEMA)
        assert len(page["changes"]) <= limit
        for change in page["changes"]:
            numbers.append(change["sequence"])
            apply(change, held)
        address = page["next"]
    return numbers


def apply(change, held):
    if change["what"] in GONE:
        held.pop(change["reference"], None)
    else:
        held[change["reference"]] = change["digest"]


def live(client, references):
    """Reference → SHA-256 of its JSON, of those that are described."""
    found = {}
    for each in references:
        answer = client.get(f"/data/{each}.json")
        if answer.status_code == 200 and answer.json().get("status") != "stub":
            found[each] = sha256(answer.content).hexdigest()
    return found


REFERENCES = {*(f"record/{number}" for number in range(1, 6)), "agent/a"}


def test_follower_from_any_number_holds_what_is_live(changed):
    """From 0 or from any number, in parts of any length, the changes lead to exactly the live references and digests."""
    expected = live(changed, REFERENCES)
    every = changed.get("/data/changes.json").json()
    assert every["next"] is None
    assert every["generation"] == 5
    changes = every["changes"]
    assert {each["what"] for each in changes} >= {"created", "changed", "deleted", "merged"}
    held = {}
    for since in [0, *(each["sequence"] for each in changes)]:
        mine = dict(held)
        numbers = follow(changed, since, mine, limit=1 + since % 3)
        assert mine == expected, since
        assert numbers == [each["sequence"] for each in changes if each["sequence"] > since]
        for change in changes:
            if change["sequence"] == since + 1:
                apply(change, held)


def test_first_generation_is_created_in_order_of_reference(changed):
    """The things of the first generation are the changes 1 to N, also those that are gone now."""
    first = changed.get("/data/changes.json?limit=4").json()["changes"]
    assert [(each["sequence"], each["reference"], each["what"]) for each in first] == [
        (1, "agent/a", "created"),
        (2, "record/1", "created"),
        (3, "record/2", "created"),
        (4, "record/3", "created"),
    ]


def test_merge_is_told_with_its_target(changed):
    """A record that another one replaces is merged into that, and no deletion."""
    merged = [each for each in changed.get("/data/changes.json").json()["changes"] if each["what"] == "merged"]
    assert [(each["reference"], each["target"], each["digest"]) for each in merged] == [("record/3", "record/4", None)]


def test_builds_that_go_live_meanwhile_move_no_page(tmp_path):
    """Who takes one page before a build and the next ones after it misses nothing and has nothing twice."""
    made = published(tmp_path, SCRIPT[0])
    with serving(made) as client:
        page = client.get("/data/changes.json?limit=2").json()
        held, numbers = {}, [each["sequence"] for each in page["changes"]]
        for change in page["changes"]:
            apply(change, held)
        published(tmp_path, SCRIPT[1])
        eventually(lambda: client.get("/data/changes.json?since=4").json()["generation"] == 2)
        numbers += follow(client, numbers[-1], held)
        assert numbers == sorted(set(numbers))
        assert held == live(client, REFERENCES)


def test_number_of_another_log_is_told(changed):
    """A number that the log never had is 410, with the address at which a follower begins anew."""
    for name in ("changes.json", "changes.atom"):
        answer = changed.get(f"/data/{name}?since=999999")
        assert answer.status_code == 410
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["begin"] == f"/data/{name}?since=0"


@pytest.mark.parametrize(
    "query", ["since=x", "since=-1", "since=99999999999999999999", "limit=0", "limit=10001", "limit=1.5"]
)
def test_bad_numbers_are_named(changed, query):
    """A number that can't be one is 400 with the parameter and what it takes."""
    answer = changed.get(f"/data/changes.json?{query}")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == query.partition("=")[0]


def test_changes_are_data_like_other_data(changed):
    """An answer may be read by any site, is known by its ETag, and names its next part in Link."""
    answer = changed.get("/data/changes.json?limit=2")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert f'<{answer.json()["next"]}>; rel="next"' in answer.headers["link"]
    again = changed.get("/data/changes.json?limit=2", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_log_behind_the_live_generation_is_not_kept(tmp_path):
    """Where the log has not taken up the generation yet, the answer names the one before, and nobody may keep it."""
    published(tmp_path, SCRIPT[0])
    made = published(tmp_path, SCRIPT[1])
    log = made.var_folder / "state" / "log.sqlite"
    with serving(made) as client:
        assert "public" in client.get("/data/changes.json?since=1").headers["cache-control"]
        with closing(sqlite3.connect(log)) as db, db:
            kept = db.execute("SELECT * FROM generations WHERE number = 2").fetchone()
            db.execute("DELETE FROM generations WHERE number = 2")
        answer = client.get("/data/changes.json")
        assert answer.json()["generation"] == 1
        assert [each["sequence"] for each in answer.json()["changes"]] == [1, 2, 3, 4]
        assert answer.headers["cache-control"] == "no-store"
        with closing(sqlite3.connect(log)) as db, db:
            db.execute(f"INSERT INTO generations VALUES ({', '.join('?' * len(kept))})", kept)
        later = client.get("/data/changes.json").json()
        assert (later["generation"], len(later["changes"])) == (2, 7)
