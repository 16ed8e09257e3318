"""Titles in citations: English title case, quotation marks within quotation marks, stops that are not doubled.

>>> title_case("The report of a friend on the sea"), quoted("The “long” winter", ".")
('The Report of a Friend on the Sea', '“The ‘long’ winter.”')
>>> quoted("Who owns the well?", "."), quoted("Accounts of the guild.", ",")
('“Who owns the well?”', '“Accounts of the guild,”')
"""

import re

_SMALL_WORDS = frozenset(
    re.findall(
        r"\S+",
        "a an the and but for nor or so yet as at about above across after against along amid among around before "
        "behind below beneath beside besides between beyond by concerning despite down during except from in inside "
        "into like near of off on onto out outside over per regarding since through throughout till to toward towards "
        "under underneath until unto up upon versus via with within without v vs etc et al de da di del della der den "
        "des du la le las los van von ten ter bin ibn y e",
    )
)
"""Words that title case leaves small, but at its ends: articles, conjunctions, prepositions of any length (Chicago
Manual of Style, 17th edition, 8.159), particles of names (8.5)."""

_PARTICLES = frozenset(
    re.findall(r"\S+", "de da di del della der den des du la le las los van von ten ter bin ibn y e et al v")
)
"""Small words that are left as they are with a capital, as in "Le Havre", "La Paz", "George V"."""

_WORD = re.compile(r"[^\W\d_][\w’'ʼ]*(?:\.(?=\w)\w+)*")
_FIRST_AFTER = (".", ":", "?", "!", "—", "…")
"""Signs behind which a word is the first one, whatever it is."""

_OPENING = " \t\"'“”‘’«»„([\n"
_LOOKED_BACK = 12
"""Characters before a word among which such a sign is looked for."""

_ABBREVIATION = re.compile(
    r"(?:\b(?:\w\.)+\w\.|\b\w\.|\b(?:Jr|Sr|Co|Inc|Ltd|Corp|Bros|Dept|Dr|Mr|Mrs|St|No|Nos|vol|vols|ed|eds|etc|al|cf|ff|pp|"
    r"гг|вв|др|пр|тов|ул|обл|cía|pág|núm)\.)$",
    re.IGNORECASE,
)
_TERMINAL = (".", "?", "!", "…", "؟", "。")
_CLOSING = "”’\"'»)]"
_TRAILING = " \t\n/:;,="
"""Signs that introduce the next area of a description (ISBD, 0.3.2), and end no title."""

_PAIRS = {"“": "”", "„": "“”", "‘": "’", "‚": "‘’"}
"""Opening mark of a quotation → marks that close it."""


def title_case(title: str) -> str:
    """English title in headline style; a word with capitals, figures or stops of its own is left as it is.

    >>> title_case("soviet-cuban talks: a memo by A.I. Alekseyev of the USSR"), title_case("What do we look for in")
    ('Soviet-Cuban Talks: A Memo by A.I. Alekseyev of the USSR', 'What Do We Look for In')
    """
    found = list(_WORD.finditer(title))
    ends_in_word = found and not any(map(str.isalnum, title[found[-1].end() :]))
    last = found[-1].start() if ends_in_word else -1

    def cased(match: re.Match[str]) -> str:
        word = match[0]
        # An apostrophe before a word belongs to another: "d'Orsay", "l’Europe".
        if word[1:] != word[1:].lower() or "." in word or title[match.start() - 1 : match.start()].isdigit():
            return word
        ends = match.start() == last or _is_first(title, match.start())
        if word.lower() in _SMALL_WORDS and not ends:
            return word.lower() if word.lower() not in _PARTICLES or word[0].islower() else word
        return word[0].upper() + word[1:]

    return _WORD.sub(cased, title)


def _is_first(title: str, at: int) -> bool:
    before = title[max(0, at - _LOOKED_BACK) : at].rstrip(_OPENING)
    return before.endswith(_FIRST_AFTER) or (not before and at <= _LOOKED_BACK)


def quoted(title: str, stop: str) -> str:
    """Title in American quotation marks, with a stop or comma inside (Chicago Manual of Style, 17th edition, 6.9).

    Args:
        title: the title.
        stop: `.` or `,`; a stop is not doubled (6.124), a comma takes the place of a stop, and stands behind `?`
            (6.125).
    """
    return f"“{stopped(flipped(title), stop)}”"


def stopped(text: str, stop: str) -> str:
    """Text with a stop or comma at its end, inside the marks that close a quotation there.

    >>> stopped("Box 9, etc.", "."), stopped("The ‘Long’", "."), stopped("Smith & Co.", ","), stopped("On…", ".")
    ('Box 9, etc.', 'The ‘Long.’', 'Smith & Co.,', 'On…')
    """
    body = text.rstrip(_TRAILING)
    core = body.rstrip("”’\"'")
    closing = body[len(core) :]
    if closing in {"'", "’"} and not re.search("[‘']", core):  # an apostrophe: "the Jones’"
        core, closing = body, ""
    if stop == "." and core.rstrip(_CLOSING).endswith(_TERMINAL):
        return core + closing
    if (
        stop == ","
        and core.endswith(".")
        and not core.endswith("..")
        and not _ABBREVIATION.search(core[-_LOOKED_BACK:])
    ):
        core = core[:-1]
    return core + stop + closing


def unstopped(text: str) -> str:
    """Text without a stop at its end, which may stand inside the marks that close a quotation there.

    >>> [unstopped(each) for each in ("Minutes.", "Journal, 'A talk of 1963'", "Journal, 'A talk.'", "On…")]
    ['Minutes', "Journal, 'A talk of 1963'", "Journal, 'A talk'", 'On…']
    """
    before, _, closing = stopped(text, ",").rpartition(",")
    return before + closing


def flipped(text: str) -> str:
    """Text to stand in double quotation marks: quotations in it get single ones, and those within these double ones.

    >>> flipped('A "plan", and the „Zweite“ of it: “it’s ‘so’ said”'), flipped("«Правда» о войне")
    ('A ‘plan’, and the ‘Zweite’ of it: ‘it’s “so” said’', '«Правда» о войне')
    """
    out: list[str] = []
    opened: list[str] = []
    for at, sign in enumerate(text):
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if opened and sign in opened[-1] and not (sign == "’" and after.isalnum()):
            opened.pop()
            out.append("”" if len(opened) % 2 else "’")
        elif sign in "“„" or (sign == '"' and not before.isdigit()):
            opened.append('"' if sign == '"' else _PAIRS[sign])
            out.append("‘" if len(opened) % 2 else "“")
        elif opened and sign in "‘‚":
            opened.append(_PAIRS[sign])
            out.append("‘" if len(opened) % 2 else "“")
        else:
            out.append(sign)
    return text if opened else "".join(out)


def sentence(text: str) -> str:
    """Text as a sentence: a capital at its beginning, a stop at its end.

    >>> sentence("between March 3 and 9, 1848"), sentence("autumn 1934")
    ('Between March 3 and 9, 1848.', 'Autumn 1934.')
    """
    return stopped(text[:1].upper() + text[1:], ".")
