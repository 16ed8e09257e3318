"""Names of languages, as a page says them."""

from functools import lru_cache

import langcodes


@lru_cache(maxsize=512)
def name(tag: str) -> str:
    """The English name of a language tag: `ru` is Russian.

    >>> name("ru"), name("sr-Latn")
    ('Russian', 'Serbian (Latin)')
    """
    return str(langcodes.Language.get(tag).display_name("en"))
