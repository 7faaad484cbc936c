"""Run the MCP conformance suite against `slangrag.mcp.http` over the sample. Not in CI: it needs Node 22.

    python tools/mcp_conformance.py [--requirements 2026-07-28] [-- MORE...]

Needs `slangrag[mcp,embedded]` with its weights, and the command `conformance` of the npm package
@modelcontextprotocol/conformance on PATH (0.2.0-alpha.12 when it was last run), or its script named by
--conformance with a Node by --node. Expected failures, each with its reason, are in
tests/data/mcp_conformance.yml: the suite fails where one is missing there, or is there and passes.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from slangrag import Slang
from slangrag.mcp.http import mcp_door

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = ROOT / "tests" / "data" / "mcp_conformance.yml"


@contextmanager
def served(store: Path) -> Iterator[str]:
    """The URL of an MCP server over `store` on a free loopback port."""
    with Slang.open(store, engine="embedded") as slang:
        door = mcp_door(slang)

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with door.running():
                yield

        app = Starlette(routes=[Route("/mcp", endpoint=door.app)], lifespan=lifespan)
        listener = socket.create_server(("127.0.0.1", 0))
        # httptools leaves blanks around a header's value, which the suite (and RFC 9110) wants gone.
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", http="h11"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
        finally:
            server.should_exit = True
            thread.join()
            listener.close()


def main() -> int:
    """Make a store of the sample, serve it, run the suite; its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--node", default="")
    parser.add_argument("--conformance", default="conformance")
    parser.add_argument("--requirements", default="2026-07-28")
    parser.add_argument("more", nargs="*", help="further arguments of the suite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        made = [sys.executable, "-m", "slangrag", "ingest", "--sample", "--store", str(store)]
        subprocess.run([*made, "--engine", "embedded"], check=True)
        with served(store) as url:
            command = [*filter(None, [given.node]), given.conformance, "server", "--url", url]
            command += ["--requirements", given.requirements, "--expected-failures", str(EXPECTED)]
            return subprocess.run([*command, *given.more], check=False, cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main())
