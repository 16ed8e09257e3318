"""Parser of names of people and bodies, as sources write them: placeholders, offices, lists of names.

Each function makes only certain changes; an uncertain name stays in its original form.

>>> split_office("Raul Castro Ruz, Minister of the Armed Forces of the Republic of Cuba")
('Raul Castro Ruz', 'Minister of the Armed Forces of the Republic of Cuba')
>>> split_list("James G. Hershberg and Gary Goldberg")
['James G. Hershberg', 'Gary Goldberg']
"""

import re
import unicodedata
from collections.abc import Iterable

MAX_LENGTH = 1000
"""Maximum length of a name in characters; a longer text is no name."""

_UNKNOWN_WORDS = (
    "unknown|unidentified|unspecified|unnamed|unrecorded|anonymous|anon|not known|not given|"
    "not identified|name unknown|author unknown|неизвестный|неизвестная|неизвестное|неизвестные|неизвестно|"
    "неизвестен|неустановленный|неустановленное|не установлено|не установлен|не установлена|"
    "не установлены|не указан|не указано|аноним|анонимный|без автора|desconocido|desconocida|"
    "desconocidos|desconocidas|anónimo|anónima|anonimo|anonima|no identificado|no identificada|"
    "sin autor|sine nomine"
)
_PERSON_WORDS = (
    "person|persons|people|man|men|woman|women|male|female|speaker|speakers|author|authors|"
    "caller|voice|voices|participant|participants|official|officials|individual|individuals|"
    "sender|recipient|visitor|visitors|aide|aides|staff|other|others|лицо|лица|автор|человек|"
    "мужчина|женщина|persona|personas|hombre|mujer|autor|autora"
)
_NO_NAME_WORDS = "none|n/a|n.a|null|nil|s.n|no name|нет|ninguno|nobody"


def _alternatives(words: str) -> str:
    return "|".join(map(re.escape, words.split("|")))


_PLACEHOLDER = re.compile(
    rf"(?:an? |the )?(?:{_alternatives(_UNKNOWN_WORDS)})(?: (?:{_alternatives(_PERSON_WORDS)}))?(?: \d+)?"
    rf"|(?:{_alternatives(_PERSON_WORDS)}) (?:{_alternatives(_UNKNOWN_WORDS)})|{_alternatives(_NO_NAME_WORDS)}"
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
"""Words that name an office; without given or family names (Dean, King)."""

_RANKS = frozenset({
    "general", "gen", "colonel", "col", "major", "maj", "captain", "capt", "lieutenant", "lt", "admiral",
    "adm", "cmdr", "marshal", "sergeant", "sgt", "brigadier", "commodore", "sen", "rep", "amb",
    "gov", "генерал", "полковник", "адмирал", "маршал", "coronel", "almirante", "mayor",
})  # fmt: skip
"""Ranks: an office in brackets, or before "of"; else they may be part of a name ("Castro, General Raul")."""

_LINKS = frozenset({"of", "to", "for", "in", "at", "from", "on", "de", "del", "en", "ante"})
PARTICLES = frozenset({
    "de", "del", "della", "di", "da", "la", "las", "los", "le", "van", "von", "der", "den", "ten", "ter",
    "bin", "ibn", "al", "el", "y", "e", "dos", "du", "zu", "af",
})  # fmt: skip
"""Words in small letters within the name of a person."""

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
    """Return a name in normal form: Unicode NFC, single spaces; case is kept.

    >>> key("  Rau\u0301l   Castro Ruz ")
    'Raúl Castro Ruz'
    """
    return " ".join(unicodedata.normalize("NFC", name).split())


def is_placeholder(text: str) -> bool:
    """Return whether a text stands for a missing name: "[Unknown person(s)]", "unidentified man", "n/a", "—", "".

    >>> is_placeholder("[?]"), is_placeholder("не установлено"), is_placeholder("White House operator")
    (True, True, False)
    """
    if len(text) > MAX_LENGTH:
        return False
    name = key(text)
    words = _EDGES.sub("", name.casefold().replace("(s)", "s"))
    # Programs write nan for a missing number; Nan is a given name.
    return not words or name in {"nan", "NaN"} or bool(_PLACEHOLDER.fullmatch(words))


def split_office(text: str) -> tuple[str, str | None]:
    """Split a name from the office behind it, after a comma or in brackets; None for an uncertain office.

    An inverted name stays inverted: given names follow its first comma.

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
    """Split a list of names; a text that may be the name of a body, or an inverted name, stays whole.

    >>> split_list("National Archives and Records Administration"), split_list("Nixon, Richard M.")
    (['National Archives and Records Administration'], ['Nixon, Richard M.'])
    >>> split_list("Ford, Gerald R.; Haig, Alexander M., Jr.")
    ['Ford, Gerald R.', 'Haig, Alexander M., Jr.']
    """
    text = key(text)
    if re.search(";( |$)", text):  # not in "H&#233;bert"
        return [stripped for name in re.split(";(?: |$)", text) if (stripped := name.removeprefix("and ").strip(" ,"))]
    names: list[str] = []
    for name in _AND.split(text) if len(text) <= MAX_LENGTH else []:
        if names and _SUFFIX.fullmatch(name):
            names[-1] += f", {name}"
        else:
            names.append(name.strip())
    # "Castro Ruz, Raúl Modesto": two with nothing but a comma may be one that is inverted.
    least = 2 if re.search(" (?:and|&|и) ", text) else 3
    if len(names) >= least and all(map(is_personal, names)):
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


def _has_name_words(text: str, max_words: int) -> bool:
    """Whether a text consists of words as they stand in names: in capitals, particles, or in quotation marks."""
    words = text.split(" ")
    if not 1 <= len(words) <= max_words or _words(text) & (_BODIES | _OFFICES):
        return False
    return all(
        _NAME_WORD.fullmatch(word) and (not word[0].islower() or word.partition("-")[0] in PARTICLES) for word in words
    )


def office_words(text: str, *, ranks: bool = False) -> set[str]:
    """Return the words of a text that name an office; with `ranks`, military ranks too.

    >>> office_words("Soviet Ambassador to Cuba"), office_words("Marshal", ranks=True)
    ({'ambassador'}, {'marshal'})
    """
    return _words(text) & (_OFFICES | _RANKS if ranks else _OFFICES)


def is_body(text: str) -> bool:
    """Return whether a word of a text stands in names of bodies and seldom in those of people.

    >>> is_body("Town University"), is_body("Liu Xin")
    (True, False)
    """
    return bool(_words(text) & _BODIES)


def is_personal(text: str) -> bool:
    """Return whether a text looks like the whole name of a person in direct order, two words at least.

    >>> is_personal("Jean van der Berg, Jr."), is_personal("Industry"), is_personal("First Secretary")
    (True, False, False)
    """
    text = re.sub(r",? (?:jr|sr|ii|iii|iv)\.?$", "", text, flags=re.IGNORECASE)
    last = text.split(" ")[-1]
    return " " in text and _has_name_words(text, 6) and len(last.strip(".")) > 1 and last not in PARTICLES
