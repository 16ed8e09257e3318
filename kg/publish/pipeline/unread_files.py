"""Files of a source that no reader knows: left out and told, unless they are no description at all.

What programs leave behind, such as `Thumbs.db`, is passed over. A picture, a sound or a README beside descriptions is a
note. Any other file may have records in it that nobody would miss, so it is told as what is left out (D-201).
"""

import re
from collections.abc import Iterator

from kg.errors import Message
from kg.records import readers
from kg.records.problems import Severity, SourceProblem
from kg.records.readers.base import SourceFile

_OF_PROGRAMS = re.compile(
    r"(thumbs\.db|ehthumbs.*\.db|desktop\.ini|icon\r?|~\$.*|.*~|.*\.(tmp|swp|lock|part))", re.IGNORECASE
)
"""Names of files that systems and programs leave in folders, such as those beside an open document."""

_BESIDE = re.compile(
    r"((readme|licen[cs]e|copying|notice|changelog|changes|contents?|manifest)(\..*)?"
    r"|.*\.(md|rst|log|md5|sha\d*|css|js|xsl|xslt|xsd|dtd|rng|sch|toml|cfg|ini|py|sh"
    r"|jpe?g|png|gif|tiff?|jp2|webp|svg|bmp|pdf|mp3|wav|flac|ogg|mp4|mov|avi|mkv|webm))",
    re.IGNORECASE,
)
"""Names of files that lie beside descriptions and are none: texts for people, schemas, scans."""

_NOTHING = Message("Nothing, if the file is no description; else run `kg init FILE`, which looks into it.")


def unread_file(file: SourceFile, head: bytes) -> Iterator[SourceProblem]:
    """Yield the problem of a file whose format is not known; none for what programs leave behind.

    Args:
        file: the file.
        head: its first bytes.
    """
    name = file.path.name
    if _OF_PROGRAMS.fullmatch(name):
        return
    expected = f"one of {', '.join(readers.formats())}"
    severity: Severity = "rejected"
    todo = ""
    if not head.strip():
        severity, reason = "note", "there is nothing in it"
    elif head.startswith((b"\xff\xfe", b"\xfe\xff")):
        reason = "the text is in UTF-16, and UTF-8 is read"
    else:
        reason = "the format is not known"
        if _BESIDE.fullmatch(name) and file.settings.path != file.name:
            severity, todo = "note", _NOTHING
    message = f"{reason}; the file was left aside"
    yield file.problem("", "", "", expected, message, severity=severity, todo=todo)
