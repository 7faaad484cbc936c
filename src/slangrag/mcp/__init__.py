"""The MCP door: `define`, `search`, `ask` and `translate` as tools, over stdio or streamable HTTP.

Needs the extra `mcp`. This module imports none of it.
"""

from __future__ import annotations


def require_sdk() -> None:
    """Raise EngineMissing where the official SDK, version 2, is not installed. Imports nothing of it."""
    from importlib.metadata import PackageNotFoundError, version

    from slangrag.errors import EngineMissing

    try:
        found = version("mcp")
    except PackageNotFoundError:
        found = ""
    if found.partition(".")[0] != "2":
        has = f", and {found} is installed" if found else ""
        raise EngineMissing(f"MCP needs the package mcp, version 2{has}", hint="pip install 'slangrag[mcp]'")
