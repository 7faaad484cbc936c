"""Hugging Face models made on the spot: real architectures with a handful of weights that say a given text.

Each is a chain: attention is zero, embeddings are one-hot, and the last step leads from each token to the
next of the script. So a test knows what the model will say, and every step of loading, prompting,
generating and decoding is the true one. A word is a token; a word that is in no script is <unk>.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SAYS = '"Rizz" means charm or skill at attracting someone romantically, mostly through easy talk [1].'
ENDLESS = "round and"
TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|> {{ m['content'] }} <|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
NO_SYSTEM = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
)
_CONTROL = ["<pad>", "</s>", "<unk>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]


def causal(
    folder: Path, says: str = SAYS, *, template: str | None = TEMPLATE, context: int = 2048, ends: bool = True
) -> Path:
    """A Llama that says `says` once its turn has come; without `ends` it then begins again, for ever."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer, vocabulary = _tokenizer(says, template)
    size = len(vocabulary)
    config = LlamaConfig(
        vocab_size=size, hidden_size=size, intermediate_size=8, num_hidden_layers=2, num_attention_heads=1,
        head_dim=8, max_position_embeddings=context, pad_token_id=0, bos_token_id=1, eos_token_id=1,
        tie_word_embeddings=False,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    start = "<|assistant|>" if template else "▁Output:"
    with torch.no_grad():
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        model.model.embed_tokens.weight.copy_(torch.eye(size))
        model.lm_head.weight.copy_(_chain(vocabulary, start, says, ends=ends))
    return _saved(model, tokenizer, folder)


def text_to_text(folder: Path, says: str = SAYS) -> Path:
    """A T5 that says `says`, whatever it reads."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    tokenizer, vocabulary = _tokenizer(says, None, end=True)
    size = len(vocabulary)
    config = T5Config(
        vocab_size=size, d_model=size, d_kv=8, d_ff=size, num_layers=2, num_heads=1, pad_token_id=0,
        eos_token_id=1, decoder_start_token_id=0,  # type: ignore[call-arg]  # of every configuration
    )  # fmt: skip
    model = T5ForConditionalGeneration(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.startswith("decoder.block") and name.endswith((".o.weight", ".wo.weight")):
                weight.zero_()
        # T5's head is its embeddings, so the step to the next token is the first feed-forward layer's.
        model.shared.weight.copy_(20 * torch.eye(size))
        blocks: Any = model.decoder.block
        step = blocks[0].layer[-1].DenseReluDense
        step.wi.weight.copy_(torch.eye(size))
        step.wo.weight.copy_(50 * _chain(vocabulary, "<pad>", says, ends=True))
    return _saved(model, tokenizer, folder)


def random_causal(folder: Path) -> Path:
    """A GPT-2 with random weights and no chat template: what it says depends on how it is sampled."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    tokenizer, vocabulary = _tokenizer(SAYS, None)
    torch.manual_seed(7)
    config = GPT2Config(
        vocab_size=len(vocabulary), n_embd=16, n_layer=2, n_head=2, n_positions=512, pad_token_id=0,
        bos_token_id=1, eos_token_id=1,
    )  # fmt: skip
    return _saved(GPT2LMHeadModel(config), tokenizer, folder)


def _words(says: str) -> list[str]:
    return [f"▁{word}" for word in says.split()]


def _tokenizer(says: str, template: str | None, *, end: bool = False) -> tuple[Any, dict[str, int]]:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast as Untyped

    fast: Any = Untyped
    words = dict.fromkeys([*_CONTROL, "▁Input:", "▁Output:", *_words(says)])
    vocabulary = {word: n for n, word in enumerate(words)}
    backend = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split("\n", "removed"), pre_tokenizers.Metaspace()]
    )
    backend.decoder = decoders.Metaspace()
    if end:
        backend.post_processor = processors.TemplateProcessing(
            single="$A </s>", special_tokens=[("</s>", vocabulary["</s>"])]
        )
    tokenizer = fast(
        tokenizer_object=backend, pad_token="<pad>", eos_token="</s>", unk_token="<unk>",
        additional_special_tokens=_CONTROL[3:], model_max_length=512,
    )  # fmt: skip
    if template:
        tokenizer.chat_template = template
    return tokenizer, vocabulary


def _chain(vocabulary: dict[str, int], start: str, says: str, *, ends: bool) -> Any:
    """Head weights: row `next`, column `now`, large where the script goes on so; all else ends."""
    import torch

    head = torch.zeros(len(vocabulary), len(vocabulary))
    words = [start, *_words(says)]
    followed: Sequence[str] = [*words[1:], "</s>" if ends else words[1]]
    head[vocabulary["</s>"], :] = 1.0
    for now, then in zip(words, followed, strict=True):
        head[vocabulary[then], vocabulary[now]] = 20.0
    return head


def _saved(model: Any, tokenizer: Any, folder: Path) -> Path:
    with without_bars():
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder


@contextmanager
def without_bars() -> Iterator[None]:
    """transformers without its progress bars."""
    from transformers.utils import logging as said_aloud

    logging: Any = said_aloud
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.enable_progress_bar()
