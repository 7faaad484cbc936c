"""The one exception tree.

    SlangragError                   1   what nobody foresaw
    ├── UsageError                  2   the call itself is off
    │   └── ConfigError             2   a setting cannot be read
    ├── EngineError                 3   whoever embeds or chats did not
    │   ├── EngineUnreachable           nobody listens there
    │   ├── EngineMissing               an optional package is not installed
    │   ├── ModelMissing                the engine lacks the model
    │   ├── ModelUnfit                  it has the model, which cannot do this
    │   ├── EngineBusy                  503; worth trying again
    │   ├── EngineTimeout               no (further) word within the limit
    │   ├── EngineReply                 an answer that is not what the protocol says
    │   ├── ContextOverflow             the prompt does not fit
    │   ├── TextRejected                one text the embedder will not take
    │   └── WeightsError                embedded weights absent, or not what their checksum says
    ├── StoreError                  4   the store directory
    │   ├── StoreMissing                there is none, or it is empty
    │   │   └── DocumentsMissing            it has a dictionary, and no document was added to it
    │   ├── StoreLocked                 another process writes to it
    │   ├── StoreMismatch               made with another embedding model
    │   └── StoreDamaged                it does not hold what it says it holds
    ├── InputError                  5   what was given to read
    │   ├── InputMissing
    │   ├── InputUnreadable
    │   └── InputFormat
    └── StoppedEarly               75   stopped on request, everything so far kept

Every error has a one-line message, a hint (what to type next) and an exit code. The command line
catches SlangragError in one place and prints two lines; nothing else is caught there.
"""

from __future__ import annotations


class SlangragError(Exception):
    """What went wrong, in one line; `hint` is what to type next; `exit_code` what the shell sees."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SlangragError):
    """The call itself is off: an option that does not exist here, two that exclude each other."""

    exit_code = 2


class ConfigError(UsageError):
    """A setting cannot be read, or its value means nothing."""


class EngineError(SlangragError):
    """The engine that embeds or chats could not do it."""

    exit_code = 3


class EngineUnreachable(EngineError):
    """Nobody answers at the engine's address, or the connection broke."""


class EngineMissing(EngineError):
    """The engine needs a package that is not installed."""


class ModelMissing(EngineError):
    """The engine answers but lacks the model (Ollama: 404, `ollama pull NAME`)."""


class ModelUnfit(EngineError):
    """The model exists but cannot do this: an embedder asked to chat, or the reverse."""


class EngineBusy(EngineError):
    """The engine's queue is full (Ollama: 503). Worth trying again later."""


class EngineTimeout(EngineError):
    """The engine gave no word, or no further word, within the limit."""


class EngineReply(EngineError):
    """The engine answered with something the protocol does not allow, or stopped half-way."""


class ContextOverflow(EngineError):
    """The prompt is longer than the context that the model was given."""


class TextRejected(EngineError):
    """The embedder refuses this one text (too long, not encodable, not a number back)."""


class WeightsError(EngineError):
    """The embedded engine's weights are absent, or are not what their checksum says."""


class StoreError(SlangragError):
    """The store directory cannot be used as it is."""

    exit_code = 4


class StoreMissing(StoreError):
    """There is no store at that place, or nothing in it."""


class DocumentsMissing(StoreMissing):
    """The store has no documents, and they were asked for."""


class StoreLocked(StoreError):
    """Another process is writing to the store; the message says which."""


class StoreMismatch(StoreError):
    """The store was made with another embedding model, or by another version of its layout."""


class StoreDamaged(StoreError):
    """The store does not hold what it says it holds."""


class InputError(SlangragError):
    """What was given to read cannot be used."""

    exit_code = 5


class InputMissing(InputError):
    """The input file is not there, or nothing was given."""


class InputUnreadable(InputError):
    """The input file is there and cannot be read."""


class InputFormat(InputError):
    """The input is readable and is not what it should be."""


class StoppedEarly(SlangragError):
    """Stopped on request; everything so far is kept. Run the same command again to go on."""

    exit_code = 75
