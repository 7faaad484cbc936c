"""Models by their name on a hub: found in the hub's cache on this machine, fetched only where that is asked.

The cache, the hub's address (HF_ENDPOINT) and the token are huggingface_hub's own. Knows nothing of running
the model.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.engines.huggingface.folder import CONFIG, WEIGHTS
from slangrag.errors import EngineMissing, ModelMissing

if TYPE_CHECKING:
    from slangrag.engines.embedded.wheels import Progress

_NAME: Final = re.compile(r"[A-Za-z0-9_][\w.-]*(/[\w.-]+)?")
_SMALL_FILES: Final = (".json", ".txt", ".model", ".jinja", ".tiktoken")
_HUB_SECONDS: Final = 10.0
INSTALL: Final = "pip install 'slangrag[huggingface]'"


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a model on the hub; size in bytes."""

    name: str
    size: int


def find_folder(
    name: str, *, revision: str | None = None, fetch: bool = False, progress: Progress | None = None,
    code: bool = False,
) -> Path:  # fmt: skip
    """The folder that `name` means: itself, or the snapshot of that name in the hub's cache.

    With `fetch` a model that is not there is fetched (its Python files only with `code`). Raises ModelMissing
    with what to type, EngineMissing without huggingface_hub.
    """
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if not _NAME.fullmatch(name):
        raise ModelMissing(
            f"there is no folder {name}", hint="--model with the folder of a Hugging Face model"
        )
    cached = _cached(name, revision)
    if cached is not None:
        return cached
    if not fetch:
        raise ModelMissing(
            f"the model {name} is not in this machine's cache, and no folder of that name is here",
            hint=f"slangrag models pull huggingface:{name}",
        )
    return _fetched(name, revision, progress, code=code)


def _not_had(name: str, why: str) -> ModelMissing:
    folder = name.rpartition("/")[2]
    return ModelMissing(
        f"the model {name} {why}",
        hint=f"hf download {name} --local-dir {folder} where there is a network, and then --model ./{folder}",
    )


def _cached(name: str, revision: str | None) -> Path | None:
    """The snapshot in the cache, if it has a configuration and weights."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise missing_packages(error) from error
    try:
        folder = Path(snapshot_download(name, revision=revision, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None
    whole = (folder / CONFIG).is_file() and any((folder / weights).is_file() for weights in WEIGHTS)
    return folder if whole else None


def _fetched(name: str, revision: str | None, progress: Progress | None, *, code: bool) -> Path:
    import httpx
    from huggingface_hub import HfApi, hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError
    from huggingface_hub.utils import logging as said_aloud

    logging: Any = said_aloud  # its functions have no types
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        found = HfApi().model_info(name, revision=revision, files_metadata=True, timeout=_HUB_SECONDS)
        files = wanted([HubFile(one.rfilename, one.size or 0) for one in found.siblings or ()], code=code)
        total, done = sum(file.size for file in files), 0
        folder: Path | None = None
        for file in files:
            bar = _bar(HubFile(name, total), done, total, progress)
            # The first by the branch's name, under which the cache then has it; the others of that commit,
            # should the model change meanwhile. A snapshot's folder is called by its commit.
            at = revision if folder is None else folder.name
            folder = Path(hf_hub_download(name, file.name, revision=at, tqdm_class=bar)).parent
            done += file.size
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status in {401, 403}:
            raise ModelMissing(
                f"the hub does not give {name} to everybody ({status}), or has no such model",
                hint=f"accept its licence on the hub, then: hf auth login, hf download {name}",
            ) from error
        raise _not_had(name, f"cannot be had from the hub ({status})") from error
    except (httpx.HTTPError, OSError, EntryNotFoundError, ValueError) as error:
        raise _not_had(name, f"cannot be fetched from the hub ({_first_line(error)})") from error
    finally:
        logging.set_verbosity(verbosity)
    if folder is None:
        raise _not_had(name, "has no files on the hub that transformers could load")
    return folder


def wanted(files: list[HubFile], *, code: bool) -> list[HubFile]:
    """Those of a model's files that transformers loads, the weights last and in one format only."""
    top = [file for file in files if "/" not in file.name]
    small = [file for file in top if file.name.endswith(_SMALL_FILES) or (code and file.name.endswith(".py"))]
    for start, end in (("model", ".safetensors"), ("pytorch_model", ".bin")):
        weights = [file for file in top if file.name.startswith(start) and file.name.endswith(end)]
        if weights:
            return [*small, *weights]
    return []


def _bar(shown: HubFile, done: int, total: int, progress: Progress | None) -> type[Any]:
    """What huggingface_hub takes for a class of tqdm: it only counts."""

    class Counting:
        def __init__(self, *_: object, initial: int = 0, **__: object) -> None:
            self.so_far = done + (initial or 0)

        def update(self, n: float | None = 1) -> None:
            self.so_far += int(n or 0)
            if progress is not None:
                progress(shown, min(self.so_far, total), total)

        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *_, **__: None  # set_description, refresh, close: nothing is drawn here

        def __enter__(self) -> Counting:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    return Counting


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]


def missing_packages(error: ImportError) -> EngineMissing:
    """What to say where a package of the extra `huggingface` cannot be imported."""
    return EngineMissing(
        f"Hugging Face models need packages that are not installed ({error.name or error})", hint=INSTALL
    )
