"""What is counted in a sentence beside its sources: the inputs of the words model.

Every number is free of units that only one embedder has: cosines come as (cosine - mean) / spread of the
store's own background. `FEATURES` gives names and order; `benchmarks/fit_support.py` weighs them.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from slangrag.answer.support.reading import About, matches, reading
from slangrag.answer.support.types import Claim, Source

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, Vectors

# What inventions are mostly about. A sentence that speaks of such a thing where its definition does not
# is doubtful, whatever else it repeats.
_ASPECTS: Final = {
    "origin": re.compile(
        r"\b(?:origin\w*|com(?:es?|ing) (?:from|out of)|came (?:from|into)|gr[eo]w out|derive\w*|started|"
        r"began|coined|invent\w*|spread|viral|popular\w*|famous|nowadays|today|trend\w*|decade|century|"
        r"1[89]\d\d|20\d\d)\b",
        re.IGNORECASE,
    ),
    "tone": re.compile(
        r"\b(?:rude|polite\w*|insult\w*|offensive|compliment\w*|affection\w*|friend\w*|jok\w+|ironic\w*|"
        r"sarcas\w*|playful\w*|vulgar|mock\w*|mild|harsh|sincere\w*|teas\w+|harmless|humou?r\w*|negative|positive|praise\w*)\b",
        re.IGNORECASE,
    ),
    "people": re.compile(
        r"\b(?:teen\w*|young\w*|old\w*|kids?|children|students?|pupils?|gamers?|players?|fans?|wom[ae]n|m[ae]n|"
        r"girls?|guys?|boys?|doctors?|nurses?|adults?|parents?|communit\w+|americans?|workers?)\b",
        re.IGNORECASE,
    ),
    "how often": re.compile(
        r"\b(?:usually|often|mostly|mainly|typically|normally|most|always|never|only|generally|nearly|almost|"
        r"rarely|hardly|sometimes|all|every\w*|strictly)\b",
        re.IGNORECASE,
    ),
}
_NEGATOR: Final = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|without|neither|nor|cannot|dont|\w+n't)\b", re.IGNORECASE
)
_MORE: Final = re.compile(r"\b(?:also|another|second|other)\b", re.IGNORECASE)
_BACK: Final = re.compile(r"^\W*(?:it|this|that|they|these|the|he|she|people|you)\b", re.IGNORECASE)
_HERE: Final = re.compile(
    r"^\W*(?:so|here|in (?:this|your|the)|the speaker|the writer|your \w+ (?:is|was|means?|meant))\b",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(
    r"[,;:()–—]|\b(?:and|or|but|because|so|which|who|when|where|that)\b", re.IGNORECASE
)
_MALE: Final = re.compile(r"\b(?:m[ae]n|males?|guys?|boys?|boyfriends?|husbands?)\b", re.IGNORECASE)
_FEMALE: Final = re.compile(
    r"\b(?:wom[ae]n|females?|girls?|girlfriends?|wi(?:fe|ves)|lad(?:y|ies))\b", re.IGNORECASE
)
_NEIGHBOURS: Final = 3

WORD_FEATURES: Final = (
    "covered", "covered or asked", "missing", "length", "order", "core", "definition length", "uncited",
    "several", "named", "points back", "about here", "says more", "denied", "negated", "new origin",
    "new tone", "new people", "new how often", "other sex", "elsewhere",
)  # fmt: skip
COSINE_FEATURES: Final = ("cosine", "closest part", "weakest clause", "question cosine")
FEATURES: Final = WORD_FEATURES + COSINE_FEATURES


@dataclass(frozen=True, slots=True)
class Background:
    """Mean and spread (standard deviation) of cosines between unrelated entries of a store."""

    mean: float
    spread: float


def word_features(
    claim: Claim, cited: Sequence[Source], given: Sequence[Source], about: About
) -> list[float]:
    """The values of WORD_FEATURES. `cited` has at least one source."""
    said, known = about.said, about.known
    terms = said.terms
    count = max(1, len(terms))
    text = "\n".join(f"{source.word}\n{source.definition}" for source in cited)
    core = reading(about.parts[0]).stems if about.parts else frozenset()
    elsewhere = max(
        (
            sum(term.stem in reading(source.definition).stems for term in terms) / count
            for source in given
            if source not in cited
        ),
        default=0.0,
    )
    asked = f"{text}\n{claim.question}"
    return [
        about.coverage,
        1 - sum(t.stem not in about.held and t.stem not in about.asked for t in terms) / count,
        math.log1p(len({term.stem for term in about.missing})),
        math.log1p(len(terms)),
        in_order([term.stem for term in terms], [term.stem for term in known.terms]),
        len(core & said.stems) / max(1, len(core)),
        math.log1p(len(known.terms)),
        float(not claim.numbers),
        float(len(cited) > 1),
        float(any(source.passage or matches(source.word, claim.text) for source in cited)),
        float(bool(_BACK.search(claim.text))),
        float(bool(_HERE.search(claim.text))),
        float(bool(_MORE.search(claim.text))),
        float(about.turned_round),
        float(bool(_NEGATOR.search(claim.text)) and not _NEGATOR.search(text)),
        *(float(bool(p.search(claim.text)) and not p.search(text)) for p in _ASPECTS.values()),
        float(_other_sex(claim.text, asked)),
        elsewhere,
    ]


def _other_sex(said: str, known: str) -> bool:
    """Whether it is about men where the sources speak of women only, or the reverse.

    By nouns: a definition's "her" may be anybody's.
    """
    return any(
        bool(ours.search(said) and not other.search(said) and other.search(known) and not ours.search(known))
        for ours, other in ((_MALE, _FEMALE), (_FEMALE, _MALE))
    )


def in_order(said: Sequence[str], known: Sequence[str]) -> float:
    """Share of neighbouring shared words that are near one another in the source too; .5 where too few."""
    places: dict[str, list[int]] = {}
    for place, stem in enumerate(known):
        places.setdefault(stem, []).append(place)
    shared = [stem for stem in said if stem in places]
    pairs = list(itertools.pairwise(shared))
    if not pairs:
        return 0.5
    near = sum(any(abs(i - j) <= _NEIGHBOURS for i in places[a] for j in places[b]) for a, b in pairs)
    return near / len(pairs)


class Cosines:
    """Cosines of sentences with definitions, standardised. Definitions and questions are embedded once."""

    def __init__(self, embedder: Embedder, background: Background) -> None:
        self._identity = embedder.identity
        self._background = background

        def embed(text: str) -> Vectors:
            vector: Vectors = embedder.embed_documents([text])[0]
            return vector

        self._embedder = embedder
        self._once: Callable[[str], Vectors] = lru_cache(maxsize=256)(embed)

    def features(self, claim: Claim, cited: Sequence[Source], about: About) -> list[float]:
        """The values of COSINE_FEATURES. Raises the embedder's EngineErrors."""
        import numpy as np

        words = "|".join(re.escape(source.word) for source in cited)
        bare = re.sub(rf"(?<!\w)(?:{words})(?!\w)", "it", claim.text, flags=re.IGNORECASE)
        clauses = [c for c in map(str.strip, _CLAUSE.split(bare)) if len(c.split()) > 1] or [bare]
        texts = [claim.text, bare, *clauses]
        said = self._embedder.embed_documents([self._identity.render_query(text) for text in texts])
        parts = np.stack(
            [self._once(self._identity.render_query(part)) for part in about.parts[:8]]
            + [self._once(self._identity.render_document(s.word, s.definition)) for s in cited]
        )
        question = self._once(self._identity.render_query(claim.question))
        best = (said[1:] @ parts.T).max(axis=1)
        whole = (parts[-len(cited) :] @ said[0]).max()
        cosines = np.array([whole, best[0], best[1:].min(), question @ said[0]])
        return [float(c) for c in (cosines - self._background.mean) / self._background.spread]
