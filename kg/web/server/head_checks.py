"""Checks of a request's head that the inner parser leaves out: its host, and its transfer codings (RFC 9112)."""

import re
from collections.abc import Sequence
from ipaddress import AddressValueError, IPv6Address

HeaderFields = Sequence[tuple[bytes, bytes]]

# RFC 3986, 3.2.2 and 3.2.3: reg-name (IPv4address is one too) or IP-literal, then a port, which may be empty.
_HOST_AND_PORT = re.compile(rb"(?P<name>[\w.~!$&'()*+,;=%-]*+|\[(?P<literal>[0-9A-Fa-f:.]++)\])(?::[0-9]*+)?", re.ASCII)
_STRAY_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_SCHEME_AND_AUTHORITY = re.compile(rb"([a-z][a-z0-9+.-]*+)://([^/?]*+)", re.IGNORECASE)
_MAX_CODINGS = 10
"""Transfer codings that are told apart; each costs a step, and more than one is refused."""

_SCHEMES = frozenset({b"http", b"https"})


class RefusedRequest(Exception):
    """Refusal of a request, with its status and what is wrong with it; the parser ends with it."""

    def __init__(self, status: int, detail: str = "") -> None:
        self.status = status
        self.detail = detail


def check_head(headers: HeaderFields, version: str) -> None:
    """Raise RefusedRequest for a wrong Host, or a transfer coding that is not `chunked` alone.

    Args:
        headers: the header fields, their names in lower case.
        version: of HTTP.
    """
    hosts: list[bytes] = []
    codings: list[bytes] = []
    for name, value in headers:
        if name == b"host":
            hosts.append(value)
        elif name == b"transfer-encoding":
            codings.append(value)
    _check_host(hosts, version)
    if codings:
        _check_transfer_codings(codings, version)


def _check_host(hosts: Sequence[bytes], version: str) -> None:
    """Raise RefusedRequest for no Host in HTTP/1.1, for two, and for one that is no host (RFC 9112, 3.2)."""
    if len(hosts) == 1 and _is_host_and_port(hosts[0]):
        return
    if hosts or version == "1.1":
        wrong = "is no host" if len(hosts) == 1 else "stands there twice" if hosts else "is missing"
        raise RefusedRequest(400, f"The field Host {wrong}; it names a host once, such as example.org:8080.")


def _check_transfer_codings(codings: Sequence[bytes], version: str) -> None:
    """Raise RefusedRequest for other transfer codings than `chunked`.

    Without `chunked` at the end a body has no length, which is 400; other codings before it are unknown here, which is
    501 (RFC 9112, 6.1 and 6.3).
    """
    # "A server that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat the message
    # as if the framing is faulty" (RFC 9112, 6.1).
    if version == "1.0":
        raise RefusedRequest(400, "HTTP/1.0 has no transfer codings.")
    *others, last = [coding.strip(b" \t").lower() for coding in b",".join(codings).rsplit(b",", _MAX_CODINGS)]
    if last != b"chunked" or b"chunked" in others:
        raise RefusedRequest(400, "The last transfer coding has to be chunked, which may stand there once.")
    if others:
        raise RefusedRequest(501, "The only transfer coding that is understood here is chunked.")


def split_absolute_form(target: bytes) -> tuple[bytes, bytes] | None:
    """Authority and origin form of a target in absolute form (RFC 9112, 3.2.2); None for one in another form.

    Raises RefusedRequest for a scheme that is not of HTTP, and for an authority that is no host or has a user.
    """
    prefix = _SCHEME_AND_AUTHORITY.match(target)
    if prefix is None:
        return None
    scheme, authority = prefix.groups()
    # "http" without a host MUST be rejected; a user SHOULD be (RFC 9110, 4.2.1 and 4.2.4).
    if scheme.lower() not in _SCHEMES or not _is_host_and_port(authority) or authority[:1] in {b"", b":"}:
        raise RefusedRequest(400, "An address here begins with a slash, or with http:// or https:// and a host.")
    rest = target[prefix.end() :]
    return authority, rest if rest.startswith(b"/") else b"/" + rest


def _is_host_and_port(value: bytes) -> bool:
    r"""Whether a value is `uri-host [ ":" port ]`; the host may be empty, where an address has none.

    >>> [_is_host_and_port(each) for each in (b"example.org:8080", b"[::1]:80", b"", b"[::1", b"a b", b"u@h", b"%zz")]
    [True, True, True, False, False, False, False]
    """
    match = _HOST_AND_PORT.fullmatch(value)
    if match is None or (b"%" in value and _STRAY_PERCENT.search(value)):
        return False
    if match["literal"] is None:
        return True
    try:
        IPv6Address(match["literal"].decode("ascii"))
    except AddressValueError:
        return False
    return True
