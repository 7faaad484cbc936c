"""Slang in labelled messages: what is taken for slang, in which sense, which ordinary uses are left alone.

    python -m benchmarks.slang_messages --real minilm=FOLDER --sample minilm=FOLDER [--messages FILE]

The stores are made by `embedders.py`. The shipped weights are fitted on these messages; figures with the
headword held out are printed by `fit_weights.py`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.embedders import bench_store
from benchmarks.fit_slang import MESSAGES, same_span
from slangrag.retrieval.slang import LIKELY
from slangrag.retrieval.slang_spans import slang_in
from slangrag.retrieval.slang_store import SlangStore


def measure(name: str, store: SlangStore, messages: list[dict[str, Any]]) -> None:
    """Print precision and recall of spans, the share of right senses, and of ordinary uses left alone."""
    right = wrong = missed = sense = senses = alone = uses = 0
    for message in messages:
        spans = slang_in(message["text"], store)
        said = [one for one in spans if one.probability >= LIKELY]
        for start, end, entry_ids in message["slang"]:
            found = [one for one in said if same_span(one.span.start, one.span.end, start, end)]
            right += bool(found)
            missed += not found
            if found and entry_ids:
                senses += 1
                sense += found[0].hits[0].entry.entry_id in entry_ids
        for one in said:
            wrong += not any(same_span(one.span.start, one.span.end, a, b) for a, b, _ in message["slang"])
        for start, end in message["ordinary"]:
            if any((one.span.start, one.span.end) == (start, end) for one in spans):
                uses += 1
                alone += not any(one.span.start < end and start < one.span.end for one in said)
    print(
        f"{name}: precision {right / (right + wrong):.3f}, recall {right / (right + missed):.3f}, "
        f"right sense {sense / senses:.3f} ({senses}), left alone {alone / uses:.3f} ({uses})"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--real", nargs="*", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--sample", nargs="*", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--messages", type=Path, default=MESSAGES)
    arguments = parser.parse_args()
    lines = arguments.messages.read_text(encoding="utf-8").splitlines()
    messages = [json.loads(line) for line in lines]
    for kind in ("real", "sample"):
        for one in getattr(arguments, kind):
            name, _, folder = one.partition("=")
            with bench_store(Path(folder), name) as store:
                measure(f"{kind}, {name}", store, [m for m in messages if m["store"] == kind])


if __name__ == "__main__":
    main()
