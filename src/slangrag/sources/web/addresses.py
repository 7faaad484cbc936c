"""Which addresses a page may be fetched from: public ones, unless the user opens the private ones.

A URL comes from a page, a redirect or a colleague, and slangrag runs where routers, databases and a cloud's
metadata service can be reached. So a name is resolved, each of its addresses is judged here, and the
connection is made to one that was judged (`connecting`). Knows nothing of HTTP.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, Self
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""A host name and a port to addresses, as text. Raises OSError or UnicodeError where there is none."""

_METADATA: Final = frozenset(
    ipaddress.ip_address(one)
    for one in (
        "169.254.169.254",  # most clouds
        "169.254.170.2",  # AWS, containers
        "fd00:ec2::254",  # AWS over IPv6, within a private network
        "100.100.100.200",  # Alibaba, within a shared network
        "168.63.129.16",  # Azure, a public address
        "192.0.0.192",  # Oracle
    )
)
"""Services that hand a machine's credentials to whoever asks from it: closed even where private is open."""
_PRIVATE: Final = tuple(
    ipaddress.ip_network(one)
    for one in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)
_CLOSED: Final = tuple(
    # What some releases of Python's ipaddress take for global.
    ipaddress.ip_network(one)
    for one in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_LOW_32: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Access:
    """Where pages may be fetched from.

    private opens loopback and private networks (`--private`, for an intranet's wiki); ports are those that
    may be connected to.
    """

    private: bool = False
    ports: frozenset[int] = frozenset({80, 443})

    @classmethod
    def asked(cls, *urls: str, private: bool = False) -> Self:
        """The usual ports and those written in `urls`, which somebody typed."""
        return cls(private, cls().ports | {port for url in urls if (port := _port(url)) is not None})


def refusal(address: str, *, private: bool) -> str:
    """Why nothing is fetched from `address`; "" where it may be."""
    try:
        ip = _reached(ipaddress.ip_address(address))
    except ValueError:
        return "which is no address"
    if ip in _METADATA:
        return "where clouds keep a machine's credentials"
    if _within(ip, _PRIVATE):
        return "" if private else "an address of this machine or of a private network"
    unicast = ip in _GLOBAL_UNICAST if isinstance(ip, IPv6Address) else not ip.is_reserved
    if not unicast or not ip.is_global or ip.is_multicast or _within(ip, _CLOSED):
        return "which is no address of the public internet"
    return ""


def system_resolver(host: str, port: int) -> list[str]:
    """What the system's resolver says, its order kept. Raises OSError or UnicodeError where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _reached(ip: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        # Where there is only IPv6, every IPv4 site is reached by such an address (RFC 6147).
        return IPv4Address(int(ip) & _LOW_32)
    return ip.ipv4_mapped or ip.sixtofour or ip


def _within(ip: Address, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    return any(ip in network for network in networks)


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:  # no number: whoever fetches the URL says so
        return None
