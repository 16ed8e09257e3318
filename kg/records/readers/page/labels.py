"""Lines of a record page by their form: headings, labels, the sponsor's line, the line of a date.

Labels are read in five languages, in any letters, with a colon or without, and with the value on the same line. The
form of a date decides where a date stands, whether or not its parser can read it.

>>> label_of("RECORD ID:"), label_of("Язык: русский"), label_of("Finding Number")
(Label(name='Record ID', language='en', value=''), Label(name='Language', language='ru', value='русский'), None)
>>> is_date_line("1962/63"), is_date_line("[April?] 1963"), is_date_line("Undated"), is_date_line("Letter of May 1963")
(True, True, True, False)
"""

import re
from typing import NamedTuple

from kg.records.dates import phrases

LANGUAGE = "en"
"""Language of a page without a label in another one."""

RELATED, INFORMATION = "Related Documents", "Document Information"

_Names = dict[str, dict[str, tuple[str, ...]]]

_HEADINGS: _Names = {
    RELATED: {
        "en": ("related documents", "related records"),
        "ru": ("связанные документы", "похожие документы", "документы по теме"),
        "es": ("documentos relacionados",),
        "fr": ("documents associés", "documents liés", "documents connexes"),
        "de": ("verwandte dokumente", "zugehörige dokumente", "ähnliche dokumente"),
    },
    INFORMATION: {
        "en": ("document information",),
        "ru": ("информация о документе", "сведения о документе"),
        "es": ("información del documento", "información sobre el documento"),
        "fr": ("informations sur le document", "information sur le document"),
        "de": ("dokumentinformation", "dokumentinformationen", "informationen zum dokument", "angaben zum dokument"),
    },
}
_LABELS: _Names = {
    "Source": {
        "en": ("source",), "ru": ("источник",), "es": ("fuente",), "fr": ("source",), "de": ("quelle",),
    },
    "Rights": {
        "en": ("rights",), "ru": ("права",), "es": ("derechos",), "fr": ("droits",), "de": ("rechte",),
    },
    "Original Uploaded Date": {
        "en": ("original uploaded date", "original upload date"),
        "ru": ("дата первой публикации", "дата загрузки", "дата размещения"),
        "es": ("fecha de publicación original", "fecha de carga original", "fecha de carga"),
        "fr": ("date de mise en ligne", "date de mise en ligne originale"),
        "de": ("ursprüngliches hochladedatum", "hochgeladen am", "datum der veröffentlichung"),
    },
    "Type": {
        "en": ("type",), "ru": ("тип", "вид документа", "тип документа"), "es": ("tipo",), "fr": ("type",),
        "de": ("typ", "art", "dokumenttyp"),
    },
    "Language": {
        "en": ("language",), "ru": ("язык",), "es": ("idioma", "lengua"), "fr": ("langue",), "de": ("sprache",),
    },
    "Record ID": {
        "en": ("record id", "record number"),
        "ru": ("номер записи", "идентификатор записи", "id записи"),
        "es": ("id del registro", "identificador del registro", "número de registro"),
        "fr": ("identifiant de la notice", "identifiant", "numéro de notice", "id de la notice"),
        "de": ("datensatz-id", "datensatznummer", "kennung", "id des datensatzes"),
    },
    "Original Classification": {
        "en": ("original classification",),
        "ru": ("гриф секретности", "гриф", "исходный гриф"),
        "es": ("clasificación original",),
        "fr": ("classification d'origine", "classification originale"),
        "de": ("ursprüngliche einstufung", "ursprüngliche geheimhaltungsstufe"),
    },
    "Donors": {
        "en": ("donors", "donor"), "ru": ("спонсоры", "доноры", "жертвователи"), "es": ("donantes",),
        "fr": ("donateurs", "mécènes"), "de": ("förderer", "spender", "geldgeber"),
    },
    "Contributor": {
        "en": ("contributor", "contributors"), "ru": ("участник", "участники"), "es": ("colaborador", "colaboradores"),
        "fr": ("contributeur", "contributeurs"), "de": ("mitwirkende", "beitragende"),
    },
    "Creator": {
        "en": ("creator", "creators"), "ru": ("создатель", "автор", "авторы"), "es": ("creador", "autor", "autores"),
        "fr": ("créateur", "auteur", "auteurs"), "de": ("urheber", "verfasser", "autor"),
    },
    "Subject": {
        "en": ("subject", "subjects", "subjects discussed"), "ru": ("тема", "темы"), "es": ("tema", "temas", "materia"),
        "fr": ("sujet", "sujets"), "de": ("thema", "themen", "schlagwort", "schlagwörter"),
    },
    "Collection": {
        "en": ("collection", "collections"), "ru": ("коллекция", "собрание"), "es": ("colección",),
        "fr": ("collection", "fonds"), "de": ("sammlung", "bestand"),
    },
}  # fmt: skip
"""Label → its names in small letters, by language; the first language of a name that several share holds."""

