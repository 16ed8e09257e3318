"""What pages say in the reader's language: gettext catalogues, read once from `kg/render/locale/LANGUAGE.po`.

English is the language of the templates, so it needs no catalogue. Catalogues are kept as text and compiled when they
are first needed; nothing has to be built before a page is shown.
"""

import gettext
import io
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[1] / "locale"

LANGUAGES = ("en", "ru", "es")
"""Languages that pages speak, the one first that is spoken to everybody else."""

_LOCALES = {"en": "en_GB"}
"""Language → the locale whose way of writing dates and numbers is used, where it is not that of its own name."""


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; that of English gives back what it is asked."""
    path = FOLDER / f"{language}.po"
    if not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def locale(language: str) -> Locale:
    """How a language writes dates, numbers and lists."""
    return Locale.parse(_LOCALES.get(language, language))


def name_of(language: str) -> str:
    """What a language calls itself.

    >>> name_of("es"), name_of("en")
    ('español', 'English')
    """
    return Locale.parse(language).get_language_name(language) or language
