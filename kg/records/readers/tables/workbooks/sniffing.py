"""Format of a workbook by the first bytes of its file."""

from typing import Literal

from kg.records.readers.tables.workbooks.xls import OLE_MAGIC

ZIP_MAGIC = b"PK\x03\x04"
_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_FODS = b"application/vnd.oasis.opendocument.spreadsheet"
_XLSX_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb")
_XLS_ENDINGS = (".xls", ".xlt", *_XLSX_ENDINGS)
_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook", "EncryptedPackage"))


def sniff(head: bytes, name: str) -> Literal["xlsx", "xls", "ods"] | None:
    r"""Return the format of a workbook; None for another file.

    An xlsx with a password lies in a compound file like an old xls, and the reader of that one tells so.

    Args:
        head: the first kilobytes.
        name: the name of the file, which decides where the list of parts begins behind those bytes.

    >>> sniff(b"PK\x03\x04....[Content_Types].xml", "a.xlsx"), sniff(b"PK\x03\x04....word/document.xml", "a.docx")
    ('xlsx', None)
    """
    name = name.lower()
    if head.startswith(ZIP_MAGIC):
        if _ODS in head[:256] or name.endswith((".ods", ".ots")):
            return "ods"
        return "xlsx" if name.endswith(_XLSX_ENDINGS) or b"xl/" in head else None
    if head.startswith(OLE_MAGIC):
        return "xls" if name.endswith(_XLS_ENDINGS) or any(each in head for each in _STREAMS) else None
    return "ods" if head.lstrip()[:1] == b"<" and b":document" in head and _FODS in head else None
