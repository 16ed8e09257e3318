"""Draft status: the words by which finding aids and authority records say that they are not ready."""

import re

_WORDS = re.compile(
    r"(?:\w+[-_ ])*drafts?|in[-_ ]?pro(?:gress|cess)"
    r"|brouillon|entwurf|borrador|rascunho|bozza|concept|esborrany|черновик",
    re.IGNORECASE,
)
_MAX_STATUS = 60
"""Maximum length of a status in characters; a longer text is a sentence about drafts."""

EXPECTED = 'a published description, or drafts = "leave-out" in kg.toml'
PUBLISHED = 'the source calls this a draft; it is published, unless drafts = "leave-out" in kg.toml'
LEFT_OUT = 'the source calls this a draft; it is left out with its parts, since drafts = "leave-out" in kg.toml'


def is_draft(status: str | None) -> bool:
    """Return whether a status is that of a draft.

    >>> is_draft("Draft"), is_draft("unverified-partial-draft"), is_draft("inProcess"), is_draft("Published")
    (True, True, True, False)
    """
    return (
        bool(status) and len(status or "") <= _MAX_STATUS and _WORDS.fullmatch((status or "").strip(" .")) is not None
    )
