"""retrieve: one question in, ranked hits and how sure out.

Deterministic; no LLM. Decides which way a question goes; the ways themselves are `naming` (it names
its word) and `free_text` (it is a message or a description).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from slangrag.errors import UsageError
from slangrag.retrieval import free_text, naming
from slangrag.retrieval.following import follow
from slangrag.retrieval.intent import ParsedQuestion, parse
from slangrag.retrieval.lexical import by_words
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.types import Hit, Intent, Known, Match, Mode, Retrieval, Span
from slangrag.retrieval.weights import Weights, load_weights
from slangrag.text.english import is_ordinary, is_small

_MOST_CORRECTIONS: Final = 2


def retrieve(
    query: str,
    store: SlangStore,
    *,
    limit: int = 6,
    mode: Mode = "hybrid",
    intent: Intent | None = None,
    explain: bool = False,
    meanings: bool = False,
    weights: Weights | None = None,
) -> Retrieval:
    """What the store has on `query`, best first, at most `limit` hits.

    intent overrules the parsed intent. mode "dense" is the plain recipe (nearest vectors to
    the whole question) and "lexical" plain BM25, both for comparison. Signals are filled in only with
    explain. meanings also looks for words that mean what a bare word or two say ("very drunk"), after the
    headword itself where it is one. weights replaces the fitted ones, to measure what each adds. What could
    not be had (an embedder, the index) is said in `notes`. Raises UsageError for an empty question or a
    limit below one.
    """
    if limit < 1:
        raise UsageError("limit must be at least 1", hint="slangrag search QUESTION --limit 6")
    if not query.strip():
        raise UsageError("the question is empty", hint='slangrag search "what does rizz mean"')
    weights = weights or load_weights()
    parsed = parse(query, weights.intent)
    if mode == "hybrid" and meanings and parsed.bare and intent is None and _says_something(query):
        found = _both(query, parsed, store, weights, limit)
    elif mode == "hybrid":
        found = _hybrid(query, parsed, store, weights, limit, intent)
        found = replace(found, hits=follow(found.hits, store, weights, limit))
    else:
        found = _plain(query, store, limit, mode, intent or parsed.intent)
    if not explain:
        found = replace(found, hits=tuple(replace(hit, signals={}) for hit in found.hits))
    return found


def _hybrid(
    query: str, parsed: ParsedQuestion, store: SlangStore, weights: Weights, limit: int, intent: Intent | None
) -> Retrieval:
    if intent in (None, "define") and parsed.subjects:
        if asked := naming.several(parsed, store):
            return naming.retrieve_each(query, asked, store, weights, limit)
        found = naming.named(parsed.subjects, store)
        asks = parsed.intent == "define" or intent == "define"
        if found and (asks or found[0].match == "exact"):
            return naming.retrieve_named(query, found, store, weights, limit)
        if asks and (parsed.firm or intent == "define"):
            return naming.retrieve_near_misses(query, parsed.subjects[-1], store, weights, limit)
    if intent == "define":
        return naming.retrieve_near_misses(query, Span(query, 0, len(query)), store, weights, limit)
    return free_text.retrieve_text(query, parsed, store, weights, limit, intent)


def _says_something(query: str) -> bool:
    """Whether a word or two can describe anything: there is plain English in it. To an embedder, a strange
    word only looks like other strange words ("rizz" like "jizz").
    """
    return any(is_ordinary(word) and not is_small(word) for word in query.split())


def _both(query: str, parsed: ParsedQuestion, store: SlangStore, weights: Weights, limit: int) -> Retrieval:
    """A word or two that may be the headword or what is looked for: its entries, then words that mean it."""
    found = naming.named(parsed.subjects, store)
    described = free_text.retrieve_text(query, parsed, store, weights, limit, "reverse")
    if found:
        named = naming.retrieve_named(query, found, store, weights, limit)
    else:
        named = naming.retrieve_near_misses(query, parsed.subjects[-1], store, weights, limit)
    least = limit - min(limit // 2, len(described.hits))
    first = [hit for hit in named.hits if found or hit.match == "fuzzy"][
        : least if found else _MOST_CORRECTIONS
    ]
    if not found and named.known == "no":
        first = []
    taken = {hit.entry.entry_id for hit in first}
    then = [hit for hit in described.hits if hit.entry.entry_id not in taken]
    hits = tuple([*first, *then][:limit])
    if found:
        return replace(named, hits=hits, notes=store.lacks)
    known: Known = "maybe" if "maybe" in (named.known if first else "no", described.known) else "no"
    return replace(named, known=known, hits=hits, notes=store.lacks)


def _plain(query: str, store: SlangStore, limit: int, mode: Mode, intent: Intent) -> Retrieval:
    """Dense or lexical look-up of the whole question; never claims to know."""
    match: Match = "semantic" if mode == "dense" else "lexical"
    near: list[tuple[int, float]] = []
    if mode == "lexical":
        near = by_words(query, store.lexicon, store.headwords, limit)
    elif (vector := store.embed(query)) is not None and store.search is not None:
        near = store.nearest(vector, limit)
    entries = store.lexicon.entries([rid for rid, _ in near])
    signal = "cosine" if mode == "dense" else "bm25"
    hits = tuple(
        Hit(entries[rid], score, match, None, {signal: score}) for rid, score in near if rid in entries
    )
    return Retrieval(query, intent, "maybe" if hits else "no", hits, (), store.lacks)
