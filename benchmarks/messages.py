"""How well `translate` sees the slang of labelled messages without a model, and what it wrongly takes.

    python benchmarks/messages.py MESSAGES --store sample=STORE --store real=STORE
        [--verbose] [--substitute]

A message a line: `text`, `store` (the name of the store that it is read with), `slang` (a list of start, end
and the entry ids that are the right sense there, none where nobody said) and `ordinary` (start and end of
ordinary words and names that a slang dictionary could be tempted by). Found is a slang span that a term
overlaps; a term that overlaps an ordinary span alone took it for slang; any other is counted apart.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from slangrag import Slang
from slangrag.service import documents


def main() -> None:
    """Read the messages, translate each from the glossary alone, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("messages", type=Path)
    parser.add_argument("--store", action="append", required=True, metavar="NAME=DIRECTORY")
    parser.add_argument("--engine", default="embedded")
    parser.add_argument("--verbose", action="store_true", help="print what was missed and what was taken")
    parser.add_argument("--substitute", action="store_true", help="print each message that it changes")
    asked = parser.parse_args()
    stores = dict(one.split("=", 1) for one in asked.store)
    lines = [json.loads(line) for line in asked.messages.read_text(encoding="utf-8").splitlines() if line]
    for name, directory in stores.items():
        counts: Counter[str] = Counter()
        with Slang.open(directory, engine=asked.engine) as slang:
            for one in lines:
                if one["store"] != name:
                    continue
                told = documents.translation(
                    slang.translate(one["text"], ask_model=False, substitute=asked.substitute)
                )
                count(one, told, counts, verbose=asked.verbose)
        print(summary(name, counts))


def count(one: dict[str, Any], told: dict[str, Any], counts: Counter[str], *, verbose: bool) -> None:
    """Add one message to the counts."""
    text, terms = one["text"], told["terms"]
    counts["messages"] += 1
    counts["changed"] += told["plain"] != text
    if verbose and told["plain"] != text:
        print(f"  changed: {text} -> {told['plain']}")

    def at(start: int, end: int) -> list[dict[str, Any]]:
        return [term for term in terms if term["start"] < end and start < term["end"]]

    taken: list[dict[str, Any]] = []
    for start, end, right in one["slang"]:
        counts["slang"] += 1
        here = at(start, end)
        taken += here
        counts["found"] += bool(here)
        counts["found, sense known"] += bool(here) and bool(right)
        counts["right sense"] += bool(here) and here[0]["entry_id"] in right
        second = [sense["entry_id"] for sense in here[0].get("senses", ())] if here else []
        counts["right among the told"] += bool(here) and bool(set(second) & set(right))
        if verbose and not here:
            print(f"  missed {text[start:end]!r}: {text}")
        elif verbose and here[0]["entry_id"] not in right:
            print(f"  sense of {text[start:end]!r}: {here[0]['definition'][:90]!r}: {text}")
    for start, end in one["ordinary"]:
        counts["ordinary"] += 1
        wrong = [term for term in at(start, end) if term not in taken]
        counts["ordinary taken"] += bool(wrong)
        taken += wrong
        if verbose and wrong:
            print(f"  taken {text[start:end]!r}: {text}")
    others = [term for term in terms if term not in taken]
    counts["other terms"] += len(others)
    if verbose and others:
        print(f"  other {[term['span'] for term in others]}: {text}")


def summary(name: str, counts: Counter[str]) -> str:
    """One line of shares."""

    def share(part: str, whole: str) -> str:
        return f"{counts[part]}/{counts[whole]} ({counts[part] / max(1, counts[whole]):.2f})"

    return (
        f"{name}: {counts['messages']} messages; slang found {share('found', 'slang')}; right sense first "
        f"{share('right sense', 'found, sense known')}, "
        f"among the told {share('right among the told', 'found, sense known')}; ordinary "
        f"taken {share('ordinary taken', 'ordinary')}; other terms {counts['other terms']}; "
        f"messages changed {counts['changed']}"
    )


if __name__ == "__main__":
    main()
