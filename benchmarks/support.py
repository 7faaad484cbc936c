"""How sentences of labelled replies are judged: by words, and by words and a second judge.

    python benchmarks/support.py LABELLED... [--unseen] [--without-embedder] [--judge MODEL | --nli DIR]

LABELLED are files of labelled replies (see support_cases.py), half of them with a planted mistake.
--unseen scores each sentence by a model fitted without its headword: for the files that words.json was
fitted on. The second judge is scripted (it says yes to so many of the faithful sentences and of the others;
expected values, nothing is drawn), and with --judge a real chat model, or with --nli an NLI model.
Unmarked are supported sentences and remarks; "one in ten" is what of the unmarked would deserve it if one
sentence in ten were a mistake.
"""

from __future__ import annotations

import argparse
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.fit_support import background, left_open, matrix, unseen
from benchmarks.support_cases import Case, cases
from slangrag.answer.events import Support
from slangrag.answer.support.settle import settled, undecided
from slangrag.answer.support.types import Judgement, SupportChecker
from slangrag.answer.support.words import Words, fitted
from slangrag.config import load_settings

LABELS = ("supported", "framing", "unsupported", "contradicted")
COLUMNS: Final[dict[Support, int]] = {"supported": 11, "remark": 8, "own words": 11, "withheld": 10}
SCRIPTED = ((0.8, 0.2), (0.9, 0.1), (0.9, 0.05), (0.95, 0.05), (0.98, 0.02), (1.0, 0.0), (1.0, 1.0))


def by_words(found: Sequence[Case], words: Words, *, out_of_fold: bool) -> list[Judgement]:
    """Words' judgements; with out_of_fold each score is from a model that had not seen the headword."""
    judged = [words.judge([case.claim], case.sources, case.claim.question)[0] for case in found]
    if not out_of_fold:
        return judged
    kept = left_open(found)
    x, y = matrix(words, kept)
    scores = dict(zip(map(id, kept), unseen(x, y, [case.group for case in kept]), strict=True))
    limit = fitted(with_cosines=words.has_cosines).supported
    for at, case in enumerate(found):
        if id(case) in scores:
            score = float(scores[id(case)])
            support: Support = "supported" if score >= limit else "own words"
            judged[at] = replace(judged[at], support=support, score=score, decided_by="words")
    return judged


def table(found: Sequence[Case], judged: Sequence[Judgement]) -> None:
    """How many of each label, and of good and bad replies, got which support."""
    print(f"{'':14} {'n':>5}" + "".join(f"{support:>{w}}" for support, w in COLUMNS.items()))
    groups = {label: [j for c, j in zip(found, judged, strict=True) if c.label == label] for label in LABELS}
    for kind in ("good", "bad"):
        groups[f"{kind} replies"] = [j for c, j in zip(found, judged, strict=True) if c.kind == kind]
    for name, group in groups.items():
        n = Counter(j.support for j in group)
        print(f"{name:14} {n.total():5}" + "".join(f"{n[support]:>{w}}" for support, w in COLUMNS.items()))


def measures(found: Sequence[Case], unmarked: Sequence[float], shown: Sequence[float]) -> str:
    """The issue's figures in one line; unmarked and shown are the chance of each for every sentence."""
    faithful = np.array([case.faithful for case in found])
    contradicted = np.array([case.label == "contradicted" for case in found])
    free, seen = np.array(unmarked), np.array(shown)
    of_faithful, of_others = free[faithful].mean(), free[~faithful].mean()
    rare = 0.9 * of_faithful / (0.9 * of_faithful + 0.1 * of_others)
    return (
        f"faithful shown {seen[faithful].mean():.3f}, unmarked {of_faithful:.3f}; "
        f"unmarked deserve it {free[faithful].sum() / free.sum():.3f} (one in ten: {rare:.3f}); "
        f"contradictions unmarked {free[contradicted].mean():.3f}"
    )


def free(judged: Sequence[Judgement]) -> list[float]:
    """1 for each sentence that is shown unmarked."""
    return [float(j.support in ("supported", "remark")) for j in judged]


def shown(judged: Sequence[Judgement]) -> list[float]:
    """1 for each sentence that is shown."""
    return [float(j.support != "withheld") for j in judged]


def scripted(found: Sequence[Case], judged: Sequence[Judgement], believed_from: float) -> None:
    """Expected figures with judges of known accuracy."""
    for right, wrong in SCRIPTED:
        chances = [
            (right if case.faithful else wrong)
            if undecided(one) and one.score >= believed_from
            else float(one.support in ("supported", "remark"))
            for case, one in zip(found, judged, strict=True)
        ]
        says = f"judge: yes to {right:.2f} of the faithful, {wrong:.2f} of the others"
        print(f"{says}: {measures(found, chances, shown(judged))}")


def by_second(
    found: Sequence[Case], judged: Sequence[Judgement], second: SupportChecker, believed_from: float
) -> tuple[list[Judgement], float, float]:
    """After the second judge, asked once a reply; its yes to faithful sentences and to others."""
    final = list(judged)
    asked: list[tuple[bool, bool]] = []
    replies = itertools.groupby(
        range(len(found)), key=lambda at: (found[at].claim.question, found[at].kind, found[at].reply)
    )
    for _, places in replies:
        open_places = [at for at in places if undecided(judged[at])]
        if not open_places:
            continue
        case = found[open_places[0]]
        said = second.judge([found[at].claim for at in open_places], case.sources, case.claim.question)
        for at, one in zip(open_places, said, strict=True):
            asked.append((found[at].faithful, one.support == "supported"))
            final[at] = settled(judged[at], one, believed_from=believed_from)
    yes = [np.mean([said for faithful, said in asked if faithful is which]) for which in (True, False)]
    return final, float(yes[0]), float(yes[1])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", nargs="+", type=Path)
    parser.add_argument("--unseen", action="store_true")
    parser.add_argument("--without-embedder", action="store_true")
    parser.add_argument("--judge", help="a chat model, as --model takes it")
    parser.add_argument("--nli", type=Path, help="directory of an NLI cross-encoder")
    options = parser.parse_args()
    for path in options.labelled:
        found = cases(path)
        words = Words()
        if not options.without_embedder:
            from slangrag.engines.embedded.embedder import EmbeddedEmbedder

            embedder = EmbeddedEmbedder(load_settings())
            words = Words(embedder, background(embedder, found))
        judged = by_words(found, words, out_of_fold=options.unseen)
        print(f"\n{path.name}: {len(found)} sentences" + (" (headwords unseen)" if options.unseen else ""))
        table(found, judged)
        print(f"words: {measures(found, free(judged), shown(judged))}")
        scripted(found, judged, words.believed_from)
        second: SupportChecker | None = None
        if options.nli:
            from slangrag.answer.support.nli import Nli

            second = Nli(options.nli)
        elif options.judge:
            from slangrag.answer.support.judge import Judge
            from slangrag.engines.choose import choose_chat
            from slangrag.engines.protocols import ChatOptions

            chat = choose_chat(load_settings({"chat_model": options.judge})).model
            second = Judge(chat, ChatOptions())
        if second is not None:
            final, right, wrong = by_second(found, judged, second, words.believed_from)
            print(f"second judge says yes to {right:.3f} of faithful and {wrong:.3f} of other undecided ones")
            table(found, final)
            print(f"both: {measures(found, free(final), shown(final))}")
            print(*Counter(second.notes).most_common(5), sep="\n")


if __name__ == "__main__":
    main()
