"""Whose request it is: the address of who asks, also from behind a proxy.

`X-Forwarded-For` is believed only as far as it was written by proxies that the settings name: each of them adds
at the end whom it got the request from, and what stands before that anybody may have made up.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LONGEST = 60


def networks(proxies: Sequence[str]) -> tuple[Network, ...]:
    """The proxies of the settings, addresses or networks. Raises ValueError where one is neither."""
    return tuple(ipaddress.ip_network(each, strict=False) for each in proxies)


def address(scope: Mapping[str, Any], proxies: Sequence[Network]) -> str:
    """The address of the client of an ASGI scope, "" where that is not known.

    >>> scope = {"client": ("10.0.0.1", 5), "headers": [(b"x-forwarded-for", b"1.1.1.1, 192.0.2.7, 10.0.0.2")]}
    >>> address(scope, networks(["10.0.0.0/8"])), address(scope, [])
    ('192.0.2.7', '10.0.0.1')
    """
    found = plain(str((scope.get("client") or ("",))[0]))
    if not proxies or not _is_proxy(found, proxies):
        return found
    header = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
    for each in reversed(header.split(",")):
        said = plain(_host(each.strip()))
        if not _is_address(said):
            break
        found = said
        if not _is_proxy(said, proxies):
            break
    return found


def plain(address_: str) -> str:
    """An address of IPv4 as itself, also where a socket of IPv6 has taken the connection (RFC 4291, 2.5.5.2).

    >>> plain("::ffff:192.0.2.7"), plain("2001:db8::1"), plain("192.0.2.7")
    ('192.0.2.7', '2001:db8::1', '192.0.2.7')
    """
    return _plain(address_) if address_[:1] == ":" and len(address_) <= _LONGEST else address_


@lru_cache(maxsize=1024)
def _plain(address_: str) -> str:
    try:
        mapped = ipaddress.IPv6Address(address_.partition("%")[0]).ipv4_mapped
    except ValueError:
        return address_
    return str(mapped) if mapped else address_


def _host(said: str) -> str:
    """The address in an element of the header, without the port that some proxies add.

    >>> _host("192.0.2.7:4711"), _host("[2001:db8::1]:80"), _host("2001:db8::1")
    ('192.0.2.7', '2001:db8::1', '2001:db8::1')
    """
    if said.startswith("["):
        return said[1:].partition("]")[0]
    return said.partition(":")[0] if said.count(":") == 1 else said


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_proxy(text: str, proxies: Sequence[Network]) -> bool:
    if not _is_address(text):
        return False
    known = ipaddress.ip_address(text)
    return any(known.version == each.version and known in each for each in proxies)
