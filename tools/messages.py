"""Update of kg/render/locale/*.po with every text of the templates and of the tables beside them.

New texts stand there without a translation, and those that no page says any more are gone. Run by `make messages`;
a test fails while a translation is missing.
"""

import io
from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kg import key_annotations, ontology
from kg.render.citations import styles
from kg.render.page import facts
from kg.render.page.values import outside_labels, relations, source_fields
from kg.render.queries.saved_queries import saved_queries
from kg.render.site import date_phrases, key_labels, reader, script_messages, search_summary, times_of_day
from kg.render.site.translations import FOLDER, LANGUAGES
from kg.settings import QUERIES
from kg.web import api, openapi, routes
from kg.web.changes import words as change_words
from kg.web.endpoint.saved_queries import SUCH_AS
from kg.web.http import parameter_problems, problems
from kg.web.pages import site_files
from kg.web.search import result_table
from kg.web.search.refused_search import BESIDE_FIELD

RENDER = FOLDER.parent
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
MESSAGES = {"Message": None}
"""Constructor of messages of errors, wherever they stand."""


def tables() -> Iterator[str]:
    """Yield the texts in tables of the code."""
    yield from (heading.label for heading in key_labels.FIELDS.values())
    yield from key_labels.SECTIONS
    yield from (label for captions in key_labels.CAPTIONS.values() for label in captions.values())
    for table in (
        key_labels.DATE_ROLES,
        key_labels.NAME_FORMS,
        key_labels.STATUSES,
        key_labels.ROLES,
        key_labels.INVERSES,
        key_labels.LEVELS,
    ):
        yield from table.values()
    yield from (side for sides in key_labels.COMPASS.values() for side in sides)
    yield from (*key_labels.AGENT_TYPES.values(), *key_labels.GENDERS.values())
    for singular, plural in key_labels.KINDS.values():
        yield from (singular, plural)
    yield from date_phrases.EXPRESSIONS.values()
    yield from (facts.TRANSLATED, facts.REFERENCE, key_labels.STUB_OF_DOCUMENT)
    yield from (*relations.TYPES.values(), *source_fields.ELEMENTS.values())
    for table in (times_of_day.PHRASES, times_of_day.DATE_DOUBTS, times_of_day.TIME_DOUBTS):
        yield from table.values()
    yield from times_of_day.OTHER_DOUBTS
    yield reader.NAMELESS
    yield from (*change_words.SORTS.values(), *change_words.REMAPPED_WORD.values())
    yield from (each for sentences in key_annotations.column_sentences().values() for each in sentences)
    yield from script_messages.messages()
    for query in saved_queries((QUERIES,)).values():
        yield from (query.summary, query.description, *(parameter.description for parameter in query.parameters))
    yield from (*outside_labels.DEDICATIONS.values(), *outside_labels.STATEMENTS.values())
    yield from (
        *search_summary.FACET_LABELS.values(),
        *search_summary.SORT_LABELS.values(),
        *search_summary.GAP_LABELS.values(),
        *search_summary.LINK_LABELS.values(),
    )
    yield from (*styles.STYLES, *(label for label, _ in result_table.COLUMNS.values()))
    base = "https://example.org/"
    for term in site_files.own_terms(ontology.load(base).terms_document(), base):
        yield from (term["label"], term["comment"])
    yield from problems.TITLES.values()
    yield from (*parameter_problems.MESSAGES.values(), *parameter_problems.DETAILS, SUCH_AS, BESIDE_FIELD)
    yield from (*routes.WINGS, *openapi.texts(api.build(routes.ROUTES, "kg", "").openapi()))


def template() -> Catalog:
    """Return every text, in the order of the templates, then of the tables."""
    catalog = Catalog(project="kg", version="1", copyright_holder="the kg project", charset="utf-8", fuzzy=False)
    for _, _, message, comments, context in extract_from_dir(RENDER, METHODS):
        catalog.add(message, None, [], auto_comments=comments, context=context)
    for _, _, message, _, _ in extract_from_dir(RENDER.parent, [("**.py", "python")], keywords=MESSAGES):
        catalog.add(message)
    for text in tables():
        if text:
            catalog.add(text)
    return catalog


def main() -> None:
    pattern = template()
    for language in LANGUAGES[1:]:
        path = FOLDER / f"{language}.po"
        with path.open("rb") if path.is_file() else io.BytesIO() as file:
            catalog = read_po(file, locale=language)
        catalog.fuzzy = False
        catalog.update(pattern, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        text = io.BytesIO()
        write_po(text, catalog, width=120, omit_header=False, sort_output=True, ignore_obsolete=True)
        lines = text.getvalue().decode().splitlines(keepends=True)
        # The dates of the header would change the file at every run.
        stable_lines = [
            line
            for line in lines
            if not line.startswith(('"POT-Creation', '"PO-Revision', '"Last-Translator', '"Generated-By'))
        ]
        path.write_text("".join(stable_lines), encoding="utf-8")
        missing = [message.id for message in catalog if message.id and not _is_complete(message.string)]
        print(f"{language}: {len(missing)} of {len(catalog)} texts have no translation")


def _is_complete(string: str | tuple[str, ...] | list[str]) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    main()
