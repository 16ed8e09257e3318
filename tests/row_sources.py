"""Row sources read to their end, and workbooks written part by part, for tests."""

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from kg.records.readers.base import SourceFile
from kg.records.readers.tables.table import Remark, Sheet
from kg.source_settings import SourceSettings

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass
class ReadFile:
    """What a row source gave: sheet → rows (number → cells), and every remark, with the row that it is about."""

    sheets: dict[str, dict[int, tuple[str, ...]]] = field(default_factory=dict)
    headings: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    lists: dict[str, frozenset[int]] = field(default_factory=dict)
    remarks: list[tuple[int | None, Remark]] = field(default_factory=list)

    @property
    def cells(self):
        """Rows of the only sheet."""
        (rows,) = self.sheets.values()
        return rows

    @property
    def rejections(self):
        """What the file was rejected for."""
        return [remark for _, remark in self.remarks if remark.severity == "rejected"]

    def told(self, words):
        """Remarks with these words, as (row, column, value)."""
        return [(row, remark.column, remark.value) for row, remark in self.remarks if words in remark.message]


def read(source, path, **settings):
    """Read a file with a row source to its end."""
    found = ReadFile()
    options = SourceSettings.model_validate({"path": str(path), **settings})
    for item in source(SourceFile(Path(path), "a", settings=options)):
        if not isinstance(item, Sheet):
            found.remarks.append((None, item))
            continue
        rows = found.sheets[item.name] = {}
        found.headings[item.name] = item.headings
        found.lists[item.name] = item.lists
        found.remarks += [(None, remark) for remark in item.remarks]
        for row in item.rows:
            assert all(type(cell) is str for cell in row.cells)
            rows[row.number] = row.cells
            found.remarks += [(row.number, remark) for remark in row.remarks]
    return found


def write_xlsx(path, *sheets, formats=(), strings=(), workbook="", parts=None, main=MAIN, relations=RELATIONS):
    """Write a workbook of sheets as XML, each that of a worksheet's children.

    Args:
        path: where.
        sheets: the sheets' XML.
        formats: number formats; style 1 is the first of them.
        strings: the children of each shared string.
        workbook: XML before the list of sheets.
        parts: name → bytes, of further parts, and in place of those made here.
        main, relations: the namespaces.
    """
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, len(sheets) + 1))
    styles = "".join(
        f'<numFmt numFmtId="{164 + n}" formatCode="{escape(each, {chr(34): "&quot;"})}"/>'
        for n, each in enumerate(formats)
    )
    numbers = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(formats)))
    relation = '<Relationship Id="{}" Type="' + relations + '/{}" Target="{}"/>'
    links = "".join(
        relation.format(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)
    )
    links += relation.format("st", "styles", "styles.xml") + relation.format("ss", "sharedStrings", "sharedStrings.xml")
    made = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE_RELATIONS}">{relation.format("r1", "officeDocument", "xl/workbook.xml")}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}">{workbook}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE_RELATIONS}">{links}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><numFmts>{styles}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{numbers}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{"".join(f"<si>{each}</si>" for each in strings)}</sst>',
    }
    for n, sheet in enumerate(sheets, 1):
        made[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{main}" xmlns:r="{relations}">{sheet}</worksheet>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (made | (parts or {})).items():
            if content is not None:
                package.writestr(name, content)
    return path


def sheet_data(*cells, row=1):
    """XML of a sheet with one row of cells."""
    return f'<sheetData><row r="{row}">{"".join(cells)}</row></sheetData>'


ODF = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
ODF_NAMES = " ".join(
    f'xmlns:{prefix}="{ODF.format(name)}"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
    }.items()
)
ODF_NAMES += ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def ods_content(*tables, styles=""):
    """The content of an OpenDocument workbook."""
    return (
        f"<office:document-content {ODF_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )


def ods_table(*rows, name="S1", head="", style=""):
    """A sheet of rows, each the XML of its cells."""
    made = "".join(
        row if row.startswith("<table:table-row") else f"<table:table-row>{row}</table:table-row>" for row in rows
    )
    return f'<table:table table:name="{name}" table:style-name="{style}">{head}{made}</table:table>'


def ods_cell(text="", kind="string", **attributes):
    """A cell with a text, and attributes such as `value` and `table_formula`."""
    named = {"office_value-type": kind} if kind else {}
    named |= {name if "_" in name else f"office_{name}": value for name, value in attributes.items()}
    listed = " ".join(f'{name.replace("_", ":", 1)}="{escape(value)}"' for name, value in named.items())
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n")) if text else ""
    return f"<table:table-cell {listed}>{paragraphs}</table:table-cell>"


def write_ods(path, *tables, styles="", parts=None):
    """Write an OpenDocument workbook."""
    made = {"mimetype": ODS, "content.xml": ods_content(*tables, styles=styles)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (made | (parts or {})).items():
            if content is not None:
                package.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return path
