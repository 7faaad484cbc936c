"""retrieve: one question in, ranked hits and how sure out.

Deterministic; no LLM. Decides which way a question goes; the ways themselves are `naming` (it names
its word) and `free_text` (it is a message or a description).
"""

from __future__ import annotations

from dataclasses import replace

from slangrag.errors import UsageError
from slangrag.retrieval import free_text, naming
from slangrag.retrieval.following import follow
from slangrag.retrieval.intent import ParsedQuestion, parse
from slangrag.retrieval.lexical import by_words
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.types import Hit, Intent, Match, Mode, Retrieval, Span
from slangrag.retrieval.weights import Weights, load_weights


def retrieve(
    query: str,
    store: SlangStore,
    *,
    limit: int = 6,
    mode: Mode = "hybrid",
    intent: Intent | None = None,
    explain: bool = False,
    weights: Weights | None = None,
) -> Retrieval:
    """What the store has on `query`, best first, at most `limit` hits.

    intent overrules the parsed intent. mode "dense" is the plain recipe (nearest vectors to
    the whole question) and "lexical" plain BM25, both for comparison. Signals are filled in only with
    explain. weights replaces the fitted ones, to measure what each adds. What could not be had (an
    embedder, the index) is said in `notes`. Raises UsageError for an empty question or a limit below one.
    """
    if limit < 1:
        raise UsageError("limit must be at least 1", hint="slangrag search QUESTION --limit 6")
    if not query.strip():
        raise UsageError("the question is empty", hint='slangrag search "what does rizz mean"')
    weights = weights or load_weights()
    parsed = parse(query, weights.intent)
    if mode == "hybrid":
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


def _plain(query: str, store: SlangStore, limit: int, mode: Mode, intent: Intent) -> Retrieval:
    """Dense or lexical look-up of the whole question; never claims to know."""
    match: Match = "semantic" if mode == "dense" else "lexical"
    near: list[tuple[int, float]] = []
    if mode == "lexical":
        near = by_words(query, store.lexicon, store.headwords, limit)
    elif (vector := store.embed(query)) is not None and store.index is not None:
        near = store.nearest(vector, limit)
    entries = store.lexicon.entries([rid for rid, _ in near])
    signal = "cosine" if mode == "dense" else "bm25"
    hits = tuple(
        Hit(entries[rid], score, match, None, {signal: score}) for rid, score in near if rid in entries
    )
    return Retrieval(query, intent, "maybe" if hits else "no", hits, (), store.lacks)
