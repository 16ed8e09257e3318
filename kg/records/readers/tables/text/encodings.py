"""Encoding of a table as text: by its byte order mark, as UTF-8 where all of it is, else by its letters.

Eight-bit encodings look alike: cp1252 and cp1250 differ in a few letters. What the letters tell is a guess, which is
told with the letters that another encoding would read otherwise (D-190).
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from kg.records.readers.tables.table import Remark

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEST = "áéíóúñüäößçàèìòùâêîôûëïåøæœãõÁÉÍÓÚÑÜÄÖÇÀÈÅØÆ¿¡«»“”„‘’–—…°ºª§€·"
_CENTRAL = "áčďéěíňóřšťúůýžąćęłńśźżőűöüäßăâîţşđľĺŕôÁČĎÉĚÍŇÓŘŠŤÚŮÝŽĄĆĘŁŃŚŹŻŐŰÖÜÄĐ„“”‘’–—…§°"
_LATIN = {
    "cp1252": _WEST,
    "cp1250": _CENTRAL,
    "cp1254": "çğıöşüâîûÇĞİÖŞÜ“”‘’–—…",
    "cp1257": "āčēģīķļņšūžąęėįųõäöüĀČĒĢĪĶĻŅŠŪŽĄĘĖĮŲÕÄÖÜ„“”–—…",
    "mac_roman": _WEST,
    "cp850": _WEST,
    "cp852": _CENTRAL,
    "iso8859_2": _CENTRAL,
}
"""Encoding of Latin letters → letters and signs beyond ASCII that texts in it are made of; the commonest first."""

_OTHERS = (
    *("cp1251", "koi8_r", "cp866", "mac_cyrillic", "cp1253", "cp1255", "cp1256"),
    *("cp932", "gb18030", "big5", "euc_kr", "euc_jp"),
)
"""Encodings of other scripts, in which archives' programs have written."""

_LATIN_RUN = 2.5
"""Bytes beyond ASCII in a row, on average, up to which a text is of Latin letters: there most letters are ASCII."""

_CHUNK = 1 << 20
_SAMPLE_BYTES = 1 << 16
_MAX_SAMPLE_LINE = 4096
_MAX_SHOWN = 4
_MAX_RIVALS = 4
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_RUN = re.compile(rb"[\x80-\xff]+")
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """Encoding of a file.

    Attributes:
        name: the codec.
        remarks: the doubt about it.
    """

    name: str
    remarks: tuple[Remark, ...] = ()

    @property
    def errors(self) -> str:
        """How bytes outside the encoding are decoded, so that they can be told."""
        return "replace" if self.name.startswith(("utf-16", "utf-32")) else "surrogateescape"


def find(path: Path, wanted: str) -> TextEncoding:
    """Return the encoding of a file.

    Args:
        path: the file; it is read once, in pieces.
        wanted: the encoding in the settings, empty for none.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    by_mark = next((name for mark, name in _BOMS if head.startswith(mark)), "")
    if wanted:
        name = codecs.lookup(wanted).name
        return TextEncoding("utf-8-sig" if name == "utf-8" else by_mark if by_mark.startswith(name) else name)
    if by_mark:
        return TextEncoding(by_mark)
    if wide := _without_mark(head[:4096]):
        return TextEncoding(wide)
    if _is_utf8(path):
        return TextEncoding("utf-8-sig")
    return _by_letters(_sample(path))


def _without_mark(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of Latin text is zero there."""
    if len(head) < 4 or b"\0" not in head:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.1 else ""


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                if decoder.getstate()[0] or not chunk.isascii():
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _sample(path: Path) -> bytes:
    """Lines with letters beyond ASCII, from the beginning on, as much as tells the encoding."""
    found: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        while size < _SAMPLE_BYTES and (line := file.readline(_MAX_SAMPLE_LINE)):
            if not line.isascii():
                found.append(line)
                size += len(line)
    return b"".join(found)


def _by_letters(sample: bytes) -> TextEncoding:
    """Encoding of a text that is no UTF-8 as a whole."""
    sequences = _UTF8_SEQUENCE.findall(sample)
    beyond = len(_BEYOND_ASCII.findall(sample))
    if sum(map(len, sequences)) * 4 >= beyond * 3:
        return TextEncoding("utf-8-sig")  # nearly all of it is: the lines that are not are told one by one
    runs = _RUN.findall(sample)
    if runs and beyond / len(runs) > _LATIN_RUN:
        candidates = [match.encoding for match in from_bytes(sample, cp_isolation=list(_OTHERS))] or ["cp1251"]
    else:
        shares = {name: _typical_share(name, sample) for name in _LATIN}
        candidates = sorted(shares, key=lambda name: -shares[name])
    best, *rivals = dict.fromkeys(candidates)
    differing = [text for name in rivals[:_MAX_RIVALS] if (text := _difference(best, name, sample))]
    message = f"is no UTF-8; by its letters it is taken for {best}"
    if differing:
        message += f", but {'; '.join(differing[:2])}"
    remark = Remark(message, _first_line(sample, best), f'UTF-8, or the encoding in kg.toml: encoding = "{best}"')
    return TextEncoding(best, (remark,))


def _typical_share(name: str, sample: bytes) -> float:
    """Share of the signs beyond ASCII that texts in an encoding are usually made of."""
    signs = _signs(name, sample)
    total = max(1, signs.total())
    if _LATIN[name] is _WEST and not signs.keys() & {"ã", "ä"}:
        del signs["õ"]  # Portuguese and Estonian have it beside these; alone it is the ő of Hungarian
    return sum(count for sign, count in signs.items() if sign in _LATIN[name]) / total


def _signs(name: str, sample: bytes) -> Counter[str]:
    return Counter(sign for sign in sample.decode(name, "replace") if not sign.isascii())


def _difference(best: str, rival: str, sample: bytes) -> str:
    """What another encoding would read otherwise, letter by letter; empty where nothing, or where it is no rival."""
    singles = sorted(set(_BEYOND_ASCII.findall(sample)), key=sample.count, reverse=True)
    pairs = []
    for one in singles:
        try:
            here, there = one.decode(best), one.decode(rival)
        except UnicodeDecodeError:
            continue
        if here != there and there.isprintable():
            pairs.append(f"{there} for {here}")
    return f"{rival} would read {', '.join(pairs[:_MAX_SHOWN])}" if pairs else ""


def _first_line(sample: bytes, name: str) -> str:
    return sample.partition(b"\n")[0].decode(name, "replace").strip()
