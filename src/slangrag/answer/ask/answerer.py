"""The answerer: a retrieval and a chat model in, a stream of checked sentences out.

A sentence is shown only when it is whole and its citations support it; the rest is reported as
withdrawn. What is left without a supported sentence is answered by quoting the definitions. Prints
nothing and reads no store.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from slangrag.answer.ask.choosing import told
from slangrag.answer.ask.quoting import abstention, citation, quotation, quoted_events, remarks, too_small
from slangrag.answer.ask.small_writer import Small
from slangrag.answer.ask.writers import Abstains, Capable, Writer, Written
from slangrag.answer.events import (
    Answer,
    AnswerOptions,
    Event,
    Finished,
    FirstToken,
    Remark,
    Sentence,
)
from slangrag.engines.protocols import ChatModel, Message
from slangrag.errors import EngineError
from slangrag.retrieval.types import Retrieval

_PATIENCE: Final = 3
"""Unsupported sentences in a row after which the model is stopped."""


def answer(
    question: str,
    retrieval: Retrieval,
    chat: ChatModel,
    options: AnswerOptions | None = None,
    *,
    history: tuple[Message, ...] = (),
) -> Iterator[Event]:
    """Stream the answer to `question` from what `retrieval` found.

    Order: FirstToken, Remark, Sentence and Withdrawn as they come, then Finished exactly
    once. Where known is "no" the model is not asked. A model that is too small to explain is asked only if
    options.generate says so; else the definitions are quoted. If the engine fails, what was checked stays
    (or the definitions are quoted), Finished comes with a note, and then the EngineError is raised, so that
    the caller's exit code shows it. Closing the iterator cancels the generation.
    """
    options = options or AnswerOptions()
    started = time.perf_counter()

    def elapsed() -> float:
        return options.retrieve_ms + (time.perf_counter() - started) * 1000

    if retrieval.known == "no" or not retrieval.hits:
        finished = abstention(question, retrieval, options)
        yield Remark(finished.text)
        yield Finished(finished)
        return

    if not chat.identity.capable and not options.generate:
        yield from quoted_events(question, retrieval, options, notes=(too_small(chat.identity.model),))
        return
    failure: EngineError | None = None
    kind = Capable if chat.identity.capable else Small
    writer: Writer = kind(question, retrieval, chat, options, history)
    lines: list[str] = []
    for line in remarks(retrieval, options):
        lines.append(line)
        yield Remark(line)

    cited: dict[int, None] = {}
    notes = list(retrieval.notes)
    first_token: float | None = None
    written = quoted = abstained = False
    refused = 0
    try:
        for piece in writer.write():
            if isinstance(piece, Written):
                first_token = elapsed()
                yield FirstToken(first_token)
            elif isinstance(piece, Abstains):
                abstained = True
                break
            else:
                yield piece
                if isinstance(piece, Sentence):
                    lines.append(piece.text)
                    cited |= dict.fromkeys(piece.citations)
                    written, quoted, refused = True, quoted or piece.quoted, 0
                else:
                    refused += 1
            if refused >= _PATIENCE:
                notes.append("the model was stopped: nothing it went on to say is in the definitions")
                break
    except EngineError as error:
        failure = error
        notes.append(f"the engine failed before the answer was complete: {error.message}")

    if abstained and not written:
        line = "The definitions that I found do not answer that."
        lines.append(line)
        yield Remark(line)
    elif not written:
        quoted = True
        if failure is None:
            notes.append("the model's own words were not supported, so the definitions are quoted")
        for one in told(retrieval):
            sentence = Sentence(quotation(one), (one.n,), quoted=True)
            lines.append(sentence.text)
            cited[one.n] = None
            yield sentence

    total = elapsed()
    timings = {"retrieve": options.retrieve_ms, "total": total}
    if first_token is not None:
        timings["first_token"] = first_token
    yield Finished(
        Answer(
            query=question,
            text=" ".join(lines),
            known=retrieval.known,
            abstained=abstained and not written,
            grounded=bool(cited),
            citations=tuple(citation(n, retrieval.hits[n - 1]) for n in sorted(cited)),
            hits=retrieval.hits,
            engine=chat.identity.engine,
            model=chat.identity.model,
            timings_ms=timings,
            notes=tuple(dict.fromkeys((*writer.notes, *notes))),
            quoted=quoted,
            used=writer.used,
            dropped=writer.dropped,
            suggestions=retrieval.suggestions,
        )
    )
    if failure is not None:
        raise failure
