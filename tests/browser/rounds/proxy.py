"""A bad line between a phone and the site: a small proxy that cuts, drops, repeats and holds.

Each connection carries one request. A rule is called with the request and a way to forward it, and
returns the reply, or None to close the line without one.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

Forward = Callable[..., bytes]
PATIENCE = 30.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    head: bytes
    body: bytes

    @property
    def is_record(self) -> bool:
        """Whether a phone sends something recorded."""
        return self.method == "PUT"


Rule = Callable[[Request, Forward], bytes | None]


def passes(request: Request, forward: Forward) -> bytes | None:
    return forward(request)


def no_signal(request: Request, forward: Forward) -> bytes | None:
    return None


class Proxy:
    """Listens on a port of its own; `upstream` is where the site is now."""

    def __init__(self) -> None:
        self.upstream = ""
        self.rule: Rule = passes
        self.records = 0  # how many times a phone sent something recorded
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    @contextmanager
    def under(self, rule: Rule) -> Iterator[None]:
        """Keep a rule for a while."""
        self.rule = rule
        try:
            yield
        finally:
            self.rule = passes

    def stop(self) -> None:
        self.listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self.listener.accept()
                threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            line.settimeout(PATIENCE)
            request = _read(line)
            if request is None:
                return
            self.records += request.is_record
            reply = self.rule(request, self.forward)
            if reply is not None:
                line.sendall(reply)

    def forward(self, request: Request, *, only: int | None = None) -> bytes:
        """Pass a request on, with `only` so many bytes of its body; return the reply."""
        where = urlsplit(self.upstream)
        with socket.create_connection((where.hostname or "", where.port or 0), PATIENCE) as line:
            body = request.body if only is None else request.body[:only]
            line.sendall(request.head + body)
            if only is not None and only < len(request.body):
                return b""
            return b"".join(iter(lambda: line.recv(65536), b""))


def _read(line: socket.socket) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = line.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *fields = head.split(b"\r\n")
    length = 0
    for field in fields:
        name, _, value = field.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += line.recv(65536)
    method, path, _ = first.decode().split(" ", 2)
    kept = [one for one in fields if not one.lower().startswith((b"connection:", b"keep-alive:"))]
    whole = b"\r\n".join([first, *kept, b"Connection: close", b"", b""])
    return Request(method, path, whole, body)


def reply(status: str, body: str, *, kind: str = "text/html", more: str = "") -> bytes:
    """Return what a café's box or a full server answers by itself."""
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n"
        f"{more}Connection: close\r\n\r\n{body}"
    ).encode()


def at_once(forward: Forward, request: Request, times: int) -> list[bytes]:
    """Forward the same request several times at the same moment."""
    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(forward, [request] * times))
