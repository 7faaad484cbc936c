"""The answerer: a retrieval and a chat model in, a stream of judged sentences out.

What a capable model says is shown, each sentence with how it stands to its sources; what contradicts them,
obeys an order or brings a link is withheld. Where nothing is left to show, the definitions are quoted.
Prints nothing and reads no store.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from slangrag.answer.ask.choosing import told
from slangrag.answer.ask.quoting import (
    abstention,
    as_sentence,
    cited_in,
    quoted_events,
    remarks,
    too_small,
)
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
    Withdrawn,
)
from slangrag.answer.support.checkers import Checkers, by_words
from slangrag.engines.protocols import ChatModel, Message
from slangrag.errors import EngineError
from slangrag.retrieval.types import Retrieval

_PATIENCE: Final = 3
"""Withheld sentences in a row after which the model is stopped."""


def answer(
    question: str,
    retrieval: Retrieval,
    chat: ChatModel,
    options: AnswerOptions | None = None,
    *,
    history: tuple[Message, ...] = (),
    checkers: Checkers | None = None,
) -> Iterator[Event]:
    """Stream the answer to `question` from what `retrieval` found.

    Order: Remark, FirstToken, then Draft, Sentence and Withdrawn as they come, then Finished exactly once.
    checkers judge a capable model's sentences (by default words alone); where none of them is supported,
    the best definition is quoted after them. Where known is "no" the model is not asked. A model that is too
    small to explain is asked only if options.generate says so; else the definitions are quoted. If the engine
    fails, what was said stays (or the definitions are quoted), Finished comes with a note, and then the
    EngineError is raised, so that the caller's exit code shows it. Closing the iterator cancels the model.
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

    of_documents = any(hit.kind == "passage" for hit in retrieval.hits)
    if not chat.identity.capable and (of_documents or not options.generate):
        note = too_small(chat.identity.model, of_documents=of_documents)
        yield from quoted_events(question, retrieval, options, notes=(note,))
        return
    failure: EngineError | None = None
    writer: Writer
    if chat.identity.capable:
        checkers = checkers or by_words()
        writer = Capable(question, retrieval, chat, options, history, checkers)
    else:
        writer = Small(question, retrieval, chat, options)
    lines: list[str] = []
    for line in remarks(retrieval, options):
        lines.append(line)
        yield Remark(line)

    notes = list(retrieval.notes)
    first_token: float | None = None
    said: list[Sentence] = []
    abstained = False
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
                    said.append(piece)
                    refused = 0
                elif isinstance(piece, Withdrawn):
                    refused += 1
            if refused >= _PATIENCE:
                notes.append("the model was stopped: nothing it went on to say could be shown")
                break
    except EngineError as error:
        failure = error
        notes.append(f"the engine failed before the answer was complete: {error.message}")

    if abstained and not said:
        kinds = {hit.kind for hit in retrieval.hits}
        what = "definitions" if kinds == {"entry"} else "passages" if kinds == {"passage"} else "sources"
        line = f"The {what} that I found do not answer that."
        lines.append(line)
        yield Remark(line)
    elif not said:
        if failure is None:
            what = "sources" if of_documents else "definitions"
            notes.append(f"nothing that the model said could be shown, so the {what} are quoted")
        said = [as_sentence(one) for one in told(retrieval, options.likeness)]
        yield from said
    elif all(sentence.support == "own words" for sentence in said):
        # Somebody who asks what a word means should leave with something that the data does say.
        best = [as_sentence(one) for one in told(retrieval, options.likeness)[:1]]
        said += best
        yield from best

    timings = {"retrieve": options.retrieve_ms, **writer.timings_ms, "total": elapsed()}
    if first_token is not None:
        timings["first_token"] = first_token
    cited = cited_in(said, retrieval.hits)
    yield Finished(
        Answer(
            query=question,
            text=" ".join([*lines, *(sentence.text for sentence in said)]),
            known=retrieval.known,
            abstained=abstained and not said,
            grounded=bool(cited) and all(sentence.support != "own words" for sentence in said),
            citations=cited,
            hits=retrieval.hits,
            engine=chat.identity.engine,
            model=chat.identity.model,
            timings_ms=timings,
            notes=tuple(dict.fromkeys((*writer.notes, *notes))),
            quoted=any(sentence.quoted for sentence in said),
            used=writer.used,
            dropped=writer.dropped,
            suggestions=retrieval.suggestions,
            sentences=tuple(said),
        )
    )
    if failure is not None:
        raise failure
