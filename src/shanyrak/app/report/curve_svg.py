"""The curve "points against people reached" as one inline SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 106, 16, 20, 66


@dataclass(frozen=True)
class CurvePoint:
    """People reached with k new points (or a budget, a longest walk), and what no choice of as much can pass."""

    k: float
    covered_persons: float
    bound_persons: float


def draw_curve(
    points: Sequence[CurvePoint],
    chosen_k: float | None,
    total_persons: float,
    *,
    title: str,
    x_label: str,
    number: Callable[[float], str],
    x_number: Callable[[float], str] = str,
    from_zero: bool = True,
) -> str:
    """The SVG as text: a line of steps for what is reached, a shaded band up to the bound, a mark at ``chosen_k``."""
    k_max = max(p.k for p in points)
    k_min = 0 if from_zero else min(p.k for p in points)
    begin = _LEFT if from_zero else _LEFT + 24
    top = max(total_persons, *(p.bound_persons for p in points)) or 1.0

    def x(k: float) -> float:
        return begin + (WIDTH - begin - _RIGHT - (0 if from_zero else 24)) * ((k - k_min) / ((k_max - k_min) or 1))

    def y(persons: float) -> float:
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * persons / top

    out = [
        f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title, quote=True)}" '
        'xmlns="http://www.w3.org/2000/svg">'
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        level = y(top * share)
        out.append(f'<path class="grid" d="M{_LEFT} {level:.1f}H{WIDTH - _RIGHT}"/>')
        out.append(f'<text x="{_LEFT - 8}" y="{level + 5:.1f}" text-anchor="end">{escape(number(top * share))}</text>')
    for k in range(0, int(k_max) + 1, max(1, -(-int(k_max) // 12))) if from_zero else [p.k for p in points]:
        told = escape(x_number(k))
        out.append(f'<text x="{x(k):.1f}" y="{HEIGHT - _BOTTOM + 22}" text-anchor="middle">{told}</text>')
    up = "L".join(f"{x(p.k):.1f} {y(p.covered_persons):.1f}" for p in points)
    down = "L".join(f"{x(p.k):.1f} {y(p.bound_persons):.1f}" for p in reversed(points))
    out.append(f'<path class="band" d="M{up}L{down}Z"/><path class="line" d="M{up}"/>')
    for p in points:
        chosen = p.k == chosen_k
        style, radius = ("chosen", 8) if chosen else ("dot", 4)
        out.append(f'<circle class="{style}" cx="{x(p.k):.1f}" cy="{y(p.covered_persons):.1f}" r="{radius}">')
        out.append(f"<title>{escape(x_number(p.k))}: {escape(number(p.covered_persons))}</title></circle>")
    out.append(
        f'<text x="{(WIDTH + _LEFT) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x_label)}</text></svg>'
    )
    return "".join(out)
