"""Pages: templates filled with what the view gives them.

Every value is escaped by the template engine. A page asks nothing of other hosts; the workbench and pages of
searches alone run scripts.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import jinja2
from babel.numbers import format_decimal
from markupsafe import Markup

from kg.render.site import assets, key_labels
from kg.render.site.date_phrases import words
from kg.render.site.language_names import name as language_name
from kg.render.site.template_compiler import Environment
from kg.render.site.translations import LANGUAGES, locale, name_of, translations
from kg.settings import Settings

_FOLDER = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Site:
    """What every page says of the site."""

    title: str
    description: str
    publisher: str
    contact: str
    root: str
    base: str
    license: str
    language: str = "en"

    @property
    def contact_href(self) -> str:
        """Where the contact leads, if it is an address of mail or of a page; else the empty string."""
        if self.contact.startswith(("https://", "http://", "mailto:")):
            return self.contact
        return f"mailto:{self.contact}" if "@" in self.contact and " " not in self.contact else ""

    @classmethod
    def of(cls, settings: Settings, root: str) -> "Site":
        """The site as the settings describe it; `root` is the path under which it lies."""
        return cls(
            settings.title,
            settings.description,
            settings.publisher,
            settings.contact,
            root,
            settings.base,
            settings.license,
        )


@cache
def _templates(language: str) -> jinja2.Environment:
    """The templates in a language of those that pages speak."""
    environment = Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {
        "_": partial(_said, language),
        "ngettext": partial(_counted, language),
        "told": partial(_told, language),
        "kinds": key_labels.KINDS,
        "fields": key_labels.FIELDS,
        "statuses": key_labels.STATUSES,
        "inverses": key_labels.INVERSES,
        "asset": assets.address,
        "picture": assets.picture,
        "prose": key_labels.PROSE,
        "languages": {each: name_of(each) for each in LANGUAGES},
        "language_name": partial(language_name, language=language),
        "words": partial(words, language=language),
        "period": partial(_period, language=language),
    }
    environment.filters["paragraphs"] = lambda text: [each for each in text.split("\n\n") if each.strip()]
    environment.filters["rfc2822"] = lambda time: format_datetime(datetime.fromisoformat(time))
    environment.filters["thousands"] = lambda number: format_decimal(number, locale=locale(language))
    return environment


@lru_cache(4096)
def _text(language: str, text: str) -> Markup:
    """A text of a template in a language. Half of what a page says are such texts, so each is looked up once."""
    return Markup(translations(language).gettext(text))  # noqa: S704  # ours, as are its translations


def _said(language: str, text: str, /, **values: object) -> Markup:
    """The same with values in it, each of which is escaped."""
    return _text(language, text) % values if values else _text(language, text)


def _told(language: str, text: str) -> tuple[str, str]:
    """A text that need not be ours in a language, if its translation is known; and the language that it is in then."""
    found = translations(language).gettext(text) if text else text
    return found, LANGUAGES[0] if found == text else language


def _counted(language: str, one: str, many: str, num: int) -> Markup:
    """A text that depends on a number."""
    return Markup(translations(language).ngettext(one, many, num)) % {"num": num}  # noqa: S704  # the same


def _period(start: str | None, end: str | None, language: str) -> str:
    """First and last day of a date in words; whole months and years by their names."""
    if start is None or end is None:
        return words(f"{start or '..'}/{end or '..'}", language) if start or end else ""
    if start.endswith("-01-01") and end.endswith("-12-31"):
        start, end = start[:-6], end[:-6]
    elif start.endswith("-01") and end[-2:] == _last_day(end):
        start, end = start[:-3], end[:-3]
    return words(start if start == end else f"{start}/{end}", language)


def _last_day(day: str) -> str:
    """The number of the last day in the month of a day."""
    year, month, _ = day.rsplit("-", 2)
    return str(monthrange(int(year), int(month))[1]) if year.isdecimal() and year.strip("0") else ""


def page(name: str, site: Site, values: Mapping[str, Any]) -> bytes:
    """A page from a template of kg/render/templates, with the site and some values."""
    return _templates(site.language).get_template(f"{name}.html").render(site=site, **values).encode()
