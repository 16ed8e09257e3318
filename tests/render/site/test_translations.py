"""Pages speak every language whole."""

import re
import string

import pytest
from babel.messages.pofile import read_po
from messages import template

from kg.render.site.translations import FOLDER, LANGUAGES, translations

_NAMED = re.compile(r"%\((\w+)\)s")


def _catalog(language):
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def _fields(text):
    return set(_NAMED.findall(text)) | {
        name for _, name, _, _ in string.Formatter().parse(_NAMED.sub("", text)) if name
    }


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_text_has_a_translation(language):
    "Every text of a page has a translation into every language: `make messages` finds new texts, and a person translates them."
    catalog = _catalog(language)
    missing = [
        message.id
        for message in template()
        if message.id and not ((found := catalog.get(message.id)) and found.string and all(found.string))
    ]
    assert not missing, f"run `make messages` and translate them in kg/render/locale/{language}.po"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_translation_is_in_doubt(language):
    "No translation is marked as fuzzy: such a one is not compiled, and its page would say it in English."
    assert [message.id for message in _catalog(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_translation_is_obsolete(language):
    "A catalogue has the texts of the pages and no others: `make messages` searches all of kg.render."
    texts = {str(message.id) for message in template()}
    assert [message.id for message in _catalog(language) if str(message.id) not in texts] == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_translations_name_what_their_originals_name(language):
    "A translation has the same places for values, so that none fails when a page is shown."
    for message in _catalog(language):
        if message.id:
            originals = [message.id] if isinstance(message.id, str) else message.id
            said = [message.string] if isinstance(message.string, str) else message.string
            for each in said:
                assert _fields(each) == _fields(originals[-1]), message.id


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_terms_are_in_the_readers_language(client, language):
    "The page of the terms says their names and meanings in the language of the page."
    page = client.get("/data/terms/", headers={"accept-language": language, "accept": "text/html"}).text
    terms = page.partition("<dl>")[2].partition("</dl>")[0]
    assert terms.count(f'lang="{language}"') > 40
    assert 'lang="en"' not in terms


def test_russian_counts_in_its_own_way():
    "Plural forms are those of the language."
    say = translations("ru").ngettext
    forms = [say("%(num)s document has no date.", "%(num)s documents have no date.", n) for n in (1, 2, 5)]
    assert len(set(forms)) == 3
