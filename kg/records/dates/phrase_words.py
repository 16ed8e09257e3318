"""Vocabulary of date phrases: each word or group of words, in all languages alike, and its symbol.

Names of months and weekdays come from the CLDR by way of Babel. A name that two languages give to two months would
have no symbol at all; there is none among these languages.
"""
# words of several scripts are what this module is about

import re

from babel import Locale

LANGUAGES = ("en", "ru", "es", "fr", "de", "it", "pt", "nl", "pl", "uk")
"""Languages whose names of months are read; the other words are those of the first five."""

_NO_MONTHS = frozenset({"out", "set"})
"""Abbreviations of months in one language that are common words of another."""

_FURTHER_MONTHS = {
    1: "январе|genn|janv|jänner|jany", 2: "феврале|febr|févr|fevr|fevrier|feber|feby", 3: "марте|maerz|mrz|mär|mch",
    4: "апреле|avr|apl", 5: "мае", 6: "июне", 7: "июле|juil", 8: "августе|aout|augt",
    9: "сентябре|sept|setiembre|sep|septr", 10: "октябре|octr", 11: "ноябре|нояб|novr",
    12: "декабре|decembre|déc|dez|decr",
}  # fmt: skip
"""Cases, spellings without accents and abbreviations that the CLDR lacks."""

