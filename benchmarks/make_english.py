"""Make src/slangrag/text/english.txt: how the commonest English words are used, by part of speech; and
rarer.txt beside it: the words of a small dictionary that are not in it.

    python benchmarks/make_english.py SCOWL WORDNET src/slangrag/text/english.txt

SCOWL is a folder with english-words.10 to .50 and WORDNET one with WordNet 3.0's index.*, *.exc and
cntlist.rev (Debian: packages scowl and wordnet-base, below /usr/share). SCOWL's sizes 10 and 20 are the
words that everybody knows; they count as ordinary. Of the sizes to 50 only those are added that WordNet
knows mostly as adjectives or adverbs, marked "~": they help to tell what a definition begins with.
rarer.txt has the rest of size 35, American and British spellings too.

A line is a word and its uses, commonest first: n noun, N plural, v verb, s third person, d past or
participle, g -ing form, a adjective, r adverb. A use with less than an eighth of the word's occurrences in
WordNet's tagged texts is left out. Strong language is left out too.
"""

from __future__ import annotations

import argparse
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from slangrag.text.rating import rate

NOTICE = """\
# The commonest English words and how they are used. Made by benchmarks/make_english.py from two sources.
#
# SCOWL: Copyright 2000-2011 by Kevin Atkinson. Permission to use, copy, modify, distribute and sell these
# word
# lists, the associated scripts, the output created from the scripts, and its documentation for any purpose is
# hereby granted without fee, provided that the above copyright notice appears in all copies and that both
# that
# copyright notice and this permission notice appear in supporting documentation. Kevin Atkinson makes no
# representations about the suitability of this array for any purpose. It is provided "as is" without
# express or
# implied warranty.
#
# WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved. Permission to use, copy, modify and
# distribute this software and database and its documentation for any purpose and without fee or royalty is
# hereby
# granted, provided that you agree to comply with the following copyright notice and statements, including the
# disclaimer, and that the same appear on ALL copies of the software, database and documentation, including
# modifications that you make for internal use or for distribution. THIS SOFTWARE AND DATABASE IS PROVIDED
# "AS IS"
# AND PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR IMPLIED. BY WAY OF EXAMPLE,
# BUT NOT
# LIMITATION, PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES OF MERCHANTABILITY OR FITNESS FOR
# ANY
# PARTICULAR PURPOSE OR THAT THE USE OF THE LICENSED SOFTWARE, DATABASE OR DOCUMENTATION WILL NOT INFRINGE
# ANY THIRD
# PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR OTHER RIGHTS. The name of Princeton University or Princeton may
# not be
# used in advertising or publicity pertaining to distribution of the software and/or database. Title to
# copyright in
# this software, database and any associated documentation shall at all times remain with Princeton
# University and
# LICENSEE agrees to preserve same.
"""
RARER_TITLE = "# Words of plain English that are less common. Made by benchmarks/make_english.py from SCOWL."
POS_OF_SENSE = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
FILES = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
ORDINARY = (10, 20)
RARER = (35, 40, 50)
PLAIN = (10, 20, 35)
SPELLINGS = ("english", "american", "british")
LEAST_SHARE = 0.12
EVERYDAY = """mom mum dad mommy grandma grandpa granny auntie uncle kid kids fridge pizza burger sandwich
fries
cookie email laptop website internet online video app phone wifi sofa toilet bathroom shampoo shower jeans
sweater
homework teacher classroom weekend birthday airport bike motorbike skateboard guitar movie soccer
basketball baseball
football puppy kitten cat hamster banana tomato cereal yogurt lunch breakfast dinner dessert chocolate butter
girlfriend boyfriend roommate neighbor neighbour barista boss landlord haircut makeup sneakers vacation
holiday
sunny rainy windy tired hungry sleepy happy sad angry scared nervous funny boring awesome nice"""
"""Everyday words, most of which SCOWL, drawn from older books, counts as rarer."""


