"""Settings, layered: flag > environment > .env > slangrag.toml > default. Each knows where it came from.

Each setting is declared once, as a field of `Settings`: its type, default, variable, flags and range. Heavy
parsers are imported only where there is a file to parse.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from slangrag.errors import ConfigError
from slangrag.pairs import one_line, read_pairs

CONFIG_NAME: Final = "slangrag.toml"
DEFAULT_CSV: Final = Path("data/urbandict-word-defs.csv")

_DAY: Final = 86_400
_LONGEST_CONTEXT: Final = 10_000_000
"""Tokens; no model has more, and llama.cpp counts them in 32 bits."""

_MOST_THREADS: Final = 512
"""llama.cpp aborts the process above (GGML_MAX_N_THREADS)."""


@dataclass(frozen=True, slots=True)
class Option:
    """What is declared of a setting beside its default: what it is for, its flags, its limits.

    A secret is never shown. choices are all its values, low and high the least and the greatest of a
    number. pairs: it is a line of KEY=VALUE, whose flag is given once for each. name and kind (the type of a
    value) are those of its field; env is SLANGRAG_ and the name where none is given.
    """

    help: str
    flags: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf
    env: str = ""
    secret: bool = False
    pairs: bool = False
    name: str = ""
    kind: type = str

    @property
    def flag(self) -> str:
        """The flag, as an error or `config show` names it."""
        return self.flags[0].partition("/")[0] if self.flags else f"--{self.name.replace('_', '-')}"

    def shown(self, settings: Settings) -> Any:
        """Its value for people to see: of a secret only that there is one."""
        value = getattr(settings, self.name)
        return "(set)" if self.secret and value else value

    @property
    def expected(self) -> str:
        """What a value must be, in words."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.kind is bool:
            return "true or false"
        if self.pairs:
            return "KEY=VALUE, a comma between two"
        return f"{'a whole number' if self.kind is int else 'a number'} from {self.low} to {self.high}"


def _user_dir(kind: str) -> Path:
    """The platform's directory for `kind` ("data", "cache" or "config")."""
    import platformdirs

    finder = {
        "data": platformdirs.user_data_path,
        "cache": platformdirs.user_cache_path,
        "config": platformdirs.user_config_path,
    }[kind]
    return finder("slangrag", appauthor=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, read and checked. `origin[name]` says which layer it came from.

    chat_model and embed_model are None where the engine's own default applies. csv is None where
    no layer names one.
    """

    store: Annotated[Path, Option("The slang store.", ("--store",))] = field(
        default_factory=lambda: _user_dir("data") / "store"
    )
    csv: Annotated[Path | None, Option("CSV that `slangrag ingest` reads when none is named.")] = None
    engine: Annotated[
        str, Option("auto, ollama or embedded.", ("--engine",), ("auto", "ollama", "embedded"))
    ] = "auto"
    chat_model: Annotated[
        str | None,
        Option("Model that answers: a name, a GGUF file, a folder, or provider:name.", ("--model", "-m")),
    ] = None
    embed_model: Annotated[str | None, Option("Model of the vectors.", ("--embed-model",))] = None
    query_prefix: Annotated[
        str | None, Option("What the embedder wants before a question.", ("--query-prefix",))
    ] = None
    document_prefix: Annotated[
        str | None, Option("What the embedder wants before an entry.", ("--document-prefix",))
    ] = None
    ollama_host: Annotated[
        str, Option("Where Ollama answers, read as Ollama itself reads it.", env="OLLAMA_HOST")
    ] = ""
    num_ctx: Annotated[int, Option("Context, in tokens.", ("--num-ctx",), low=256, high=_LONGEST_CONTEXT)] = (
        4096
    )
    max_tokens: Annotated[
        int, Option("Longest answer, in tokens.", ("--max-tokens",), low=16, high=_LONGEST_CONTEXT)
    ] = 400
    temperature: Annotated[float, Option("Sampling temperature.", ("--temperature",), low=0, high=2)] = 0.2
    options: Annotated[
        str,
        Option(
            "An option of the model's own; one flag for each (docs/models.md).", ("--option",), pairs=True
        ),
    ] = ""
    keep_alive: Annotated[str, Option("How long Ollama keeps the models loaded.")] = "10m"
    connect_timeout: Annotated[float, Option("Seconds to wait for a connection.", low=0.1, high=_DAY)] = 5.0
    read_timeout: Annotated[
        float, Option("Seconds of silence after which an engine hangs.", low=0.1, high=_DAY)
    ] = 120.0
    threads: Annotated[
        int,
        Option("Threads of a model on the CPU; 0: one per core.", ("--threads",), low=0, high=_MOST_THREADS),
    ] = 0
    cache: Annotated[Path, Option("Directory of the embedded engine's weights.")] = field(
        default_factory=lambda: _user_dir("cache")
    )
    top_k: Annotated[int, Option("Definitions to lean on.", ("--top-k", "-k"), low=1, high=50)] = 6
    capable: Annotated[
        str,
        Option(
            "Whether a model of Ollama or Hugging Face can explain: yes, no, or auto (by its size).",
            (),
            ("auto", "yes", "no"),
        ),
    ] = "auto"
    check: Annotated[
        str,
        Option(
            "Who checks a model's sentences: words, judge (then the model itself), nli or off.",
            ("--check",),
            ("words", "judge", "nli", "off"),
        ),
    ] = "judge"
    nli_model: Annotated[Path | None, Option("Directory of an NLI model (ONNX), for --check nli.")] = None
    index: Annotated[
        str,
        Option(
            "Where the Chroma index is: chroma (in the store), none, or a server's address.", ("--index",)
        ),
    ] = "chroma"
    index_token: Annotated[
        str | None,
        Option('What a Chroma server wants to see: a bearer token, or "Header: value".', secret=True),
    ] = None
    index_documents: Annotated[
        bool | None,
        Option(
            "Texts in Chroma too; unless said, up to 300,000 entries.",
            ("--index-documents/--no-index-documents",),
        ),
    ] = None
    only: Annotated[
        str,
        Option(
            "What answers: both, dictionary or documents.", ("--only",), ("both", "dictionary", "documents")
        ),
    ] = "both"
    safe: Annotated[bool, Option("Mask strong words.", ("--safe/--no-safe",))] = False
    origin: Mapping[str, str] = field(default_factory=dict)

    def model_options(self) -> dict[str, Any]:
        """`options`, read: what is meant for the model beside the settings, by its engine's own names."""
        return read_pairs(self.options)


def _declared() -> Iterator[Option]:
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        if get_origin(hint) is Annotated:
            kind, option = get_args(hint)
            kind = (get_args(kind) or (kind,))[0]  # str of `str | None`
            yield replace(option, name=name, kind=kind, env=option.env or f"SLANGRAG_{name.upper()}")


OPTIONS: Final = tuple(_declared())
BY_NAME: Final = {option.name: option for option in OPTIONS}
_BOOLEANS: Final = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off", ""), False),
}
_PARSERS: Final[Mapping[type, Callable[[str], Any]]] = {
    bool: lambda text: _BOOLEANS[text.strip().lower()],
    Path: lambda text: Path(text).expanduser(),
}
"""How a text is read where the type itself does not read it."""


