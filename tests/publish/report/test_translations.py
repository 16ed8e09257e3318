"""Missing translations: what an archivist is told of labels and texts that a language lacks."""

import csv
import io

from publishing import publish

RECORDS = [
    {"id": "record/1", "title": {"en": "One", "ru": "Один"}, "creator": ["agent/named"]},
    {"id": "record/2", "title": {"en-GB": "=Two"}},
    {"id": "record/3", "title": "Three"},
    {"id": "agent/a", "name": {"ru": "Анна"}},
]


def test_labels(tmp_path):
    """Each language has the number of things without a label in it; a variant will do, a stub is not counted."""
    _, report = publish(tmp_path, RECORDS, languages=("en", "ru"), dumps=False, search=False)
    assert report.untranslated.labels == {"en": {"record": 1, "agent": 1}, "ru": {"record": 2}}
    assert report.summary()["untranslated"]["labels"]["ru"] == {"record": 2}
    rows = list(csv.reader(io.StringIO(report.translations_file.read_text(encoding="utf-8"))))
    assert rows[1:] == [
        ["record/2", "'=Two", "en-GB", "ru"],
        ["record/3", "Three", "", "en|ru"],
        ["agent/a", "Анна", "ru", "en"],
    ]
    assert "missing-translations.csv" in report.page.read_text(encoding="utf-8")


def test_texts_of_the_site(tmp_path):
    """A text of the site that is a table by language is told where it lacks a language of the settings."""
    title = {"en": "Papers", "es-419": "Papeles"}
    _, report = publish(
        tmp_path, RECORDS[:1], languages=("en", "es", "ru"), title=title, welcome={"en": "W"}, description="D"
    )
    assert report.untranslated.site == {"title": ["ru"], "welcome": ["es", "ru"]}
    assert report.summary()["untranslated"]["shared"] == report.untranslated.shared == ["description"]
    assert "title in kg.toml has no text in ru." in list(report.untranslated.messages())


def test_own_pages_and_the_picture(tmp_path):
    """Imprint, privacy page and the words of the picture are told as other texts are; a page that lies elsewhere is not."""
    tmp_path.joinpath("en.md").write_text("Imprint")
    tmp_path.joinpath("a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    _, report = publish(
        tmp_path,
        RECORDS[:1],
        languages=("en", "ru"),
        imprint={"en": "en.md"},
        privacy="https://archive.example.org/privacy",
        picture={"file": "a.svg", "alt": {"ru": "Порт"}, "credit": "The archive"},
        dumps=False,
        search=False,
    )
    assert report.untranslated.site == {"imprint": ["ru"], "picture.alt": ["en"]}
    assert report.untranslated.shared == ["title", "picture.credit"]
    assert "picture.credit in kg.toml is one text for all languages" in report.page.read_text(encoding="utf-8")


def test_one_language(tmp_path):
    """Where the settings name one language, nothing is to be translated and no list is written."""
    _, report = publish(tmp_path, RECORDS, dumps=False, search=False)
    assert not report.untranslated
    assert not report.translations_file.exists()


def test_a_colour_is_told(tmp_path):
    """A colour that can't be read as it is stands in the report of a build."""
    _, report = publish(tmp_path, RECORDS[:1], colour="#FFCC00", dumps=False, search=False)
    (problem,) = [each for each in report.problems() if each.field == "colour"]
    assert (problem.value, problem.severity) == ("#ffcc00", "note")
