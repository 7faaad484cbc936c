"""Start-up is a feature: what a command may import before it has done its work, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.integration.cli.harness import Slangrag
from tests.standin import StandIn

NEVER = {
    "chromadb",
    "httpx",
    "langchain",
    "langchain_core",
    "numpy",
    "ollama",
    "onnxruntime",
    "pandas",
    "pydantic",
    "tokenizers",
    "xllamacpp",
}
PRINTS_NOTHING_YET = NEVER | {"rich", "sqlite3", "slangrag.retrieval", "slangrag.engines", "slangrag.answer"}

# Runs the command line, then says on stderr what was loaded; `watch` says it at the first word to a server.
DRIVER = """
import sys
def loaded(when):
    sys.stderr.write(when + " " + " ".join(sorted(sys.modules)) + "\\n")
def audit(event, arguments, said=[]):
    if event == "socket.connect" and not said and sys.argv[1:2] == ["ask"]:
        said.append(1)
        loaded("CONNECT")
sys.addaudithook(audit)
from slangrag.cli.main import main
try:
    main()
finally:
    loaded("END")
"""


def modules(slangrag: Slangrag, *arguments: str, when: str = "END") -> set[str]:
    """The modules that were loaded when the command ended (or first spoke to a server)."""
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, *arguments],
        env=slangrag.variables({}),
        cwd=slangrag.cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith(f"{when} ")]
    assert lines, done.stderr
    return set(lines[0].split()[1:])


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("ask", "--help"), ("config", "path")])
def test_help_loads_next_to_nothing(slangrag: Slangrag, arguments: tuple[str, ...]) -> None:
    assert not modules(slangrag, *arguments) & PRINTS_NOTHING_YET


@pytest.mark.parametrize(
    "arguments",
    [
        ("define", "salty"),
        ("define", "salty", "--json"),
        ("define", "xqzzyv"),
        ("ask", "what does salty mean", "--quote"),
        ("ask", "what do salty and rizz mean", "--quote", "--safe"),
        ("store", "info"),
        ("config", "show"),
    ],
)
def test_define_loads_no_model_no_vectors_and_no_client(
    on_sample: Slangrag, arguments: tuple[str, ...]
) -> None:
    assert not modules(on_sample, *arguments) & NEVER


def test_a_search_by_headword_never_touches_the_index(on_sample: Slangrag) -> None:
    assert not modules(on_sample, "search", "what does salty mean") & NEVER


def test_a_question_is_on_its_way_before_anything_heavy_is_loaded(
    with_ollama: Slangrag, server: StandIn
) -> None:
    """Up to the first connection, which is the chat request or the probe before it."""
    assert not modules(with_ollama, "ask", "what does salty mean", when="CONNECT") & NEVER
    assert server.calls("/api/chat")


def test_ask_ends_without_having_loaded_the_ollama_package(with_ollama: Slangrag) -> None:
    assert not modules(with_ollama, "ask", "what does salty mean") & (NEVER - {"numpy"})


def test_completion_at_tab_is_light(on_sample: Slangrag) -> None:
    environment = {
        "_SLANGRAG_COMPLETE": "complete_bash",
        "COMP_WORDS": "slangrag define riz",
        "COMP_CWORD": "2",
    }
    at_tab = Slangrag(on_sample.environ, on_sample.cwd, {**on_sample.defaults, **environment})
    assert not modules(at_tab) & (NEVER | {"slangrag.retrieval"})


@pytest.mark.parametrize(
    ("words", "number", "offered"),
    [
        ("slangrag define riz", "2", "rizz"),
        ("slangrag define no c", "3", "cap"),
        ("slangrag ask --model smol", "3", "smollm2-135m-instruct"),
        ("slangrag ask --model lla", "3", "llama3.1"),
        ("slangrag ingest --embed-model nom", "3", "nomic-embed-text"),
    ],
)
def test_tab_completes_headwords_and_models(
    with_ollama: Slangrag, words: str, number: str, offered: str
) -> None:
    done = with_ollama(_SLANGRAG_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=number)
    assert offered in done.out.splitlines(), done.out + done.err


def test_tab_offers_nothing_that_a_shell_would_run(slangrag: Slangrag) -> None:
    """Completions go to the command line as they are: a headword `$(reboot)` must never be one."""
    from tests.standin import embedding_model

    words = ["zo$(reboot)", "zo`reboot`", "zo;reboot", "zo|sh", "zo>file", "zo\\'quote", "zo plain"]
    rows = "".join(f"{n},{word},1,0,a,A small lamp number {n}.\n" for n, word in enumerate(words, start=1))
    (slangrag.cwd / "odd.csv").write_text(f"word_id,word,up_votes,down_votes,author,definition\n{rows}")
    with StandIn([embedding_model("nomic-embed-text", dimension=64)]) as server:
        ingest = ("ingest", "odd.csv", "--store", "st", "--engine", "ollama")
        assert slangrag(*ingest, OLLAMA_HOST=server.url).code == 0
    done = slangrag(
        _SLANGRAG_COMPLETE="complete_bash",
        COMP_WORDS="slangrag define zo",
        COMP_CWORD="2",
        SLANGRAG_STORE="st",
    )
    assert done.out.split("\n") == ["zo plain"] or done.out.split("\n") == ["zo plain", ""]
