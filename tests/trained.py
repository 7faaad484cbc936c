"""A tiny BERT with random weights in a sentence-transformers folder: what `tune train` leaves, in small."""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

WINDOW: Final = 64
DIMENSION: Final = 64
WORDS: Final = (
    "what", "does", "mean", "the", "word", "for", "charm", "slang", "very", "funny", "he", "said", "it", "is",
    "when", "somebody", "without", "others", "will", "say", "rizz", "cap", "tea", "are", "you", "and",
)  # fmt: skip

NEWER_MODULES: Final = (
    ("sentence_transformers.base.modules.transformer.Transformer", ""),
    ("sentence_transformers.sentence_transformer.modules.pooling.Pooling", "1_Pooling"),
    ("sentence_transformers.base.modules.normalize.Normalize", "2_Normalize"),
)
OLDER_MODULES: Final = (
    ("sentence_transformers.models.Transformer", ""),
    ("sentence_transformers.models.Pooling", "1_Pooling"),
    ("sentence_transformers.models.Normalize", "2_Normalize"),
)


def write_tiny_bert(
    folder: Path, *, pooling: str = "mean", older: bool = False, training: Mapping[str, str] | None = None
) -> Path:
    """Weights, tokenizer and names, in sentence-transformers' newer or `older` spelling.

    pooling: "mean" or "cls". training: what training.json says; without any there is none.
    """
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(7)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    signs = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    vocabulary += [*signs, *(f"##{sign}" for sign in signs), *WORDS]
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=DIMENSION,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=WINDOW + 32,
        initializer_range=0.3,  # else all texts are one direction, and no wrong pooling would show
    )
    folder.mkdir(parents=True, exist_ok=True)
    BertModel(config).save_pretrained(folder)
    write_tokenizer(folder, vocabulary)
    mean = pooling == "mean"
    newer_pooling = {"embedding_dimension": DIMENSION, "pooling_mode": pooling, "include_prompt": True}
    older_pooling = {
        "word_embedding_dimension": DIMENSION,
        "pooling_mode_cls_token": not mean,
        "pooling_mode_mean_tokens": mean,
    }
    write(folder / "1_Pooling" / "config.json", older_pooling if older else newer_pooling)
    (folder / "2_Normalize").mkdir()
    modules = OLDER_MODULES if older else NEWER_MODULES
    write(
        folder / "modules.json",
        [
            {"idx": number, "name": str(number), "path": path, "type": kind}
            for number, (kind, path) in enumerate(modules)
        ],
    )
    newer = {"transformer_task": "feature-extraction", "module_output_name": "token_embeddings"}
    write(folder / "sentence_bert_config.json", {"max_seq_length": WINDOW} if older else newer)
    write(folder / "config_sentence_transformers.json", {"prompts": {"query": "", "document": ""}})
    if training:
        write(folder / "training.json", training)
    return folder


def write_tokenizer(folder: Path, vocabulary: list[str]) -> None:
    """BERT's own tokenizer, lower case, over that vocabulary."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    places = {piece: place for place, piece in enumerate(vocabulary)}
    tokenizer = Tokenizer(WordPiece(places, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(one, places[one]) for one in ("[CLS]", "[SEP]")]
    )
    whole = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=WINDOW,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
    whole.save_pretrained(folder)


def write(path: Path, content: Any) -> None:
    """`content` as JSON at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
