"""Workbooks and edits for tests of the round trip."""

import io
import zipfile
from html import escape

import openpyxl

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = ["office", "table", "text", "style"]
_NAMESPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in _NAMES)


class FixedEdits:
    """Edits of each sheet, or of one: the same cells, in rows of some numbers, behind all columns."""

    header = 1

    def __init__(self, rows, *texts, there=None, only=None):
        self.rows, self.texts, self.there, self.only = set(rows), texts, there, only
        self.columns = {}

    def sheet(self, name):
        return self if self.only in {None, name} else None

    def place(self, width):
        first = width if self.there is None else self.there
        self.columns = {first + number: f"kg:{number}" for number in range(len(self.texts))}

    def cells(self, row):
        if row == self.header:
            return self.columns
        return dict(zip(self.columns, self.texts, strict=True)) if row in self.rows else None


def xlsx(rows, name="Letters"):
    """A workbook of Excel with one sheet of texts."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = name
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            if text:
                cell = sheet.cell(number, column)
                cell.value = text
                cell.data_type = "s"
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def ods_content(body):
    """The content of an OpenDocument workbook."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.3"><office:body>'
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )


def ods(rows, name="Letters"):
    """An OpenDocument workbook with one sheet of texts; equal rows and cells are told once, as LibreOffice does."""
    parts = [f'<table:table table:name="{escape(name)}"><table:table-column table:number-columns-repeated="20"/>']
    for row in rows:
        cells = "".join(map(_ods_cell, row))
        parts.append(f'<table:table-row>{cells}<table:table-cell table:number-columns-repeated="9"/></table:table-row>')
    body = (
        "".join(parts)
        + '<table:table-row table:number-rows-repeated="99"><table:table-cell/></table:table-row></table:table>'
    )
    return ods_package(ods_content(body))


def ods_package(content):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("mimetype", ODS_TYPE)
        package.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
        package.writestr("styles.xml", f"<office:document-styles {_NAMESPACES}/>", zipfile.ZIP_DEFLATED)
        package.writestr("Thumbnails/thumbnail.png", b"\x89PNG", zipfile.ZIP_STORED)
    return written.getvalue()


def _ods_cell(text):
    if not text:
        return "<table:table-cell/>"
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def parts_of(workbook):
    """Name of each part of a package, in order → its bytes."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        return {name: package.read(name) for name in package.namelist()}
