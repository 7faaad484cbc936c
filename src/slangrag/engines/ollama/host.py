"""OLLAMA_HOST, read as Ollama itself reads it.

Pure text work; opens no connection. The rules are those of `Host` and `ConnectableHost` in Ollama's
envconfig/config.go: quotes and spaces around the value are dropped, a missing scheme means http, a
missing port means 11434 (80 after "http://", 443 after "https://"), and an address to listen on
(0.0.0.0, [::], an empty host) becomes the loopback address to call. The Python client reads some of
these otherwise (it calls 0.0.0.0, refuses "::1" and quotes), so it is always given the parsed URL.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from slangrag.errors import ConfigError

DEFAULT_PORT: Final = 11434
_SCHEME_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Host:
    """An address to call.

    `path` is a proxy's prefix ("" or "/ollama"); `note` says what was not taken as it stood.
    """

    scheme: str
    name: str
    port: int
    path: str = ""
    note: str = ""

    @property
    def netloc(self) -> str:
        """Host and port, an IPv6 address in brackets."""
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return f"{self.scheme}://{self.netloc}{self.path}"

    @property
    def loopback(self) -> bool:
        """Whether it is this machine: proxies are then ignored."""
        if self.name.lower() == "localhost":
            return True
        address = _address(self.name)
        return address is not None and address.is_loopback


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _split_port(hostport: str) -> tuple[str, str | None]:
    """Host and port; the port is None where there is none, as with Go's net.SplitHostPort."""
    if hostport.startswith("["):
        name, closed, rest = hostport[1:].partition("]")
        if closed and rest.startswith(":"):
            return name, rest[1:]
        return hostport.strip("[]"), None
    if hostport.count(":") == 1:
        name, _, port = hostport.partition(":")
        return name, port
    return hostport, None


def parse_host(value: str) -> Host:
    """The host that `value` (of OLLAMA_HOST, or empty) names.

    A port that is no number from 0 to 65535 is replaced by the default, as Ollama does, and `note`
    says so. Raises ConfigError for a scheme other than http and https, and for what is no host.
    """
    text = value.strip().strip("\"'").strip()
    scheme, separator, rest = text.partition("://")
    if separator:
        scheme = scheme.lower()
        default_port = _SCHEME_PORTS.get(scheme, DEFAULT_PORT)
    elif text == "ollama.com":
        scheme, rest, default_port = "https", text, 443
    else:
        scheme, rest, default_port = "http", text, DEFAULT_PORT
    if scheme not in _SCHEME_PORTS:
        raise _unreadable(value, f"its scheme is {scheme!r}, not http or https")
    hostport, _, path = rest.partition("/")
    name, port_text = _split_port(hostport)
    if any(sign in name for sign in "@?# \t") or (":" in name and _address(name) is None):
        raise _unreadable(value, f"{hostport!r} is no host")
    port, note = default_port, ""
    if port_text is not None:
        if port_text.isascii() and port_text.isdigit() and int(port_text) <= 65535:
            port = int(port_text)
        else:
            note = f"OLLAMA_HOST: {port_text!r} is no port; {default_port} is used, as Ollama does"
    path = path.strip("/")
    return Host(scheme, _callable_name(name), port, f"/{path}" if path else "", note)


def _callable_name(name: str) -> str:
    """`name`, with addresses that one listens on replaced by the loopback address that one calls."""
    if not name:
        return "127.0.0.1"
    address = _address(name)
    if address is None:
        return name
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if (mapped or address).is_unspecified:
        return "127.0.0.1" if mapped or address.version == 4 else "::1"
    return str(address)


def _unreadable(value: str, reason: str) -> ConfigError:
    return ConfigError(
        f"OLLAMA_HOST={value!r} cannot be read: {reason}", hint="export OLLAMA_HOST=127.0.0.1:11434"
    )
