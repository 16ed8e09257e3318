"""Languages of a table's texts: what a heading names, what the words of the cells tell, what the whole table is in."""

from collections import Counter
from collections.abc import Sequence

from kg.records.inference.choices import KeyChoice
from kg.records.inference.meanings import TEXTS
from kg.records.names.language_tags import tag

_PROSE_KEYS = frozenset(
    {"title", "summary", "scopeNote", "description", "text", "note", "biography", "custodialHistory", "name", "rights"}
    | {"accessConditions", "citation", "alternativeNames", "occupations", "functions"}
)
"""Keys whose texts tell a language by their words."""
_NAMES = frozenset({"name", "alternativeNames"})
"""Keys of names, which have the language of the table only where words tell it."""


def set_languages(choices: Sequence[KeyChoice], kind: str) -> str:
    """Give texts their language where that is plain; return the language of most of the table's texts."""
    texts = [choice for choice in choices if choice.key in TEXTS & _PROSE_KEYS and choice.profile.filled]
    votes: Counter[str] = Counter()
    for choice in texts:
        language = choice.profile.language
        if not choice.language and not (choice.key in _NAMES and kind != "record"):
            votes[language.tag] += len(choice.profile.distinct) if language.is_plain else 0
    del votes[""]
    usual = votes.most_common(1)[0][0] if votes.total() else ""
    for choice in texts:
        if choice.language:
            _compare(choice)
        elif not (choice.key in _NAMES and kind != "record"):
            _set_language(choice, usual)
    explicit = Counter(choice.language for choice in texts if choice.language)
    return usual or (explicit.most_common(1)[0][0] if explicit else "")


def _compare(choice: KeyChoice) -> None:
    """Doubt a language that the heading names and the cells contradict."""
    told = choice.profile.language
    choice.why = f"{choice.why}; the heading names the language"
    if told.tag and told.tag != choice.language.partition("-")[0] and told.is_plain:
        choice.doubts.append(f"its texts look like {told.tag}")


def _set_language(choice: KeyChoice, usual: str) -> None:
    """Set the language that the cells tell, or that of the table, or that of the heading."""
    told = choice.profile.language
    if told.mixed:
        choice.doubts.append(f"its texts are in several languages ({', '.join(told.mixed)}), so none is set")
        return
    of_heading = choice.profile.heading.languages
    if told.tag and (told.is_plain or told.tag == usual or told.tag in of_heading - {"en"}):
        choice.language = told.tag
        choice.why = f"{choice.why}; its texts are in {told.tag}"
    elif usual and not told.tag:
        choice.language = usual
        choice.why = f"{choice.why}; other texts of the table are in {usual}"
    elif len(of_heading) == 1 and not told.tag and "en" not in of_heading:
        choice.language = next(iter(of_heading))
        choice.doubts.append(f"the heading is in {choice.language}; are the texts?")
    elif told.tag:
        choice.doubts.append(f"its texts may be in {told.tag}: “{choice.key}@{told.tag}”")


def of_documents(choices: Sequence[KeyChoice]) -> str:
    """Return the language of the documents, where their texts are given and no column tells it; else an empty text."""
    if any(choice.key == "language" for choice in choices):
        return ""
    languages = {tag(choice.language) for choice in choices if choice.key == "text" and choice.language}
    return next(iter(languages)) or "" if len(languages) == 1 else ""
