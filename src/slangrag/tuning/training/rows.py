"""From examples to what the trainer takes: columns of texts, and batches in which no headword comes twice.

In a batch every other query's texts are negatives. Two definitions of one word would then be told apart
that should be near each other.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence

from slangrag.text.forms import fold
from slangrag.tuning.examples import Example, document

Cut = Callable[[str], str]


def columns(
    examples: Sequence[Example],
    *,
    negatives: int,
    query_template: str,
    document_template: str,
    cut: Cut,
    seed: int,
) -> dict[str, list[str]]:
    """`anchor`, `positive`, `negative_1`...: one text an example in each, with the prefixes of the templates.

    cut shortens a query. An example with fewer negatives than `negatives` gets some of other headwords'.
    """
    chance = random.Random(seed)
    # By their own headwords: what is wrong for one query may be right for another.
    pool = [(fold(text.partition(": ")[0]), text) for one in examples for text in one.neg]
    wanted = negatives if len({word for word, _ in pool}) > 1 else 0

    def of(example: Example) -> list[str]:
        own = list(example.neg[:wanted])
        while len(own) < wanted:
            word, text = chance.choice(pool)
            if word != fold(example.headword):
                own.append(text)
        return own

    found: dict[str, list[str]] = {"anchor": [], "positive": []}
    found |= {f"negative_{n}": [] for n in range(1, wanted + 1)}
    for example in examples:
        found["anchor"].append(query_template.replace("{text}", cut(example.query), 1))
        found["positive"].append(document(example.pos[0], document_template))
        for number, text in enumerate(of(example), 1):
            found[f"negative_{number}"].append(document(text, document_template))
    return found


def batches(headwords: Sequence[str], size: int, seed: int) -> list[list[int]]:
    """Row numbers in batches of `size`, or fewer, in which no headword comes twice; all rows once.

    There are as many batches whatever the seed. They differ in size by one at most.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(headwords):
        groups[fold(word)].append(number)
    chance = random.Random(seed)
    order = list(groups.values())
    for group in order:
        chance.shuffle(group)
    chance.shuffle(order)
    count = max(-(-len(headwords) // size), max(map(len, order), default=0))
    dealt: list[list[int]] = [[] for _ in range(count)]
    # Rows of a headword follow each other, and there are no more of them than batches.
    for place, row in enumerate(row for group in order for row in group):
        dealt[place % count].append(row)
    chance.shuffle(dealt)
    return dealt
