"""Who may call: Ollama turns away foreign Host and Origin headers, as a web page's script would send them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "0.0.0.0", "::1")
_LOCAL_ENDINGS: Final = (".localhost", ".local", ".internal")
_PRIVATE_NETWORKS: Final = ("127.", "10.", "192.168.")
_LOCAL_SCHEMES: Final = ("app", "file", "tauri", "vscode-webview", "vscode-file")


def may_call(host: str, origin: str) -> bool:
    """Whether a request with these Host and Origin headers ("" where it has none) is let in."""
    return _is_allowed_host(host) and (not origin or _is_allowed_origin(origin))


def _is_allowed_host(host: str) -> bool:
    """As Ollama's allowedHostsMiddleware on a loopback server."""
    name = _without_port(host.lower())
    private = name.startswith(_PRIVATE_NETWORKS)
    return not name or name in _LOCAL_NAMES or private or name.endswith(_LOCAL_ENDINGS)


def _is_allowed_origin(origin: str) -> bool:
    """As Ollama's default origins."""
    parts = urlsplit(origin)
    if parts.scheme in _LOCAL_SCHEMES:
        return True
    return parts.scheme in ("http", "https") and parts.hostname in ("localhost", "127.0.0.1", "0.0.0.0")


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") <= 1 else host
