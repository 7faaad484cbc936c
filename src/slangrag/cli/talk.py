"""The conversation at the prompt: lines in, answers and `/commands` out, each turn kept as it ends.

Ctrl-C stops the answer and not the chat; an engine that fails costs one turn and not the chat.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.text import Text

from slangrag.answer.chat.conversation import Continued, Conversation, ReadAs, begin
from slangrag.answer.events import Answer, Finished
from slangrag.cli.question import LONGEST
from slangrag.cli.render.answers import AnswerView
from slangrag.cli.render.entries import show_entry, spoken
from slangrag.cli.render.terminal import note, show
from slangrag.errors import SlangragError
from slangrag.service import conversations

if TYPE_CHECKING:
    from slangrag.service.slang import Slang

PROMPT: Final = "> "
_MOST_HISTORY: Final = 1000


class Talk:
    """One conversation at one prompt."""

    def __init__(
        self, slang: Slang, conversation: Conversation, directory: Path, system: str | None = None
    ) -> None:
        """Raises the EngineErrors of `Slang.chat_model`: without a model there is no chat."""
        self._slang = slang
        self._conversation = conversation
        self._directory = directory
        self._system = system
        self._safe = slang.settings.safe
        self._last: Answer | None = None
        self._remarks: list[str] = []
        self._before = conversation.without_last()
        self._asked = conversation.turns[-1].asked if conversation.turns else ""
        self._retries = 0
        self._chosen = slang.chat_model()
        self._commands: dict[str, tuple[str, Callable[[str], None]]] = {
            "sources": ("the definitions behind the last answer, whole", self._sources),
            "define": ("WORD: what the data says about it", self._define),
            "translate": ("MESSAGE: say it in plain English", self._translate),
            "retry": ("answer the last question again", self._retry),
            "clear": ("begin a new conversation; this one stays kept", self._clear),
            "save": ("FILE: write this conversation as Markdown", self._save),
            "model": ("NAME: go on with another model; without a name, say which", self._model),
            "help": ("this list", self._help),
            "quit": ("leave (as does Ctrl-D); slangrag chat --continue comes back", self._quit),
        }

    def run(self) -> None:
        """Talk until /quit or the end of input."""
        self._greet()
        with line_editing(self._directory.parent / "chat_history", list(self._commands)), suppress(EOFError):
            while True:
                try:
                    line = _prompted()
                    if line:
                        self._take(line[:LONGEST])
                except KeyboardInterrupt:
                    show(Text())
                    note("(stopped; /quit or Ctrl-D leaves)")
        if sys.stdin.isatty():
            show(Text())

    def _greet(self) -> None:
        if self._chosen.note:
            note(self._chosen.note)
        identity = self._chosen.model.identity
        note(f"{identity.engine}/{identity.model}. Ask about slang; /help lists the commands.")
        if not identity.capable:
            note("this model is too small to explain, so the definitions answer")
        if self._conversation.turns:
            last = self._conversation.turns[-1]
            note(f"{len(self._conversation.turns)} turns so far; the last question: {last.asked}")

    def _take(self, line: str) -> None:
        """One line: a command, or a question."""
        self._remarks.clear()
        try:
            if line.startswith("/"):
                name, _, rest = line[1:].partition(" ")
                matches = [known for known in self._commands if known.startswith(name)] if name else []
                if len(matches) == 1:
                    self._commands[matches[0]][1](rest.strip())
                else:
                    note(f"there is no command /{name}; /help lists them")
            else:
                self._before, self._asked, self._retries = self._conversation, line, 0
                self._answer(line, self._conversation)
        except SlangragError as error:
            if not any(error.message in remark for remark in self._remarks):
                note(error.message)
            if error.hint:
                note(f"    next: {error.hint}")

    def _answer(self, line: str, conversation: Conversation, seed: int | None = None) -> None:
        view = AnswerView(safe=self._safe, stream=True, list_sources=False)
        last: Answer | None = None
        events = self._slang.converse(line, conversation, system=self._system, seed=seed)
        with closing(events), view:  # type: ignore[type-var]  # a generator; closing it cancels at the engine
            for event in events:
                if isinstance(event, ReadAs):
                    note(f"read as: {event.text}")
                elif isinstance(event, Continued):
                    assert last is not None
                    self._remarks += last.notes
                    self._keep(event.conversation, last)
                else:
                    view.event(event)
                    last = event.answer if isinstance(event, Finished) else last

    def _keep(self, conversation: Conversation, told: Answer) -> None:
        self._conversation = conversation
        if told.hits or self._last is None:  # small talk leaves the sources of the answer before it
            self._last = told
        if told.citations:
            words = {citation.n: spoken(citation.word, safe=self._safe) for citation in told.citations}
            note("  ".join(f"[{n}] {word}" for n, word in sorted(words.items())) + "   (/sources)")
        conversations.save(conversation, self._directory)

    def _sources(self, _: str) -> None:
        if self._last is None or not self._last.hits:
            note("no answer yet that has sources")
            return
        for number, hit in enumerate(self._last.hits, start=1):
            show_entry(hit.entry, number, safe=self._safe)

    def _define(self, word: str) -> None:
        if not word:
            note("/define WORD")
            return
        found = self._slang.define(word)
        if not found.entries:
            note(f"{word!r} is not in the data")
        for number, entry in enumerate(found.entries, start=1):
            show_entry(entry, number, safe=self._safe)
        if found.suggestions:
            note(f"did you mean: {', '.join(found.suggestions)}")

    def _translate(self, message: str) -> None:
        if not message:
            note("/translate MESSAGE")
            return
        from slangrag.cli.render.translations import show_translation

        told = self._slang.translate(message)
        show_translation(told, safe=self._safe)
        if told.failure is not None:
            raise told.failure

    def _retry(self, _: str) -> None:
        """Answer again, in the place of the last answer; another seed lets the model say something else."""
        if not self._asked:
            note("no question yet to answer again")
            return
        note(f"again: {spoken(self._asked, safe=self._safe)}")
        if not self._chosen.model.identity.capable:
            note("the definitions answer, and say what they said")
        self._retries += 1
        self._answer(self._asked, self._before, seed=self._retries)

    def _clear(self, _: str) -> None:
        self._conversation = self._before = begin()
        self._asked, self._last = "", None
        note("a new conversation; the one before is in slangrag chat --list")

    def _save(self, name: str) -> None:
        from slangrag.service.chat_markdown import markdown

        if not name or not self._conversation.turns:
            note("/save FILE" if not name else "nothing was said yet")
            return
        conversations.write_new(Path(name), markdown(self._conversation, safe=self._safe))
        note(f"written: {name}")

    def _model(self, name: str) -> None:
        if name:
            self._chosen = self._slang.chat_model(name)
        identity = self._chosen.model.identity
        note(f"{identity.engine}/{identity.model}")

    def _help(self, _: str) -> None:
        for name, (does, _command) in self._commands.items():
            note(f"/{name:<10} {does}")

    def _quit(self, _: str) -> None:
        raise EOFError


def _prompted() -> str:
    """The next line; at a terminal an empty one parts it from the turn above. Raises EOFError at the end."""
    if not sys.stdin.isatty():
        return input().strip()
    show(Text())
    return input(PROMPT).strip()


@contextmanager
def line_editing(kept: Path, commands: list[str]) -> Iterator[None]:
    """Arrow keys, Ctrl-R and Tab at the prompt, and its history from one chat to the next.

    Where the platform has no readline, or nobody types, lines are read as they come.
    """
    try:
        import readline
    except ImportError:
        yield
        return
    if not sys.stdin.isatty():
        yield
        return

    def complete(text: str, state: int) -> str | None:
        fitting = [f"/{name} " for name in commands if f"/{name}".startswith(text)]
        return fitting[state] if text.startswith("/") and state < len(fitting) else None

    readline.set_completer(complete)
    readline.set_completer_delims(" ")
    readline.parse_and_bind("tab: complete")
    readline.set_history_length(_MOST_HISTORY)
    with suppress(OSError):
        readline.read_history_file(kept)
    try:
        yield
    finally:
        with suppress(OSError):
            kept.parent.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(kept)
