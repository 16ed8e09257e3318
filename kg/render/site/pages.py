"""Page renderer: Jinja2 templates with their globals, filters and translations.

The template engine escapes every value. A page needs no other host, and runs no script but our own files (D-52).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import jinja2
from babel.numbers import format_decimal
from markupsafe import Markup

from kg.iris import uri
from kg.render.site import assets, key_labels
from kg.render.site.date_phrases import date_phrase, period
from kg.render.site.language_names import language_name
from kg.render.site.own_files import OwnFiles
from kg.render.site.template_compiler import FastEnvironment
from kg.render.site.translations import LANGUAGES, locale, own_name, translations
from kg.settings import OWN_PAGES, Settings
from kg.site_settings import in_language, is_address

_PIECE = 32 << 10
"""Characters of a page that comes in pieces, in each of them, about."""

_NO_FILES = OwnFiles()
_FOLDER = Path(__file__).resolve().parents[1]


_WHOLE_MENU = frozenset(key_labels.KINDS) | {"dumps"}


@dataclass(frozen=True, slots=True)
class Site:
    """Site: the settings that appear on every page, in the language of that.

    Attributes:
        title, description, welcome: texts of the site.
        languages_of: name of such a text, or of the picture's → its language, where that is not the page's.
        logo, picture, colours: addresses below the root; empty without one.
        picture_alt, picture_credit: words of the picture.
        imprint, privacy: addresses of these pages; empty without one.
        menu: places that lead to something: kinds, `dumps`, `data`.
    """

    title: str
    description: str
    publisher: str
    contact: str
    root: str
    base: str
    license: str
    language: str = "en"
    welcome: str = ""
    languages_of: Mapping[str, str] = field(default_factory=dict, hash=False)
    logo: str = ""
    picture: str = ""
    colours: str = ""
    picture_alt: str = ""
    picture_credit: str = ""
    imprint: str = ""
    privacy: str = ""
    menu: frozenset[str] = _WHOLE_MENU

    @property
    def contact_href(self) -> str:
        """Address of the contact, for a mail address or a page; else the empty string."""
        if self.contact.startswith(("https://", "http://", "mailto:")):
            return self.contact
        return f"mailto:{self.contact}" if "@" in self.contact and " " not in self.contact else ""

    @classmethod
    def of(cls, settings: Settings, root: str, language: str = LANGUAGES[0], own: OwnFiles = _NO_FILES) -> "Site":
        """Site of some settings.

        Args:
            settings: the settings.
            root: path of its home page.
            language: language of its pages.
            own: its own files.
        """
        ranges = (language, *settings.languages)
        picture = settings.picture
        said = {
            "title": settings.title,
            "description": settings.description,
            "welcome": settings.welcome,
            "picture_alt": picture.alt if picture else "",
            "picture_credit": picture.credit if picture else "",
        }
        texts = {name: in_language(text, ranges) for name, text in said.items()}
        return cls(
            publisher=settings.publisher,
            contact=settings.contact,
            root=root,
            base=settings.base,
            license=settings.license,
            language=language,
            menu=_WHOLE_MENU,
            languages_of={name: tag for name, (_, tag) in texts.items() if tag and tag != language},
            **{name: text for name, (text, _) in texts.items()},
            **own.addresses,
            **{name: _own_page(settings, name, ranges, root) for name in OWN_PAGES},
        )


def _own_page(settings: Settings, name: str, ranges: tuple[str, ...], root: str) -> str:
    """Address of a page of the site's own: elsewhere, or below the root; empty without one."""
    said, _ = in_language(getattr(settings, name), ranges)
    return said if not said or is_address(said) else root + name


@cache
def _templates(language: str) -> jinja2.Environment:
    """Template environment of a language."""
    environment = FastEnvironment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {
        "_": partial(_translated, language),
        "ngettext": partial(_plural, language),
        "translated_with_language": partial(_translated_with_language, language),
        "kinds": key_labels.KINDS,
        "fields": key_labels.FIELDS,
        "statuses": key_labels.STATUSES,
        "stub_of_document": key_labels.STUB_OF_DOCUMENT,
        "roles": key_labels.ROLES,
        "inverses": key_labels.INVERSES,
        "date_roles": key_labels.DATE_ROLES,
        "asset": assets.address,
        "picture": assets.picture,
        "prose": key_labels.PROSE,
        "languages": {each: own_name(each) for each in LANGUAGES},
        "language_name": partial(language_name, language=language),
        "date_phrase": partial(date_phrase, language=language),
        "period": partial(period, language=language),
    }
    environment.filters["paragraphs"] = lambda text: [each for each in text.split("\n\n") if each.strip()]
    environment.filters["rfc2822"] = lambda time: format_datetime(datetime.fromisoformat(time))
    environment.filters["thousands"] = partial(_with_separators, language)
    environment.filters["uri"] = uri
    return environment


@lru_cache(4096)
def _with_separators(language: str, number: int) -> str:
    """Number as a language writes it, cached: a page of a search has a hundred, most of them small."""
    return str(format_decimal(number, locale=locale(language)))


@lru_cache(4096)
def _translated_text(language: str, text: str) -> Markup:
    """Translation of a template's text, cached, since half of a page consists of such texts."""
    return Markup(translations(language).gettext(text))  # noqa: S704  # ours, as are its translations


def _translated(language: str, text: str, /, **values: object) -> Markup:
    """Translation of a template's text with values, each of which is escaped."""
    return _translated_text(language, text) % values if values else _translated_text(language, text)


def _translated_with_language(language: str, text: str) -> tuple[str, str]:
    """Translation of a text of any origin, or the text itself; and the language of the result."""
    translation = translations(language).gettext(text) if text else text
    return translation, LANGUAGES[0] if translation == text else language


def _plural(language: str, one: str, many: str, num: int) -> Markup:
    """Translation of a text with a plural."""
    return Markup(translations(language).ngettext(one, many, num)) % {"num": num}  # noqa: S704  # the same


def render_page(name: str, site: Site, values: Mapping[str, Any]) -> bytes:
    """Render a template of kg/render/templates with the site and some values."""
    return _templates(site.language).get_template(f"{name}.html").render(site=site, **values).encode()


def render_stream(name: str, site: Site, values: Mapping[str, Any]) -> Iterator[bytes]:
    """The same in pieces, so that a list among the values may be one that is read as it is written."""
    texts = _templates(site.language).get_template(f"{name}.html").generate(site=site, **values)
    held, size = [], 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size >= _PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()
