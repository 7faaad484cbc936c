"""Settings, layered: flag > environment > .env > slangrag.toml > default. Each knows where it came from.

Knows nothing of what the settings are for. Heavy parsers are imported only where there is a file to parse.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from slangrag.errors import ConfigError

CONFIG_NAME: Final = "slangrag.toml"
DEFAULT_CSV: Final = Path("data/urbandict-word-defs.csv")


def _boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("expected true or false")


_DAY: Final = 86_400
_LONGEST_CONTEXT: Final = 10_000_000
"""Tokens; no model has more, and llama.cpp counts them in 32 bits."""

_MOST_THREADS: Final = 512
"""llama.cpp aborts the process above (GGML_MAX_N_THREADS)."""


def _path(text: str) -> Path:
    return Path(text).expanduser()


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: its name, its environment variable, how it reads, what it is for.

    choices are all its values, low and high the least and the greatest of a number.
    """

    name: str
    env: str
    parse: Callable[[str], Any]
    help: str
    choices: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf


OPTIONS: Final[tuple[Option, ...]] = (
    Option("store", "SLANGRAG_STORE", _path, "Directory of the slang store."),
    Option("csv", "SLANGRAG_CSV", _path, "CSV that `slangrag ingest` reads when none is named."),
    Option("engine", "SLANGRAG_ENGINE", str, "Who embeds and chats.", ("auto", "ollama", "embedded")),
    Option("chat_model", "SLANGRAG_CHAT_MODEL", str, "Model that answers (a GGUF path for embedded)."),
    Option("embed_model", "SLANGRAG_EMBED_MODEL", str, "Model that makes the vectors."),
    Option("ollama_host", "OLLAMA_HOST", str, "Where Ollama answers, read as Ollama itself reads it."),
    Option(
        "num_ctx",
        "SLANGRAG_NUM_CTX",
        int,
        "Context length in tokens; always sent to Ollama.",
        low=256,
        high=_LONGEST_CONTEXT,
    ),
    Option(
        "max_tokens", "SLANGRAG_MAX_TOKENS", int, "Longest answer, in tokens.", low=16, high=_LONGEST_CONTEXT
    ),
    Option("temperature", "SLANGRAG_TEMPERATURE", float, "Sampling temperature.", low=0, high=2),
    Option("keep_alive", "SLANGRAG_KEEP_ALIVE", str, "How long Ollama keeps the models loaded."),
    Option(
        "connect_timeout",
        "SLANGRAG_CONNECT_TIMEOUT",
        float,
        "Seconds to wait for a connection.",
        low=0.1,
        high=_DAY,
    ),
    Option(
        "read_timeout",
        "SLANGRAG_READ_TIMEOUT",
        float,
        "Seconds of silence after which an engine hangs.",
        low=0.1,
        high=_DAY,
    ),
    Option(
        "threads",
        "SLANGRAG_THREADS",
        int,
        "Threads of the embedded engine; 0 means one per core.",
        low=0,
        high=_MOST_THREADS,
    ),
    Option("cache", "SLANGRAG_CACHE", _path, "Directory of the embedded engine's weights."),
    Option("top_k", "SLANGRAG_TOP_K", int, "How many definitions a question may lean on.", low=1, high=50),
    Option("safe", "SLANGRAG_SAFE", _boolean, "Mask strong words in what is shown."),
)
BY_NAME: Final = {option.name: option for option in OPTIONS}


def _user_dir(kind: str) -> Path:
    """The platform's directory for `kind` ("data", "cache" or "config")."""
    import platformdirs

    finder = {
        "data": platformdirs.user_data_path,
        "cache": platformdirs.user_cache_path,
        "config": platformdirs.user_config_path,
    }[kind]
    return finder("slangrag", appauthor=False)


