"""Irregular forms: words of one lexeme whose roots differ, and countries with the adjectives of their languages.

The countries and languages are those of CLDR, in each language that a finder asks for: *France* and *French*,
*Франция* and *французский*. Verbs and plurals are the common ones of English.
"""

from collections.abc import Iterator
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages

from kg.store.search.analysis import plain_words

_ENGLISH = """
arise arose arisen/awake awoke awoken/beat beaten/become became/begin began begun/bend bent/bind bound/bite bit bitten
bleed bled/blow blew blown/break broke broken/breed bred/bring brought/build built/burn burnt/buy bought/catch caught
choose chose chosen/cling clung/come came/creep crept/deal dealt/dig dug/do did done/draw drew drawn/drink drank drunk
drive drove driven/eat ate eaten/fall fell fallen/feed fed/feel felt/fight fought/find found/flee fled/fly flew flown
forbid forbade forbidden/forget forgot forgotten/forgive forgave forgiven/freeze froze frozen/get got gotten
give gave given/go went gone/grow grew grown/hang hung/have had/hear heard/hide hid hidden/hold held/keep kept
kneel knelt/know knew known/lay laid/lead led/leave left/lend lent/lie lay lain/lose lost/make made/mean meant/meet met
mistake mistook mistaken/overthrow overthrew overthrown/pay paid/ride rode ridden/ring rang rung/rise rose risen
run ran/say said/see saw seen/seek sought/sell sold/send sent/shake shook shaken/shine shone/shoot shot/show shown
shrink shrank shrunk/sing sang sung/sink sank sunk/sit sat seated/sleep slept/speak spoke spoken/spend spent
spin spun/stand stood/steal stole stolen/stick stuck/strike struck/swear swore sworn/sweep swept/swim swam swum
take took taken/teach taught/tear tore torn/tell told/think thought/throw threw thrown/undertake undertook undertaken
understand understood/wake woke woken/wear wore worn/weave wove woven/weep wept/win won/wind wound/withdraw withdrew
withdrawn/withstand withstood/write wrote written
man men/woman women/child children/foot feet/tooth teeth/goose geese/mouse mice/ox oxen/person people/wife wives
life lives/knife knives/half halves/leaf leaves/loaf loaves/thief thieves/wolf wolves/shelf shelves/calf calves
index indices/appendix appendices/matrix matrices/vertex vertices/datum data/medium media/criterion criteria
phenomenon phenomena/memorandum memoranda/bureau bureaux/corpus corpora/genus genera/die dice
turkey turkish turks turkiye
britain british britons/england english/scotland scottish scots/wales welsh/switzerland swiss/netherlands dutch holland
philippines filipino filipinos/cyprus cypriot cypriots/congo congolese/peru peruvian/norway norwegian norse
"""
"""Forms of one word side by side, words parted by strokes and lines."""


@cache
def irregular_forms(language: str) -> dict[str, frozenset[str]]:
    """Folded word → its other forms, in a language.

    >>> sorted(irregular_forms("en")["stand"]), "french" in irregular_forms("en")["france"]
    (['stood'], True)
    """
    groups = [*_nations(language), *(_english() if language == "en" else ())]
    forms: dict[str, set[str]] = {}
    for group in groups:
        for word in group:
            forms.setdefault(word, set()).update(group - {word})
    return {word: frozenset(others) for word, others in forms.items()}


def _english() -> Iterator[frozenset[str]]:
    for line in _ENGLISH.replace("\n", "/").split("/"):
        if line:
            yield frozenset(line.split())


def _nations(language: str) -> Iterator[frozenset[str]]:
    """Name of each country and of its own language, where they are one word."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return
    likely = get_global("likely_subtags")
    for territory, name in locale.territories.items():
        spoken = get_official_languages(territory)[:1] if territory.isalpha() else ()
        for tag in spoken:
            # Spanish is of Spain, and not of each country where it is spoken.
            code = tag.upper()
            home = code if tag in get_official_languages(code)[:1] else likely.get(tag, "").rpartition("_")[2]
            own = home == territory
            folded = [plain_words(word) for word in (name, locale.languages.get(tag, ""))] if own else []
            group = frozenset(word[0] for word in folded if len(word) == 1)
            if len(group) > 1:
                yield group
