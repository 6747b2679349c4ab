"""Customers' files, fetched as from a stranger's address (port `turns.ports.FileSource`).

The address comes in a webhook's body and could name anything. So the host must be on a list, the connection
goes to an address that was checked after resolving (asked once: a name that is resolved again may answer
differently), redirects are not followed, size and time are limited while the bytes arrive, nothing is
unpacked, and what the bytes are is judged by themselves.
"""

from __future__ import annotations

import asyncio
import ssl
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from urllib.parse import SplitResult, parse_qs, urlsplit

import httpx

from connectors.media.addresses import Address, is_public, resolve
from connectors.media.kinds import kind_of
from connectors.media.length import sound_seconds
from turns.ports import FetchedFile, FileRefused, FileUnreachable, Media

# WhatsApp's own limit for sound and video (`wazzup-v3.md` §5.5).
LARGEST_BYTES = 16 * 1024 * 1024
TIME_LIMIT_SECONDS = 20.0
CONNECT_SECONDS = 5.0
LONGEST_NAME = 100
_CHUNK_BYTES = 64 * 1024
_HTTPS_PORT = 443
# May be mended by itself; every other answer but 200 is final.
_PASSING = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)  # fmt: skip

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]


@dataclass(frozen=True)
class Origin:
    """A scheme, host and port, as `http://127.0.0.1:9000` names them."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, address: str) -> Origin:
        """The origin of an http or https address.

        Raises:
            ValueError: when it is none.
        """
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{parts.scheme or 'nothing'} is no scheme of the web")
        return cls(
            parts.scheme, parts.hostname, parts.port or (80 if parts.scheme == "http" else _HTTPS_PORT)
        )


class SafeDownload:
    """Fetches from `hosts` by https, and from `sandbox`, an origin on this machine, as it is.

    `find` resolves names and `trust` are the certificates believed; both are given by tests only.
    """

    def __init__(
        self,
        hosts: Iterable[str],
        *,
        sandbox: Origin | None = None,
        largest_bytes: int = LARGEST_BYTES,
        time_limit_seconds: float = TIME_LIMIT_SECONDS,
        find: Resolve = resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._sandbox = sandbox
        self._largest_bytes = largest_bytes
        self._time_limit_seconds = time_limit_seconds
        self._find = find
        # Proxies and .netrc of the environment would undo what was checked.
        self._client = httpx.AsyncClient(
            verify=trust or ssl.create_default_context(),
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(time_limit_seconds, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def fetch(self, uri: str, kind: Media) -> FetchedFile:
        """The file behind a message's address.

        Raises:
            FileRefused: it may not be taken, or is gone.
            FileUnreachable: it could not be had in time.
        """
        try:
            async with asyncio.timeout(self._time_limit_seconds):
                parts = self._checked(uri)
                content = await self._read(parts, await self._addresses(parts))
        except TimeoutError as error:
            raise FileUnreachable(f"not here within {self._time_limit_seconds:g} s") from error
        except (httpx.HTTPError, OSError) as error:
            raise FileUnreachable(f"{type(error).__name__} while it was fetched") from error
        if not content:
            raise FileRefused("it is empty")
        found = await asyncio.to_thread(kind_of, content, kind)
        seconds = None
        if found.content_type.startswith("audio/"):
            seconds = await asyncio.to_thread(sound_seconds, content)
        return FetchedFile(content, found.content_type, file_name(parts, found.ending), seconds)

    def _checked(self, uri: str) -> SplitResult:
        """The address' parts, when the host may be asked at all."""
        try:
            parts = urlsplit(uri)
            origin = Origin.of(uri)
        except ValueError as error:
            raise FileRefused("its address is none of the web") from error
        if parts.username is not None or parts.password is not None:
            raise FileRefused("its address carries a user's name")
        if origin == self._sandbox:
            return parts
        if origin.scheme != "https" or origin.port != _HTTPS_PORT:
            raise FileRefused(
                f"its address is {origin.scheme} on port {origin.port}, not https on {_HTTPS_PORT}"
            )
        if origin.host not in self._hosts:
            raise FileRefused("its host is not one that files come from")
        return parts

    async def _addresses(self, parts: SplitResult) -> Sequence[Address]:
        origin = Origin.of(parts.geturl())
        addresses = await self._find(origin.host, origin.port)
        if origin != self._sandbox and not all(is_public(address) for address in addresses):
            raise FileRefused("its host leads to an address that is not public")
        return addresses

    async def _read(self, parts: SplitResult, addresses: Sequence[Address]) -> bytes:
        """The body from the first of the checked addresses that can be connected to."""
        problem: httpx.TransportError | None = None
        for address in addresses:
            try:
                return await self._read_from(parts, address)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                problem = error
        raise problem or FileUnreachable("its host has no address")

    async def _read_from(self, parts: SplitResult, address: Address) -> bytes:
        # Connected to the checked address; the name stays what the certificate and the server are asked for.
        url = httpx.URL(parts._replace(fragment="").geturl()).copy_with(host=str(address))
        request = self._client.build_request(
            "GET",
            url,
            headers={"Host": parts.netloc, "Accept": "*/*", "Accept-Encoding": "identity"},
            extensions={"sni_hostname": parts.hostname},
        )
        response = await self._client.send(request, stream=True)
        try:
            return await self._body(response)
        finally:
            await response.aclose()

    async def _body(self, response: httpx.Response) -> bytes:
        status = response.status_code
        if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise FileUnreachable(f"its host answered {status}")
        if status != HTTPStatus.OK:
            # Redirects too: whoever answers must not choose where we go next.
            raise FileRefused(f"its host answered {status}")
        if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            raise FileRefused("it is packed, and what is inside may be of any size")
        promised = response.headers.get("content-length", "")
        if promised.isdecimal() and int(promised) > self._largest_bytes:
            raise self._too_large()
        content = bytearray()
        async for chunk in response.aiter_raw(_CHUNK_BYTES):
            content += chunk
            if len(content) > self._largest_bytes:
                raise self._too_large()
        return bytes(content)

    def _too_large(self) -> FileRefused:
        return FileRefused(f"it is larger than {self._largest_bytes / 1024 / 1024:g} MB")


def file_name(parts: SplitResult, ending: str) -> str:
    """The customer's own name for the file, harmless as a file name, with the ending that its bytes earn."""
    given = (parse_qs(parts.query).get("filename") or [""])[0].replace("\\", "/")
    stem = PurePosixPath(given).name.rpartition(".")[0] or PurePosixPath(given).name
    # Control and direction marks can make "exe" look like the beginning of a name.
    kept = "".join(
        character
        for character in stem
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        and character not in '"<>|:*?;'
    )
    return f"{' '.join(kept.split())[:LONGEST_NAME].strip(' .') or 'file'}.{ending}"
