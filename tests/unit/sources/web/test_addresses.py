"""An address that is open by mistake is somebody's router, database or cloud credentials."""

from __future__ import annotations

import pytest

from slangrag.sources.web.addresses import Access, refusal

PUBLIC = {
    "an IPv4 site": "93.184.215.14",
    "an IPv6 site": "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "an IPv4 site where there is only IPv6 (NAT64)": "64:ff9b::5db8:d70e",
    "an IPv4 site, mapped": "::ffff:93.184.215.14",
}
PRIVATE = {
    "this machine": "127.0.0.1",
    "all of loopback": "127.9.9.9",
    "this machine over IPv6": "::1",
    "10/8": "10.0.0.7",
    "172.16/12": "172.31.255.255",
    "192.168/16": "192.168.1.1",
    "a provider's shared network": "100.64.0.1",
    "unique local IPv6": "fd12:3456::1",
    "loopback, mapped": "::ffff:127.0.0.1",
    "a private network, mapped": "::ffff:a00:7",
    "a private network by NAT64": "64:ff9b::a00:7",
    "loopback by 6to4": "2002:7f00:1::1",
}
NEVER = {
    "a cloud's metadata": "169.254.169.254",
    "the same, mapped": "::ffff:169.254.169.254",
    "the same by NAT64": "64:ff9b::a9fe:a9fe",
    "AWS' metadata over IPv6": "fd00:ec2::254",
    "Alibaba's metadata": "100.100.100.200",
    "Azure's, a public address": "168.63.129.16",
    "link-local": "169.254.1.1",
    "link-local IPv6": "fe80::1",
    "link-local IPv6 with its interface": "fe80::1%lo",
    "unspecified": "0.0.0.0",
    "of this network": "0.1.2.3",
    "unspecified IPv6": "::",
    "multicast": "224.0.0.1",
    "multicast IPv6": "ff02::1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "for documents": "192.0.2.1",
    "for documents, IPv6": "2001:db8::1",
    "for benchmarks": "198.18.0.1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "IPv4-compatible IPv6": "::127.0.0.1",
    "site-local IPv6": "fec0::1",
    "a network's own NAT64": "64:ff9b:1::a00:7",
    "6to4's relays": "192.88.99.1",
    "protocol assignments": "192.0.0.8",
    "no address": "example.org",
}


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC)
def test_a_public_address_is_open(address: str) -> None:
    assert refusal(address, private=False) == ""
    assert refusal(address, private=True) == ""


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_a_private_address_is_open_only_when_the_user_says_so(address: str) -> None:
    assert "private network" in refusal(address, private=False)
    assert refusal(address, private=True) == ""


@pytest.mark.parametrize("address", NEVER.values(), ids=NEVER)
def test_what_is_neither_public_nor_ones_own_network_stays_closed_whatever_the_user_says(
    address: str,
) -> None:
    assert refusal(address, private=False)
    assert refusal(address, private=True)


def test_a_port_is_open_when_it_was_typed() -> None:
    assert Access().ports == {80, 443}
    assert Access.asked("https://wiki.example.org:8443/start", "http://example.org/").ports == {80, 443, 8443}
    assert Access.asked("http://example.org:port/").ports == {80, 443}
