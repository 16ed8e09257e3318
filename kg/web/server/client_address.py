"""Client address of a request, also behind proxies.

An address in `X-Forwarded-For` counts only if a proxy from the settings wrote it: each proxy appends the address of
its own client. Anything before that may be forged.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MAX_ADDRESS_LENGTH = 60
_MAX_HOPS = 20
"""Elements of X-Forwarded-For that are read, from its end; each costs a step."""


def proxy_networks(proxies: Sequence[str]) -> tuple[Network, ...]:
    """The networks of the proxies in the settings. Raises ValueError for text that is no address and no network."""
    return tuple(ipaddress.ip_network(proxy, strict=False) for proxy in proxies)


def client_address(scope: Mapping[str, Any], proxies: Sequence[Network]) -> str:
    """The client's address of an ASGI scope; "" if it is unknown.

    >>> scope = {"client": ("10.0.0.1", 5), "headers": [(b"x-forwarded-for", b"1.1.1.1, 192.0.2.7, 10.0.0.2")]}
    >>> client_address(scope, proxy_networks(["10.0.0.0/8"])), client_address(scope, [])
    ('192.0.2.7', '10.0.0.1')
    """
    client = unmapped(str((scope.get("client") or ("",))[0]))
    if not proxies or not _is_proxy(client, proxies):
        return client
    header = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
    for element in reversed(header.rsplit(",", _MAX_HOPS)[-_MAX_HOPS:]):
        forwarded = unmapped(_without_port(element.strip()))
        if not _is_address(forwarded):
            break
        client = forwarded
        if not _is_proxy(forwarded, proxies):
            break
    return client


def unmapped(address: str) -> str:
    """An address, as IPv4 where a socket of IPv6 has an IPv4-mapped one (RFC 4291, 2.5.5.2).

    >>> unmapped("::ffff:192.0.2.7"), unmapped("2001:db8::1"), unmapped("192.0.2.7")
    ('192.0.2.7', '2001:db8::1', '192.0.2.7')
    """
    return _unmapped(address) if address[:1] == ":" and len(address) <= _MAX_ADDRESS_LENGTH else address


@lru_cache(maxsize=1024)
def _unmapped(address: str) -> str:
    try:
        ipv4 = ipaddress.IPv6Address(address.partition("%")[0]).ipv4_mapped
    except ValueError:
        return address
    return str(ipv4) if ipv4 else address


def _without_port(element: str) -> str:
    """The address in an element of the header, without the port that some proxies add.

    >>> _without_port("192.0.2.7:4711"), _without_port("[2001:db8::1]:80"), _without_port("2001:db8::1")
    ('192.0.2.7', '2001:db8::1', '2001:db8::1')
    """
    if element.startswith("["):
        return element[1:].partition("]")[0]
    return element.partition(":")[0] if element.count(":") == 1 else element


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_proxy(text: str, proxies: Sequence[Network]) -> bool:
    if not _is_address(text):
        return False
    address = ipaddress.ip_address(text)
    return any(address.version == network.version and address in network for network in proxies)
