"""One side asks, the other answers: requests out, checked answers in, bytes counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.facts.messages import (
    NEWER_VERSION,
    NOT_ADMITTED,
    NOT_NOW,
    OTHER_NETWORK,
    Answer,
    Newer,
    No,
    Request,
    read_message,
    write_message,
)

T = TypeVar("T", bound=Answer)
Ask = Callable[[bytes], bytes]
"""Carries a request over and returns the whole answer. Raises Unavailable (or Cut) where that fails."""


class Cut(Unavailable):
    """An answer broke off. ``received`` is what came of it: the facts that are whole in it are kept."""

    def __init__(self, what: str, received: bytes = b"", *, where: str = "", mend: str = "") -> None:
        super().__init__(what, where=where, mend=mend)
        self.received = received


class Conversation:
    """Asks and counts."""

    def __init__(self, carry: Ask) -> None:
        self._carry = carry
        self.bytes_out = 0
        self.bytes_in = 0

    def ask(self, request: Request, wanted: type[T]) -> T:
        """The answer to a request.

        Raises
        ------
        Cut
            The answer is not whole.
        InvalidInput
            The other side refuses, or answers something else.
        Unavailable
            It cannot be reached, or cannot answer now.
        """
        data = write_message(request)
        self.bytes_out += len(data)
        answer_bytes = self._carry(data)
        self.bytes_in += len(answer_bytes)
        try:
            answer = read_message(answer_bytes)
        except Newer as fault:
            raise InvalidInput(fault.what, mend="Update this program") from fault
        except InvalidInput as fault:
            raise Cut(f"the answer is not whole ({fault.what})", answer_bytes, mend="Try again") from fault
        if isinstance(answer, No):
            raise _refusal(answer)
        if not isinstance(answer, wanted):
            raise not_asked()
        return answer


def not_asked() -> InvalidInput:
    """An answer in good form that is no answer to what was asked."""
    return InvalidInput("the other side answered something that was not asked", mend="Its program has a fault")


def other_network(own: bytes, theirs: bytes) -> InvalidInput:
    """Two sides that have nothing to say to each other."""
    return InvalidInput(
        f"the other side belongs to another network ({theirs.hex()[:12] or 'none'}; this one: {own.hex()[:12]})",
        mend=_MEND[OTHER_NETWORK],
    )


_MEND = {
    OTHER_NETWORK: "Exchange only within one network",
    NEWER_VERSION: "The other side's program is older: update it",
    NOT_ADMITTED: "Ask a person with the role admin to admit this device",
}


def _refusal(answer: No) -> InvalidInput | Unavailable:
    """The other side said no."""
    if answer.code == NOT_NOW:
        return Unavailable(f"the other side cannot answer now ({answer.what})", mend="Try again later")
    return InvalidInput(f"the other side refuses: {answer.what}", mend=_MEND.get(answer.code, ""))
