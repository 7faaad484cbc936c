"""Ninety words of the sample, answered: a transcript to be read by a person, with the program's verdicts.

    python benchmarks/answers.py --store STORE [--quoted | --generate] [--engine embedded] [--words FILE]

STORE holds the sample (`slangrag ingest --sample --store STORE`); with --words, a file of headwords, one a
line, it may be another. --quoted asks no model; --generate lets a model speak that is too small to explain.
Prints each answer, the definitions it cites, what was withdrawn and why, and then: answers in the model's
own words, answers quoted, seconds to the end (median, slowest). The verdicts say what the program believed;
whether they are right is for the reader.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from slangrag import Slang
from slangrag.answer.events import Finished, Remark, Sentence, Sources, Withdrawn

WORDS = """rizz, no cap, ghosting, salty, yeet, bet, bussin, delulu, drip, simp, lowkey, touch grass, cap,
fire, sick, mid, goat, tea, slay, sus, FOMO, stan, ratio, brain rot, noob, hangry, humblebrag, camper, dip,
side hustle, party pooper, grand, bare, dodgy, phubbing, shadowban, read the room, hopium, puppy love,
clickbait, moots, frfr, on read, fleek, gyatt, TLDR, low-key, opps, g2g, n00b, irl, brb, quiet quitting,
ok boomer, hubby, broski, weeb, snatched, jiggy, binge-watch, teh, soft life, catfish, bussin', adulting,
lad, e-boy, wardrobe malfunction, w00t, fresh, main, clapped, shook, epic fail, self-care, steez,
and I oop, unspoken rizz, lel, headcanon, demure, skint, roman empire, hella, bands, mogged, on fleek,
slaps, mad, friend zone"""


def main() -> None:
    """Ask, print, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--engine", default="embedded")
    parser.add_argument("--model", default=None)
    parser.add_argument("--words", type=Path, default=None)
    parser.add_argument("--quoted", action="store_true")
    parser.add_argument("--generate", action="store_true")
    asked = parser.parse_args()
    seconds: list[float] = []
    own = quoted = withdrawn = 0
    text = asked.words.read_text("utf-8") if asked.words else " ".join(WORDS.split()).replace(",", "\n")
    words = [word.strip() for word in text.splitlines() if word.strip()]
    with Slang.open(asked.store, engine=asked.engine, chat_model=asked.model) as slang:
        for word in words:
            question = f"what does {word} mean"
            began = time.perf_counter()
            for event in slang.ask(question, quoted=asked.quoted, generate=asked.generate):
                if isinstance(event, Sources):
                    print(f"\n## {question}  (known: {event.retrieval.known})")
                elif isinstance(event, Remark):
                    print(f"  remark     {event.text}")
                elif isinstance(event, Sentence):
                    own, quoted = own + (not event.quoted), quoted + event.quoted
                    print(f"  {'quoted   ' if event.quoted else 'supported'}  {event.text}")
                elif isinstance(event, Withdrawn):
                    withdrawn += 1
                    print(f"  withdrawn  {event.text}  ({event.reason})")
                elif isinstance(event, Finished):
                    for cited in event.answer.citations:
                        definition = event.answer.hits[cited.n - 1].entry.definition.replace("\n", " / ")
                        print(f"      [{cited.n}] {cited.word}: {definition}")
            seconds.append(time.perf_counter() - began)
    print(
        f"\n{len(words)} questions: {own} sentences in the model's words, {quoted} quotations, "
        f"{withdrawn} withdrawn; seconds: median {statistics.median(seconds):.2f}, most {max(seconds):.2f}"
    )


if __name__ == "__main__":
    main()