NAMES = frozenset({"Donors", "Contributor", "Creator", "Subject", "Collection", "Language", "Type"})
"""Labels that have any number of names or words as values."""
PROSE = frozenset({"Rights"})
"""Labels that have any number of paragraphs as values; each other label has one."""

LABELS = tuple(_LABELS)

_FURNITURE = frozenset({
    "skip to content", "download", "share", "cite", "print", "перейти к содержанию", "скачать", "печать",
    "saltar al contenido", "descargar", "compartir", "citar", "imprimir", "aller au contenu", "télécharger", "partager",
    "citer", "imprimer", "zum inhalt springen", "herunterladen", "teilen", "zitieren", "drucken",
})  # fmt: skip
_SUPPORT = re.compile(
    r"(?:This document (?:was|has been|is) made possible (?:with|by|through|thanks to) (?:the )?(?:generous )?"
    r"support (?:from|of)(?: the)?"
    r"|(?:Этот документ|Документ) (?:стал доступен|опубликован|размещ[её]н|подготовлен)"
    r" (?:при поддержке|благодаря поддержке)"
    r"|Este documento (?:fue|es|ha sido|se hizo) posible (?:gracias al|con el) apoyo (?:del|de(?: la| los| las)?)"
    r"|Ce document (?:a été|est) (?:rendu )?possible grâce au soutien (?:du|des|de(?: la| l['’])?)"
    r"|Dieses Dokument wurde (?:mit (?:freundlicher )?Unterstützung|durch die Unterstützung) (?:der|des|von(?: der)?)"
    r"(?= .+ (?:ermöglicht|möglich gemacht|veröffentlicht)))"
    r"\s*:? *(?P<sponsor>.+?)(?: (?:ermöglicht|möglich gemacht|veröffentlicht))?\.?",
    re.IGNORECASE,
)
_LONGEST_LABEL = 60
LONGEST_DATE = 80
"""Maximum length of the line of a date, in characters."""

_DATE_WORDS_TEXT = (
    "january february march april may june july august september october november december jan feb mar apr jun "
    "jul aug sep sept oct nov dec spring summer autumn fall winter early late mid middle end beginning circa ca c "
    "about around approximately approx probably possibly perhaps before after between and or to from until since "
    "by of in on the st nd rd th n d s a bc ad b century centuries decade year years month day date dated undated "
    "unknown no not given without unspecified uncertain sometime monday tuesday wednesday thursday friday "
    "saturday sunday bulk января февраля марта апреля мая июня июля августа сентября октября ноября декабря "
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь весна весной летом осенью "
    "зимой го лето осень зима около ок до после между и или не раньше позднее ранее г гг год года годы в конец "
    "начало середина без даты дата неизвестна указана б недатировано век enero febrero marzo abril mayo junio "
    "julio agosto septiembre setiembre octubre noviembre diciembre de del el la los hacia antes después entre y o "
    "sin fecha f principios mediados finales primavera verano otoño invierno siglo janvier février mars avril mai "
    "juin juillet août septembre octobre novembre décembre vers avant après et ou le du des sans début fin milieu "
    "printemps été automne hiver siècle er januar jänner februar märz juni juli oktober dezember um vor nach "
    "zwischen und oder bis von ohne datum undatiert anfang ende mitte frühjahr frühling sommer herbst jahrhundert "
    "j "
)
_DATE_WORDS = frozenset(_DATE_WORDS_TEXT.split())
_WORD = re.compile(r"[^\W\d_]+")
_ONLY_NUMBERS = re.compile(r"[\d\s./,:–—\-\[\]()?~]+")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|\d\d?[./-]\d\d?[./-]\d\d")
_UNDATED_TEXT = (
    "undated undatiert недатировано unknown неизвестна даты дата fecha datum date century век siglo siècle jahrhundert"
)
_TELLS_TIME = frozenset(_UNDATED_TEXT.split())


