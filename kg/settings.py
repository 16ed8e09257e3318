"""Settings from kg.toml and the environment.

Only this module reads the environment and knows where the files lie that come with kg. Each setting is a row:
its name, its default and its purpose. The environment (`KG_BASE`, `KG_VAR` …) has precedence over the file.
"""

import json
import os
import re
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as EnvironmentFault

from kg import site_settings
from kg.errors import SettingsError
from kg.setting_faults import settings_error
from kg.site_settings import LANGUAGE_TAG, Colour, PictureSettings, SiteText
from kg.source_settings import ColumnSettings, SourceSettings

FILE_NAME = "kg.toml"
CONFIG_VARIABLE = "KG_CONFIG"
"""Environment variable with the path of kg.toml, for processes without a command line."""

_METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

OWN_PAGES = ("imprint", "privacy")
"""Settings that name a page of the site's own, at an address of the same name."""

SECRETS = ("store_user", "store_password", "store_token")
"""Settings that come from the environment alone: a file is copied, shown and committed."""

# Credentials in an address would stand in every log that names it.
_ADDRESS = r"^(https?://[^\s/?#@]+(/[^\s#]*)?)?$"

_PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str, in_wheel: str) -> Path:
    """Path of a folder of the repository, which an installed package carries inside itself."""
    beside = _PACKAGE.parent / name
    return beside if (_PACKAGE.parent / "pyproject.toml").is_file() else _PACKAGE / in_wheel


ONTOLOGY = _shipped("ontology", "ontology_files")
QUERIES = _shipped("queries", "queries")


_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+")
_CONTACTS = ("https://", "http://", "mailto:")


