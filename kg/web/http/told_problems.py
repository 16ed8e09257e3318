"""Problems whose detail is a sentence of the catalogue, told in the reader's language (WCAG 2.2, 3.1.2)."""

from collections.abc import Mapping

from kg.render.site.translations import LANGUAGES, translations
from kg.web.http.problems import Problem

SENTENCES = {
    "no_page": "There is no such page.",
    "no_file": "There is no such file.",
    "never_published": "Nothing was ever published as %(reference)s.",
    "no_address": "%(key)s can't be a part of an address here.",
    "taken_away": "“%(label)s” (%(reference)s) was published on %(created)s and taken away on %(deleted)s.",
    "no_part": "No text here has a part %(part)s.",
    "no_graph": "There is no graph <%(iri)s>; %(place)s lists them.",
    "no_listed_file": "There is no file %(name)s; %(place)s lists them.",
    "no_term": "There is no term %(name)s; %(place)s lists them.",
    "no_saved_query": "There is no saved query %(name)s; there are %(names)s.",
    "large_graph": "This graph has %(size)s statements; the dumps at %(place)s hold all of them.",
    "thing_formats": "This thing is described in: %(formats)s.",
    "formats": "This comes as %(formats)s.",
    "not_allowed": "%(method)s is not allowed here; %(allowed)s are.",
    "long_address": "An address here has at most %(most)s characters; queries and graphs, more.",
    "many_parameters": "There are more than %(most)s parameters here; a request has at most so many.",
    "stray_percent": "There are percent signs here that begin no escape: write `%%` itself as `%%25`.",
    "no_query": "There is no query.",
}
"""Name of a sentence → the sentence."""


class ToldProblem(Problem):
    """A problem that is told in the reader's language."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None, **values: object) -> None:
        """A problem without further members.

        Args:
            status: the HTTP status.
            sentence: a key of SENTENCES.
            headers: to send along.
            values: fields of the sentence.
        """
        self.sentence = sentence
        self.values = values
        super().__init__(status, self._spoken(LANGUAGES[0]), headers or {})

    def spoken(self, language: str) -> Problem:
        """The problem in a reader's language."""
        return Problem(
            self.status, self._spoken(language), self.headers, self.more, self.formats, self.path, language=language
        )

    def _spoken(self, language: str) -> str:
        return translations(language).gettext(SENTENCES[self.sentence]) % self.values