WORDS: dict[str, str] = {
    "S21": "spring|весна|весной|весны|primavera|printemps|frühling|frühjahr",
    "S22": "summer|лето|летом|лета|verano|été|sommer",
    "S23": "autumn|fall|осень|осенью|осени|otoño|automne|herbst",
    "S24": "winter|зима|зимой|зимы|invierno|hiver",
    "Z": "década|decada|años|decade|années|annees|decade of",
    "&": "and|&|и|y|et|und|e",
    "|": "or|или|o|ou|oder",
    "-": "to|through|thru|по|a|al|à|au|bis|bis zum",
    "f": "from|с|со|desde|von|vom|du|depuis le",
    "b": "between|sometime between|some time between|между|entre|zwischen",
    "<": (
        "before|prior to|not later than|no later than|not after|by|pre|pre -|до|не позднее|antes de|avant|vor|"
        "anterior a|on or before|latest|at the latest|spätestens|or earlier than|before or in|in or before"
    ),
    ">": (
        "after|not earlier than|no earlier than|not before|post|post -|после|не ранее|después de|despues de|"
        "après|apres|nach|posterior a|on or after|in or after|frühestens"
    ),
    "<<": "or earlier|or before|and earlier|and before|oder früher|ou avant|или ранее|или раньше",
    ">>": "or later|or after|oder später|ou après|или позднее|или позже",
    "u": "until|till|up to|hasta|up until|jusqu ' en|jusqu ' à",
    "n": (
        "à partir de|ff|ongoing to present|to the present time|until present|until the present|since|onwards|"
        "onward|and on|and later|and after|ongoing|on - going|present|current|continuing|continues|to present|"
        "to the present|to date|to the present day|present day|to ongoing|to current|now|today|"
        "по настоящее время|hasta el presente|hasta hoy|presente|actualidad|hasta la actualidad|a la actualidad|"
        "heute|bis heute|à nos jours|nos jours|depuis|seit|ab|begun|begun in|beginning in|starting|starting in|"
        "and onwards|and onward|and continuing|with ongoing additions|н . в"
    ),
    "~": (
        "circa|ca|c|cca|circ|abt|about|around|approximately|approx|approximate|estimated|estimate|est|~|±|"
        "roughly|on or about|or about|or so|около|ок|примерно|приблизительно|hacia|aprox|aproximadamente|"
        "alrededor de|cerca de|vers|environ|env|um|etwa|ungefähr|circa in|probably circa|ok"
    ),
    "p": (
        "сер|нач|кон|mi -|early|early in|late|late in|mid|middle of|middle|beginning of|end of|at the end of|"
        "early -|mid -|late -|the early|the late|the mid -|very early|very late|начало|начале|начала|середина|"
        "середине|середины|конец|конце|конца|principios de|principios del|mediados de|mediados del|finales de|"
        "finales del|fines de|fines del|a principios de|a mediados de|a finales de|a fines de|comienzos de|"
        "inicios de|début|debut|milieu|fin|début du|milieu du|fin du|début de|fin de|début des|milieu des|"
        "fin des|anfang|mitte|ende|anfang des|mitte des|ende des|frühes|spätes|frühe|späte"
    ),
    "?": (
        "?|probably|possibly|perhaps|presumably|likely|maybe|probable|possible|prob|poss|uncertain|conjectural|"
        "вероятно|возможно|предположительно|probablemente|posiblemente|wahrscheinlich|vermutlich|vielleicht|"
        "probablement|peut - être|sans doute"
    ),
    "C": (
        "s|ss|sec|century|centuries|cent|siècle|siècles|siecle|siecles|siglo|siglos|jahrhundert|jahrhunderts|jh|"
        "jhdt|jhd|jahrhunderte|век|века|веке|веков|вв|secolo|século"
    ),
    "V": "в",
    "H2": (
        "пол|half|half of|half of the|hälfte|hälfte des|половина|половине|половины|moitié|moitié du|mitad|"
        "mitad del|mitad de"
    ),
    "H3": "third|third of|third of the|drittel|drittel des|треть|трети|tercio del|tiers|tiers du|tercio",
    "H4": (
        "четв|quarter|quarter of|quarter of the|viertel|viertel des|четверть|четверти|quart|quart du|cuarto del|"
        "trimestre|trimester"
    ),
    "O01": "перв|first|erste|ersten|erstes|первая|первой|первое|первый|premier|première|primera|primer",
    "O02": "втор|second|zweite|zweiten|zweites|вторая|второй|вторые|deuxième|seconde|segunda|segundo",
    "O03": "drittes|dritte|третья|третьей|troisième|tercera|tercer",
    "O04": "fourth|vierte|viertes|четвертая|четвёртая|quatrième|cuarto|cuarta",
    "O99": "last|letztes|letzte|последняя|последней|dernier|dernière|última|último",
    "O13": "thirteenth",
    "O14": "fourteenth",
    "O15": "fifteenth",
    "O16": "sixteenth",
    "O17": "seventeenth",
    "O18": "eighteenth",
    "O19": "nineteenth",
    "O20": "twentieth",
    "O21": "twenty - first",
    "B": "bc|b c|bce|b c e|v chr|av j - c|avant j - c|av jc|до н э|a c|a de c|antes de cristo|before christ",
    "A": "ad|a d|ce|c e|n chr|ap j - c|н э|d c|d de c|anno domini",
    "J": "os|o s|old style|julian|julian calendar|ст ст|по ст ст|старого стиля|по старому стилю|alten stils|a st",
    "N": "ns|n s|new style|gregorian|н ст|нового стиля|по новому стилю|neuen stils",
    "undated": (
        "dates not examined|date not examined|not examined|dates unavailable|date unavailable|undat|o dat|n y|"
        "no year|date undetermined|dates undetermined|unspecified|date range undetermined|not determined|undated|"
        "not dated|no date|nd|n d|nodate|no dates|date unknown|dates unknown|unknown date|date not known|"
        "dates not known|not known|unknown|undetermined|date uncertain|no date given|undateable|s d|s / d|s f|"
        "s / f|sin fecha|fecha desconocida|sine dato|sine anno|без даты|без года|б д|б / д|б г|не датировано|"
        "не датирован|не датированы|дата неизвестна|дата не установлена|sans date|non daté|non datée|non datés|"
        "date inconnue|o d|o j|ohne datum|ohne jahr|undatiert|nicht datiert|datum unbekannt|senza data|sem data|"
        "zonder datum|z d|no date available|date not available|various dates|various|dates vary|undated material|"
        "undated items|some undated|most undated|mostly undated|partly undated|s a"
    ),
    "": (
        "engraved|etched|lithographed|assembled|installed|performed|first performed|filmed|commissioned|"
        "inscribed|signed|conceived|woven|carved|modelled|started|season|annual|of|the|in|on|dated|year|years|"
        "date|dates|date range|creation|created|created in|made|made in|written|written in|painted|executed|"
        "drawn|composed|produced|compiled|designed|completed|finished|photographed|taken|:|inclusive|"
        "inclusive dates|inclusive date|academic year|school year|with gaps|gaps|scattered|incomplete|passim|"
        "on the|at|le|les|hours|hrs|uhr|also|printed later|later print|later prints|later cast|later copies|"
        "later additions|with later additions|with additions|with later alterations|г|гг|год|года|году|годы|"
        "годов|годах|е|de|del|el|la|los|en|año|d|l|an|année|im|des|der|den|am|dem|jahr|jahre|jahren|er|il|anno|"
        "dal|anni|roku|r|mon|tues|tue|wed|thurs|thur|thu|fri|sat|sun"
    ),
    "role bulk": (
        "majority of material found within|majority of material found in|majority of material|majority within|"
        "most of it|most from|most dating from|mostly dating from|bulk|bulk dates|bulk date|predominantly|"
        "predominant|predominant dates|predominately|mainly|mostly|chiefly|primarily|bulk :|majority|most are|"
        "vorwiegend|principalmente|surtout|главным образом|largely"
    ),
    "role published": (
        "published as|first issued|published|published in|pub|publ|publication|released|release|issued|"
        "first published|veröffentlicht|erschienen|publié|publiée|publicado|publicada|опубликовано|опубликован|"
        "издано|изд|engraved and published"
    ),
    "role printed": (
        "this impression|this print|printed posthumously|printed|printed in|reprinted|reprint|print|prints|"
        "gedruckt|imprimé|impreso|impresa|напечатано|this impression printed|reprinted in|print made"
    ),
    "role cast": (
        "this cast|posthumous cast|cast posthumously|later cast of|cast|cast in|recast|gegossen|fondu|fundido|"
        "cast made|posthumously cast"
    ),
    "role exhibited": (
        "exhibited|exhibited in|exh|exhibition|ausgestellt|exposé|exposée|expuesto|exhibido|экспонировалось|shown"
    ),
    "role broadcast": "broadcast|aired|air date|broadcast date|transmitted|gesendet|emitido|diffusé",
    "role remade": (
        "this edition|this version|this replica|re - installed|reinstalled|restaged|re - made|remade as|"
        "rewritten|refinished|overpainted|extended|added to|remade|reconstructed|recreated|refabricated|reissued|"
        "reworked|repainted|altered|restored|revised|retouched|edition|replica|replicated|reproduced|copied|"
        "transcribed|photocopied|microfilmed|later copy|copy|reassembled|refurbished|rebuilt|reedited|"
        "re - edited|reconstruction|remastered|copied in|reworked in|remade in|enlarged|editioned|replica made"
    ),
    "role digitized": "digitized|digitised|digitized in|digitised in|scanned",
    "role sent": "sent|sent on|posted|mailed|gesandt|envoyé|enviado|отправлено",
    "role received": "received|received on|rec ' d|empfangen|reçu|recibido|получено",
    "role active": "active|fl|flourished|floruit|active from|active in|wirkte",
    "role birth": "born|b|né|née|geboren|geb|nacido|nacida|родился|родилась|род",
    "role death": "died|d in|deceased|mort|morte|gestorben|gest|fallecido|умер|умерла",
}
"""Symbol → its words, apart by `|`; the signs inside a group of words stand apart, dots are left out.

S season; Z ten years; & and, | or, - to; f from, b between, < before, > after, << >> the same behind a date, u until,
n since or to this day; ~ circa, p a part of it, ? perhaps; C century, V century after a Roman number, H half, third or
quarter, O ordinal; B A before and after Christ, J N old and new style; *undated*; *role* what happened then. Words
under the empty symbol are dropped.
"""

