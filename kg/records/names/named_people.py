"""People in running text, direct order: those whose talk a title records, and those whom a credit names.

Two people with offices are told apart where the grammar is certain, and are nobody where it is not: the title itself
still says them (D-131).

>>> in_title("Josip Vuk, President of the Republic, and Edvard Kova, Vice President")
(('Josip Vuk', 'President of the Republic'), ('Edvard Kova', 'Vice President'))
>>> in_title("Anna Miller, Minister of Trade and Industry")
(('Anna Miller', 'Minister of Trade and Industry'),)
>>> in_credit("the National Security Archive"), in_credit("Sergey Radin et al.")
((('National Security Archive', 'organization'),), (('Sergey Radin', 'person'),))
"""

import re

from kg.records.names import personal_names
from kg.records.names.personal_names import is_body, is_personal, office_words, split_office

Named = tuple[tuple[str, str | None], ...]
"""Names in their order, each with its office or its type."""

_OTHERS = re.compile(
    r"[\s,;]*(?:(?:\b(?:and|и|y|et|und|e|con|mit|avec|с)|&) (?:(?:many|several|некоторые|varios|einige|quelques) )?"
    r"(?:others?|colleagues|co-workers|другие|др\.?|коллеги|otros|otras|autres|andere[nr]?|altri)\b\.?"
    r"|\bet[ .]?al\b\.?|\bu\. ?a\.(?! ?\w)|\bи пр\.|\bи т\. ?д\.|\be\. ?a\.|\bet coll?\.|\bi in\.)\s*$",
    re.IGNORECASE,
)
_JOINT = re.compile(r"(?P<comma>[,;]?) (?:and|&|и|y|und) |; ", re.IGNORECASE)
_CONCERNS = frozenset({
    "industry", "trade", "commerce", "agriculture", "finance", "finances", "defense", "defence", "culture", "education",
    "health", "justice", "transport", "transportation", "labor", "labour", "economy", "economics", "planning", "energy",
    "sport", "sports", "tourism", "science", "sciences", "technology", "information", "interior", "food", "forestry",
    "construction", "communications", "development", "environment", "fisheries", "immigration", "cooperation",
    "relations", "intelligence", "propaganda", "ideology", "works", "shipping", "mines", "mining", "housing", "welfare",
    "peace", "war", "research", "supply", "machinery", "chemical", "heavy", "light", "foreign", "external", "internal",
    "general", "central", "first", "second", "third", "deputy", "vice", "acting", "торговли", "промышленности",
    "финансов", "обороны", "культуры", "comercio", "industria", "defensa", "economía", "agricultura", "cultura",
})  # fmt: skip
"""Words of what an office is for: after "and" they go on with the office, as in "Minister of Trade and Industry"."""
_FOUNDATION = re.compile(
    r".*\b(?:foundation|fund|institute|university|trust|endowment|corporation|cent(?:er|re)|archives?|library|society|"
    r"association|council|committee|college|museum|academy|bank|company|school)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|a|an) ", re.IGNORECASE)
_LONGEST_BODY = 14


def without_others(text: str) -> str:
    """Return a text without the words for unnamed others at its end.

    >>> without_others("Jean van der Berg, Jr. and others"), without_others("L. u. a."), without_others("Иванов и др.")
    ('Jean van der Berg, Jr.', 'L.', 'Иванов')
    """
    return _OTHERS.sub("", text)


def in_title(text: str) -> Named:
    """Return the people whose talk a title records, each with the office or None; nobody where that is not certain.

    >>> in_title("Marshal R. Ya. Malin and Chinese Ambassador Liu Xin")
    (('R. Ya. Malin', 'Marshal'), ('Liu Xin', 'Chinese Ambassador'))
    >>> in_title("Anna Miller, Minister of Sun and Edvard Kova, Vice President")
    ()
    """
    text = without_others(personal_names.key(text))
    if len(text) > personal_names.MAX_LENGTH:
        return ()
    pieces = _name_groups(text)
    if pieces is None:
        return ()
    people: list[tuple[str, str | None]] = []
    for piece in pieces:
        found = _people_of(piece, alone=len(pieces) == 1)
        if found is None:
            return ()
        people += found
    return tuple((name, office) for name, office in people if not personal_names.is_placeholder(name))


def _name_groups(text: str) -> list[str] | None:
    """Parts of a text between people, cut where "and" parts two people for certain; None where it may."""
    pieces: list[str] = []
    begin = 0
    for joint in _JOINT.finditer(text):
        left, right = text[begin : joint.start()], text[joint.end() :]
        parts = _parts_two(left, _JOINT.split(right)[0].partition(",")[0], comma=joint["comma"] != "")
        if parts is None:
            return None
        if parts:
            pieces.append(left)
            begin = joint.end()
    return [piece.strip(" ,;") for piece in (*pieces, text[begin:])]


def _parts_two(left: str, right: str, *, comma: bool) -> bool | None:
    """Whether "and" parts two people: left the text before it, right the words after it up to a comma."""
    words = office_words(right)
    first_word = next(iter(right.casefold().split()), "").strip(".")
    if _titled(right) is not None or (_is_person(right) and not words):
        if not comma and not office_words(left):  # "Fidel and Raul Castro"
            return True if _is_person(left.rpartition(", ")[2]) or _titled(left) is not None else None
        return True if comma or _titled(left) is not None else None
    if first_word in _CONCERNS or is_body(right):
        return False if office_words(left) or is_body(left) else None
    # "President and Prime Minister": one who has two offices, or two people.
    return None


