"""What lies beside a model's weights, in the spelling that every reader knows.

sentence-transformers 5.4 renamed its modules and the fields of its pooling. Ollama's importer, llama.cpp's
and older readers know the former names only: with the newer ones Ollama makes a model without pooling, and
every call of it fails. Sentence-transformers itself reads both.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

from slangrag.engines.embedded.own_model import SAID
from slangrag.engines.ollama.prefixes import PLAIN_DOCUMENT, PLAIN_QUERY
from slangrag.tuning.exporting.trained import TrainedModel

COPIED: Final = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
    "sentencepiece.bpe.model",
)


def write_older_names(model: TrainedModel, folder: Path) -> None:
    """Write modules, pooling, window, prompts and templates of `model` into `folder`; copy its tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        if (model.folder / name).is_file():
            shutil.copyfile(model.folder / name, folder / name)
    mean = model.pooling == "mean"
    prompts = {
        "query": _before(model.templates.query, PLAIN_QUERY),
        "document": _before(model.templates.document, PLAIN_DOCUMENT),
    }
    _write(folder / "modules.json", modules())
    _write(
        folder / "1_Pooling" / "config.json",
        {
            "word_embedding_dimension": model.dimension,
            "pooling_mode_cls_token": not mean,
            "pooling_mode_mean_tokens": mean,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
    )
    _write(folder / "sentence_bert_config.json", {"max_seq_length": model.window, "do_lower_case": False})
    _write(
        folder / "config_sentence_transformers.json",
        {"prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )
    _write(
        folder / SAID,
        {
            "source": model.digest,
            "query_template": model.templates.query,
            "document_template": model.templates.document,
        },
    )


def modules() -> list[dict[str, Any]]:
    """The three modules by their former names."""
    places = (("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize"))
    return [
        {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{module}"}
        for number, (module, path) in enumerate(places)
    ]


def _before(template: str, plain: str) -> str:
    """The prefix of a template; "" where it is more than one (then `templates` alone say it)."""
    return template.removesuffix(plain) if template.endswith(plain) else ""


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