_PIECE = re.compile(r"[^\W\d_]+|[^\s.]")
"""Piece of a group of words: letters, or a sign; dots are dropped, so that "n.d.", "n. d." and "nd" are alike."""


def split_words(text: str) -> tuple[str, ...]:
    """Return the pieces of a group of words.

    >>> split_words("n. d."), split_words("twenty-first")
    (('n', 'd'), ('twenty', '-', 'first'))
    """
    return tuple(_PIECE.findall(text))


def _calendar_words() -> dict[tuple[str, ...], str]:
    """Months with their symbol, weekdays without one; dropped where two languages disagree."""
    symbols: dict[tuple[str, ...], set[str]] = {}
    for locale in map(Locale, LANGUAGES):
        for context in locale.months.values():
            for width in ("wide", "abbreviated"):
                for number, name in context.get(width, {}).items():
                    symbols.setdefault(split_words(name.casefold()), set()).add(f"M{number:02}")
        for context in locale.days.values():
            for name in context.get("wide", {}).values():
                symbols.setdefault(split_words(name.casefold()), set()).add("")
    for number, names in _FURTHER_MONTHS.items():
        for name in names.split("|"):
            symbols.setdefault(split_words(name), set()).add(f"M{number:02}")
    return {words: symbol for words, (symbol, *others) in symbols.items() if not others and words[0] not in _NO_MONTHS}


SYMBOLS: dict[tuple[str, ...], str] = _calendar_words() | {
    split_words(word.casefold()): symbol for symbol, words in WORDS.items() for word in words.split("|")
}
"""Pieces of a group of words → symbol."""

MAX_PIECES = max(map(len, SYMBOLS))
"""Number of pieces in the longest group."""
