"""Which rules no test would miss: each is emptied by itself, and the unit tests are run.

    python tools/mutate_rules.py [--list] [--only WORD] [--tests FOLDER ...] [ROOM ...]

A rule is a constant at the top of a module of src/slangrag/text or src/slangrag/answer (or the ROOMs named):
a compiled pattern, a word list, a table; and each member of a table by itself. A pattern is emptied to one
that matches nothing. Nothing is written: the changed module is compiled in memory, each in a process of its
own. Prints a line a rule, and at the end those that no test noticed; exit code 1 where there are any.

Not part of `make test`: some hundred runs of a few seconds.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src" / "slangrag"
ROOMS: Final = ("text", "answer")
TESTS: Final = ("tests/unit/text", "tests/unit/answer", "tests/unit/retrieval")
EXCLUDED: Final = tuple(
    f"answer/translate/{name}.py" for name in ("gloss", "slots", "inflection", "translation", "slang_spans")
)
"""Translation by substitution: to be replaced as a whole."""

MOST_MEMBERS: Final = 40
"""A longer table is data, which is emptied as a whole only."""

PATIENCE_SECONDS: Final = 600
_NEVER: Final = "(?!)"
_PATTERN: Final = re.compile(r"\\[a-zA-Z]|\(\?")
_SENTENCE: Final = re.compile(r"[.!?:{}]\s|[.!?:{}]$")


@dataclass(frozen=True)
class Mutation:
    """One rule, and its module without it."""

    module: Path
    line: int
    what: str
    tree: ast.Module

    def __str__(self) -> str:
        return f"{self.module.relative_to(SOURCE)}:{self.line} {self.what}"


def emptied(value: Any) -> str | None:
    """The empty form of a rule, as an expression; None for what is no rule (a number, a sentence to show)."""
    match value:
        case re.Pattern():
            never = _NEVER if isinstance(value.pattern, str) else _NEVER.encode()
            return f"__import__('re').compile({never!r})"
        case frozenset() | tuple() | list() | dict() | set() if value:
            return f"{type(value).__name__}()"
        case str() if _PATTERN.search(value):
            return repr(_NEVER)
        case str() if len(value.split()) > 3 and not _SENTENCE.search(value):
            return "''"
    return None


def mutations(module: Path) -> Iterator[Mutation]:
    """Every rule of a module, each whole and then without each of its members."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    loaded = importlib.import_module(".".join(module.relative_to(SOURCE.parent).with_suffix("").parts))
    for place, node in enumerate(tree.body):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        name = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
        empty = emptied(getattr(loaded, name, None))
        if empty is None:
            continue
        changed = copy.deepcopy(tree)
        changed.body[place].value = ast.parse(empty, mode="eval").body  # type: ignore[attr-defined]
        yield Mutation(module, node.lineno, name, changed)
        for number, member in enumerate(_members(node.value)):
            changed = copy.deepcopy(tree)
            _remove(changed.body[place].value, number)  # type: ignore[attr-defined]
            yield Mutation(module, member.lineno, f"{name}: {_brief(member)}", changed)


def _table(value: ast.expr) -> ast.Dict | ast.Tuple | ast.List | ast.Set | None:
    """The table that an expression writes out, itself or as the argument of frozenset()."""
    if isinstance(value, ast.Call) and len(value.args) == 1:
        value = value.args[0]
    return value if isinstance(value, ast.Dict | ast.Tuple | ast.List | ast.Set) else None


def _members(value: ast.expr) -> list[ast.expr]:
    table = _table(value)
    if table is None:
        return []
    found = [key for key in table.keys if key] if isinstance(table, ast.Dict) else table.elts
    return found if 1 < len(found) <= MOST_MEMBERS else []


def _remove(value: ast.expr, number: int) -> None:
    table = _table(value)
    if isinstance(table, ast.Dict):
        del table.keys[number], table.values[number]
    elif table is not None:
        del table.elts[number]


def _brief(node: ast.expr) -> str:
    """The beginning of a member, to find it by."""
    text = ast.unparse(node)
    return text if len(text) <= 70 else f"{text[:67]}..."


def noticed(mutation: Mutation | None, tests: list[str]) -> bool:
    """Whether the tests fail (or do not end) with the mutation, in a child of this process."""
    child = os.fork()
    if child == 0:
        os.setsid()
        os._exit(_run_tests(mutation, tests))
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) != 0
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _run_tests(mutation: Mutation | None, tests: list[str]) -> int:
    """pytest's exit code, with the module changed as it is imported; what pytest prints goes nowhere."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "slangrag"]:
        del sys.modules[name]
    original = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> Any:
        if mutation is not None and Path(self.path) == mutation.module:
            return compile(ast.fix_missing_locations(mutation.tree), self.path, "exec")
        return original(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[assignment, method-assign]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    import pytest

    files = sorted(tests, key=lambda file: _distance(file, mutation))
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *files]))


def _distance(test: str, mutation: Mutation | None) -> int:
    """Tests named like the module come first, then those of its room: most rules are caught there."""
    if mutation is None:
        return 0
    parts = mutation.module.relative_to(SOURCE).with_suffix("").parts
    return (parts[-1] not in Path(test).stem) + (parts[0] not in Path(test).parts)


def main() -> int:
    """Empty one rule after another."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("rooms", nargs="*", default=ROOMS, metavar="ROOM", help="under src/slangrag")
    options.add_argument("--list", action="store_true", help="only name the rules")
    options.add_argument("--only", default="", metavar="WORD", help="only rules that have WORD in their line")
    options.add_argument("--tests", nargs="+", default=TESTS, metavar="FOLDER", help="of tests")
    chosen = options.parse_args()
    os.chdir(ROOT)
    files = [file for room in chosen.rooms for file in sorted((SOURCE / room).rglob("*.py"))] + [
        SOURCE / room for room in chosen.rooms if room.endswith(".py")
    ]
    found = [
        mutation
        for file in files
        if str(file.relative_to(SOURCE)) not in EXCLUDED
        for mutation in mutations(file)
        if chosen.only in str(mutation)
    ]
    if chosen.list:
        sys.stdout.writelines(f"{mutation}\n" for mutation in found)
        return 0
    for heavy in ("numpy", "pytest", "rich.text", "snowballstemmer"):  # once, not in each child
        importlib.import_module(heavy)
    tests = [str(file) for path in chosen.tests for file in sorted(Path(path).rglob("test_*.py"))]
    if noticed(None, tests):
        sys.exit("the tests fail as it is")
    survivors = []
    for mutation in found:
        began = time.monotonic()
        caught = noticed(mutation, tests)
        sys.stdout.write(
            f"{'caught ' if caught else 'MISSED '} {time.monotonic() - began:5.1f} s  {mutation}\n"
        )
        sys.stdout.flush()
        if not caught:
            survivors.append(mutation)
    sys.stdout.write(f"\n{len(found)} rules, {len(survivors)} that no test noticed\n")
    sys.stdout.writelines(f"  {mutation}\n" for mutation in survivors)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
