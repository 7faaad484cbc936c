"""Messages to token ids: by the model's chat template, or as a plain text that ends where it is to go on.

Control tokens inside of a message are broken up before, so a definition that spells them out cannot end its
turn or begin another. Knows nothing of what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from slangrag.engines.protocols import Message
from slangrag.engines.thinking import OPEN
from slangrag.errors import ModelUnfit

PLAIN_STOP: Final = "\nInput:"
"""What a causal model without a template would go on with after its answer: the next example."""

_LIKE_MARKUP: Final = re.compile(r"[<>|\[\]]")
_BLANK: Final = re.compile(r"\s")
_NAMES: Final = {"user": "Input", "assistant": "Output"}


class Prompting:
    """Renders for one tokenizer. `templated` says whether it has a chat template."""

    def __init__(self, tokenizer: Any, model: str) -> None:
        self._tokenizer = tokenizer
        self._model = model
        self.templated = bool(tokenizer.chat_template)
        # Not the added tokens that are runs of blanks or plain words, which some tokenizers have too.
        added = {str(token) for token in tokenizer.added_tokens_decoder.values()}
        control = {token for token in added if _LIKE_MARKUP.search(token)} | set(tokenizer.all_special_tokens)
        breakable = sorted((one for one in control if len(one) > 1 and not _BLANK.search(one)), key=len)
        self._control = re.compile("|".join(map(re.escape, reversed(breakable)))) if breakable else None

    def count(self, text: str) -> int:
        """Tokens in `text`, exactly, as they stand in a prompt."""
        return len(self._ids(self._broken_up(text), special=False))

    def prompt(self, messages: Sequence[Message], opening: str = "") -> tuple[list[int], str]:
        """Token ids of the whole prompt, and the text that they are of. It ends with the answer's `opening`.

        Raises ModelUnfit where the template takes these messages in no form.
        """
        safe = [replace(one, content=self._broken_up(one.content)) for one in messages]
        if not self.templated:
            text = plain(safe) + (f" {opening}" if opening else "")
            return self._ids(text, special=True), text
        text = self._rendered(safe)
        if opening and text.rstrip().endswith(OPEN):
            text += "\n</think>\n\n"  # as templates write it that can do without thinking
        text += opening
        return self._ids(text, special=False), text

    def beginning(self, opening: str) -> list[int]:
        """Token ids of what a decoder is to begin with."""
        return self._ids(opening, special=False) if opening else []

    def _rendered(self, messages: list[Message]) -> str:
        """The template's text. Many templates have no system's turn: it then opens the user's first."""
        from jinja2.exceptions import TemplateError

        said = "it drops a message"
        for turns in (messages, folded(messages)):
            given = [{"role": turn.role, "content": turn.content} for turn in turns]
            try:
                text = str(
                    self._tokenizer.apply_chat_template(
                        given, tokenize=False, add_generation_prompt=True, enable_thinking=False
                    )
                )
            except (TemplateError, TypeError, ValueError) as error:
                said = " ".join(str(error).split())[:200]
                continue
            if all(turn.content.strip() in text for turn in turns):
                return text
        raise ModelUnfit(
            f"the chat template of {self._model} does not take the prompt: {said}",
            hint="--model with another model",
        )

    def _broken_up(self, text: str) -> str:
        """`text` with a blank after the first character of each control token in it."""
        # Ends: no control token has a blank in it, so each one that goes in leaves fewer places for them.
        while self._control is not None and (found := self._control.search(text)):
            inside = found.start() + 1
            text = f"{text[:inside]} {text[inside:]}"
        return text

    def _ids(self, text: str, *, special: bool) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=special, verbose=False)["input_ids"]
        return ids


def plain(messages: Sequence[Message]) -> str:
    """A prompt without control tokens: what to do, then inputs and outputs; the last output is to come.

    The names stand before each turn because a text-to-text model's tokenizer drops line breaks.
    """
    ends = {"system": "\n", "user": "", "assistant": "\n"}
    turns = [
        (f"{_NAMES[one.role]}: " if one.role in _NAMES else "") + one.content + ends[one.role]
        for one in messages
    ]
    return "\n".join([*turns, "Output:"])


def folded(messages: Sequence[Message]) -> list[Message]:
    """The same without a system's turn: its words open the first of the user's."""
    system = "\n\n".join(one.content for one in messages if one.role == "system")
    turns = [one for one in messages if one.role != "system"]
    if not system:
        return turns
    if not turns or turns[0].role != "user":
        return [Message("user", system), *turns]
    return [replace(turns[0], content=f"{system}\n\n{turns[0].content}"), *turns[1:]]
