"""Which recordings of real servers the stand-in is held to, and why the others are left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.standin.wording import NEW, OLD

FILES: Final = {
    "01_root_and_errors": "nothing",
    "02_no_models": "nothing",
    "03_pull_offline": "nothing",
    "04_create": "nothing",
    "05_tags_show": "two models",
    "06_embed": "two models",
    "07_embeddings_old": "two models",
    "08_chat": "two models",
    "09_generate": "two models",
    "11_context_overflow": "two models",
}
"""The files of recordings that are replayed, and what is pulled on the server meanwhile."""

FILES_LEFT_OUT: Final = {
    "10_openai": "the OpenAI-style endpoints are not spoken",
    "12_disconnect_kill": "runners that die are played by faults",
    "13_busy_queue": "a full queue depends on loads under way; played by max_queue and the fault `busy`",
    "14_python_client": "what the Python client raised: see client.jsonl",
    "15_bench": "figures",
    "16_context_overflow_native_template": "the stand-in renders no model's own template",
    "17_token_repeat_abort": "played by the fault `no_done`",
    "18_extras": "created models, sizes and times",
    "19_server_death_and_bad_store": "a dying server is played by faults; damaged files are not",
}

LEFT_OUT: Final = {
    "status": "/api/status is not spoken",
    "preflight": "browsers do not call the stand-in",
    "tools": "no tools",
    "images": "no images",
    "logprobs": "no log-probabilities",
    "format_xml": "no output formats",
    "generate_bad_template": "no templates",
    "debug_render_only": "renders no template",
    "history_render_default": "renders no template",
    "history_render_truncate_false": "renders no template",
    "history_render_shift_false": "renders no template",
    "long_system_render": "renders no template",
    "format_xml_stream": "no output formats",
    "ps_after_keep_alive_int_0": "the request before it was recorded cut short",
    "ps_after_unload": "the other model was loaded by an earlier file",
    "pull_closed_port_registry": "no registries but the usual one",
    "push_missing": "pushes nothing",
    "create_from_missing": "models are made from files only",
    "create_minilm": "the file was recorded cut short",
    "create_smollm2": "the file was recorded cut short",
    "head_blob_present smollm2.gguf": "the file was recorded cut short",
    "head_blob_present minilm-F16.gguf": "the file was recorded cut short",
    "num_ctx_0": "contexts of no tokens at all",
    "num_ctx_neg": "contexts of no tokens at all",
}
"""Records of those files that the stand-in does not cover, by name."""

_PATHS_LEFT_OUT: Final = ("/v1/", "/api/copy", "/api/push")


def _long_prompt(stream: bool, **more: Any) -> dict[str, Any]:
    options = {"temperature": 0, "seed": 1, "num_predict": 20, "num_ctx": 512}
    long_message = {"role": "user", "content": {"repeat": "word", "times": 2000}}
    body = {"model": "smollm2:135m", "messages": [long_message], "options": options} | more
    return body if stream else body | {"stream": False}


def _long_text(times: int, **more: Any) -> dict[str, Any]:
    return {"model": "all-minilm", "input": {"repeat": "word", "times": times}} | more


MADE: Final[dict[str, dict[str, Any]]] = {
    "20000_words_truncate_absent": _long_text(20_000),
    "20000_words_truncate_true": _long_text(20_000, truncate=True),
    "20000_words_truncate_false": _long_text(20_000, truncate=False),
    "one_long_user_stream_truncate_false": _long_prompt(True, truncate=False),
    "one_long_user_nostream_truncate_false": _long_prompt(False, truncate=False),
}
"""Requests that the recordings hold cut short, written out again."""


def left_out(record: dict[str, Any]) -> str:
    """Why this record is not replayed; "" where it is."""
    request = record.get("request")
    if not isinstance(request, dict) or "response" not in record:
        return "no exchange"
    name = record["name"]
    if request["path"].startswith(_PATHS_LEFT_OUT):
        return "an endpoint that is not spoken"
    if isinstance(request["body"], dict) and name not in MADE:
        return "its request was recorded cut short"
    if isinstance(record["response"].get("body"), dict) and name not in MADE:
        return "its reply was recorded cut short"
    return LEFT_OUT.get(name, "")


def read_records(folder: Path, file: str) -> Iterator[dict[str, Any]]:
    """The records of one file."""
    with (folder / f"{file}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def folders(recordings: Path) -> dict[str, Path]:
    """The folder of each version's recordings."""
    return {NEW: recordings, OLD: recordings / f"v{OLD}"}
