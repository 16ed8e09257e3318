"""Settings of the sources, `[[sources]]` in kg.toml, with the columns of a table."""

import codecs
import difflib
import re
from importlib.metadata import entry_points
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

FORMATS = ("json", "jsonl", "page", "ead", "eac", "csv", "xlsx", "xls", "ods", "parquet", "sql")
"""Formats of kg itself; packages may bring others."""

PLUGIN_GROUP = "kg.readers"
"""Group of entry points in which packages name the formats that they read."""

_NO_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem"})
"""Codecs of text that are no encodings of files."""


DATABASE_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
"""Schemes of the address of a database."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


DATE_FORMAT = re.compile(r"(?P<a>yyyy|dd?|MM?)(?P<sep>[-/.]?)(?P<b>dd?|MM?)(?P=sep)(?P<c>yyyy|dd?|MM?)")
"""Forms of dates of figures alone, as of CSVW (section 6.4.4 of Tabular Data Model): `d/M/yyyy`."""


class ColumnSettings(BaseModel):
    """Settings of a column of a table: its key, and how its cells are read. A text alone is the key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(
        description="The key of the model, with a language where that is known (`title@es`); `extra` keeps the column"
        " under its heading, and `-` leaves it out.",
        min_length=1,
    )
    separator: str = Field("", description="What stands between several values in a cell; without it a cell is one.")
    constant: str = Field("", description="A value that each record has; the column need not be there.")
    pattern: str = Field(
        "",
        description="A value made of other columns, `{Series}-{No.}` say; the column need not be there. Where one of"
        " them is empty, the column's own cell stands for it, if it is there.",
    )

    format: str = Field(
        "",
        description="The order of day (`d` or `dd`), month (`M` or `MM`) and year (`yyyy`) in dates of figures alone,"
        " `d/M/yyyy` say, which else can be read in two ways. Cells of another form are read as people write dates.",
    )

    @field_validator("format")
    @classmethod
    def _is_format(cls, value: str) -> str:
        parts = DATE_FORMAT.fullmatch(value)
        if value and (parts is None or {parts[each][0] for each in "abc"} != set("ydM")):
            raise ValueError("no order of day, month and year; d/M/yyyy, M/d/yyyy or dd.MM.yyyy, say")
        return value

    @model_validator(mode="before")
    @classmethod
    def _from_key(cls, value: Any) -> Any:
        """Take a text alone for the key."""
        return {"key": value} if isinstance(value, str) else value


class SourceSettings(BaseModel):
    """Settings of a source, `[[sources]]` in kg.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(
        description="A file, a folder or a glob, relative to kg.toml or absolute; or the address of a database,"
        " `postgresql://host/name`, without a password.",
        min_length=1,
    )
    format: str | None = Field(
        None,
        description=f"One of {', '.join(FORMATS)}, or that of a plug-in; without it each file is looked into.",
    )
    prefix: str = Field("", description="What keys from this source begin with, where two sources would collide.")
    merge: bool = Field(
        default=False,
        description="Unite records that have the same key here and in another source; differences are reported.",
    )
    columns: dict[str, ColumnSettings] = Field(
        {},
        description="Of a table: heading → key of the model, or a table with `key` and how cells are read; `*` in a"
        " heading stands for anything.",
    )
    kind: str = Field("record", description="Of a table: what its rows describe, such as `record` or `agent`.")
    sheet: str = Field("", description="Of a workbook: the sheet that is read; every visible one if not given.")
    header: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Of a table: the number of the row with the headings; found out if not given."
    )
    encoding: str = Field("", description="Of a table as text: its encoding, `cp1252` say; found out if not given.")
    delimiter: str = Field("", description="Of a table as text: what stands between cells; found out if not given.")
    table: str = Field("", description="Of a database: the table or view that is read.")
    query: str = Field("", description="Of a database: the SELECT whose rows are read.")

    @field_validator("format")
    @classmethod
    def _is_format(cls, value: str | None) -> str | None:
        """Validate the format: one of kg itself, or one that an installed package names."""
        if value is None or value in FORMATS:
            return value
        known = (*FORMATS, *sorted(entry.name for entry in entry_points(group=PLUGIN_GROUP)))
        if value not in known:
            near = difflib.get_close_matches(value, known, 1, 0.6)
            meant = f" ({near[0]} is meant, perhaps)" if near else ""
            raise ValueError(f"must be a format that has a reader, one of {', '.join(known)}{meant}")
        return value

    @field_validator("encoding")
    @classmethod
    def _is_encoding(cls, value: str) -> str:
        """Validate the encoding: Python has to know it as one of texts."""
        try:
            codec = codecs.lookup(value).name if value.strip() else "utf-8"
            "".encode(codec)
        except (LookupError, ValueError):
            codec = "undefined"
        if codec in _NO_TEXT:
            raise ValueError("must be the name of an encoding: utf-8, cp1252, iso-8859-2, koi8-r")
        return value.strip()

    @field_validator("delimiter")
    @classmethod
    def _is_delimiter(cls, value: str) -> str:
        """Validate the delimiter: one sign, which is none of those that rows and cells are made of."""
        delimiter = {"tab": "\t", "\\t": "\t"}.get(value.strip().lower(), value)
        if len(delimiter) > 1 or delimiter in {"\n", "\r", '"'} or delimiter == "\0":
            raise ValueError('must be one sign, such as ";" or "|", or the word "tab"')
        return delimiter

    @field_validator("path")
    @classmethod
    def _without_password(cls, path: str) -> str:
        """Refuse an address of another kind, and a password in one."""
        if not _ADDRESS.match(path):
            return path
        address = urlsplit(path)
        if address.scheme not in DATABASE_SCHEMES:
            raise ValueError("should be a file, a folder, a glob, or an address that begins with postgresql://")
        if address.password or any("password" in name.lower() for name, _ in parse_qsl(address.query)):
            raise ValueError(
                "has a password, which must not stand in a file; set it in the environment: PGPASSWORD, say"
            )
        return path

    @property
    def is_address(self) -> bool:
        """Whether the source is a database at an address, and no file."""
        return bool(_ADDRESS.match(self.path))


NO_SETTINGS = SourceSettings.model_validate({"path": "-"})
"""Settings of a file that stands in no kg.toml."""
