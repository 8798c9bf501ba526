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
from shanyrak.walk.answers import lists_of_groups, masks_of_groups, sort_rows, sums_of_groups, transpose_masks
from shanyrak.walk.kernels import Scratch, bucket_shift, new_scratch
from shanyrak.walk.lanes import LANES
from shanyrak.walk.net import Question

GROUPS_PER_BATCH = 4
"""Groups between two looks at the keyboard and the progress bar; few, so that their lists stay in cache."""
_FIRST_ROOM = 1 << 16
_PAIRS_AT_ONCE = 10_000_000

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


class Pages:
    """Pairs of arrays that workers fill and give back: memory already touched is quick to write."""

    def __init__(self, second: Any) -> None:
        self._second = second
        self._free: deque[tuple[npt.NDArray[Any], npt.NDArray[Any]]] = deque()

    def take(self, room: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """A pair of at least this length."""
        while self._free:
            try:
                pair = self._free.pop()
            except IndexError:  # another thread was quicker
                break
            if len(pair[0]) >= room:
                return pair
        return np.empty(room, np.int32), np.empty(room, self._second)

    def give_back(self, pair: tuple[npt.NDArray[Any], npt.NDArray[Any]]) -> None:
        """What was in it has been copied."""
        self._free.append(pair)


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

    def spans(self) -> tuple[IntArray, IntArray]:
        """Lowest and highest target of each group; highest -1 where it has none."""
        begin = np.concatenate([np.zeros(1, np.int64), self.group_end[:-1]])
        some = np.flatnonzero(self.group_end > begin)
        lowest, highest = np.zeros(len(begin), np.int32), np.full(len(begin), -1, np.int32)
        if len(some):
            lowest[some] = np.minimum.reduceat(self.target, begin[some])
            highest[some] = np.maximum.reduceat(self.target, begin[some])
        return lowest, highest


def masks(question: Question, **how: Any) -> Masks:
    """Search for all candidates; the answer takes 8 bytes per (group, target)."""
    shift = bucket_shift(question.limit)
    targets, words, pages = Growing(np.int32), Growing(np.uint32), Pages(np.uint32)
    ends: list[LongArray] = []

    def work(order: LongArray, scratch: Scratch) -> tuple[list[Any], LongArray]:
        parts: list[Any] = []
        sizes = np.zeros(-(-len(order) // LANES), np.int64)
        room, first = _FIRST_ROOM, 0
        while first < len(sizes):
            target, mask = pages.take(room)
            end = np.zeros(len(sizes), np.int64)
            groups, needed = masks_of_groups(
                question.net, question.seeds, order[first * LANES :], question.limit, shift, scratch, target, mask, end
            )
            if groups:
                parts.append((target, mask, int(end[groups - 1])))
                sizes[first : first + groups] = np.diff(end[:groups], prepend=0)
            first += groups
            room = max(room, needed)
        return parts, sizes

    done = 0
    for parts, sizes in in_batches(question, work, **how):
        done += len(sizes)
        share = min(1.0, done * LANES / question.candidates)
        for target, mask, used in parts:
            targets.extend(target[:used], share)
            words.extend(mask[:used], share)
            pages.give_back((target, mask))
        ends.append(sizes)
    group_end = np.cumsum(np.concatenate([np.zeros(0, np.int64), *ends]))
    return Masks(targets.array(), words.array(), group_end)


def turned_round(
    found: Masks, order: LongArray, row_ptr: LongArray, threads: int
) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    """The candidates of each target in ascending order, row after row (``row_ptr`` says where each begins).

    And as many times True: most of the time goes to touching new memory, so all threads take part in that too.
    """
    rows, pairs = len(row_ptr) - 1, int(row_ptr[-1])
    column, true = np.empty(pairs, np.int32), np.empty(pairs, np.bool_)
    lowest, highest = found.spans()
    in_order = not np.any(np.diff(order) < 0)
    parts = max(threads, -(-pairs // _PAIRS_AT_ONCE))
    cut = np.searchsorted(row_ptr, np.linspace(0, pairs, parts + 1)[1:-1]).tolist()

    def turn(begin: int, end: int) -> None:
        true[row_ptr[begin] : row_ptr[end]] = True
        transpose_masks(found.target, found.mask, found.group_end, lowest, highest, order, row_ptr, begin, end, column)
        if not in_order:
            sort_rows(row_ptr[begin : end + 1], column, len(order))

    pieces = list(zip([0, *cut], [*cut, rows], strict=True))
    if threads == 1:
        for piece in pieces:
            turn(*piece)
        return column, true
    with ThreadPoolExecutor(threads) as executor:
        waiting = [executor.submit(turn, *piece) for piece in pieces]
        try:
            for result in waiting:
                result.result()
        finally:
            for result in waiting:
                result.cancel()
    return column, true


def lists(question: Question, **how: Any) -> tuple[LongArray, LongArray, IntArray, IntArray]:
    """Targets and impedances per candidate: (begin, size) per candidate, target, impedance."""
    shift = bucket_shift(question.limit)
    targets, impedances, pages = Growing(np.int32), Growing(np.int32), Pages(np.int32)
    size = np.zeros(question.candidates, np.int64)

    def work(order: LongArray, scratch: Scratch) -> tuple[list[Any], int]:
        parts: list[Any] = []
        room, first, groups_in_all = _FIRST_ROOM * 8, 0, -(-len(order) // LANES)
        while first < groups_in_all:
            target, impedance = pages.take(room)
            members = order[first * LANES :]
            groups, needed = lists_of_groups(
                question.net, question.seeds, members, question.limit, shift, scratch, target, impedance, size
            )
            if groups:
                parts.append((target, impedance, int(size[members[: groups * LANES]].sum())))
            first += groups
            room = max(room, needed)
        return parts, len(order)

    done = 0
    for parts, count in in_batches(question, work, **how):
        done += count
        for target, impedance, used in parts:
            targets.extend(target[:used], done / question.candidates)
            impedances.extend(impedance[:used], done / question.candidates)
            pages.give_back((target, impedance))
    begin = np.zeros(question.candidates, np.int64)
    in_order = size[question.order]
    begin[question.order] = np.cumsum(in_order) - in_order
    return begin, size, targets.array(), impedances.array()


class Growing:
    """An array whose final length is guessed from how much of the work is done.

    Memory that was asked for and never written is not held, so a guess too large costs nothing. One
    too small is mended by growing a quarter (where the system can, pages are moved, not copied).
    """

    def __init__(self, dtype: Any) -> None:
        self._values: npt.NDArray[Any] = np.empty(_FIRST_ROOM, dtype)
        self._used = 0

    def extend(self, values: npt.NDArray[Any], share_done: float) -> None:
        """Append; with these values, ``share_done`` (0 .. 1] of the work is done."""
        end = self._used + len(values)
        if end > len(self._values):
            guess = int(end / share_done * 1.25) + _FIRST_ROOM
            if guess > 4 * self._used:
                larger = np.empty(guess, self._values.dtype)
                larger[: self._used] = self._values[: self._used]
                self._values = larger
            else:
                self._values.resize(max(end, len(self._values) * 5 // 4), refcheck=False)
        self._values[self._used : end] = values
        self._used = end

    def array(self) -> npt.NDArray[Any]:
        """The array itself, cut to what was written. The end of its growing."""
        self._values.resize(self._used, refcheck=False)
        return self._values
