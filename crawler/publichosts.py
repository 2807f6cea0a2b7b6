"""Which hosts are on the public internet, as far as their names and addresses say. Pure functions."""

from __future__ import annotations

import ipaddress
import socket


def is_private(host: str) -> bool:
    """Whether ``host`` is written as an address that is not on the public internet (or is ``localhost``).

    Also in the forms that the system's resolver takes for an IPv4 address: ``2130706433``, ``0x7f.1``, ``127.1``.
    """
    name = host.lower().rstrip(".").strip("[]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        try:
            address = ipaddress.ip_address(socket.inet_aton(name))
        except OSError:
            return False
    return not is_public(address)


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one host's on the public internet; an IPv4 address inside an IPv6 one decides."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(inside)
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
