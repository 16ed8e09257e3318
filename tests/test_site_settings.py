"""Settings of a site's own words and looks in kg.toml."""

import base64

import pytest

from kg import settings
from kg.errors import SettingsError
from kg.render.site.own_files import own_files

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def written(folder, text):
    (folder / "kg.toml").write_text(text, encoding="utf-8")
    return settings.load(folder / "kg.toml")


def test_a_text_or_a_table(tmp_path):
    """A text of the site is one for all languages, or a table by language."""
    made = written(tmp_path, 'title = "T"\ndescription = {en = "D", "pt-BR" = "B"}\n[welcome]\nen = "W"\n')
    assert (made.title, made.description, made.welcome) == ("T", {"en": "D", "pt-BR": "B"}, {"en": "W"})
    assert (made.main_title, made.main_description) == ("T", "D")


@pytest.mark.parametrize(
    ("value", "title"), [("1962", "1962"), ('{"en": "Papers"}', {"en": "Papers"}), ("true", "true"), ("{a}", "{a}")]
)
def test_the_environment(tmp_path, monkeypatch, value, title):
    """From the environment a text is what stands there, and a table is JSON."""
    monkeypatch.setenv("KG_TITLE", value)
    assert written(tmp_path, "").title == title


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = 1", "title: must be a text, or a table of texts by language"),
        ("title = {}", "title: must be a text, or a table"),
        ('title = {english = "T"}', "'english' is no language tag"),
        ('title = {en = ""}', "that of en is no text"),
        ('colour = "red"', "colour: must be a colour as #rrggbb"),
        ('logo = "nowhere.png"', "logo: 'nowhere.png' is no file"),
        ('logo = "/etc/hostname"', "leads out of the folder"),
        ('logo = "../logo.png"', "leads out of the folder"),
        ('logo = "out.png"', "leads out of the folder"),
        ('logo = "drawing.gif"', "is of no type that pages show"),
        ('logo = "false.png"', "does not begin as a file of image/png does"),
        ('logo = "large.png"', "is too large"),
        ('imprint = "logo.png"', "imprint: 'logo.png' is no text"),
        ('imprint = "latin.txt"', "is not UTF-8"),
        ('privacy = {en = "../p.md"}', "privacy: '../p.md' leads out of the folder"),
        ('[picture]\nfile = "logo.png"', "picture.alt: has to be set"),
        (
            '[picture]\nfile = "logo.png"\nalt = "A"\nlicense = "x"',
            "this is no setting of the picture, but one of the whole",
        ),
        ('[picture]\nfile = "logo.png"\nalt = "A"\ncredits = "x"', "is credit meant?"),
        ('[picture]\nfile = "../x.png"\nalt = "A"', "picture: '../x.png' leads out of the folder"),
    ],
)
def test_wrong_settings(tmp_path, text, said):
    """What is wrong is named, with what was expected; no file from elsewhere is ever published."""
    folder = tmp_path / "site"
    folder.mkdir()
    (tmp_path / "logo.png").write_bytes(PNG)
    (folder / "out.png").symlink_to(tmp_path / "logo.png")
    (folder / "logo.png").write_bytes(PNG)
    (folder / "large.png").write_bytes(PNG + bytes(300_000))
    (folder / "false.png").write_bytes(b"<script>alert(1)</script>")
    (folder / "drawing.gif").write_bytes(b"GIF89a")
    (folder / "latin.txt").write_bytes(b"\xe9")
    with pytest.raises(SettingsError) as fault:
        written(folder, text)
    assert said in str(fault.value)
    assert fault.value.exit_code == 2


def test_own_files(tmp_path):
    """Images are read with their type; pages come from Markdown, in which nothing runs or is loaded."""
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    text = "# Who\n\n<script>alert(1)</script> [a](javascript:alert(1)) ![b](https://example.org/b.png) **c**"
    (tmp_path / "imprint.md").write_text(text, encoding="utf-8")
    made = written(tmp_path, 'logo = "logo.svg"\nimprint = {en = "imprint.md"}\nprivacy = "https://example.org/p"')
    own = own_files(made)
    assert own.assets[own.addresses["logo"].removeprefix("site/")].media_type == "image/svg+xml"
    page = own.page("imprint", ("ru", "en"))
    assert (page.title, page.language) == ("Who", "en")
    assert "<strong>c</strong>" in page.body
    assert not {"<script", "<img", 'href="javascript'} & {
        each for each in ("<script", "<img", 'href="javascript') if each in page.body
    }
    assert own.page("privacy", ("en",)) is None
