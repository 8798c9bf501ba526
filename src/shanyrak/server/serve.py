"""Listening on this machine: take a port, serve until stopped. Prints nothing itself."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from shanyrak.core.errors import Unavailable

HOST = "127.0.0.1"
PORT = 8765
PORTS_TO_TRY = 100
_WAITING = 1024
"""Lines that may wait to be taken up: when the power comes back, many phones call at once."""


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready."""

    on_ready: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.on_ready is not None:
            self.on_ready()


class Service:
    """An application and the port it has; the port is ours from the moment this exists."""

    def __init__(self, app: Any, *, host: str = HOST, port: int = PORT) -> None:
        self._socket = free_socket(port, host)
        self.port: int = self._socket.getsockname()[1]
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                # Whoever reaches this machine could otherwise name any address as theirs.
                proxy_headers=False,
                lifespan="off",
                ws="none",
            )
        )

    def run(self, ready: Callable[[str], None] | None = None, *, stay: bool = True) -> None:
        """Serve until stopped (``stop``, Ctrl-C or SIGTERM).

        Parameters
        ----------
        ready : called with the address once the application answers
        stay : without it, end as soon as ``ready`` was called
        """

        def on_ready() -> None:
            if ready is not None:
                ready(self.address)
            if not stay:
                self.stop()

        self._server.on_ready = on_ready
        try:
            self._server.run(sockets=[self._socket])
        except KeyboardInterrupt:
            pass  # uvicorn raises it again after it has ended well; to be stopped is the normal end
        finally:
            self._socket.close()

    def stop(self) -> None:
        """End ``run`` from another thread."""
        self._server.should_exit = True


def free_socket(port: int, host: str = HOST) -> socket.socket:
    """A listening socket on ``port`` of an address of this machine, or the next free port.

    The socket is bound and listening when it is returned, so nobody can take the port in between.

    Raises
    ------
    Unavailable
        None of the next ``PORTS_TO_TRY`` ports can be had.
    """
    for candidate in range(port, min(port + PORTS_TO_TRY, 65536)):
        # Named as TCP, its connections send at once: asyncio switches the waiting off only where it reads so. Without
        # it head and body of an answer are 40 ms apart, because the kernel waits for the reader's acknowledgement.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            if os.name == "posix":
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind((host, candidate))
            taken.listen(_WAITING)
        except OSError as error:
            taken.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise Unavailable(f"cannot listen on {host} ({error.strerror})", where=f"port {candidate}") from error
            continue
        return taken
    raise Unavailable(f"no free port from {port} on", where=host, mend="End another program or give another --port")


def serve(
    app: Any,
    *,
    host: str = HOST,
    port: int = PORT,
    ready: Callable[[str], None] | None = None,
    stay: bool = True,
) -> None:
    """Serve ``app`` at ``port`` or the next free one, on this machine only unless told so (see ``Service.run``)."""
    Service(app, host=host, port=port).run(ready, stay=stay)
