"""Conversations kept: one JSON-lines file each, in a directory of the user's data.

The first line is the conversation's heading, every other line one turn.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from slangrag.answer.chat.conversation import CitedEntry, Conversation, Turn
from slangrag.answer.events import Sentence
from slangrag.errors import InputFormat, InputMissing, InputUnreadable

_SUFFIX: Final = ".jsonl"
_ID: Final = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")


def default_directory() -> Path:
    """Where conversations are kept: beside the default store, in the user's data directory."""
    import platformdirs

    return platformdirs.user_data_path("slangrag", appauthor=False) / "chats"


def save(conversation: Conversation, directory: Path) -> Path:
    """Write the conversation whole, or not at all (a new file, renamed into place); where it is now.

    Raises InputUnreadable if the directory cannot be written.
    """
    path = _path(directory, conversation.id)
    lines = [{"id": conversation.id, "began": conversation.began}, *map(asdict, conversation.turns)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=directory, prefix=".", suffix=".partial")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).replace(path)
        finally:
            Path(partial).unlink(missing_ok=True)
    except OSError as error:
        raise InputUnreadable(
            f"the conversation cannot be kept in {directory}: {error.strerror}", hint=f"ls -ld {directory}"
        ) from error
    return path


def load(directory: Path, conversation_id: str) -> Conversation:
    """A conversation by its id. Raises InputMissing, InputUnreadable, InputFormat."""
    path = _path(directory, conversation_id)
    try:
        lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    except FileNotFoundError as error:
        raise InputMissing(
            f"there is no conversation {conversation_id}", hint="slangrag chat --list"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputUnreadable(f"{path} cannot be read: {error}", hint="slangrag chat --list") from error
    try:
        heading, *turns = [json.loads(line) for line in lines]
        return Conversation(str(heading["id"]), float(heading["began"]), tuple(map(_turn, turns)))
    except (ValueError, KeyError, TypeError) as error:
        raise InputFormat(f"{path} is not a conversation of ours: {error}", hint=f"rm {path}") from error


def delete(directory: Path, conversation_id: str) -> None:
    """Remove a conversation, readable or not. Raises InputMissing, InputUnreadable."""
    path = _path(directory, conversation_id)
    try:
        path.unlink()
    except FileNotFoundError as error:
        raise InputMissing(
            f"there is no conversation {conversation_id}", hint="slangrag chat --list"
        ) from error
    except OSError as error:
        raise InputUnreadable(
            f"{path} cannot be removed: {error.strerror}", hint=f"ls -ld {directory}"
        ) from error


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet. Raises InputUnreadable where one is, or where none can be."""
    try:
        with path.expanduser().open("x", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputUnreadable(f"{path} is there already", hint="give another name") from error
    except OSError as error:
        raise InputUnreadable(
            f"{path} cannot be written: {error.strerror}", hint="give another name"
        ) from error


def saved(directory: Path) -> tuple[list[Conversation], list[str]]:
    """All conversations kept there, latest first, and why each file that cannot be read was passed over."""
    found: list[Conversation] = []
    passed_over: list[str] = []
    for path in sorted(directory.glob(f"*{_SUFFIX}"), reverse=True):
        if _ID.fullmatch(path.stem):
            try:
                found.append(load(directory, path.stem))
            except (InputUnreadable, InputFormat) as error:
                passed_over.append(error.message)
    return found, passed_over


def latest(directory: Path) -> tuple[Conversation, list[str]]:
    """The readable conversation that was begun last, and which others could not be read (see `saved`).

    Raises InputMissing if there is none.
    """
    kept, passed_over = saved(directory)
    if not kept:
        lost = f" ({len(passed_over)} cannot be read: {passed_over[0]})" if passed_over else ""
        raise InputMissing(f"there is no conversation to go on with{lost}", hint="slangrag chat")
    return kept[0], passed_over


def _path(directory: Path, conversation_id: str) -> Path:
    if not _ID.fullmatch(conversation_id):
        raise InputMissing(f"“{conversation_id}” is no conversation's id", hint="slangrag chat --list")
    return directory / f"{conversation_id}{_SUFFIX}"


def _turn(line: Mapping[str, Any]) -> Turn:
    return Turn(
        str(line["asked"]),
        str(line["standalone"]),
        str(line["answered"]),
        tuple(str(word) for word in line["headwords"]),
        float(line["at"]),
        tuple(str(entry_id) for entry_id in line.get("entries", ())),
        str(line.get("kind", "")),
        tuple(
            Sentence(str(one["text"]), tuple(map(int, one["citations"])), one["support"])
            for one in line.get("sentences", ())
        ),
        tuple(
            CitedEntry(
                int(one["n"]),
                str(one["entry_id"]),
                str(one["word"]),
                str(one["definition"]),
                bool(one.get("passage")),
                str(one.get("page", "")),
            )
            for one in line.get("sources", ())
        ),
    )
