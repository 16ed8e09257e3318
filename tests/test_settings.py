"""kg.toml and the environment."""

import pytest

from kg import settings
from kg.errors import SettingsError


def written(folder, text):
    (folder / "kg.toml").write_text(text, encoding="utf-8")
    return settings.load(folder / "kg.toml")


def test_environment_goes_first(tmp_path, monkeypatch):
    """Each setting comes from the environment too, which goes before the file."""
    monkeypatch.setenv("KG_BASE", "https://env.example.org/")
    monkeypatch.setenv("KG_VAR", "elsewhere")
    made = written(tmp_path, 'base = "https://file.example.org/"\ntitle = "T"\n')
    assert (made.base, made.title) == ("https://env.example.org/", "T")
    assert made.var_folder == tmp_path / "elsewhere"


def test_found_above(tmp_path, monkeypatch):
    """kg.toml is looked for in the current folder and above."""
    written(tmp_path, 'title = "Above"\n')
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    monkeypatch.delenv("KG_CONFIG", raising=False)
    assert settings.load(None).title == "Above"


def test_handed_down(tmp_path, monkeypatch):
    """The processes that a server starts read the file that it read itself, whatever that is called."""
    monkeypatch.setenv("KG_CONFIG", str(tmp_path / "other.toml"))
    (tmp_path / "other.toml").write_text('title = "Other"', encoding="utf-8")
    (tmp_path / "mine.toml").write_text('title = "Mine"', encoding="utf-8")
    settings.export_config_path(settings.load(tmp_path / "mine.toml"))
    assert settings.load(None).title == "Mine"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shade = 1", "no such setting"),
        ('base = "archive"', "base"),
        ('base = "https://archive.example.org"', "base"),
        ("[[sources]]", "path"),
        ('[[sources]]\npath = "a"\nformat = "pdf"', "format"),
        ("title = ", "no TOML"),
        ("keep = 0", "keep"),
        ("languages = []", "languages"),
        ('languages = "en"', 'should be a list, such as ["en"]'),
        ('[sources]\npath = "a"', "write [[sources]], with two brackets"),
        ('[[sources]]\npath = "a"\ntitle = "T"', "[[sources]] no. 1 title: this is no setting of a source"),
        ('[[sources]]\npath = "a"\ntitle = "T"', "move it above the first [[sources]]"),
        ('[[sources]]\npath = "a"\n[[sources]]\npth = "b"', "[[sources]] no. 2 pth: there is no such setting; is path"),
        ('[[sources]]\npath = "a"\nx = 1', "Settings of a source are path, format, prefix, merge, columns,"),
        ('[[sources]]\npath = "a"\nlicence = ""', "is license meant? It stands above the first [[sources]]"),
        ('titel = "T"', "is title meant?"),
        ('contact = "me"', "contact: must be a mail address"),
        ('contact = "javascript:alert(1)"', "contact: must be a mail address"),
        ('queries = "nowhere"', "nowhere is no folder"),
        ('queries = "."', "has neither `examples` nor `saved`"),
    ],
)
def test_wrong_settings(tmp_path, text, said):
    """A wrong setting is named, with what was expected, and has exit code 2."""
    with pytest.raises(SettingsError) as fault:
        written(tmp_path, text)
    assert said in str(fault.value)
    assert fault.value.exit_code == 2


@pytest.mark.parametrize("contact", ["", "a.b@example.org", "https://example.org/c", "mailto:a@example.org"])
def test_contact(tmp_path, contact):
    """Errors are reported to a mail address or at the address of a page."""
    assert written(tmp_path, f'contact = "{contact}"').contact == contact


def test_byte_order_mark(tmp_path):
    """The mark that some editors put before a text is passed over."""
    assert written(tmp_path, '\ufefftitle = "T"').title == "T"


def test_the_environment_is_blamed(tmp_path, monkeypatch):
    """What is wrong in the environment is said of the variable, and of the file only what stands there."""
    monkeypatch.setenv("KG_KEEP", "abc")
    with pytest.raises(SettingsError) as fault:
        written(tmp_path, 'title = "T"')
    assert str(fault.value).startswith("KG_KEEP in the environment: ")
    with pytest.raises(SettingsError) as fault:
        written(tmp_path, "search = 7")
    assert "kg.toml: " in str(fault.value)
    assert "search: " in str(fault.value)


def test_no_file(tmp_path):
    """A file that is not there is named."""
    with pytest.raises(SettingsError, match="can't be read"):
        settings.load(tmp_path / "nowhere.toml")
