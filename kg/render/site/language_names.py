"""Language names, in the language of a page."""

from functools import lru_cache

import langcodes


@lru_cache(maxsize=512)
def language_name(tag: str, language: str = "en") -> str:
    """Name of a language in another one: `ru` is Russian.

    >>> language_name("ru"), language_name("sr-Latn"), language_name("en", "es")
    ('Russian', 'Serbian (Latin)', 'inglés')
    """
    return str(langcodes.Language.get(tag).display_name(language))
