"""Make src/slangrag/text/severities.txt from The Obscenity List (github.com/surge-ai/profanity, MIT).

    python benchmarks/make_severities.py profanity_en.csv src/slangrag/text/severities.txt

The list gives about 1,600 words and phrases the mean of five people's ratings from 1 (mild) to 3 (severe).
It is kept as hashes, so that nobody has to read it who only wants to use or search this repository. What
is done to it on the way, so that it can be argued with:
- words that are mostly not rude (ORDINARY) are dropped: rated as they stand they would mark a crow or a
  sheet; so are plain names of peoples, faiths and orientations, which are no obscenities;
- the canonical form of a group is added with the rating of its mildest member, for the list often has
  the variants and not the word itself;
- a phrase is kept only if it is ruder than its words.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path

from slangrag.text.rating import key_of, tokens

ORDINARY = {
    *(
        "69",
        "abbie",
        "abo",
        "abraham",
        "bang",
        "bates",
        "bbc",
        "bender",
        "blacky",
        "bonk",
        "bung",
        "buttermilk",
    ),
    *("cholo", "coot", "cooties", "crow", "crows", "crotch", "diddle", "dipstick", "dix", "dolt", "dong"),
    *(
        "finger",
        "flamer",
        "flamers",
        "forked",
        "gay",
        "gayest",
        "gayness",
        "gowl",
        "greaser",
        "grope",
        "groper",
    ),
    *(
        "gypsy",
        "hell",
        "homosexual",
        "hooters",
        "hustler",
        "jerk",
        "jew",
        "jigger",
        "klan",
        "knickers",
        "knob",
    ),
    *(
        "lesbian",
        "loose",
        "meat",
        "mong",
        "mongrel",
        "monkey",
        "muff",
        "nicker",
        "nip",
        "nob",
        "nobs",
        "nonce",
    ),
    *("nuggets", "nymph", "peter", "queer", "queers", "ramrod", "sack", "scut", "scum", "sheet", "shet"),
    *("sissy", "slag", "slit", "snatch", "spank", "spanking", "spook", "spooks", "suck", "swine", "tart"),
    *("tramp", "transvestite", "wang", "weenie", "weiner", "wound"),
}

NOTICE = """\
# Severity of rude words: 1 mild, 2 strong, 3 severe. Made by benchmarks/make_severities.py; do not edit.
# Each line: BLAKE2b (eight bytes, in hex) of a word or phrase, and its severity.
# A plus marks a word that begins a phrase, a minus one that stands second; 0: not rude by itself.
#
# Derived from The Obscenity List, which is:
# MIT License. Copyright (c) 2021 Surge AI
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
# associated documentation files (the "Software"), to deal in the Software without restriction, including
# without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
# copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
# following conditions: The above copyright notice and this permission notice shall be included in all
# copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY
# KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A
# PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
# ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
# OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def severities(path: Path) -> dict[tuple[str, ...], int]:
    """Words (as tuples of tokens) and their severity, 1 to 3."""
    listed: dict[tuple[str, ...], int] = {}
    groups: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            severity = round(float(row["severity_rating"]))
            words = tuple(tokens(row["text"]))
            # Spellings that fall apart into letters, or lose a sign at the end, would be other words.
            whole = " ".join(words) == row["text"].casefold().replace("-", " ")
            if row["text"].casefold() in ORDINARY or not whole or not any(len(word) > 1 for word in words):
                continue
            listed[words] = max(severity, listed.get(words, 0))
            if not row["canonical_form_2"]:
                groups[tuple(tokens(row["canonical_form_1"]))].append(severity)
    for words, members in groups.items():
        if words not in listed and " ".join(words) not in ORDINARY:
            listed[words] = min(members)
    return listed


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, help="profanity_en.csv of the list")
    parser.add_argument("target", type=Path, help="severities.txt")
    arguments = parser.parse_args()
    listed = severities(arguments.source)
    kept: dict[tuple[str, ...], int] = {
        words: severity for words, severity in listed.items() if len(words) == 1
    }
    marks: defaultdict[tuple[str, ...], str] = defaultdict(str)
    for words, severity in listed.items():
        if len(words) > 1 and severity > max(kept.get((word,), 0) for word in words):
            kept[words] = severity
            for word, mark in zip(words, "+-", strict=False):
                marks[(word,)] += mark * (mark not in marks[(word,)])
    for single in list(marks):
        kept.setdefault(single, 0)
    lines = sorted(f"{key_of(words).hex()} {severity}{marks[words]}" for words, severity in kept.items())
    arguments.target.write_text(NOTICE + "\n".join(lines) + "\n", encoding="ascii")
    print(f"{len(lines)} lines: {sum(len(words) > 1 for words in kept)} phrases")


if __name__ == "__main__":
    main()