def _is_person(text: str) -> bool:
    words = {word.strip(".,").casefold() for word in text.split()}
    return is_personal(text) and not words & _CONCERNS


def _people_of(piece: str, *, alone: bool) -> list[tuple[str, str | None]] | None:
    """People of a text without "and": one with an office or without, or a list; None where it is not certain."""
    name, office = split_office(piece)
    if office is not None:
        return _with_offices(name, office.split(", "))
    if (titled := _titled(piece)) is not None and not alone:
        return [titled]
    listed = personal_names.split_list(piece)
    if len(listed) > 1:
        return [(each, None) for each in listed]
    # The Ambassador without a name is nobody; a name in its inverted form is somebody.
    first, comma, rest = piece.partition(", ")
    if comma and _is_person(first) and _is_person(rest):
        return None
    if not alone and not (_is_person(piece) or " " not in piece):
        return None
    return [] if _ARTICLE.match(piece) and office_words(piece) else [(piece, None)]


def _with_offices(name: str, parts: list[str]) -> list[tuple[str, str | None]] | None:
    """People from a name and what stands behind it between commas; None where a name stands there without an office.

    >>> _with_offices("Josip Vuk", ["President", "Edvard Kova", "Vice President of Utopia"])
    [('Josip Vuk', 'President'), ('Edvard Kova', 'Vice President of Utopia')]
    """
    people: list[tuple[str, str | None]] = []
    office: list[str] = []
    for place, part in enumerate(parts):
        if _is_person(part) and not is_body(part):
            if not office or not office_words(next(iter(parts[place + 1 :]), "")):
                return None
            people.append((name, ", ".join(office)))
            name, office = part, []
        else:
            office.append(part)
    return [*people, (name, ", ".join(office))]


def _titled(text: str) -> tuple[str, str] | None:
    """Name and office of a person with the office before the name; None where there is none before a whole name.

    >>> _titled("Chinese Ambassador Liu Xin"), _titled("Minister of Trade")
    (('Liu Xin', 'Chinese Ambassador'), None)
    """
    words = text.split(" ")
    places = [place for place, word in enumerate(words[:5]) if office_words(word, ranks=True)]
    if not places:
        return None
    name = " ".join(words[places[-1] + 1 :])
    return (name, " ".join(words[: places[-1] + 1])) if _is_person(name) else None


def in_credit(text: str) -> Named:
    """Return the names in a credit, each with its agent type or None; what is no name for certain is left out.

    >>> in_credit("James Hersh, Town University,"), in_credit("A. Finder and B. Writer")
    ((('James Hersh', 'person'),), (('A. Finder', 'person'), ('B. Writer', 'person')))
    >>> in_credit("Jim Roe. See also the archive file")
    ()
    """
    written = personal_names.key(text).strip(" ,;")
    text = without_others(written).strip(" ,;")
    if len(text) > personal_names.MAX_LENGTH:
        return ()
    names = personal_names.split_list(text)
    if len(names) == 1:
        names = _listed(text, others=text != written)
    found = (_credited(name) for name in names if not personal_names.is_placeholder(name))
    return tuple(filter(None, found))


def _listed(text: str, *, others: bool) -> list[str]:
    """Names of a list with a body in it, or of two people before "and others"; else the text as a whole."""
    commas = text.split(", ")
    if others and len(commas) > 1 and all(map(is_personal, commas)):
        return commas
    sides = re.split(r",? (?:and|&|и|y|und|et) ", text)
    people = [is_personal(side) and not is_body(side) for side in sides]
    if (
        len(sides) > 1
        and any(people)
        and all(person or is_body(side) for person, side in zip(people, sides, strict=True))
    ):
        return sides
    return bodies(text) if is_body(text.partition(",")[0]) else [text]


def _credited(text: str) -> tuple[str, str | None] | None:
    """Name in a credit with its type: a person without the affiliation behind a comma, a body without the article."""
    first, comma, rest = text.partition(", ")
    if comma and is_personal(first) and (is_body(rest) or office_words(rest)):
        text = first
    first, on_behalf, _ = text.partition(" for ")
    if on_behalf and is_personal(first):
        text = first
    plain = re.sub(r",? (?:jr|sr|ii|iii|iv)\.?$", "", text, flags=re.IGNORECASE)
    if is_personal(text):
        return text, "person"
    name = _ARTICLE.sub("", text)
    if is_body(text):
        sentence = re.search(r"[.!?] +[A-Z]", name) and not re.search(r"\b[A-Z]\. +[A-Z]", name)
        return None if sentence or len(name.split()) > _LONGEST_BODY else (name, "organization")
    if _ARTICLE.match(text):  # a body of a sort that is not known
        return (name, None) if len(name.split()) <= 6 and name[:1].isupper() and ". " not in name else None
    is_name = all(word[:1].isupper() or word in personal_names.PARTICLES for word in plain.split())
    return (text, "person") if is_name and len(plain.split()) <= 5 and not re.search(r"\w{3,}\. ", text) else None


def bodies(text: str) -> list[str]:
    """Return the bodies in a text; two of them where each side of "and" is the whole name of a body.

    >>> bodies("The Leon Foundation and MacArt Foundation"), bodies("National Archives and Records Administration")
    (['The Leon Foundation', 'MacArt Foundation'], ['National Archives and Records Administration'])
    """
    text = without_others(text)
    names = [name.strip(" ,;") for name in re.split(r",? (?:and|&|и|y|und|et) (?:the )?|; ", text)]
    whole = all(len(name.split()) > 1 and _FOUNDATION.fullmatch(name) for name in names)
    return names if len(names) > 1 and whole else [text]
