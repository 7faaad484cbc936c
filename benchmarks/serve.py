"""`slangrag serve` under load, on this machine: latencies, refusals, memory, its share of an answer.

    python -m benchmarks.serve STORE [--seconds 600] [--token-ms 30]

The server is a process of its own with the embedded engine's embedder. The model that answers is the tests'
stand-in for Ollama, slowed to `--token-ms` a token: simulated. Clients are in this process and speak HTTP by
hand, so that they cost little. Everything is on loopback and ends with the benchmark.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.standin import Shape, StandIn, chat_model

WORDS = ("rizz", "salty", "drip", "ghost", "bet", "cap", "simp", "slay", "mid", "xqzzyv")
SEARCHES = (
    "the word for ignoring someone's texts",
    "no cap that fit is bussin",
    "very good food",
    "he ghosted me",
)
ANSWER = (
    "Rizz is charm or skill at attracting someone romantically, mostly through easy talk [1]. "
    "Someone with plenty of it wins people over without seeming to try [1]. "
    "It is widely taken to be cut from the middle of charisma [2]. "
    "As a verb it is to charm or flirt with someone successfully [3]."
)


def speak(_turns: Any, _options: Any) -> Iterator[str]:
    """The scripted answer, word by word."""
    for word in ANSWER.split(" "):
        yield f"{word} "


@contextmanager
def server(store: Path, ollama: str) -> Iterator[tuple[str, int]]:
    """A server process; its address and process id."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "slangrag",
            "serve",
            "--port",
            "0",
            "--store",
            str(store),
            "--engine",
            "ollama",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "OLLAMA_HOST": ollama, "SLANGRAG_CHECK": "words"},
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


class Client:
    """One keep-alive connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: Any, accept: str = "application/json") -> tuple[int, float, float]:
        """Status, seconds to the first byte of the body, seconds in all."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        payload = json.dumps(body).encode()
        began = time.perf_counter()
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nAccept: {accept}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n\r\n".encode()
            + payload
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        status = int(head.split(" ", 2)[1])
        first = 0.0
        if "transfer-encoding: chunked" in head:
            while size := int(await reader.readline(), 16):
                first = first or time.perf_counter() - began
                await reader.readexactly(size + 2)
            await reader.readline()
        else:
            length = int(head.split("content-length: ")[1].split("\r\n")[0])
            await reader.readexactly(length)
            first = time.perf_counter() - began
        return status, first, time.perf_counter() - began

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()


def rss_mb(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def spread(values: list[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(values)
    high = ordered[int(len(ordered) * 0.95)]
    return f"p50 {statistics.median(ordered) * 1000:7.1f} ms, p95 {high * 1000:7.1f} ms"


async def alone(url: str, ollama: str) -> None:
    """One client, nothing else."""
    client = Client(url)
    for _ in range(20):
        await client.post("/api/define", {"word": "rizz"})
    defines = [(await client.post("/api/define", {"word": WORDS[n % 10]}))[2] for n in range(300)]
    print(f"define, warm:                 {spread(defines)}")
    searches = [(await client.post("/api/search", {"query": SEARCHES[n % 4]}))[2] for n in range(60)]
    print(f"search, warm:                 {spread(searches)}")
    quoted = {"question": "what does rizz mean", "quoted": True}
    firsts = [(await client.post("/api/ask", quoted, "text/event-stream"))[1] for _ in range(60)]
    print(f"quoted ask, first byte:       {spread(firsts)}")
    asked = {"question": "what does rizz mean"}
    turn = {"model": "llama3.1", "messages": [{"role": "user", "content": "what does rizz mean"}]}
    bare, totals, models = Client(ollama), [], []
    for _ in range(10):  # in turns: a busy machine is busy for both
        models.append((await bare.post("/api/chat", turn))[2])
        totals.append((await client.post("/api/ask", asked, "text/event-stream"))[2])
        bare.close()
        bare = Client(ollama)
    print(f"the model alone:              {spread(models)}")
    share = statistics.median(totals) / statistics.median(models) - 1
    print(f"streamed ask:                 {spread(totals)}; the server's share is {share:.1%}")
    client.close()


async def together(url: str, pid: int, seconds: float) -> None:
    """Fifty clients that define and search, ten that ask."""
    until = time.monotonic() + seconds
    times: dict[str, list[float]] = defaultdict(list)
    statuses: Counter[tuple[str, int]] = Counter()

    async def work(kind: str, number: int) -> None:
        client, turn = Client(url), number
        while time.monotonic() < until:
            turn += 1
            path, body = {
                "define": ("/api/define", {"word": WORDS[turn % 10]}),
                "search": ("/api/search", {"query": SEARCHES[turn % 4]}),
                "ask": ("/api/ask", {"question": "what does rizz mean"}),
            }[kind]
            status, _, total = await client.post(path, body)
            statuses[kind, status] += 1
            if status == 200:
                times[kind].append(total)
            await asyncio.sleep(1.0 if status == 503 else 0.2)
        client.close()

    async def memory() -> None:
        while time.monotonic() < until:
            print(f"  {seconds - (until - time.monotonic()):5.0f} s  {rss_mb(pid):6.0f} MB", flush=True)
            await asyncio.sleep(max(seconds / 10, 1))

    kinds = ["define"] * 40 + ["search"] * 10 + ["ask"] * 10
    await asyncio.gather(memory(), *(work(kind, number) for number, kind in enumerate(kinds)))
    for kind in ("define", "search", "ask"):
        counted = {status: n for (name, status), n in sorted(statuses.items()) if name == kind}
        print(f"{kind:7} {spread(times[kind])}  by status {counted}")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--token-ms", type=float, default=30)
    given = parser.parse_args()
    with (
        StandIn([chat_model("llama3.1", chat=speak)], shape=Shape(token_ms=given.token_ms)) as ollama,
        server(given.store, ollama.url) as (url, pid),
    ):
        asyncio.run(alone(url, ollama.url))
        asyncio.run(together(url, pid, given.seconds))


if __name__ == "__main__":
    main()
