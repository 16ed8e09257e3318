"""Files of a site's own: logo, picture of the start page, stylesheet of its colour, imprint and privacy page.

They are read once, from the folder of kg.toml. Addresses of images hold a digest, so that caches keep them for ever.
Pages come from Markdown without raw HTML and without images, so that nothing in them runs or is loaded (D-167).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markupsafe import Markup

from kg import language_ranges, site_settings
from kg.render.site import colours
from kg.render.site.assets import Asset
from kg.settings import OWN_PAGES, Settings

_STYLESHEET = "colours.css"


@dataclass(frozen=True, slots=True)
class OwnPage:
    """Page of the site's own, in a language.

    Attributes:
        title: its first heading; empty where it has none.
        body: the rest as HTML.
        language: its language; empty where it is one for all.
    """

    title: str
    body: Markup
    language: str


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Files of a site's own.

    Attributes:
        assets: path below `site/` → image or stylesheet.
        addresses: `logo`, `picture`, `colours` → address below the root, for those that there are.
        pages: name of a page → language → the page.
    """

    assets: dict[str, Asset] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    pages: dict[str, dict[str, OwnPage]] = field(default_factory=dict)

    def page(self, name: str, languages: Sequence[str]) -> OwnPage | None:
        """Page for a reader of some languages; None where the site has none of its own."""
        pages = self.pages.get(name, {})
        tag = language_ranges.best(pages, languages)
        return None if tag is None else pages[tag]


def own_files(settings: Settings) -> OwnFiles:
    """Read the files that settings name. Raises SettingsError for one that can't be shown any more."""
    where = str(settings.file or "")
    files = OwnFiles()
    for name, asset in _assets(settings, where):
        version = asset.digest[:16]
        files.assets[f"v-{version}/{asset.name}"] = asset
        files.addresses[name] = f"site/v-{version}/{asset.name}"
    for name in OWN_PAGES:
        for language, said in site_settings.by_language(getattr(settings, name), ""):
            if not site_settings.is_address(said):
                path = site_settings.local_file(settings.folder, name, said, where)
                page = own_page(site_settings.read_page(path, name, where), language)
                files.pages.setdefault(name, {})[language] = page
    return files


def _assets(settings: Settings, where: str) -> Iterator[tuple[str, Asset]]:
    for name, (path, max_bytes) in settings.images.items():
        full = site_settings.local_file(settings.folder, name, path, where)
        media_type, body = site_settings.read_image(full, name, max_bytes, where)
        yield name, _asset(name + full.suffix.lower(), media_type, body)
    if settings.colour:
        yield "colours", _asset(_STYLESHEET, "text/css; charset=utf-8", colours.stylesheet(settings.colour).encode())


def _asset(name: str, media_type: str, body: bytes) -> Asset:
    return Asset(name, media_type, body, hashlib.blake2b(body, digest_size=12).hexdigest())


def own_page(text: str, language: str) -> OwnPage:
    r"""Page from Markdown or plain text.

    >>> own_page("# Imprint\n\nThe *archive*, <b>1</b>.", "en")
    OwnPage(title='Imprint', body=Markup('<p>The <em>archive</em>, &lt;b&gt;1&lt;/b&gt;.</p>\n'), language='en')
    """
    # The preset escapes HTML and refuses links that run scripts; an image would be asked of another host.
    markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
    first, _, rest = text.lstrip().partition("\n")
    is_titled = first.startswith("# ")
    body = markdown.render(rest if is_titled else text)
    return OwnPage(first[2:].strip() if is_titled else "", Markup(body), language)  # noqa: S704  # as escaped above
