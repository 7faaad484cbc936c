"""How long a command takes from the first instruction of its process, against bare Python and peers.

    python benchmarks/startup.py [--runs N] [--peers]

Whole processes, medians: wall clock and CPU time (which a busy machine distorts less), and the CPU as a
multiple of bare Python's in the same run. `ask` is timed to its first source on stdout, and to the moment
at which the chat request reaches a stand-in for Ollama. --peers installs the peers into a virtual
environment of their own, thrown away afterwards: simonw/llm, and LangChain's Chroma and Ollama parts.
What cannot be installed or run is named as left out.

Targets on an idle machine of two cores: --help and define under 0.2 s, sources under 0.4 s, the request
on its way under 0.9 s.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # for the tests' stand-in

from tests.standin import PooledVectors, StandIn, chat_model, embedding_model  # noqa: E402

SLANGRAG = str(Path(sys.executable).with_name("slangrag"))
QUESTION = ["ask", "what does rizz mean"]


@dataclass(frozen=True)
class Cost:
    """Medians over the runs, in milliseconds; cpu is None where a moment and not a process is timed."""

    wall: float
    cpu: float | None


def process(command: Sequence[str], environ: dict[str, str], runs: int) -> Cost:
    """The whole process, from start to end. Raises CalledProcessError if it fails."""
    walls, cpus = [], []
    for _ in range(runs):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, env=environ, check=True, stdin=subprocess.DEVNULL, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        walls.append((time.perf_counter() - began) * 1000)
        cpus.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    return Cost(statistics.median(walls), statistics.median(cpus))


def moment(until: Callable[[subprocess.Popen[bytes]], float], environ: dict[str, str], runs: int) -> Cost:
    """Wall clock from the start of `ask` to the moment that `until` returns (Unix time)."""
    walls = []
    for _ in range(runs):
        began = time.time()
        running = subprocess.Popen(
            [SLANGRAG, *QUESTION],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        reached = until(running)
        running.communicate(timeout=60)
        walls.append((reached - began) * 1000)
    return Cost(statistics.median(walls), None)


def first_source(running: subprocess.Popen[bytes]) -> float:
    """When the first line is on stdout."""
    assert running.stdout is not None
    line = running.stdout.readline()
    assert line.startswith(b"[1] "), line
    return time.time()


def own_costs(folder: Path, environ: dict[str, str], runs: int) -> dict[str, Cost]:
    """The project's own commands, over the sample."""
    models = [
        embedding_model("nomic-embed-text", embed=PooledVectors(768)),
        chat_model("llama3.1"),
    ]
    with StandIn(models) as server:
        environ = {
            **environ,
            "OLLAMA_HOST": server.url,
            "SLANGRAG_ENGINE": "ollama",
            "SLANGRAG_STORE": str(folder / "store"),
        }
        subprocess.run([SLANGRAG, "ingest", "--sample"], env=environ, check=True, capture_output=True)

        def first_request(running: subprocess.Popen[bytes]) -> float:
            running.wait(60)
            return server.calls("/api/chat")[-1].started

        tab = {"_SLANGRAG_COMPLETE": "complete_bash", "COMP_WORDS": "slangrag define riz", "COMP_CWORD": "2"}
        commands: dict[str, tuple[list[str], dict[str, str]]] = {
            "slangrag --help": (["--help"], {}),
            "slangrag --version": (["--version"], {}),
            "slangrag define rizz": (["define", "rizz"], {}),
            "slangrag search rizz (by headword)": (["search", "rizz"], {}),
            "a headword completed at Tab": ([], tab),
        }
        costs = {
            name: process([SLANGRAG, *arguments], {**environ, **more}, runs)
            for name, (arguments, more) in commands.items()
        }
        costs["slangrag ask, first source shown"] = moment(first_source, environ, runs)
        costs["slangrag ask, request at the server"] = moment(first_request, environ, runs)
    return costs


PEERS = {
    "llm --version (simonw/llm)": (["llm"], ["bin/llm", "--version"]),
    "import langchain_chroma, langchain_ollama": (
        ["langchain-chroma", "langchain-ollama"],
        ["bin/python", "-c", "import langchain_chroma, langchain_ollama"],
    ),
}


def peer_costs(folder: Path, environ: dict[str, str], runs: int) -> dict[str, Cost | str]:
    """Each peer in a virtual environment of its own, or why it is left out."""
    costs: dict[str, Cost | str] = {}
    for number, (name, (packages, command)) in enumerate(PEERS.items()):
        place = folder / f"peer{number}"
        venv.create(place, with_pip=True)
        install = [str(place / "bin/python"), "-m", "pip", "install", "--quiet", *packages]
        installed = subprocess.run(install, capture_output=True, text=True, check=False)
        if installed.returncode != 0:
            costs[name] = f"left out: {' '.join(packages)} did not install"
            continue
        try:
            costs[name] = process([str(place / command[0]), *command[1:]], environ, runs)
        except subprocess.CalledProcessError as error:
            costs[name] = f"left out: exit code {error.returncode}"
    return costs


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--peers", action="store_true", help="install the peers and measure them too")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = {**os.environ, "HOME": name}
        bare = process([sys.executable, "-c", "pass"], environ, chosen.runs)
        costs: dict[str, Cost | str] = {"python -c pass": bare, **own_costs(folder, environ, chosen.runs)}
        if chosen.peers:
            costs |= peer_costs(folder, environ, chosen.runs)
        else:
            costs |= dict.fromkeys(PEERS, "left out: --peers installs and measures it")
    print(f"{'':<44}{'wall ms':>9}{'CPU ms':>9}{'x bare':>8}")
    for what, cost in costs.items():
        if isinstance(cost, str):
            print(f"{what:<44}  {cost}")
        elif cost.cpu is None:
            print(f"{what:<44}{cost.wall:>9.0f}{'':>9}{cost.wall / bare.wall:>8.1f}  (wall)")
        else:
            assert bare.cpu
            print(f"{what:<44}{cost.wall:>9.0f}{cost.cpu:>9.0f}{cost.cpu / bare.cpu:>8.1f}")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {chosen.runs} runs each")


if __name__ == "__main__":
    main()
