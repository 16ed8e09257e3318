"""Language tags (BCP 47, RFC 5646): canonical tag from a tag, an ISO 639-2 code, or a name of the language.

>>> tag("RU"), tag("rus"), tag("Russian"), tag("sr_latn"), tag("und")
('ru', 'ru', 'ru', 'sr-Latn', None)
"""

import re
from functools import cache, lru_cache

import langcodes
from language_data.names import get_trie_value, load_trie, normalize_name  # type: ignore[import-untyped]
from language_data.util import data_filename  # type: ignore[import-untyped]

MAX_LENGTH = 60
"""Maximum length of a tag or name in characters."""

_NAME_LANGUAGES = ("en", "ru", "es")
"""Languages of the recognised names of languages, tried in this order."""

# RFC 5646, 2.1. Of the grandfathered tags the irregular ones have to be listed; the others fit the grammar.
_GRAMMAR = r"""
    (?: [a-z]{2,3} (?:-[a-z]{3}){0,3} | [a-z]{4,8} )    # language, with up to three extended ones
    (?: -[a-z]{4} )?                                    # script
    (?: -(?:[a-z]{2}|[0-9]{3}) )?                       # region
    (?: -(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}) )*          # variants
    (?: -[a-wyz0-9](?:-[a-z0-9]{2,8})+ )*               # extensions
    (?: -x(?:-[a-z0-9]{1,8})+ )?                        # private use
    | x(?:-[a-z0-9]{1,8})+
    | en-gb-oed | i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)
    | sgn-(?:be-fr|be-nl|ch-de)
"""
_WELL_FORMED = re.compile(_GRAMMAR, re.VERBOSE | re.IGNORECASE | re.ASCII)
_SHORT_NAMES = {
    short: code
    for code, names in {
        "ru": "рус русск russ",
        "en": "англ engl ingl",
        "de": "нем немецк dt dtsch germ alem",
        "fr": "фр франц frz franz franc",
        "es": "исп испанск span españ",
        "it": "ит итал ital",
        "pt": "порт португ port portug",
        "pl": "польск poln",
        "uk": "укр украинск ukr",
        "la": "лат latein",
        "zh": "кит китайск chin",
        "ja": "яп японск jap",
        "el": "греч griech",
        "be": "бел белорус",
        "hy": "арм",
        "ka": "груз",
        "yi": "идиш jidd",
        "ar": "араб arab",
    }.items()
    for short in names.split()
}
"""Names of languages as finding aids shorten them, without the point, in the languages of those that use kg."""
_NAME_IS_LONGER = re.compile(r"[A-Za-z]{4,}")


def is_well_formed(tag: str) -> bool:
    """Return whether a tag follows the grammar of RFC 5646, as a literal in RDF needs it; it may be unregistered.

    >>> is_well_formed("sr-Latn"), is_well_formed("en_US"), is_well_formed("xx")
    (True, False, True)
    """
    return _WELL_FORMED.fullmatch(tag) is not None


def tag(text: str) -> str | None:
    """Return the canonical tag of a language; None for an unknown language.

    Superseded and three-letter codes give the tag in use, a script that goes without saying is left out
    (`ru-Cyrl`: `ru`), names are those in English, Russian and Spanish, exactly.

    >>> tag("ger"), tag("iw"), tag("английский"), tag("Gibberish")
    ('de', 'he', 'en', None)
    >>> tag("engl."), tag("Russ."), tag("ger."), tag("No.")
    ('en', 'ru', 'de', None)
    """
    return _tag(text) if len(text) <= MAX_LENGTH else None


@lru_cache(maxsize=4096)
def _tag(text: str) -> str | None:
    text = text.strip()
    if text.endswith(".") and (short := _SHORT_NAMES.get(text[:-1].casefold())):
        return short
    text = text.removesuffix(".") if len(text) > 3 else text
    written = text.replace("_", "-")
    # A word of four letters or more is never a code: "Thai" and "Russian" are well-formed, but names.
    if is_well_formed(written) and not _NAME_IS_LONGER.match(written):
        try:
            language_tag = langcodes.standardize_tag(written) if langcodes.Language.get(written).is_valid() else ""
        except ValueError:
            return None
    else:
        language_tag = _by_name(text)
    return language_tag if language_tag not in {"", "und"} and is_well_formed(language_tag) else None


def _by_name(text: str) -> str:
    """Tag of a language by its whole name; empty for an unknown name.

    The trie is asked itself: `langcodes.find` takes the beginning of a text for a name, and finds Ukrainian
    in "Ukrainain" and English in "English and Russian".
    """
    name = normalize_name(text).removesuffix(" language").removesuffix(" язык").removesuffix(" яз")
    if len(name) <= 3 or not name.isprintable():  # meant as a code; and the trie fails at control characters
        return ""
    try:
        codes = [get_trie_value(names, name) for names in map(_names, _NAME_LANGUAGES) if name in names]
    except (UnicodeError, SystemError):  # half a character; the trie fails so at some texts
        return ""
    return langcodes.standardize_tag(codes[0]) if codes else ""


@cache
def _names(language: str) -> dict[str, list[bytes]]:
    """Names of languages in a language, with their codes."""
    names: dict[str, list[bytes]] = load_trie(data_filename(f"trie/{language}/name_to_language.marisa"))
    return names
