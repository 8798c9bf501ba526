"""Everything that can go wrong for a reason a person can mend.

    ShanyrakError
    ├── InvalidInput      what was given cannot be used: a file, an option, an array
    ├── NotFound          what was named does not exist here
    ├── Unavailable       what is needed cannot be reached now: a network, a port, a tool
    └── Damaged           what we keep is not what we wrote

Each says *what* is wrong, *where*, and how to *mend* it. On the command line that is one line and
exit code 2; over HTTP one JSON shape. A fault of our own is an AssertionError, never one of these.
"""

from __future__ import annotations


class ShanyrakError(Exception):
    """A fault a person can mend.

    Parameters
    ----------
    what : str
        What is wrong, as a clause without a full stop.
    where : str
        File, option, row, column or argument. Empty where ``what`` says it already.
    mend : str
        What to do about it, as an instruction.
    """

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what = what
        self.where = where
        self.mend = mend
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}. {self.mend}" if self.mend else text


class InvalidInput(ShanyrakError, ValueError):
    """What was given cannot be used."""


class NotFound(ShanyrakError, LookupError):
    """What was named does not exist here."""


class Unavailable(ShanyrakError):
    """What is needed cannot be reached now."""


class Damaged(ShanyrakError):
    """What we keep is not what we wrote."""