def _is_iri(value: str) -> bool:
    """Whether a text is an absolute IRI in ASCII, fit for the graph and for a header (RFC 3986)."""
    if not _IRI.fullmatch(value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme not in {"http", "https"} or (bool(parts.hostname) and parts.port != 0)
    except ValueError:  # a port that is none
        return False


class Settings(BaseSettings):
    """Settings of a collection and its server."""

    model_config = SettingsConfigDict(env_prefix="KG_", extra="forbid", frozen=True)

    base: str = Field(
        "http://127.0.0.1:8000/",
        description="The identity of everything that is published; ends with a slash, may have a path.",
    )
    title: SiteText = Field(
        "Linked archive",
        description='What the collection is called: a text, or a table by language, `{en = "…", es = "…"}`.',
    )
    description: SiteText = Field("", description="What it is, in a sentence or two; a text, or a table by language.")
    welcome: SiteText = Field(
        "", description="What the start page says of it, in paragraphs; a text, or a table by language."
    )
    publisher: str = Field("", description="Who publishes it.")
    contact: str = Field("", description="Where errors are reported: a mail address or the address of a page.")
    featured: tuple[str, ...] = Field(
        (),
        description="Documents that the start page shows first, as `record/KEY`; else those that others lead to most.",
    )
    logo: str = Field(
        "", description="The logo of the archive, beside the title of each page: a file below the folder of kg.toml."
    )
    colour: Colour = Field(
        "",
        description="The colour of the archive, as `#rrggbb`, for lines, numbers and bars; a build says where it has to"
        " be darker or lighter to be read.",
    )
    picture: PictureSettings | None = Field(
        None,
        description="A picture for the start page; [how](pages.md#a-site-of-ones-own).",
    )
    imprint: SiteText = Field(
        "",
        description="Who answers for the site: a file (Markdown or plain text) below the folder of kg.toml, or the"
        " address of a page; one, or a table by language.",
    )
    privacy: SiteText = Field("", description="What is kept of who reads it: the same.")
    license: str = Field(
        "https://creativecommons.org/publicdomain/zero/1.0/", description="The licence of the descriptions."
    )
    languages: tuple[str, ...] = Field(
        ("en",), description="Languages of labels, the preferred one first.", min_length=1
    )
    var: Path = Field(Path("var"), description="Where generations and state are kept; relative to kg.toml.")
    shapes: Path | None = Field(None, description="SHACL shapes of your own that `check --shacl` and `build` add.")
    queries: Path | None = Field(
        None, description="A folder with `examples` and `saved` of your own, beside those that come with kg."
    )
    media: Path | None = Field(
        None, description="A folder of scans and recordings of your own, which are served below `/media/`."
    )
    sources: tuple[SourceSettings, ...] = Field((), description="Where records come from.")
    drafts: Literal["publish", "leave-out"] = Field(
        "publish", description="What happens to finding aids and authority records that their source calls a draft."
    )
    dumps: bool = Field(default=True, description="Whether a build writes the dumps.")
    tables: bool = Field(default=True, description="Whether a build writes the tables, CSV and Parquet.")
    search: bool = Field(default=True, description="Whether a build makes the search index.")
    max_lost_share: Annotated[float, Field(ge=0, le=1)] = Field(
        0.1,
        description="Share of its records that a source may lose from one build to the next; beyond it, and beyond"
        " max_lost_records, a build stops and asks for --accept-deletions.",
    )
    max_lost_records: Annotated[int, Field(ge=0)] = Field(
        20, description="How many records a source may lose from one build to the next, whatever share that is."
    )
    keep: Annotated[int, Field(ge=2)] = Field(5, description="How many generations are kept for `rollback`.")
    value_bytes: Annotated[int, Field(ge=10_000, le=8 << 20)] = Field(
        4 << 20,
        description="Most bytes of a value as N-Triples; a longer one is left out of its record, which says so, and"
        " kept in `var/rejected`.",
    )
    jobs: Annotated[int, Field(ge=1, le=256)] = Field(
        1, description="How many processes map records beside the one that loads them."
    )
    query_workers: Annotated[int, Field(ge=1, le=64)] = Field(2, description="Processes that answer public queries.")
    query_seconds: Annotated[float, Field(gt=0)] = Field(10.0, description="How long a public query may take.")
    query_memory: Annotated[int, Field(ge=128)] = Field(
        1024,
        description="How much memory a public query may take, in MB. All together take as often as much as there are"
        " workers, of which a quarter (at most 256 MB) is kept free: the largest end before."
        " See [memory](operation.md#memory).",
    )
    query_rows: Annotated[int, Field(ge=1)] = Field(1_000_000, description="Most rows of an answer to a public query.")
    query_bytes: Annotated[int, Field(ge=100_000)] = Field(
        100_000_000, description="Most bytes of an answer to a public query."
    )
    query_length: Annotated[int, Field(ge=10_000, le=4_000_000)] = Field(
        1_000_000,
        description="Most bytes of the text of a public query; a long list of values is sent by POST."
        " See [long queries](operation.md#long-queries).",
    )
    query_queue: Annotated[int, Field(ge=1)] = Field(256, description="How many public queries may wait for a worker.")
    proxies: tuple[str, ...] = Field(
        (), description="Addresses or networks of proxies whose `X-Forwarded-For` is believed."
    )
    proxy_strips: bool = Field(
        default=False,
        description="Whether a proxy takes the path of `base` off each request; to be said where that path is one of "
        "kg's own, as `/data/`, and found out otherwise.",
    )
    store: str = Field(
        "",
        description="Where a remote store answers queries, `https://host/sparql`; without it the store is in `var`.",
        pattern=_ADDRESS,
    )
    store_update: str = Field(
        "", description="Where the remote store takes updates; a build needs it.", pattern=_ADDRESS
    )
    store_graphs: str = Field(
        "",
        description="The remote's Graph Store Protocol address, by which a build loads; without it, by updates.",
        pattern=_ADDRESS,
    )
    store_seconds: Annotated[float, Field(gt=0)] = Field(
        10.0, description="How long a page waits for the remote store before it is 504."
    )
    store_grace: Annotated[float, Field(ge=0)] = Field(
        60.0, description="Seconds for which the remote store keeps the old triples once new ones are live."
    )
    store_user: str = Field("", description="Name for the remote store, from the environment alone.")
    store_password: SecretStr = Field(
        SecretStr(""), description="Password for the remote store, from the environment alone."
    )
    store_token: SecretStr = Field(
        SecretStr(""), description="Bearer token for the remote store, from the environment alone."
    )
    answers_mb: Annotated[int, Field(ge=0)] = Field(
        64, description="Megabytes of answers to queries that each server process keeps in memory; 0 keeps none."
    )
    metrics: str = Field(
        "",
        description="Where Prometheus reads metrics: an address and port of their own (`127.0.0.1:9464`, opened by"
        " `kg serve`), `public` for `/metrics` beside the pages, or nowhere.",
        pattern=r"^(public|[^\s/]+:\d{1,5})?$",
    )
    access_log: str = Field(
        "",
        description="Where each request is written down as a line of JSON: a file, relative to kg.toml, or `-` for"
        " standard error; nowhere if not given.",
    )
    send_seconds: Annotated[float, Field(ge=1, le=86_400)] = Field(
        60.0,
        description="How long a client may take no byte of what is sent to it before it is disconnected, in seconds.",
    )
    grace_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        20, description="How long a server that is told to stop lets answers that are under way come to their end."
    )
    folder: Path = Field(Path(), description="Where kg.toml lies; set by whoever reads it.", exclude=True)
    file: Path | None = Field(None, description="The kg.toml itself; set by whoever reads it.", exclude=True)

    @field_validator("base")
    @classmethod
    def _is_base(cls, value: str) -> str:
        """Validate the base: every name and every redirect depends on it."""
        if not _is_iri(value) or not re.match(r"https?://", value) or not value.endswith("/") or set("?#") & set(value):
            raise ValueError("must begin with http:// or https:// and a host, end with a slash, and be ASCII")
        return value

    @field_validator("license")
    @classmethod
    def _is_license(cls, value: str) -> str:
        if not _is_iri(value):
            raise ValueError("must be the address of a licence, https://creativecommons.org/licenses/by/4.0/ say")
        return value

    @field_validator("contact")
    @classmethod
    def _is_contact(cls, value: str) -> str:
        if value and not _MAIL.fullmatch(value) and not (_is_iri(value) and value.startswith(_CONTACTS)):
            raise ValueError("must be a mail address, or the address of a page (https://…)")
        return value

    @field_validator("languages")
    @classmethod
    def _are_languages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for language in value:
            if not LANGUAGE_TAG.fullmatch(language):
                raise ValueError(f"must be language tags such as en or pt-BR (BCP 47), which {language[:40]!r} is not")
        return value

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for network in proxies:
            ip_network(network, strict=False)
        return proxies

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the names are pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Give the environment precedence over the file."""
        return env_settings, init_settings

    @property
    def main_title(self) -> str:
        """Title in the language that the settings prefer, for what says the same to everybody."""
        return site_settings.in_language(self.title, self.languages)[0]

    @property
    def main_description(self) -> str:
        """Description in that language."""
        return site_settings.in_language(self.description, self.languages)[0]

    @property
    def images(self) -> dict[str, tuple[str, int]]:
        """Images of the site's own: name of the setting → its file, and the most bytes of that."""
        images = {"logo": (self.logo, site_settings.MAX_LOGO_BYTES)} if self.logo else {}
        if self.picture:
            images["picture"] = self.picture.file, site_settings.MAX_PICTURE_BYTES
        return images

    @property
    def page_files(self) -> list[tuple[str, str]]:
        """Files of the site's own pages: (name of the setting, file), in each language that has one."""
        pages = [(name, each) for name in OWN_PAGES for each in site_settings.by_language(getattr(self, name), "")]
        return [(name, path) for name, (_, path) in pages if not site_settings.is_address(path)]

    @property
    def var_folder(self) -> Path:
        """Folder of generations and state."""
        return self.folder / self.var

    @property
    def query_folders(self) -> tuple[Path, ...]:
        """Folders of the examples and the saved queries; of two with the same name the later folder's counts."""
        return (QUERIES,) if self.queries is None else (QUERIES, self.folder / self.queries)

    @property
    def media_folder(self) -> Path | None:
        """Folder of the archive's own scans and recordings."""
        return None if self.media is None else self.folder / self.media

    @property
    def shapes_file(self) -> Path | None:
        """File of the archive's own shapes."""
        return None if self.shapes is None else self.folder / self.shapes


