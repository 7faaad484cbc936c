"""What going below the `ollama` package buys: time to a question's request, and CPU a vector.

    python -m benchmarks.ollama_wire [--times 7] [--rows 2560]

Against the tests' stand-in (no model, so that only the client is measured). Prints, for the wire and for
the package: milliseconds from the start of a fresh process to its chat request's arrival, and rows/s and
client CPU of embedding in batches of 128, 768 numbers a row, with the shape of a GPU server (6 ms a
call, 0.25 ms a row); each with the ratio of package to wire. Measured on two busy cores: the package's
request comes 3.4 times as late, and its vectors cost 3.7 times the CPU.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from tests.standin import StandIn, chat_model

from slangrag.engines.ollama import OllamaEmbedder, OllamaServer
from slangrag.engines.ollama.host import parse_host

ROOT = Path(__file__).resolve().parent.parent

WIRE = """
import sys
from slangrag.config import load_settings
from slangrag.engines.ollama import OllamaChat, connect
from slangrag.engines.protocols import ChatOptions, Message

server = connect(load_settings({"ollama_host": sys.argv[1]}))
list(OllamaChat(server).stream([Message("user", "hi")], ChatOptions()))
"""
PACKAGE = """
import sys
import ollama

client = ollama.Client(host=sys.argv[1], timeout=5, trust_env=False)
list(client.chat(model="llama3.1", messages=[{"role": "user", "content": "hi"}], stream=True))
"""


def until_the_request(code: str, times: int) -> float:
    """Median milliseconds from the start of a process that runs `code` to its request's arrival."""
    taken = []
    with StandIn([chat_model("llama3.1")]) as standin:
        for _ in range(times):
            began = time.time()
            subprocess.run([sys.executable, "-c", code, standin.url], check=True)
            taken.append((standin.requests[-1].started - began) * 1000)
    return statistics.median(taken)


def embedding(embed: Callable[[Sequence[str]], object], texts: Sequence[str]) -> tuple[float, float]:
    """Rows a second, and microseconds of this process's CPU a row, over batches of 128."""
    began, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(texts), 128):
        embed(texts[start : start + 128])
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    return len(texts) / seconds, cpu / len(texts) * 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--rows", type=int, default=2560)
    asked = parser.parse_args()

    wire, package = until_the_request(WIRE, asked.times), until_the_request(PACKAGE, asked.times)
    print(f"chat request after: wire {wire:.0f} ms, package {package:.0f} ms ({package / wire:.1f} times)")

    command = [sys.executable, "-m", "tests.standin", "--model", "nomic-embed-text", "--pooled"]
    command += ["--call-ms", "6", "--row-ms", "0.25"]
    texts = [
        f"word {number}: a definition of some twelve words or so, as many are" for number in range(asked.rows)
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        server = OllamaServer(parse_host(process.stdout.readline().split()[-1]))
        embedder = OllamaEmbedder(server)
        assert embedder.identity.dimension == 768

        def by_package(batch: Sequence[str]) -> object:
            reply = server.client.embed(model="nomic-embed-text", input=batch, truncate=False)
            return np.asarray(reply.embeddings, dtype=np.float32)

        for turn in range(2):  # the first warms up
            (rows, cpu), (package_rows, package_cpu) = (
                embedding(embed, texts) for embed in (embedder.embed_documents, by_package)
            )
            if turn:
                print(
                    f"embedding: wire {rows:.0f} rows/s, {cpu:.0f} us of CPU a row; "
                    f"package {package_rows:.0f} rows/s, {package_cpu:.0f} us ({package_cpu / cpu:.1f} times)"
                )
        server.close()
        process.terminate()


if __name__ == "__main__":
    main()
