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
    settings.hand_down(settings.load(tmp_path / "mine.toml"))
    assert settings.load(None).title == "Mine"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour = 1", "no such setting"),
        ('base = "archive"', "base"),
        ('base = "https://archive.example.org"', "base"),
        ("[[sources]]", "path"),
        ('[[sources]]\npath = "a"\nformat = "pdf"', "format"),
        ("title = ", "no TOML"),
        ("keep = 0", "keep"),
        ("languages = []", "languages"),
    ],
)
def test_wrong_settings(tmp_path, text, said):
    """A wrong setting is named, with what was expected, and has exit code 2."""
    with pytest.raises(SettingsError) as fault:
        written(tmp_path, text)
    assert said in str(fault.value)
    assert fault.value.exit_code == 2


def test_no_file(tmp_path):
    """A file that is not there is named."""
    with pytest.raises(SettingsError, match="can't be read"):
        settings.load(tmp_path / "nowhere.toml")
