"""The 200 texts that an export is compared on: some of the training's, and what text can be like besides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

COUNT: Final = 200

_PLAIN: Final = re.compile(r"[\sA-Za-z0-9.,;:!?'\"()\[\]{}/\\@#%&*_-]*")
_LONGEST_WORD: Final = 100

ODD: Final = (
    "",
    " ",
    "a",
    "?",
    "!!!???...",
    "no cap fr fr \U0001f602\U0001f480",
    "\U0001f602" * 50,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 squad goals",
    "caf\u00e9 na\u00efve \u00dcn\u00efc\u00f6d\u00e9",
    "\u043f\u0440\u0438\u0432\u0435\u0442, \u043a\u0430\u043a \u0434\u0435\u043b\u0430",
    "\u3053\u3093\u306b\u3061\u306f\u4e16\u754c \u6f22\u5b57",
    "\u0633\u0644\u0627\u0645 \u062f\u0646\u06cc\u0627",
    "\u0939\u093f\u0928\u094d\u0926\u0940 \u0936\u092c\u094d\u0926",
    "\ud55c\uad6d\uc5b4 \ub2e8\uc5b4",
    "C++ / c# @user #hashtag http://x.example/z?q=1",
    "a$$ <3 ^^ =D ~meh~ 100%",
    "zero\u200bwidth\u00a0space",
    "l33t sp34k 1337 w00t",
    "Don't, I'd, we'll: y'all'd've",
    "LOUD NOISES IN CAPITALS",
    "B/F",
    "supercalifragilisticexpialidocious" * 4,
    "word " * 900,
    "He said it is " + "very, " * 400 + "funny.",
    "line one\nline two\r\n\ttabbed;;and on",
)
"""Empty, short, emoji, other scripts, symbols, a word without an end, longer than any window."""

_WORDS: Final = (
    "rizz", "yeet", "salty", "ghosting", "flex", "simp", "bet", "cap", "drip", "mid", "sus", "stan", "tea",
    "snatched", "vibe check", "touch grass", "main character", "left on read", "glow up", "hits different",
)  # fmt: skip
_FRAMES: Final = (
    "{}",
    "what does {} mean",
    "{}: when somebody does it without thinking twice about what others will say",
    "is {} an insult?",
    "my sister said I am so {} and I have no idea what to answer",
    "{}: 1. a word for a thing that you like. 2. the opposite of it, said with a grin.",
    "lol that was {}, I can't even",
    "{}: From music, about 2010; used by people who want to sound younger than they are. See other words.",
    "the word for somebody who is a bit {} but means well",
)


def probe_texts(examples: Sequence[str] = ()) -> tuple[str, ...]:
    """COUNT texts, the same for the same `examples` (which are taken evenly): ODD, examples, made ones."""
    wanted = COUNT - len(ODD)
    step = max(1, len(examples) // wanted)
    taken = list(dict.fromkeys(text for text in examples[::step] if text not in ODD))[:wanted]
    made = (text for text in _made() if text not in set(taken))
    taken += [text for text, _ in zip(made, range(wanted - len(taken)), strict=False)]
    return (*ODD, *taken)


def is_plain(text: str) -> bool:
    """Whether a text has nothing that tokenizers are known to cut each in its own way.

    Letters, digits and punctuation of ASCII are plain; accents, other scripts, symbols such as `$` and `+`,
    and words of more than 100 letters are not. llama.cpp leaves Hangul and Devanagari whole, Ollama up to
    0.24 keeps accents and symbols, and neither gives up on a long word as BERT's own tokenizer does.
    """
    return bool(_PLAIN.fullmatch(text)) and max(map(len, text.split()), default=0) <= _LONGEST_WORD


def _made() -> Iterator[str]:
    return (frame.format(word) for frame, word in product(_FRAMES, _WORDS))
