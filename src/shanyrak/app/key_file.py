"""The recovery key out of a file: typed into one, or the first sheet itself as it was written."""

from __future__ import annotations

import re
from pathlib import Path

from shanyrak.core.errors import InvalidInput, NotFound, Unavailable

_GROUP = re.compile(r"<li><small>\d+</small>([0-9A-Z]{5})</li>")  # as app/sheet.html.j2 writes them
_MOST_BYTES = 200_000


def read_key_file(path: Path) -> str:
    """The key as it stands in a file; whether it is one is for ``PaperKey.read`` to say."""
    try:
        data = path.read_bytes()[:_MOST_BYTES]
    except FileNotFoundError as fault:
        raise NotFound("there is no such file", where=str(path)) from fault
    except OSError as fault:
        raise Unavailable(f"cannot be read ({fault.strerror})", where=str(path)) from fault
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise InvalidInput("this is no text", where=str(path), mend="Type the key with --key") from fault
    return " ".join(_GROUP.findall(text)) if text.lstrip().startswith("<") else text.strip()
