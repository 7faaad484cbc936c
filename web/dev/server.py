"""A stand-in for the server while one works on the page: every state by a word in the question.

`python3 web/dev/server.py [--port 8610] [--token T] [--no-model] [--delay 0.05]`. All it says is simulated.
Words: slow, queue, busy, refused, error, cut, none, maybe, quoted, glossed, hostile, rtl, long,
emoji, strong.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PAGE = Path(__file__).resolve().parents[2] / "src" / "slangrag" / "serve" / "page"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
TYPES = {
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
}
WORDS = ["ghost", "ghosted", "ghosting", "glow up", "no cap", "rizz", "rizzler", "salty", "damn", "<b>bold"]
MOST = 8

ENTRIES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "entries.json").read_text("utf-8"))
for one in ENTRIES:
    if one["word"] == "longwinded":
        one["definition"] = " ".join([one["definition"]] * 200)

ABOUT = {
    "hostile": "<img src=x onerror=alert(1)>",
    "rtl": "حبيبي",
    "long": "longwinded",
    "emoji": "💀",
    "strong": "damn",
}


def about(text: str) -> list[dict[str, Any]]:
    """The entries that a question of this stand-in finds."""
    for key, word in ABOUT.items():
        if key in text:
            return [one for one in ENTRIES if one["word"] == word]
    return ENTRIES[:6]


def found(text: str) -> dict[str, Any]:
    """A search document."""
    known = "no" if "none" in text else "maybe" if "maybe" in text else "yes"
    matches = ["exact", "exact", "inflected", "inflected", "fuzzy", "semantic"]
    hits = [
        {"rank": n, **one, "score": -0.1 * n, "match": matches[(n - 1) % 6], "span": None}
        for n, one in enumerate(about(text), start=1)
    ]
    return {
        "query": text,
        "intent": "define",
        "known": known,
        "hits": [] if known == "no" else hits,
        "suggestions": ["ghosting", "ghosted"] if known != "yes" else [],
        "notes": [],
        "strong": ["damn", "damned"],
    }


def told(text: str, model: bool) -> list[dict[str, Any]]:
    """The sentences of an answer."""
    first = about(text)[0]
    line = first["definition"].splitlines()[0]
    quoted = {
        "text": f"“{first['word']}”: “{line}” [1].",
        "citations": [1],
        "support": "quoted",
        "evidence": [{"n": 1, "start": 0, "end": len(line)}],
    }
    if "none" in text:
        return [
            {"text": "That is not in my data, and I will not guess.", "citations": [], "support": "remark"}
        ]
    if not model or "quoted" in text or first is not ENTRIES[0]:
        return [quoted]
    return [
        {
            "text": "To ghost someone is to stop answering them without warning or reason [1].",
            "citations": [1],
            "support": "supported",
            "evidence": [{"n": 1, "start": 0, "end": 56}],
        },
        {
            "text": "It is done by silently ignoring their messages and calls [3].",
            "citations": [3],
            "support": "supported",
            "evidence": [{"n": 3, "start": 28, "end": 79}],
        },
        {
            "text": "People often find it hurtful [1].",
            "citations": [1],
            "support": "own words",
            "evidence": [],
        },
    ]


class Answers(BaseHTTPRequestHandler):
    """One request of the page."""

    protocol_version = "HTTP/1.1"
    options: argparse.Namespace

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        """A whole response."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def document(self, body: object, status: int = 200, **headers: str) -> None:
        """A JSON document."""
        self.send(status, json.dumps(body).encode(), "application/json", **headers)

    def error(self, status: int, message: str, hint: str = "", **headers: str) -> None:
        """The one shape of errors."""
        self.document({"error": {"message": message, "hint": hint, "code": "simulated"}}, status, **headers)

    def allowed(self) -> bool:
        """Whether the token is right."""
        if not self.options.token or self.headers.get("Authorization") == f"Bearer {self.options.token}":
            return True
        self.error(401, "a token is needed")
        return False

    def do_GET(self) -> None:
        """The page, its assets and what is asked for by address."""
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        if path.startswith("/api/"):
            if self.allowed():
                self.get(path, {name: values[0] for name, values in parse_qs(parts.query).items()})
            return
        name = path.removeprefix("/assets/") if path.startswith("/assets/") else "index.html"
        file = PAGE / name
        if "/" in name or not file.is_file():
            self.error(404, "no such page")
            return
        self.send(200, file.read_bytes(), TYPES[file.suffix[1:]])

    def get(self, path: str, query: dict[str, str]) -> None:
        """Status, headwords, a random word, an entry."""
        model = not self.options.no_model
        if path == "/api/status":
            self.document(
                {
                    "version": "0.3.0",
                    "engine": "ollama" if model else "",
                    "model": "llama3.1" if model else "",
                    "store": {"headwords": 45000, "rows": 45669, "complete": True, "data_until": "May 2016"},
                    "capable": model,
                    "gpu": True if model else None,
                    "ready": True,
                    "notes": [] if model else ["Ollama does not answer: `ollama serve`"],
                    "queue": {"running": 0, "waiting": 0, "room": 8},
                    "documents": 0,
                    "only": "both",
                    "uploads": False,
                }
            )
        elif path == "/api/headwords":
            start = query.get("starting", "").lower()
            self.document({"headwords": [word for word in WORDS if word.startswith(start)][:MOST]})
        elif path == "/api/random":
            self.document({"word": "salty"})
        elif path.startswith("/api/entries/"):
            one = next((one for one in ENTRIES if one["entry_id"] == path.rsplit("/", 1)[1]), None)
            if one is None:
                self.error(404, "there is no such entry", "`slangrag search` finds one")
            else:
                self.document({**one, "strong": ["damn", "damned"]})
        else:
            self.error(404, "no such address")

    def do_POST(self) -> None:
        """What is asked with a body."""
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        if not self.allowed():
            return
        text = str(body.get("question") or body.get("text") or body.get("query") or body.get("word")).lower()
        if "busy" in text:
            self.error(503, "eight questions are waiting already", "ask again in a moment", Retry_After="5")
        elif "refused" in text:
            self.error(422, "the store is missing", "`slangrag ingest FILE` makes one")
        elif self.path == "/api/ask":
            self.ask(text)
        elif self.path == "/api/define":
            entries = [one for one in ENTRIES if one["word"].lower() == text]
            self.document(
                {
                    "word": body["word"],
                    "known": "yes" if entries else "maybe",
                    "entries": entries,
                    "suggestions": [] if entries else ["ghosting"],
                    "strong": ["damn", "damned"],
                }
            )
        elif self.path == "/api/search":
            self.document(found(text))
        elif self.path == "/api/translate":
            time.sleep(self.options.delay * 10 if "slow" in text else 0)
            self.document(self.translated(str(body["text"])))

    def translated(self, text: str) -> dict[str, Any]:
        """A translate document."""
        terms: list[dict[str, Any]] = []
        for one in ENTRIES[:9]:
            start = text.lower().find(one["word"])
            if start < 0 or any(term["word"] == one["word"] for term in terms):
                continue
            meaning = one["definition"].splitlines()[0]
            senses = [{"word": one["word"], "entry_id": one["entry_id"], "meaning": meaning}]
            if one["word"] == "fit":
                senses.append(
                    {"word": "fit", "entry_id": "9900784", "meaning": "Attractive, in British English."}
                )
            terms.append(
                {
                    "span": text[start : start + len(one["word"])],
                    "start": start,
                    "end": start + len(one["word"]),
                    "word": one["word"],
                    "entry_id": one["entry_id"],
                    "definition": one["definition"],
                    "senses": senses,
                }
            )
        model = not self.options.no_model and "glossed" not in text
        return {
            "text": text,
            "plain": "Honestly, that outfit looks extremely good." if model else text,
            "terms": terms,
            "grounded": "own" not in text,
            "engine": "ollama" if model else "",
            "model": "llama3.1" if model else "",
            "rewritten": model,
            "rendering": "rewritten" if model else "glossed",
            "notes": [],
            "strong": ["damn"],
        }

    def event(self, name: str, data: object) -> None:
        """One server-sent event."""
        self.wfile.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()
        time.sleep(self.options.delay)

    def ask(self, text: str) -> None:
        """The event stream of an answer."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            self.stream(text)
        except (BrokenPipeError, ConnectionResetError):
            sys.stderr.write("the page left\n")

    def stream(self, text: str) -> None:
        """The events."""
        model = not self.options.no_model
        pause = 0.25 if "slow" in text else 0.0
        if "queue" in text:
            for ahead in (2, 1, 0):
                self.event("queued", {"ahead": ahead})
                time.sleep(0.8)
        self.event("read_as", {"text": text})
        document = found(text)
        self.event("sources", document)
        self.wfile.write(b": ping\n\n")
        sentences = told(text, model)
        self.event("first_token", {"ms": 812.0})
        for n, sentence in enumerate(sentences):
            words = sentence["text"].split()
            for upto in range(3, len(words) + 1, 3):
                self.event("draft", {"text": " ".join(words[:upto])})
                time.sleep(pause)
            if n == 1 and "cut" in text:
                return
            if n == 1 and "error" in text:
                self.event(
                    "error",
                    {"error": {"message": "Ollama stopped answering", "hint": "`ollama serve`", "code": "x"}},
                )
                return
            self.event("sentence", sentence)
        if model and sentences[0]["support"] == "supported":
            self.event(
                "withdrawn",
                {
                    "text": "The word comes from the film of 1990 [2].",
                    "reason": "its source says no such thing",
                },
            )
        self.event(
            "finished",
            {
                **document,
                "answer": " ".join(one["text"] for one in sentences),
                "abstained": "none" in text,
                "grounded": False,
                "citations": [],
                "engine": "ollama" if model else "",
                "model": "llama3.1" if model else "",
                "quoted": not model,
                "timings_ms": {"retrieve": 21.0, "total": 1834.2},
                "sentences": sentences,
            },
        )


def main() -> None:
    """Serve on loopback until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8610)
    parser.add_argument("--token", default="")
    parser.add_argument("--no-model", action="store_true")
    parser.add_argument("--delay", type=float, default=0.05, help="seconds between events")
    Answers.options = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", Answers.options.port), Answers)
    server.daemon_threads = True
    sys.stderr.write(f"http://127.0.0.1:{Answers.options.port}/#token={Answers.options.token}\n")
    server.serve_forever()


if __name__ == "__main__":
    main()