def parse_value(option: Option, value: Any, source: str) -> Any:
    """`value` as the option's type; ConfigError names the setting, where it was read and what is expected."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    try:
        if option.pairs:
            return one_line(value if isinstance(value, list | Mapping) else text)
        parsed = _PARSERS.get(option.kind, option.kind)(text)
        usable = not option.choices or parsed in option.choices
        if isinstance(parsed, int | float):
            usable = option.low <= parsed <= option.high  # nan is out, too
    except (ValueError, KeyError):
        usable = False
    if not usable:
        raise ConfigError(
            f"{option.name} = {text!r} ({source}): expected {option.expected}", hint=_mended(option, source)
        )
    return parsed


def _mended(option: Option, source: str) -> str:
    """The default, written as the layer that holds the bad value would have it."""
    value = str(getattr(Settings(), option.name)) or '""'
    if option.env in source:
        return f"{option.env}={value} (or unset it)"
    if source.startswith("--"):
        return f"{source} {'KEY=VALUE' if option.pairs else value}"
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
    values: dict[str, Any] = {}
    origin = dict.fromkeys(BY_NAME, "default")

    def take(layer: Mapping[str, Any], key: Callable[[Option], str], source: Callable[[Option], str]) -> None:
        for option in OPTIONS:
            value = layer.get(key(option))
            if value is None or value in ("", []):
                continue
            values[option.name] = parse_value(option, value, source(option))
            origin[option.name] = source(option)

    for path in (user_config if user_config is not None else user_config_path(), cwd / CONFIG_NAME):
        if path.is_file():
            take(_read_toml(path), lambda o: o.name, lambda _, p=path: str(p))  # type: ignore[misc]
    if (cwd / ".env").is_file():
        take(_read_dotenv(cwd / ".env"), lambda o: o.env, lambda o: f".env ({o.env})")
    take(environ, lambda o: o.env, lambda o: f"environment ({o.env})")
    take(flags or {}, lambda o: o.name, lambda o: o.flag)
    return Settings(**values, origin=origin)


def default_threads() -> int:
    """Cores this process may use (cgroups and affinity respected where the platform tells)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
