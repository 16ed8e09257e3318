"""kg.toml and the environment → one Settings.

Only this module reads the environment and knows where the files lie that come with kg. Each setting is one row:
its name, its default and what it is for; the environment (`KG_BASE`, `KG_VAR` …) goes before the file.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from kg.errors import SettingsError

FILE_NAME = "kg.toml"
CONFIG_VARIABLE = "KG_CONFIG"
"""Names the kg.toml, for processes that get no command line."""

FORMATS = ("json", "jsonl", "page", "ead", "eac")

_PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str, in_wheel: str) -> Path:
    """A folder of the repository, which an installed package carries inside itself."""
    beside = _PACKAGE.parent / name
    return beside if (_PACKAGE.parent / "pyproject.toml").is_file() else _PACKAGE / in_wheel


ONTOLOGY = _shipped("ontology", "ontology_files")
QUERIES = _shipped("queries", "queries")


class SourceSettings(BaseModel):
    """One `[[sources]]` of kg.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(description="A file, a folder or a glob; relative to kg.toml, or absolute.")
    format: str | None = Field(
        None,
        description=f"One of {', '.join(FORMATS)}; without it each file is looked into.",
        pattern="|".join(FORMATS),
    )
    prefix: str = Field("", description="What keys from this source begin with, where two sources would collide.")
    merge: bool = Field(
        default=False,
        description="Unite records that have the same key here and in another source; differences are reported.",
    )


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(env_prefix="KG_", extra="forbid", frozen=True)

    base: str = Field(
        "http://127.0.0.1:8000/",
        description="The identity of everything that is published; ends with a slash, may have a path.",
        pattern=r"^https?://[^\s?#]+/$",
    )
    title: str = Field("Linked archive", description="What the collection is called.")
    description: str = Field("", description="What it is, in a sentence or two.")
    publisher: str = Field("", description="Who publishes it.")
    contact: str = Field("", description="Where errors are reported: a mail address or the address of a page.")
    license: str = Field(
        "https://creativecommons.org/publicdomain/zero/1.0/", description="The licence of the descriptions."
    )
    languages: tuple[str, ...] = Field(
        ("en",), description="Languages of labels, the preferred one first.", min_length=1
    )
    var: Path = Field(Path("var"), description="Where generations and state are kept; relative to kg.toml.")
    shapes: Path | None = Field(None, description="SHACL shapes of your own that `check --shacl` and `build` add.")
    sources: tuple[SourceSettings, ...] = Field((), description="Where records come from.")
    dumps: bool = Field(default=True, description="Whether a build writes the dumps.")
    search: bool = Field(default=True, description="Whether a build makes the search index.")
    keep: Annotated[int, Field(ge=2)] = Field(5, description="How many generations are kept for `rollback`.")
    jobs: Annotated[int, Field(ge=1, le=256)] = Field(
        1, description="How many processes map records beside the one that loads them."
    )
    query_workers: Annotated[int, Field(ge=1, le=64)] = Field(2, description="Processes that answer public queries.")
    query_seconds: Annotated[float, Field(gt=0)] = Field(10.0, description="How long a public query may take.")
    folder: Path = Field(Path(), description="Where kg.toml lies; set by whoever reads it.", exclude=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the names are pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before what the file says."""
        return env_settings, init_settings

    @property
    def var_folder(self) -> Path:
        """Where generations and state are kept."""
        return self.folder / self.var

    @property
    def shapes_file(self) -> Path | None:
        """The archive's own shapes."""
        return None if self.shapes is None else self.folder / self.shapes


def find(start: Path) -> Path | None:
    """The kg.toml of a folder or the nearest one above it."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    return None


def load(path: Path | None) -> Settings:
    """Settings from a kg.toml, or the defaults for the current folder. Raises SettingsError."""
    if path is None:
        named = os.environ.get(CONFIG_VARIABLE)
        path = Path(named) if named else find(Path.cwd())
        if path is None:
            return _checked({}, Path.cwd(), "the environment")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise SettingsError(f"can't be read: {fault.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise SettingsError("is not UTF-8", where=str(path), todo="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as fault:
        raise SettingsError(f"is no TOML: {fault}", where=str(path)) from None
    return _checked(values, path.resolve().parent, str(path))


def hand_down(settings: Settings) -> None:
    """Have the processes that this one starts find the same kg.toml."""
    if (settings.folder / FILE_NAME).is_file() and CONFIG_VARIABLE not in os.environ:
        os.environ[CONFIG_VARIABLE] = str(settings.folder / FILE_NAME)


def _checked(values: dict[str, Any], folder: Path, where: str) -> Settings:
    try:
        return Settings(**{**values, "folder": folder})
    except ValidationError as fault:
        raise _explained(fault, where) from None


def _explained(fault: ValidationError, where: str) -> SettingsError:
    lines = []
    for error in fault.errors():
        name = ".".join(str(part) for part in error["loc"])
        if error["type"] == "extra_forbidden":
            lines.append(f"{name}: there is no such setting")
        else:
            lines.append(f"{name}: {error['msg'][0].lower()}{error['msg'][1:]}, but it is {error['input']!r:.80}")
    known = ", ".join(name for name in Settings.model_fields if name != "folder")
    return SettingsError("; ".join(lines), where=where, todo=f"The settings are {known}.")
