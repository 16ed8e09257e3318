"""Names of people and bodies as sources write them: whether it is anybody, office, lists.

Each function does only what is sure; where it is not, the name stays as it is.

>>> split_office("Raul Castro Ruz, Minister of the Armed Forces of the Republic of Cuba")
('Raul Castro Ruz', 'Minister of the Armed Forces of the Republic of Cuba')
>>> split_list("James G. Hershberg and Gary Goldberg")
['James G. Hershberg', 'Gary Goldberg']
"""

import re
import unicodedata
from collections.abc import Iterable

MAX_LENGTH = 1000
"""Longest text that is taken apart; what is longer is no name."""

_UNKNOWN = (
    "unknown|unidentified|unspecified|unnamed|unrecorded|anonymous|anon|not known|not given|"
    "not identified|name unknown|author unknown|неизвестный|неизвестная|неизвестное|неизвестные|неизвестно|"
    "неизвестен|неустановленный|неустановленное|не установлено|не установлен|не установлена|"
    "не установлены|не указан|не указано|аноним|анонимный|без автора|desconocido|desconocida|"
    "desconocidos|desconocidas|anónimo|anónima|anonimo|anonima|no identificado|no identificada|"
    "sin autor|sine nomine"
)
_SOMEBODY = (
    "person|persons|people|man|men|woman|women|male|female|speaker|speakers|author|authors|"
    "caller|voice|voices|participant|participants|official|officials|individual|individuals|"
    "sender|recipient|visitor|visitors|aide|aides|staff|other|others|лицо|лица|автор|человек|"
    "мужчина|женщина|persona|personas|hombre|mujer|autor|autora"
)
_ABSENT = "none|n/a|n.a|null|nil|s.n|no name|нет|ninguno|nobody"


def _one_of(words: str) -> str:
    return "|".join(map(re.escape, words.split("|")))


_NOBODY = re.compile(
    rf"(?:an? |the )?(?:{_one_of(_UNKNOWN)})(?: (?:{_one_of(_SOMEBODY)}))?(?: \d+)?"
    rf"|(?:{_one_of(_SOMEBODY)}) (?:{_one_of(_UNKNOWN)})|{_one_of(_ABSENT)}"
)
_EDGES = re.compile(r"^[\W_]+|(?<![\W_])[\W_]++$")

_OFFICES = frozenset({
    "minister", "president", "premier", "chairman", "chairwoman", "chairperson", "secretary",
    "ambassador", "director", "chief", "commander", "consul", "attaché", "attache", "adviser", "advisor",
    "counselor", "counsellor", "member", "head", "representative", "delegate", "governor", "mayor",
    "senator", "congressman", "congresswoman", "chancellor", "editor", "correspondent", "professor",
    "envoy", "commissioner", "assistant", "deputy", "leader", "translator", "interpreter",
    "administrator", "treasurer", "prosecutor", "министр", "посол", "президент", "премьер-министр",
    "председатель", "секретарь", "директор", "начальник", "заместитель", "заведующий", "член", "советник",
    "консул", "командующий", "переводчик", "ministro", "ministra", "embajador", "embajadora",
    "presidente", "presidenta", "secretario", "secretaria", "comandante", "jefe", "cónsul", "consejero",
    "miembro", "primer",
})  # fmt: skip
"""Words that name an office; not those that are given or family names as well (Dean, King)."""

_RANKS = frozenset({
    "general", "gen", "colonel", "col", "major", "maj", "captain", "capt", "lieutenant", "lt", "admiral",
    "adm", "cmdr", "marshal", "sergeant", "sgt", "brigadier", "commodore", "sen", "rep", "amb",
    "gov", "генерал", "полковник", "адмирал", "маршал", "coronel", "almirante", "mayor",
})  # fmt: skip
"""Ranks: an office in brackets, or before "of"; else they may be part of a name ("Castro, General Raul")."""

_LINKS = frozenset({"of", "to", "for", "in", "at", "from", "on", "de", "del", "en", "ante"})
_PARTICLES = frozenset({
    "de", "del", "della", "di", "da", "la", "las", "los", "le", "van", "von", "der", "den", "ten", "ter",
    "bin", "ibn", "al", "el", "y", "e", "dos", "du", "zu", "af",
})  # fmt: skip

_BODIES = frozenset({
    "academy", "administration", "affairs", "agency", "archive", "archives", "army", "assembly",
    "association", "bank", "board", "branch", "bureau", "cabinet", "center", "centre", "club", "college",
    "commission", "committee", "company", "congress", "corporation", "council", "court", "delegation",
    "department", "division", "embassy", "federation", "force", "forces", "foundation", "fund",
    "government", "group", "historian", "house", "institute", "institution", "international", "kingdom",
    "league", "library", "ministry", "mission", "museum", "national", "nations", "navy", "office",
    "organization", "organisation", "parliament", "party", "press", "program", "programme", "project",
    "records", "republic", "school", "secretariat", "security", "senate", "service", "services",
    "society", "soviet", "staff", "state", "states", "team", "treasury", "union", "university",
})  # fmt: skip
"""Words that stand in names of bodies and seldom in those of people."""

