"""gettext catalogues of pages, from `kg/render/locale/LANGUAGE.po`, and locales.

English is the language of the templates, so it needs no catalogue. Catalogues are source files, compiled in memory at
first use; no build step is needed (D-53).
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
"""Languages of pages, the default first."""

_LOCALES = {"en": "en_GB"}
"""Language → locale of its dates and numbers, where that has another name."""


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Catalogue of a language; that of English returns its input."""
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
    """Locale of a language, for dates, numbers and lists."""
    return Locale.parse(_LOCALES.get(language, language))


def own_name(language: str) -> str:
    """Name of a language in itself.

    >>> own_name("es"), own_name("en")
    ('español', 'English')
    """
    return Locale.parse(language).get_language_name(language) or language