def _defaults() -> dict[str, Any]:
    return {
        "store": None,
        "csv": None,
        "engine": "auto",
        "chat_model": None,
        "embed_model": None,
        "ollama_host": "",
        "num_ctx": 4096,
        "max_tokens": 400,
        "temperature": 0.2,
        "keep_alive": "10m",
        "connect_timeout": 5.0,
        "read_timeout": 120.0,
        "threads": 0,
        "cache": None,
        "top_k": 6,
        "safe": False,
    }


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, read and checked. `origin[name]` says which layer it came from.

    chat_model and embed_model are None where the engine's own default applies. csv is None where
    no layer names one.
    """

    store: Path
    csv: Path | None
    engine: str
    chat_model: str | None
    embed_model: str | None
    ollama_host: str
    num_ctx: int
    max_tokens: int
    temperature: float
    keep_alive: str
    connect_timeout: float
    read_timeout: float
    threads: int
    cache: Path
    top_k: int
    safe: bool
    origin: Mapping[str, str] = field(default_factory=dict)


def parse_value(option: Option, value: Any, source: str) -> Any:
    """`value` as the option's type; ConfigError names the setting and where it was read."""
    if not isinstance(value, str):
        value = str(value)
    told = f"{option.name} = {value!r} ({source})"
    try:
        parsed = option.parse(value)
    except ValueError as error:
        raise ConfigError(f"{told} cannot be read: {error}", hint=_mended(option, source)) from error
    if option.choices and parsed not in option.choices:
        raise ConfigError(f"{told} is none of {', '.join(option.choices)}", hint=_mended(option, source))
    if isinstance(parsed, int | float) and not option.low <= parsed <= option.high:  # nan is out, too
        raise ConfigError(
            f"{told} is not in the range {option.low} to {option.high}", hint=_mended(option, source)
        )
    return parsed


def _mended(option: Option, source: str) -> str:
    """The default, written as the layer that holds the bad value would have it."""
    value = str(_defaults()[option.name])
    if option.env in source:
        return f"{option.env}={value} (or unset it)"
    if source.startswith("--"):
        return f"{source} {value}"
    here = "--here " if Path(source) == Path.cwd() / CONFIG_NAME else ""
    return f"slangrag config set {here}{option.name} {value}"


def user_config_path() -> Path:
    """Where `slangrag config set` writes."""
    return _user_dir("config") / CONFIG_NAME


def _read_toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", hint="slangrag config path") from error
    unknown = sorted(set(values) - set(BY_NAME))
    if unknown:
        raise ConfigError(f"{path} holds unknown settings: {', '.join(unknown)}", hint="slangrag config show")
    return values


def _read_dotenv(path: Path) -> dict[str, str]:
    from dotenv import dotenv_values

    try:
        return {key: value for key, value in dotenv_values(path).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", hint=f"check {path}") from error


def load_settings(
    flags: Mapping[str, Any] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user_config: Path | None = None,
) -> Settings:
    """Merge the layers. `flags` holds only what was given on the command line (None is "not given").

    Raises ConfigError for a value that cannot be read or is out of its range, or a configuration
    file with unknown names.
    """
    environ = os.environ if environ is None else environ
    cwd = Path.cwd() if cwd is None else cwd
    values = _defaults()
    origin = dict.fromkeys(values, "default")

    def take(layer: Mapping[str, Any], key: Callable[[Option], str], source: Callable[[Option], str]) -> None:
        for option in OPTIONS:
            value = layer.get(key(option))
            if value is None or value == "":
                continue
            values[option.name] = parse_value(option, value, source(option))
            origin[option.name] = source(option)

    for path in (user_config if user_config is not None else user_config_path(), cwd / CONFIG_NAME):
        if path.is_file():
            take(_read_toml(path), lambda o: o.name, lambda _, p=path: str(p))  # type: ignore[misc]
    if (cwd / ".env").is_file():
        take(_read_dotenv(cwd / ".env"), lambda o: o.env, lambda o: f".env ({o.env})")
    take(environ, lambda o: o.env, lambda o: f"environment ({o.env})")
    take(flags or {}, lambda o: o.name, lambda o: f"--{o.name.replace('_', '-')}")

    if values["store"] is None:
        values["store"] = _user_dir("data") / "store"
    if values["cache"] is None:
        values["cache"] = _user_dir("cache")
    return Settings(**values, origin=origin)


def default_threads() -> int:
    """Cores this process may use (cgroups and affinity respected where the platform tells)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
