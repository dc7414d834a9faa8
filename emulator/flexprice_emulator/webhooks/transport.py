"""One POST to a receiver: no redirects, no proxies, a limit for the whole of it and for the answer's size.

httpx's transport is used below its client, which would log URLs.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from flexprice_emulator.webhooks.targets import RefusedTarget, check_target

ANSWER_LIMIT: Final = 64 * 1024
KEPT: Final = 2000


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent. `timeout` in seconds, from connecting to the end of the answer."""

    url: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    timeout: float


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is None when none came, and `error` then says why. `response` is the start of the answer's text."""

    status: int | None
    error: str
    response: str
    duration_ms: int

    @property
    def accepted(self) -> bool:
        """200 to 299; a redirect is a failure (webhooks.md §3)."""
        return self.status is not None and 200 <= self.status < 300 and not self.error


def send(outgoing: Outgoing) -> Answer:
    """Never raises. Not to be called from a coroutine."""
    began = time.perf_counter()
    status, response, error = asyncio.run(_send(outgoing))
    if status is not None and not 200 <= status < 300 and not error:
        error = f"status {status}" + (", and redirects are not followed" if 300 <= status < 400 else "")
    return Answer(status, error, response, round((time.perf_counter() - began) * 1000))


async def _send(outgoing: Outgoing) -> tuple[int | None, str, str]:
    try:
        addresses = check_target(outgoing.url)
        async with asyncio.timeout(outgoing.timeout):
            return await _first_reached(outgoing, addresses)
    except TimeoutError:
        return None, "", f"no complete answer within {outgoing.timeout:g} s"
    except RefusedTarget as refused:
        return None, "", str(refused)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return None, "", f"{type(error).__name__}: {error}".rstrip(": ")


async def _first_reached(outgoing: Outgoing, addresses: tuple[str, ...]) -> tuple[int | None, str, str]:
    for address in addresses[:-1]:
        try:
            return await _post(outgoing, address)
        except httpx.ConnectError:
            continue
    return await _post(outgoing, addresses[-1])


async def _post(outgoing: Outgoing, address: str) -> tuple[int | None, str, str]:
    url = httpx.URL(outgoing.url)
    host = url.netloc.decode("ascii")
    headers = {**outgoing.headers, "host": host, "accept-encoding": "identity", "content-length": str(len(outgoing.body))}
    extensions = {"sni_hostname": url.host}
    request = httpx.Request("POST", url.copy_with(host=address), headers=headers, content=outgoing.body, extensions=extensions)
    # Certificates are loaded only where they are needed: it takes longer than a delivery.
    async with httpx.AsyncHTTPTransport(verify=url.scheme == "https", trust_env=False) as transport:
        answer = await transport.handle_async_request(request)
        try:
            text = await _start_of(answer)
        finally:
            await answer.aclose()
    return answer.status_code, text, ""


async def _start_of(answer: httpx.Response) -> str:
    held = bytearray()
    async for chunk in answer.aiter_raw():
        held += chunk
        if len(held) >= ANSWER_LIMIT:
            break
    return held[: 4 * KEPT].decode("utf-8", "replace")[:KEPT].replace("\x00", "")
