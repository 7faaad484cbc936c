"""What `slangrag serve` says at its start, and when it must ask for a token."""

from __future__ import annotations

import getpass
import ipaddress
import platform
from collections.abc import Mapping
from typing import TYPE_CHECKING

from slangrag.cli.render.terminal import note, stdout

if TYPE_CHECKING:
    from slangrag.serve.start import Listening


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def must_have_token(host: str, environ: Mapping[str, str]) -> str:
    """Why a token is needed, "" where it is not."""
    if not is_loopback(host):
        return f"{host} can be reached from other machines"
    if environ.get("SLURM_JOB_ID"):
        return "a Slurm node is shared with other users"
    return ""


def names(host: str) -> set[str]:
    """The names that a server on that address answers to."""
    from slangrag.serve.guard import LOOPBACK

    known = set(LOOPBACK)
    if not is_loopback(host):
        known.add(platform.node().lower())
        if host not in {"0.0.0.0", "::"}:  # compared, not listened on
            known.add(f"[{host}]" if ":" in host else host.lower())
    return known


def announced(server: Listening, environ: Mapping[str, str]) -> None:
    """The address on stdout; what else there is to know on stderr."""
    shown = "127.0.0.1" if server.host in {"0.0.0.0", "::"} else server.host
    shown = f"[{shown}]" if ":" in shown else shown
    fragment = f"#token={server.token}" if server.token else ""
    port = server.port
    if environ.get("SLURM_JOB_ID"):
        port = int(environ.get("SLANGRAG_LOCAL_PORT", port))
        note("on your own machine, and leave it running:")
        note(f"    ssh -N -o ExitOnForwardFailure=yes {_tunnel(server, port, environ)}")
        note("then open there:")
        shown = "127.0.0.1"
    print(f"http://{shown}:{port}/{fragment}", file=stdout().file, flush=True)
    if server.token_file is not None:
        note(f"the token is in {server.token_file}")
    note("OpenAI-compatible at /v1, MCP at /mcp, JSON at /api (docs/serve.md). Ctrl-C ends it")


def _tunnel(server: Listening, local_port: int, environ: Mapping[str, str]) -> str:
    """ssh's arguments for the way from the user's own machine to this server."""
    login = environ.get("SLANGRAG_LOGIN", f"{getpass.getuser()}@LOGIN-NODE")
    if not is_loopback(server.host):
        return f"-L {local_port}:{server.host}:{server.port} {login}"
    user = login.rpartition("@")[0] or getpass.getuser()
    node = environ.get("SLURMD_NODENAME") or platform.node()
    return f"-J {login} -L {local_port}:127.0.0.1:{server.port} {user}@{node}"