class WordNet:
    """Lemmas by part of speech, how often each occurs in the tagged texts, irregular forms."""

    def __init__(self, folder: Path) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.lemmas: dict[str, set[str]] = defaultdict(set)
        self.irregular: dict[tuple[str, str], set[str]] = defaultdict(set)
        for line in (folder / "cntlist.rev").read_text().splitlines():
            key, _, number = line.split()
            lemma, _, rest = key.partition("%")
            self.counts[lemma][POS_OF_SENSE[rest[0]]] += int(number)
        for name, pos in FILES.items():
            for line in (folder / f"index.{name}").read_text().splitlines():
                if not line.startswith(" "):
                    self.lemmas[line.split()[0]].add(pos)
            for line in (folder / f"{name}.exc").read_text().splitlines():
                form, *bases = line.split()
                self.irregular[form, pos].update(bases)

    def uses(self, word: str) -> str:
        """The letters of the word's uses, commonest first."""
        found: Counter[str] = Counter()
        for pos in self.lemmas.get(word, ()):
            found[pos] += 2 * self.counts[word][pos] + 1
        for base, pos, letter in self._bases(word):
            if pos in self.lemmas.get(base, ()):
                found[letter] = max(found[letter], 2 * self.counts[base][pos] + 1)
        total = sum(found.values())
        return "".join(use for use, n in found.most_common() if n >= LEAST_SHARE * total)

    def _bases(self, word: str) -> Iterator[tuple[str, str, str]]:
        for base in self.irregular.get((word, "n"), ()):
            yield base, "n", "N"
        for base in self.irregular.get((word, "v"), ()):
            yield base, "v", "g" if word.endswith("ing") else "d"
        for base in self.irregular.get((word, "a"), ()):
            yield base, "a", "a"
        for ending, pos, letter in (("s", "n", "N"), ("s", "v", "s"), ("ed", "v", "d"), ("ing", "v", "g")):
            if not word.endswith(ending) or word.endswith("ss"):
                continue
            rest = word.removesuffix(ending)
            bases = {rest}
            if ending == "s":
                bases |= {rest.removesuffix("e"), rest[:-2] + "y"} if rest.endswith("e") else set()
            else:
                bases |= {rest + "e", rest[:-1] if rest[-2:-1] == rest[-1:] else rest}
                bases |= {rest[:-1] + "y"} if rest.endswith("i") else set()
            for base in bases - {word}:
                yield base, pos, letter


def words(folder: Path, sizes: tuple[int, ...], spelling: str = "english") -> set[str]:
    """The lower-case words of two letters and more in SCOWL's lists of these sizes."""
    found: set[str] = set()
    for size in sizes:
        found.update((folder / f"{spelling}-words.{size}").read_text(encoding="latin-1").split())
    return {word for word in found if len(word) > 1 and word.isascii() and word.isalpha() and word.islower()}


def main() -> None:
    """Read both sources, write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("scowl", type=Path)
    parser.add_argument("wordnet", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    wordnet = WordNet(asked.wordnet)
    ordinary = words(asked.scowl, ORDINARY) | set(EVERYDAY.split())
    lines = [f"{word} {wordnet.uses(word)}".strip() for word in sorted(ordinary) if rate(word) < 2]
    for word in sorted(words(asked.scowl, RARER) - ordinary):
        uses = wordnet.uses(word)
        if uses[:1] in ("a", "r") and rate(word) < 2:
            lines.append(f"~{word} {uses}")
    asked.out.write_text(NOTICE + "\n".join(lines) + "\n", encoding="utf-8")
    rarer = {word for spelling in SPELLINGS for word in words(asked.scowl, PLAIN, spelling)} - ordinary
    listed = sorted(word for word in rarer if rate(word) < 2)
    licence = " ".join(line.strip("# ") for line in NOTICE.split("#\n")[1].splitlines())
    header = "\n".join([RARER_TITLE, "#", *(f"# {line}" for line in textwrap.wrap(licence, 108))])
    (asked.out.parent / "rarer.txt").write_text("\n".join([header, *listed, ""]), encoding="utf-8")
    print(f"{len(lines)} words, {len(listed)} rarer ones")


if __name__ == "__main__":
    main()
