"""Runs the kernels batch by batch: threads, progress, growing answers, a way out with Ctrl-C."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from shanyrak.core.progress import Progress
from shanyrak.core.units import IntArray, LongArray
from shanyrak.walk.kernels import (
    LANES,
    Scratch,
    bucket_shift,
    lists_of_groups,
    masks_of_groups,
    new_scratch,
    sums_of_groups,
)
from shanyrak.walk.net import Question

GROUPS_PER_BATCH = 8
"""Groups between two looks at the keyboard and the progress bar."""
_FIRST_ROOM = 1 << 16

T = TypeVar("T")


class Pool:
    """Working memory of as many threads as run at once, made when first needed."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._own = threading.local()

    def scratch(self) -> Scratch:
        """The calling thread's own."""
        if not hasattr(self._own, "scratch"):
            self._own.scratch = new_scratch(self._question.net, self._question.limit)
        found: Scratch = self._own.scratch
        return found


def in_batches(
    question: Question,
    work: Callable[[LongArray, Scratch], T],
    *,
    threads: int,
    progress: Progress,
    label: str,
) -> Iterator[T]:
    """``work(candidates, scratch)`` for one batch of candidates after another, results in order."""
    size = GROUPS_PER_BATCH * LANES
    total = question.candidates
    batches = [question.order[first : first + size] for first in range(0, total, size)]
    pool = Pool(question)
    done = 0
    progress(label, 0, total)
    if threads == 1 or len(batches) < 2:
        for batch in batches:
            yield work(batch, pool.scratch())
            done += len(batch)
            progress(label, done, total)
        return
    # few batches ahead: what is ready and not yet taken is memory
    with ThreadPoolExecutor(threads) as executor:
        waiting: deque[tuple[int, Future[T]]] = deque()
        ahead = iter(batches)
        try:
            for batch in ahead:
                waiting.append((len(batch), executor.submit(lambda b: work(b, pool.scratch()), batch)))
                if len(waiting) < 2 * threads:
                    continue
                count, result = waiting.popleft()
                yield result.result()
                done += count
                progress(label, done, total)
            while waiting:
                count, result = waiting.popleft()
                yield result.result()
                done += count
                progress(label, done, total)
        finally:
            for _, result in waiting:
                result.cancel()


def sums(question: Question, weight: LongArray, out: LongArray, **how: Any) -> None:
    """Sum of the weights of all targets within the limit, per candidate."""
    shift = bucket_shift(question.limit)

    def work(order: LongArray, scratch: Scratch) -> None:
        sums_of_groups(question.net, question.seeds, order, weight, question.limit, shift, scratch, out)

    for _ in in_batches(question, work, **how):
        pass


class Masks:
    """Per group and target: which of its lanes reach it."""

    def __init__(self, target: IntArray, mask: npt.NDArray[np.uint32], group_end: LongArray) -> None:
        self.target = target
        self.mask = mask
        self.group_end = group_end


def masks(question: Question, **how: Any) -> Masks:
    """Search for all candidates; the answer takes 8 bytes per (group, target)."""
    shift = bucket_shift(question.limit)
    targets, words = Growing(np.int32), Growing(np.uint32)
    ends: list[LongArray] = []

    def work(order: LongArray, scratch: Scratch) -> tuple[list[Any], LongArray]:
        parts: list[Any] = []
        sizes = np.zeros(-(-len(order) // LANES), np.int64)
        room, first = _FIRST_ROOM, 0
        while first < len(sizes):
            target, mask = np.empty(room, np.int32), np.empty(room, np.uint32)
            end = np.zeros(len(sizes), np.int64)
            groups, needed = masks_of_groups(
                question.net, question.seeds, order[first * LANES :], question.limit, shift, scratch, target, mask, end
            )
            if groups:
                used = int(end[groups - 1])
                parts.append((target[:used], mask[:used]))
                sizes[first : first + groups] = np.diff(end[:groups], prepend=0)
            first += groups
            room = max(room, needed)
        return parts, sizes

    for parts, sizes in in_batches(question, work, **how):
        for target, mask in parts:
            targets.extend(target)
            words.extend(mask)
        ends.append(sizes)
    group_end = np.cumsum(np.concatenate([np.zeros(0, np.int64), *ends]))
    return Masks(targets.array(), words.array(), group_end)


def lists(question: Question, **how: Any) -> tuple[LongArray, LongArray, IntArray, IntArray]:
    """Targets and impedances per candidate: (begin, size) per candidate, target, impedance."""
    shift = bucket_shift(question.limit)
    targets, impedances = Growing(np.int32), Growing(np.int32)
    size = np.zeros(question.candidates, np.int64)

    def work(order: LongArray, scratch: Scratch) -> list[Any]:
        parts: list[Any] = []
        room, first, groups_in_all = _FIRST_ROOM * 8, 0, -(-len(order) // LANES)
        while first < groups_in_all:
            target, impedance = np.empty(room + 1, np.int32), np.empty(room + 1, np.int32)
            members = order[first * LANES :]
            groups, needed = lists_of_groups(
                question.net, question.seeds, members, question.limit, shift, scratch, target, impedance, size
            )
            if groups:
                used = int(size[members[: groups * LANES]].sum())
                parts.append((target[:used], impedance[:used]))
            first += groups
            room = max(room, needed)
        return parts

    for parts in in_batches(question, work, **how):
        for target, impedance in parts:
            targets.extend(target)
            impedances.extend(impedance)
    begin = np.zeros(question.candidates, np.int64)
    in_order = size[question.order]
    begin[question.order] = np.cumsum(in_order) - in_order
    return begin, size, targets.array(), impedances.array()


class Growing:
    """An array that grows by a quarter when full, so that at most a quarter of it is idle.

    Its memory is moved by the operating system, not copied, where that can be (realloc).
    """

    def __init__(self, dtype: Any) -> None:
        self._values: npt.NDArray[Any] = np.empty(_FIRST_ROOM, dtype)
        self._used = 0

    def extend(self, values: npt.NDArray[Any]) -> None:
        """Append."""
        end = self._used + len(values)
        if end > len(self._values):
            self._values.resize(max(end, len(self._values) * 5 // 4), refcheck=False)
        self._values[self._used : end] = values
        self._used = end

    def array(self) -> npt.NDArray[Any]:
        """The array itself, cut to what was written. The end of its growing."""
        self._values.resize(self._used, refcheck=False)
        return self._values
