"""Customers' files over real sockets: what is fetched, and every reason not to."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.media.addresses import Address, is_public
from connectors.media.download import Origin, SafeDownload
from sandbox.wazzup.voice import silent_voice_note
from tests.integration.sandbox_support import Receiver, running_receiver
from turns.ports import FileRefused, FileUnreachable, Media

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
HOST = "store.wazzup24.com"


@asynccontextmanager
async def store(
    body: bytes = PNG,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    largest_bytes: int = 1_000_000,
) -> AsyncIterator[tuple[Receiver, SafeDownload]]:
    """A real server that plays the sandbox, and a download that knows it."""
    async with running_receiver() as server:
        server.body, server.headers, server.next_statuses = body, headers or {}, [status]
        download = SafeDownload(
            [HOST], sandbox=Origin.of(server.url), largest_bytes=largest_bytes, time_limit_seconds=2
        )
        try:
            yield server, download
        finally:
            await download.close()


async def refused(download: SafeDownload, uri: str, kind: Media = Media.IMAGE) -> str:
    with pytest.raises(FileRefused) as caught:
        await download.fetch(uri, kind)
    return str(caught.value)


async def test_a_file_comes_with_the_type_of_its_bytes_and_a_harmless_name() -> None:
    async with store(headers={"content-type": "text/html"}) as (server, download):
        file = await download.fetch(f"{server.url}&filename=%2e%2e%2fmy%20%E2%80%AEchair%22.exe", Media.IMAGE)
        assert (file.content, file.content_type, file.file_name) == (PNG, "image/png", "my chair.png")
        [request] = server.received
        assert request.headers["host"] == server.url.split("/")[2]
        assert request.headers["accept-encoding"] == "identity"


async def test_a_recording_tells_how_long_it_is() -> None:
    async with store(silent_voice_note(3)) as (server, download):
        file = await download.fetch(server.url, Media.VOICE)
        assert (file.content_type, file.file_name, file.seconds) == ("audio/ogg", "file.ogg", 3.0)


# --- where it may come from ---


@pytest.mark.parametrize(
    "uri",
    [
        "http://store.wazzup24.com/a/?filename=b.png",
        "https://store.wazzup24.com:8443/a",
        "https://store.wazzup24.com.evil.example/a",
        "https://evil.example/store.wazzup24.com",
        "https://store.wazzup24.com@127.0.0.1/a",
        "https://user:password@store.wazzup24.com/a",
        "https://127.0.0.1/a",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/a",
        "file:///etc/passwd",
        "ftp://store.wazzup24.com/a",
        "//store.wazzup24.com/a",
        "https://store.wazzup24.com:99999/a",
        "https://[broken/a",
        "",
    ],
)
async def test_an_address_that_is_not_the_stores_is_not_even_looked_up(uri: str) -> None:
    async def find(host: str, port: int) -> Sequence[Address]:
        raise AssertionError(f"{host} was looked up")

    download = SafeDownload([HOST], find=find)
    await refused(download, uri)
    await download.close()


async def test_only_the_very_origin_of_the_sandbox_is_trusted() -> None:
    async with store() as (server, download), running_receiver() as other:
        assert "https" in await refused(download, other.url)
        assert other.received == []
        assert (await download.fetch(server.url, Media.IMAGE)).content == PNG


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::",
        "::7f00:1",
    ],
)  # fmt: skip
async def test_a_host_that_leads_inside_is_refused_before_anybody_is_called(address: str) -> None:
    """Also when it is one of several addresses: which of them is called must not be left to luck."""

    async def find(host: str, port: int) -> Sequence[Address]:
        return [ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address(address)]

    download = SafeDownload([HOST], find=find)
    assert "not public" in await refused(download, f"https://{HOST}/a")
    await download.close()


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001:800::200e"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


async def test_a_name_is_looked_up_once_and_the_checked_address_is_called() -> None:
    """A name that answers differently a moment later leads nowhere: nobody asks again."""
    asked: list[str] = []

    async def find(host: str, port: int) -> Sequence[Address]:
        asked.append(host)
        # Public, and one that nothing of this test may reach: the audit hook refuses to connect.
        return [ipaddress.ip_address("8.8.8.8")] if len(asked) == 1 else [ipaddress.ip_address("127.0.0.1")]

    download = SafeDownload([HOST], find=find, time_limit_seconds=2)
    with pytest.raises((PermissionError, FileUnreachable), match=r"8\.8\.8\.8|PermissionError|ConnectError"):
        await download.fetch(f"https://{HOST}/a", Media.IMAGE)
    assert asked == [HOST]
    await download.close()


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate of its own for `name`, and a client's that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    client = ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())
    return server, client


@pytest.mark.parametrize(("name", "believed"), [("localhost", True), ("store.example", False)])
async def test_the_certificate_is_asked_for_the_name_not_the_address(
    tmp_path: Path, name: str, believed: bool
) -> None:
    """Called by its address, the server must still prove that it is the host of the link."""
    server_side, client_side = certificate(tmp_path, name)
    receiver = Receiver(body=PNG)
    receiver.may_answer.set()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=server_side)
    address = f"https://localhost:{server.sockets[0].getsockname()[1]}"

    async def find(host: str, port: int) -> Sequence[Address]:
        return [ipaddress.ip_address("127.0.0.1")]

    download = SafeDownload(
        [], sandbox=Origin.of(address), find=find, trust=client_side, time_limit_seconds=3
    )
    try:
        if believed:
            assert (await download.fetch(f"{address}/a", Media.IMAGE)).content == PNG
        else:
            with pytest.raises(FileUnreachable):
                await download.fetch(f"{address}/a", Media.IMAGE)
            assert receiver.received == []
    finally:
        await download.close()
        receiver.hang_up()
        server.close()
        await server.wait_closed()


# --- what may come ---


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with (
        running_receiver() as inside,
        store(status=status, headers={"location": "x"}) as (server, download),
    ):
        server.headers["location"] = inside.url
        assert str(status) in await refused(download, server.url)
        assert inside.received == []


@pytest.mark.parametrize(
    ("status", "again"), [(404, False), (410, False), (403, False), (500, True), (429, True)]
)
async def test_what_may_be_mended_by_itself_is_worth_another_try(status: int, again: bool) -> None:
    async with store(status=status) as (server, download):
        with pytest.raises(FileUnreachable if again else FileRefused, match=str(status)):
            await download.fetch(server.url, Media.IMAGE)


async def test_what_is_promised_too_large_is_not_read() -> None:
    async with store(PNG + bytes(200), largest_bytes=100) as (server, download):
        assert "larger" in await refused(download, server.url)


async def test_what_turns_out_too_large_is_cut_off_while_it_arrives() -> None:
    """A server that never says how much comes, and never ends, is left after the limit."""
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + PNG)
            while True:
                writer.write(bytes(65536))
                sent += 65536
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(endless, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    download = SafeDownload([], sandbox=Origin.of(address), largest_bytes=1_000_000, time_limit_seconds=20)
    try:
        assert "larger" in await refused(download, f"{address}/a")
        # What lies in the buffers between the two is all that came beyond the limit.
        assert sent < 30_000_000
    finally:
        await download.close()
        server.close()
        await server.wait_closed()


async def test_what_does_not_come_in_time_is_given_up() -> None:
    async with store() as (server, download):
        server.may_answer.clear()
        with pytest.raises(FileUnreachable, match="within 2 s"):
            await download.fetch(server.url, Media.IMAGE)


async def test_a_dead_host_is_unreachable() -> None:
    async with store() as (server, download):
        dead = server.url
    download = SafeDownload([], sandbox=Origin.of(dead))
    with pytest.raises(FileUnreachable):
        await download.fetch(dead, Media.IMAGE)
    await download.close()


async def test_what_is_packed_is_not_unpacked() -> None:
    """A few kilobytes may become gigabytes."""
    bomb = gzip.compress(PNG + bytes(5_000_000))
    async with store(bomb, headers={"content-encoding": "gzip"}) as (server, download):
        assert "packed" in await refused(download, server.url)


async def test_an_empty_file_is_none() -> None:
    async with store(b"") as (server, download):
        assert "empty" in await refused(download, server.url)


async def test_what_is_not_what_the_message_says_is_refused() -> None:
    async with store(b"%PDF-1.4\n%%EOF\n", headers={"content-type": "image/jpeg"}) as (server, download):
        assert ".pdf" in await refused(download, server.url)
