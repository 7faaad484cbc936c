"""`slangrag mcp`: the store as tools for an MCP client, which starts this command and holds its pipes."""

from __future__ import annotations

from slangrag.cli.options import ANSWERING, with_settings
from slangrag.config import Settings


@with_settings(*ANSWERING, "only", "safe", "store")
def mcp(*, settings: Settings) -> None:
    """Serve the store to an MCP client over stdin and stdout (docs/mcp.md has the clients' lines)."""
    from slangrag.mcp import require_sdk

    require_sdk()
    import sys

    if sys.stdin is not None and sys.stdin.isatty():
        from slangrag.cli.render.terminal import note

        note("waiting for an MCP client on stdin; one starts this command by itself. Ctrl-D ends it")
    from slangrag.mcp.stdio import guarded_stdout, serve
    from slangrag.service.slang import Slang

    # Nothing is opened yet, and no download is begun: a client that starts must not wait for either.
    wire = guarded_stdout()
    with Slang(settings) as slang:
        serve(slang, wire)
