"""What the embedded engine costs: loading, the first token, tokens a second, vectors a second.

    python benchmarks/embedded_engine.py [--threads N] [--rows N]

Uses the sample's own texts. Wall-clock figures are this machine's as busy as it is; the CPU figures
say what an idle one could do. Needs the weights (`slangrag models pull --engine embedded`).
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from slangrag.config import Settings, load_settings
from slangrag.engines.embedded.chat import EmbeddedChat
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.engines.embedded.threads import idle_threads
from slangrag.engines.protocols import ChatOptions, ChatUsage, Message

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample_slang.csv"


@contextmanager
def timed(what: str, count: int = 0) -> Iterator[None]:
    """Print wall and CPU seconds of the block, and `count` a second if given."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rates = f"   {count / wall:7.0f} a second, {count / cpu:.0f} a CPU second" if count else ""
    print(f"{what:<34}{wall:7.2f} s, {cpu:.2f} CPU s{rates}")


def measure_embedder(settings: Settings, rows: int) -> None:
    """Loading, a question, and the sample's definitions."""
    with SAMPLE.open(encoding="utf-8", newline="") as stream:
        texts = [f"{row['word']}: {row['definition']}" for row in csv.DictReader(stream)][:rows]
    with timed("embedder, loading"):
        embedder = EmbeddedEmbedder(settings)
    embedder.embed_query("warm up")
    with timed("embedder, one question"):
        embedder.embed_query("what does no cap mean")
    with timed(f"embedder, {len(texts)} definitions", len(texts)):
        embedder.embed_documents(texts)


def measure_chat(settings: Settings) -> None:
    """Loading, a cold and a warm question of about 400 tokens, 100 tokens of answer."""
    with timed("chat, loading"):
        chat = EmbeddedChat(settings)
        chat.warm_up()
    definitions = "\n".join(
        f"[{n}] rizz: charm, the ability to attract a partner, sense {n}" for n in range(20)
    )
    messages = [Message("system", "Explain slang."), Message("user", f"{definitions}\nWhat is rizz?")]
    for kind in ("cold", "warm (same prompt)"):
        usage = ChatUsage()
        for _ in chat.stream(messages, ChatOptions(max_tokens=100, temperature=0.8), usage):
            pass
        speed = usage.answer_tokens / max(1e-9, usage.total_ms - usage.first_token_ms) * 1000
        print(
            f"chat, {kind:<28}{usage.first_token_ms / 1000:7.2f} s to the first token of a prompt of "
            f"{usage.prompt_tokens}, then {speed:.0f} tokens a second"
        )
    with timed("chat, freeing"):
        chat.close()


def main() -> None:
    """Measure both halves of the engine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--rows", type=int, default=400)
    asked = parser.parse_args()
    settings = replace(load_settings(), threads=asked.threads)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{os.cpu_count()} cores, load {load:.1f}: {idle_threads(asked.threads)} threads")
    measure_embedder(settings, asked.rows)
    measure_chat(settings)


if __name__ == "__main__":
    main()