_AND = re.compile(r",? (?:and|&|и) |, ")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"(.+?) ?\(([^()]+)\)")
_NAME_WORD = re.compile(r"\[?[^\W\d_][\w.'’\[\]-]*|[\"“(][^\"“”()]+[\"”)]")


def key(name: str) -> str:
    """A name in the form in which the same name is the same text: Unicode NFC, single spaces; case is kept.

    >>> key("  Rau\u0301l   Castro Ruz ")
    'Raúl Castro Ruz'
    """
    return " ".join(unicodedata.normalize("NFC", name).split())


def is_nobody(text: str) -> bool:
    """Whether it says that nobody is named: "[Unknown person(s)]", "unidentified man", "n/a", "—", "".

    >>> is_nobody("[?]"), is_nobody("не установлено"), is_nobody("White House operator")
    (True, True, False)
    """
    if len(text) > MAX_LENGTH:
        return False
    name = key(text)
    words = _EDGES.sub("", name.casefold().replace("(s)", "s"))
    # What a program writes for no number; Nan is a given name.
    return not words or name in {"nan", "NaN"} or bool(_NOBODY.fullmatch(words))


def split_office(text: str) -> tuple[str, str | None]:
    """A name and the office behind it, after a comma or in brackets; None where it is not sure to be one.

    An inverted name stays inverted: what follows its first comma are given names.

    >>> split_office("Nixon, Richard M. (President)"), split_office('Nixon, Thelma C. ("Pat") (Ryan)')
    (('Nixon, Richard M.', 'President'), ('Nixon, Thelma C. ("Pat") (Ryan)', None))
    """
    text = key(text)
    if len(text) > MAX_LENGTH:
        return text, None
    bracketed = _IN_BRACKETS.fullmatch(text)
    if bracketed and _is_office(bracketed[2], in_brackets=True) and not _words(bracketed[1]) & _BODIES:
        return bracketed[1], bracketed[2]
    for comma in re.finditer(", ?", text):
        name, rest = text[: comma.start()], text[comma.end() :]
        if _is_office(rest.partition(",")[0]):
            sure = name and rest and not _words(name) & (_OFFICES | _BODIES)
            return (name, rest) if sure else (text, None)
    return text, None


def split_list(text: str) -> list[str]:
    """The names in a list; the whole as one name where it may be the name of a body, or inverted.

    >>> split_list("National Archives and Records Administration"), split_list("Nixon, Richard M.")
    (['National Archives and Records Administration'], ['Nixon, Richard M.'])
    >>> split_list("Ford, Gerald R.; Haig, Alexander M., Jr.")
    ['Ford, Gerald R.', 'Haig, Alexander M., Jr.']
    """
    text = key(text)
    if re.search(";( |$)", text):  # not in "H&#233;bert"
        return [name for each in re.split(";(?: |$)", text) if (name := each.removeprefix("and ").strip(" ,"))]
    names: list[str] = []
    for each in _AND.split(text) if len(text) <= MAX_LENGTH else []:
        if names and _SUFFIX.fullmatch(each):
            names[-1] += f", {each}"
        else:
            names.append(each.strip())
    # "Castro Ruz, Raúl Modesto": two with nothing but a comma may be one that is inverted.
    least = 2 if re.search(" (?:and|&|и) ", text) else 3
    if len(names) >= least and all(map(_is_personal, names)):
        return names
    return [text] if text else []


def _bare(words: Iterable[str]) -> set[str]:
    return {word.strip(".,()'\"").casefold() for word in words}


def _words(text: str) -> set[str]:
    return _bare(re.split(r"[\s-]+", text))


def _is_office(text: str, *, in_brackets: bool = False) -> bool:
    """Whether an office stands among the first words, before any "of": "Soviet Ambassador to Cuba"."""
    words = [word.strip(".,()'\"").casefold() for word in re.split(r"[\s-]+", text)]
    for word, following in zip(words[:6], [*words[1:7], "of" if in_brackets else ""], strict=False):
        if word in _LINKS:
            return False
        if word in _OFFICES or (word in _RANKS and following in _LINKS):
            return True
    return False


def _of_name_words(text: str, most: int) -> bool:
    """Whether it is made of words as they stand in names: in capitals, particles, or in quotation marks."""
    words = text.split(" ")
    if not 1 <= len(words) <= most or _words(text) & (_BODIES | _OFFICES):
        return False
    return all(
        _NAME_WORD.fullmatch(word) and (not word[0].islower() or word.partition("-")[0] in _PARTICLES) for word in words
    )


def _is_personal(text: str) -> bool:
    """Whether it looks like the whole name of a person in direct order, two words at least."""
    text = re.sub(r",? (?:jr|sr|ii|iii|iv)\.?$", "", text, flags=re.IGNORECASE)
    last = text.split(" ")[-1]
    return " " in text and _of_name_words(text, 6) and len(last.strip(".")) > 1 and last not in _PARTICLES
