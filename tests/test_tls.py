"""Certificates are checked; a site whose certificate is wrong is not crawled unless its profile says why it may be."""

from __future__ import annotations

import ipaddress
import sqlite3
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import luutru
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from watched import Watched, articles, log, reasons, write_site

from archive.exits import Exit

ADDRESS = "127.0.0.140"


def _certificate(folder: Path, *, days: int, address: str = ADDRESS) -> Path:
    """Key and self-signed certificate, valid until so many days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "may chu thu nghiem")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def _serving(certificate: Path) -> Iterator[Watched]:
    server = Watched(ADDRESS, articles(2))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.base = server.base.replace("http:", "https:")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def _captures(home: Path) -> list[tuple[str, str]]:
    """Reason and TLS of each request."""
    with sqlite3.connect(home / "archive.db") as db:
        return db.execute("SELECT coalesce(reason, ''), tls FROM captures").fetchall()


def test_a_certificate_that_is_trusted_is_no_hindrance(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path, days=30)
    with _serving(certificate) as server:
        write_site(tmp_path, "songlam", server.base)
        ended = luutru(tmp_path, "crawl", "songlam", env={"SSL_CERT_FILE": str(certificate)})
    assert ended.returncode == Exit.OK, ended.stderr
    assert len(server.requests) == 4
    assert {tls for _, tls in _captures(tmp_path)} == {"verified"}


@pytest.mark.parametrize(
    ("days", "trusted", "address", "why"),
    [
        (30, False, ADDRESS, "nobody known has signed it"),
        (-1, True, ADDRESS, "it has expired"),
        (30, True, "127.0.0.141", f"it is not a certificate for {ADDRESS}"),
    ],
)
def test_a_wrong_certificate_keeps_us_out_with_a_reason_that_says_so(
    tmp_path: Path, days: int, trusted: bool, address: str, why: str
) -> None:
    certificate = _certificate(tmp_path, days=days, address=address)
    with _serving(certificate) as server:
        write_site(tmp_path, "songlam", server.base)
        ended = luutru(tmp_path, "crawl", "songlam", env={"SSL_CERT_FILE": str(certificate)} if trusted else None)
    assert ended.returncode == Exit.CRAWL_FAILED
    assert server.requests == []
    reason = f"the certificate of {ADDRESS} is refused: {why}"
    assert reason in reasons(tmp_path)["songlam"]
    assert [told for told, _ in _captures(tmp_path) if told.startswith(reason)]


def test_a_site_that_is_excepted_is_crawled_and_the_log_says_why(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path, days=-1)
    with _serving(certificate) as server:
        write_site(tmp_path, "songlam", server.base, 'delay = 0.05\ntls_exception = "hết hạn từ năm 2023, đã hỏi"')
        ended = luutru(tmp_path, "crawl", "songlam")
    assert ended.returncode == Exit.OK, ended.stderr
    assert len(server.requests) == 4
    assert {tls for _, tls in _captures(tmp_path)} == {"hết hạn từ năm 2023, đã hỏi"}
    assert "the site's certificate is not checked: hết hạn từ năm 2023, đã hỏi" in log(tmp_path)
