"""OLLAMA_HOST means to us what it means to Ollama itself (envconfig/config.go and its tests)."""

from __future__ import annotations

import pytest

from slangrag.engines.ollama.host import parse_host
from slangrag.errors import ConfigError

ADDRESSES = {
    "": "http://127.0.0.1:11434",
    "   ": "http://127.0.0.1:11434",
    "1.2.3.4": "http://1.2.3.4:11434",
    "1.2.3.4:56789": "http://1.2.3.4:56789",
    ":56789": "http://127.0.0.1:56789",
    "http://1.2.3.4": "http://1.2.3.4:80",
    "https://1.2.3.4": "https://1.2.3.4:443",
    "https://1.2.3.4:56789": "https://1.2.3.4:56789",
    "HTTP://1.2.3.4": "http://1.2.3.4:80",
    "http://": "http://127.0.0.1:80",
    "example.com": "http://example.com:11434",
    "ollama.com": "https://ollama.com:443",
    "example.com/": "http://example.com:11434",
    "example.com:5678/": "http://example.com:5678",
    "http://example.com:5678/ollama/": "http://example.com:5678/ollama",
    "localhost": "http://localhost:11434",
    "::1": "http://[::1]:11434",
    "[::1]": "http://[::1]:11434",
    "[::1]:5678": "http://[::1]:5678",
    "http://[2001:db8::1]": "http://[2001:db8::1]:80",
    " 127.0.0.1:5678 ": "http://127.0.0.1:5678",
    '"127.0.0.1:5678"': "http://127.0.0.1:5678",
    "'example.com'": "http://example.com:11434",
    "0.0.0.0": "http://127.0.0.1:11434",
    "0.0.0.0:5678": "http://127.0.0.1:5678",
    "http://0.0.0.0:5678": "http://127.0.0.1:5678",
    "[::]": "http://[::1]:11434",
    "::": "http://[::1]:11434",
    "[::]:5678": "http://[::1]:5678",
    "[::ffff:0.0.0.0]:5678": "http://127.0.0.1:5678",
}


@pytest.mark.parametrize(("value", "url"), ADDRESSES.items())
def test_a_host_is_called_where_ollama_would_call_it(value: str, url: str) -> None:
    assert parse_host(value).url == url


@pytest.mark.parametrize(("value", "port"), [("h:66000", 11434), ("h:-1", 11434), ("http://h:abc", 80)])
def test_a_port_that_is_none_is_replaced_by_the_default_and_said(value: str, port: int) -> None:
    host = parse_host(value)
    assert host.port == port
    assert "is no port" in host.note


@pytest.mark.parametrize("value", ["ftp://h", "unix:///run/ollama.sock", "user:pw@h:1", "a b", "h?x=1"])
def test_what_is_no_host_is_refused_with_an_example(value: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_host(value)
    assert "11434" in refused.value.hint


@pytest.mark.parametrize(
    ("value", "loopback"),
    [
        ("", True),
        ("localhost", True),
        ("127.8.0.1", True),
        ("[::1]", True),
        ("0.0.0.0", True),
        ("10.0.0.7", False),
        ("gpu17", False),
    ],
)
def test_this_machine_is_known_so_that_proxies_are_ignored_for_it(value: str, loopback: bool) -> None:
    assert parse_host(value).loopback is loopback
