"""Descriptions of the columns of tables, in the reader's language: sentences by the name of a column (D-176).

>>> column_description("title_ru", "en")
'Title of the document. Language: Russian, or a variety of it.'
>>> column_description("sender_id", "es")
'Remitente del documento. Identificadores, en el mismo orden.'
"""

from kg.key_annotations import COLUMN_LANGUAGE, column_sentences
from kg.render.site.language_names import language_name
from kg.render.site.translations import translations


def column_description(name: str, language: str) -> str:
    """Description of a column; empty for one that the model has no more, or of no known language.

    Args:
        name: name of the column, as it stands in the head of a table.
        language: language of the page.
    """
    sentences = column_sentences()
    tag = ""
    if name not in sentences:
        name, tag = _of_language(name, language)
    say = translations(language).gettext
    return " ".join(say(each) % {"language": tag} if tag else say(each) for each in sentences.get(name, ()))


def _of_language(name: str, language: str) -> tuple[str, str]:
    """Name of a column with the place of its language, and the name of that language."""
    stem, _, tag = name.partition("_")
    try:
        return f"{stem}_{COLUMN_LANGUAGE}", language_name(tag.replace("_", "-"), language)
    except ValueError:  # no language has this tag
        return "", ""
