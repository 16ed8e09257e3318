"""Settings of a site's own words and looks: texts by language, local files, the address or file of a page.

A text is one for all languages, or a table by language: `title = {en = "Papers", es = "Papeles"}`. Local files lie in
the folder of kg.toml or below it: a path that leads out, also by a link, is refused, since its file would be published
(D-167).
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator
from pydantic_settings import NoDecode

from kg import language_ranges
from kg.errors import SettingsError

MAX_TEXT_LENGTH = 20_000
"""Characters of a text of the site."""

MAX_PAGE_BYTES, MAX_LOGO_BYTES, MAX_PICTURE_BYTES = 200_000, 200_000, 1_000_000
"""Bytes of the file of a page, of the logo, of the picture of the start page."""

PAGE_SUFFIXES = (".md", ".txt")
IMAGE_TYPES = {
    ".svg": ("image/svg+xml", re.compile(rb"\s*(?:<\?xml|<!--|<!DOCTYPE svg|<svg)")),
    ".png": ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ".jpg": ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ".webp": ("image/webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
}
"""Suffix of an image → its media type, and how such a file begins."""

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

_ADDRESS = ("https://", "http://")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_EXPECTED_TEXT = 'must be a text, or a table of texts by language: {en = "…", es = "…"}'


def read_text(value: Any) -> str | dict[str, str]:
    """Validate a text of the site: one for all languages, or one by language. Raises ValueError.

    The environment holds a table as JSON, as it does for other settings of several values.
    """
    if isinstance(value, str):
        if len(value) > MAX_TEXT_LENGTH:
            raise ValueError(f"must have at most {MAX_TEXT_LENGTH:,} characters")
        table = _table_in(value)
        return value if table is None else read_text(table)
    if not isinstance(value, dict) or not value:
        raise ValueError(_EXPECTED_TEXT)
    for tag, text in value.items():
        if not isinstance(tag, str) or not LANGUAGE_TAG.fullmatch(tag):
            raise ValueError(f"{_EXPECTED_TEXT}; {str(tag)[:40]!r} is no language tag (BCP 47)")
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_TEXT_LENGTH:
            raise ValueError(f"{_EXPECTED_TEXT}; that of {tag} is no text, empty, or too long")
    return dict(value)


def _table_in(value: str) -> dict[str, Any] | None:
    try:
        table = json.loads(value) if value.startswith("{") else None
    except ValueError:
        return None
    return table if isinstance(table, dict) else None


def _read_colour(value: Any) -> str:
    if not isinstance(value, str) or (value and not _COLOUR.fullmatch(value)):
        raise ValueError("must be a colour as #rrggbb, #7a1f2b say")
    return value.lower()


SiteText = Annotated[str | dict[str, str], NoDecode, PlainValidator(read_text)]
"""Text of the site: one for all languages, or one by language."""

Colour = Annotated[str, PlainValidator(_read_colour)]
"""Colour as #rrggbb; empty for none."""


class PictureSettings(BaseModel):
    """Picture of the start page, `picture` in kg.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(description="The file; below the folder of kg.toml.", min_length=1)
    alt: SiteText = Field(description="What it shows, in words, for who can't see it; a text, or a table by language.")
    credit: SiteText = Field("", description="Who made it, and where it comes from; a text, or a table by language.")


def in_language(text: str | dict[str, str], ranges: Sequence[str]) -> tuple[str, str]:
    """Text of the site for a reader, and its language; empty where it is one for all languages.

    >>> in_language({"en": "Papers", "es-419": "Papeles"}, ("es", "en")), in_language("Papers", ("es",))
    (('Papeles', 'es-419'), ('Papers', ''))
    """
    if isinstance(text, str):
        return text, ""
    tag = language_ranges.best(text, ranges)
    return ("", "") if tag is None else (text[tag], tag)


def by_language(text: str | dict[str, str], default: str) -> Iterator[tuple[str, str]]:
    """(language, text) of a text of the site, each that there is; one for all languages is in the default one."""
    yield from text.items() if isinstance(text, dict) else ((default, text),) if text else ()


def missing_languages(text: str | dict[str, str], languages: Sequence[str]) -> list[str]:
    """Languages in which a text by language says nothing.

    >>> missing_languages({"en-GB": "Papers"}, ("en", "es")), missing_languages("Papers", ("en", "es"))
    (['es'], [])
    """
    if isinstance(text, str):
        return []
    return [language for language in languages if language_ranges.serving(text, language) is None]


def is_address(value: str) -> bool:
    """Test for a page that lies elsewhere on the web."""
    return value.startswith(_ADDRESS)


def local_file(folder: Path, name: str, path: str, where: str) -> Path:
    """Return the path of a local file that a setting names.

    Args:
        folder: the folder of kg.toml.
        name: the setting.
        path: as it stands in the setting.
        where: the file of settings, for messages.

    Raises:
        SettingsError: it leads out of the folder, or there is no such file.
    """
    full = (folder / path).resolve()
    if Path(path).is_absolute() or not full.is_relative_to(folder.resolve()):
        todo = "Such a file is published; put it into the folder of kg.toml, or below it, and name it from there."
        raise SettingsError(f"{name}: {path!r} leads out of the folder of kg.toml", where=where, todo=todo)
    if not full.is_file():
        raise SettingsError(f"{name}: {path!r} is no file", where=where, todo="It is relative to kg.toml.")
    return full


def read_image(path: Path, name: str, max_bytes: int, where: str) -> tuple[str, bytes]:
    """Return the media type and the bytes of an image.

    Raises:
        SettingsError: it is of another type than its suffix says, of none that pages show, or too large.
    """
    kind = IMAGE_TYPES.get(path.suffix.lower())
    if kind is None:
        raise SettingsError(f"{name}: {path.name!r} is of no type that pages show", where=where, todo=_image_types())
    body = _read(path, name, max_bytes, where)
    media_type, beginning = kind
    if not beginning.match(body):
        what = f"{name}: {path.name!r} does not begin as a file of {media_type} does"
        raise SettingsError(what, where=where, todo=_image_types())
    return media_type, body


def read_page(path: Path, name: str, where: str) -> str:
    """Return the text of a page: Markdown, or plain text. Raises SettingsError for a file that is neither."""
    if path.suffix.lower() not in PAGE_SUFFIXES:
        todo = f"Markdown or plain text is shown: {', '.join(PAGE_SUFFIXES)}; or give the address of a page, https://…"
        raise SettingsError(f"{name}: {path.name!r} is no text", where=where, todo=todo)
    try:
        return _read(path, name, MAX_PAGE_BYTES, where).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"{name}: {path.name!r} is not UTF-8", where=where, todo="Save it as UTF-8.") from None


def _read(path: Path, name: str, max_bytes: int, where: str) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(max_bytes + 1)
    except OSError as fault:
        raise SettingsError(f"{name}: {path.name!r} can't be read: {fault.strerror}", where=where) from None
    if len(body) > max_bytes:
        todo = f"At most {max_bytes:,} bytes are served, so that pages stay quick."
        raise SettingsError(f"{name}: {path.name!r} is too large", where=where, todo=todo)
    return body


def _image_types() -> str:
    return f"Images are {', '.join(IMAGE_TYPES)}, each as its suffix says."
