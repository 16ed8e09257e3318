"""Scans and recordings of the archive's own: whole, in parts, and nothing but what lies in the folder."""

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A client of a site with a folder of media, in which some files are none to be served."""
    folder = tmp_path_factory.mktemp("media")
    media = folder / "media"
    (media / "box 1").mkdir(parents=True)
    (media / "box 1" / "página.PNG").write_bytes(b"\x89PNG")
    (media / "talk.wav").write_bytes(bytes(range(100)))
    (media / ".hidden.png").write_bytes(b"x")
    (media / "page.html").write_text("<script>")
    (media / "drawing.svg").write_text("<svg/>")
    (folder / "secret.png").write_bytes(b"secret")
    (media / "link.png").symlink_to(folder / "secret.png")
    made, _ = publish(folder, [{"id": "record/a", "title": {"en": "A"}}], media="media")
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        yield client


def test_a_file_is_served(site):
    """A file has its media type, may be read from elsewhere, and runs nothing."""
    answer = site.get("/data/media/talk.wav")
    assert (answer.status_code, answer.headers["content-type"], len(answer.content)) == (200, "audio/wav", 100)
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert site.get("/data/media/box%201/p%C3%A1gina.PNG").headers["content-type"] == "image/png"


def test_a_part_and_nothing_new(site):
    """Range gives the part that a player asks for; who has the file gets 304; HEAD has its length."""
    part = site.get("/data/media/talk.wav", headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    etag = part.headers["etag"]
    assert site.get("/data/media/talk.wav", headers={"if-none-match": etag}).status_code == 304
    head = site.head("/data/media/talk.wav")
    assert (head.status_code, head.headers["content-length"]) == (200, "100")


@pytest.mark.parametrize(
    "name",
    [
        "nothing.png",
        "page.html",
        "drawing.svg",
        ".hidden.png",
        "link.png",
        "%2e%2e/secret.png",
        "..%2fsecret.png",
        "box%201/..%2f..%2fsecret.png",
        "/etc/hostname.png",
        "talk.wav/",
        "talk.wav%00.png",
        "a" * 3000 + ".png",
        "box%201",
    ],
)
def test_nothing_else_is_served(site, name):
    """What is not there, hidden, of another type, or outside of the folder is not found, by whatever name."""
    assert site.get(f"/data/media/{name}").status_code in {400, 404}


def test_without_the_setting_there_is_nothing(client):
    """Where no folder is set, there is no file."""
    assert client.get("/data/media/talk.wav").status_code == 404