def find(start: Path) -> Path | None:
    """Return the kg.toml of a folder or the nearest one above it."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    return None


def load(path: Path | None) -> Settings:
    """Load settings from a kg.toml, or the defaults for the current folder. Raises SettingsError."""
    if path is None:
        config_path = os.environ.get(CONFIG_VARIABLE)
        path = Path(config_path) if config_path else find(Path.cwd())
        if path is None:
            return _validate({}, Path.cwd(), "the environment")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise SettingsError(f"can't be read: {fault.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise SettingsError("is not UTF-8", where=str(path), todo="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as fault:
        raise SettingsError(f"is no TOML: {fault}", where=str(path)) from None
    secrets = ", ".join(name for name in SECRETS if name in values)
    if secrets:
        raise SettingsError(
            f"{secrets} must not stand in a file",
            where=str(path),
            todo="Set it in the environment: KG_STORE_PASSWORD, say.",
        )
    return _validate(values, path.resolve().parent, str(path), path.resolve())


def from_values(values: dict[str, Any], folder: Path, where: str) -> Settings:
    """Return the settings of a kg.toml that is not written yet.

    Args:
        values: its values, as TOML is read.
        folder: where it will lie.
        where: its name, for errors.

    Raises:
        SettingsError: a value that is none of its setting.
    """
    return _validate(values, folder, where)


def export_config_path(settings: Settings) -> None:
    """Export the path of kg.toml to child processes, by the environment."""
    if settings.file:
        os.environ[CONFIG_VARIABLE] = str(settings.file)


def export_metrics_folder(folder: Path) -> None:
    """Export the folder of metrics to child processes; the metrics library reads the variable itself."""
    os.environ[_METRICS_VARIABLE] = str(folder)


def metrics_folder() -> Path | None:
    """Return the folder of metrics shared by several processes, if a parent exported it."""
    folder = os.environ.get(_METRICS_VARIABLE)
    return Path(folder) if folder else None


def _validate(values: dict[str, Any], folder: Path, where: str, file: Path | None = None) -> Settings:
    try:
        # Where it was read from comes last: no variable may set it.
        settings = Settings(**values).model_copy(update={"folder": folder, "file": file})
    except EnvironmentFault as fault:
        name = next((name for name in Settings.model_fields if f'"{name}"' in str(fault)), "")
        expected = json.dumps(Settings.model_fields[name].default) if name else "JSON"
        todo = f"A setting of several values is JSON there: KG_{name.upper()}='{expected}', say."
        raise SettingsError("can't be read", where=f"KG_{name.upper()} in the environment", todo=todo) from None
    except ValidationError as fault:
        names = [name for name, field in Settings.model_fields.items() if not field.exclude]
        levels = {
            "": names,
            "sources": list(SourceSettings.model_fields),
            "columns": list(ColumnSettings.model_fields),
            "picture": list(PictureSettings.model_fields),
        }
        raise settings_error(fault, where, _from_environment(), levels) from None
    _check_own_files(settings, where)
    return _check_query_folders(settings, where)


def _from_environment() -> dict[str, str]:
    """Setting → its variable, for the settings from the environment."""
    settings_by_variable = {f"KG_{name.upper()}": name for name in Settings.model_fields}
    return {
        settings_by_variable[variable.upper()]: variable
        for variable in os.environ
        if variable.upper() in settings_by_variable
    }


def _check_own_files(settings: Settings, where: str) -> None:
    """Raise SettingsError for a file of the site's own that can't be shown."""
    for name, (path, max_bytes) in settings.images.items():
        site_settings.read_image(site_settings.local_file(settings.folder, name, path, where), name, max_bytes, where)
    for name, path in settings.page_files:
        site_settings.read_page(site_settings.local_file(settings.folder, name, path, where), name, where)


def _check_query_folders(settings: Settings, where: str) -> Settings:
    """Return the settings; raises SettingsError where a folder of queries is missing."""
    for folder in settings.query_folders:
        if not any((folder / name).is_dir() for name in ("examples", "saved")):
            what = f"queries: {folder} " + (
                "has neither `examples` nor `saved` in it" if folder.is_dir() else "is no folder"
            )
            todo = "It is relative to kg.toml; leave it out if the queries that come with kg are enough."
            raise SettingsError(what, where=where, todo=todo)
    return settings
