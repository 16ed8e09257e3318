"""Contexts of requests: one for each language of the live generation."""

from dataclasses import replace

from starlette.requests import Request

from kg.iris import Base
from kg.render.site.own_files import own_files
from kg.render.site.pages import Site
from kg.render.site.reader import ReaderPreferences
from kg.render.site.translations import LANGUAGES
from kg.settings import Settings
from kg.web.http import language
from kg.web.observe.metrics import Metrics
from kg.web.serving.answer_cache import AnswerCache
from kg.web.serving.body_budget import BodyBudget
from kg.web.serving.context import Context
from kg.web.serving.live import Serving
from kg.web.serving.time_slices import TimeSlices


class Contexts:
    """Contexts by language; those of a generation that is no longer live are let go."""

    def __init__(self, settings: Settings, answers: AnswerCache, metrics: Metrics | None) -> None:
        self.settings = settings
        self.base = Base(settings.base)
        self.answers = answers
        self._bodies = BodyBudget()
        self.slices = TimeSlices()
        self._metrics = metrics
        self.own = own_files(settings)
        self._sites = {each: Site.of(settings, self.base.path, each, self.own) for each in LANGUAGES}
        self._contexts: dict[str, Context] = {}

    def of(self, request: Request, serving: Serving) -> Context:
        """The context of a request that holds a generation."""
        spoken = _language(request)
        context = self._contexts.get(spoken)
        if context is None or context.serving is not serving:
            site, reader = replace(self._sites[spoken], menu=serving.publication.menu), self._reader(spoken)
            self._sites[spoken] = site
            kept = self.answers, self._bodies, self.slices
            context = Context(self.settings, serving, self.base, site, reader, *kept, self.own, self._metrics)
            same = {each: known for each, known in self._contexts.items() if known.serving is serving}
            self._contexts = {**same, spoken: context}
        return context

    def site(self, request: Request) -> Site:
        """Site of the pages, in the language of a request."""
        return self._sites[_language(request)]

    def _reader(self, spoken: str) -> ReaderPreferences:
        """Preferences for names: the language, then those that the settings prefer."""
        return ReaderPreferences(tuple(dict.fromkeys((spoken, *self.settings.languages))), self.base.path, spoken)


def _language(request: Request) -> str:
    return language.switched(request) or language.preferred(request)
