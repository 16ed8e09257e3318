"""Names of languages, as a page says them."""

from functools import lru_cache

import langcodes


@lru_cache(maxsize=512)
def name(tag: str, language: str = "en") -> str:
    """What a language is called in another one: `ru` is Russian.

    >>> name("ru"), name("sr-Latn"), name("en", "es")
    ('Russian', 'Serbian (Latin)', 'inglés')
    """
    return str(langcodes.Language.get(tag).display_name(language))
