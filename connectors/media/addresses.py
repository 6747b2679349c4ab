"""Which addresses a customer's file may be fetched from: public ones, checked after resolving."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Ranges that carry an IPv4 address inside, which may be a private one, and count as global themselves.
_CARRIERS = tuple(
    ipaddress.IPv6Network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
# The only part of IPv6 from which public addresses are given out.
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")


def is_public(address: Address) -> bool:
    """Whether this is an address of the public network, and nothing that leads back into a private one."""
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    return address in _PUBLIC_IPV6 and not any(address in network for network in _CARRIERS)


async def resolve(host: str, port: int) -> list[Address]:
    """Every address of a host, in the order to try them.

    Raises:
        OSError: when it has none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )
    # A scope ("%eth0") belongs to local addresses only.
    return list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))
