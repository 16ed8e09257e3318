"""Pages: templates filled with what the view gives them.

Every value is escaped by the template engine. A page asks nothing of other hosts; the workbench alone runs scripts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from kg.render import assets, fields
from kg.settings import Settings

_FOLDER = Path(__file__).resolve().parent


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
    language: str

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
            "en",
        )


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "kinds": fields.KINDS,
        "fields": fields.FIELDS,
        "statuses": fields.STATUSES,
        "inverses": fields.INVERSES,
        "asset": assets.address,
        "picture": assets.picture,
    }
    environment.filters["paragraphs"] = lambda text: [each for each in text.split("\n\n") if each.strip()]
    environment.filters["thousands"] = lambda number: f"{number:,}"
    return environment


def page(name: str, site: Site, values: Mapping[str, Any]) -> bytes:
    """A page from a template of kg/render/templates, with the site and some values."""
    return _templates().get_template(f"{name}.html").render(site=site, **values).encode()
