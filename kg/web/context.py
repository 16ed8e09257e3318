"""What a request is answered with: the settings, the generation it holds, and who asks."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from kg.iris import Base
from kg.render.pages import Site
from kg.render.view import Reader
from kg.settings import Settings
from kg.web.answers import Answers
from kg.web.live import Serving
from kg.web.metrics import Metrics

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
"""Sent with each page: nothing runs in it, and nothing is loaded from elsewhere.

Crawlers that are browsers read `/robots.txt` from within a page, hence connect-src.
"""


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that a handler needs besides the request.

    Attributes:
        settings: the settings.
        serving: the generation that this request holds.
        base: the identity of what is published.
        site: what pages say of the site.
        reader: who reads.
        answers: whole answers kept in memory.
        metrics: what is measured, if anything is.
        page_headers: sent with each page.
    """

    settings: Settings
    serving: Serving
    base: Base
    site: Site
    reader: Reader
    answers: Answers
    metrics: Metrics | None = None
    page_headers: dict[str, str] = field(default_factory=lambda: PAGE_HEADERS)

    def asking(self) -> AbstractContextManager[None]:
        """Count a query for as long as the context lasts."""
        return nullcontext() if self.metrics is None else self.metrics.asking()

    def path(self, below: str) -> str:
        """The path of something below the base: links go by path, so that a copy elsewhere can be browsed."""
        return self.base.path + below