class Label(NamedTuple):
    """Label of a line: its name in English, the language in which it stands, the value on the same line or nothing."""

    name: str
    language: str
    value: str


def _by_text(table: _Names) -> dict[str, tuple[str, str]]:
    names: dict[str, tuple[str, str]] = {}
    for name, languages in table.items():
        for language, texts in languages.items():
            for text in texts:
                names.setdefault(text, (name, language))
    return names


_HEADING_OF, _LABEL_OF = _by_text(_HEADINGS), _by_text(_LABELS)


def _plain(line: str) -> str:
    return " ".join(line.split()).rstrip(": ").casefold().replace("’", "'")


def heading_of(line: str) -> Label | None:
    """Return the heading that a line is, or None."""
    found = _HEADING_OF.get(_plain(line)) if len(line) <= _LONGEST_LABEL else None
    return Label(*found, "") if found else None


def label_of(line: str) -> Label | None:
    """Return the label that a line is or begins with, or None."""
    if found := _LABEL_OF.get(_plain(line)) if len(line) <= _LONGEST_LABEL else None:
        return Label(*found, "")
    before, colon, _ = line[: 10 * _LONGEST_LABEL].partition(":")
    found = _LABEL_OF.get(_plain(before)) if colon else None
    return Label(*found, line[len(before) + 1 :].strip()) if found else None


def unknown_label(line: str) -> Label | None:
    """Return the label that a line may be by its form alone: a few words without the end of a sentence.

    >>> unknown_label("Finding Number"), unknown_label("Anyone may read this.")
    (Label(name='Finding Number', language='', value=''), None)
    """
    before, colon, value = line.partition(":")
    if colon and value[:1] in {" ", ""} and _is_label(before):
        return Label(before.strip(), "", value.strip())
    return Label(line.strip(), "", "") if _is_label(line) else None


def _is_label(text: str) -> bool:
    words = text.split()
    return 1 <= len(words) <= 6 and len(text) <= _LONGEST_LABEL and text[:1].isupper() and text[-1:] not in ".;,!?"


def sponsor_of(line: str) -> str | None:
    """Return the sponsor that a line thanks, or None.

    >>> sponsor_of("This document was made possible with support from the Foundation for Letters.")
    'Foundation for Letters'
    """
    found = _SUPPORT.fullmatch(line) if len(line) <= 10 * _LONGEST_LABEL else None
    return found["sponsor"].strip() if found else None


def is_furniture(line: str) -> bool:
    """Return whether a line belongs to the site and not to the document."""
    return _plain(line) in _FURNITURE or heading_of(line) is not None


def is_date_line(line: str) -> bool:
    """Return whether a line has the form of a date, or of the words for none; it may be one that can't be read."""
    if len(line) > LONGEST_DATE or "\n" in line:
        return False
    if phrases.read(line) or phrases.is_undated(line):
        return True
    words = [word.casefold() for word in _WORD.findall(line)]
    if not words:
        return bool(_ONLY_NUMBERS.fullmatch(line)) and _YEAR.search(line) is not None
    if not all(word in _DATE_WORDS for word in words):
        return False
    return any(character.isdigit() for character in line) or bool(_TELLS_TIME.intersection(words)) or "?" in line
