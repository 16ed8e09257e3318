"""Settings of the sources, `[[sources]]` in kg.toml, with the columns of a table."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

SourceFormat = Literal["json", "jsonl", "page", "ead", "eac", "csv", "xlsx", "xls", "ods", "parquet", "sql"]
FORMATS: tuple[str, ...] = get_args(SourceFormat)


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
        "", description="A value made of other columns, `{Series}-{No.}` say; the column need not be there."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_key(cls, value: Any) -> Any:
        """Take a text alone for the key."""
        return {"key": value} if isinstance(value, str) else value


class SourceSettings(BaseModel):
    """Settings of a source, `[[sources]]` in kg.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(description="A file, a folder or a glob; relative to kg.toml, or absolute.", min_length=1)
    format: SourceFormat | None = Field(
        None, description=f"One of {', '.join(FORMATS)}; without it each file is looked into."
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


NO_SETTINGS = SourceSettings.model_validate({"path": "-"})
"""Settings of a file that stands in no kg.toml."""
