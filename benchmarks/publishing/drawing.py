"""Figures of publishing as a table and as a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Any

from benchmarks.publishing.content import Size

WIDTH, HEIGHT, LEFT, FOOT = 720, 300, 70, 50

Found = dict[str, Any]


def table(found: Sequence[Found]) -> str:
    """Return one line per size."""
    names = ["size", "editions", "first s", "all s", "CPU ms/edition", "one site s (CPU s)"]
    names += ["MiB", "JSON bytes", "stored bytes", "of JSON"]
    lines = [f"| {' | '.join(names)} |", f"| --- |{' ---: |' * (len(names) - 1)}"]
    for each in found:
        size, every, one = Size(**each["size"]), each["all"], each["one"]
        lines.append(
            f"| {size} | {every['editions']} | {each['first']['seconds']:.1f} "
            f"| {every['seconds']:.1f} | {_per_edition(each):.2f} "
            f"| {one['seconds']:.2f} ({one['cpu_seconds']:.2f}) | {every['peak_mib']:.0f} "
            f"| {each['json']:.0f} | {each['database']:.0f} "
            f"| {each['database'] / each['json']:.2f} |"
        )
    return "\n".join(lines)


def curve(found: Sequence[Found]) -> str:
    """Return processor time and memory against editions, both scales logarithmic across."""
    plain = [each for each in found if Size(**each["size"]).sections == Size().sections]
    plain = [each for each in plain if Size(**each["size"]).rows == Size().rows]
    right = max(4.0, *(log10(each["all"]["editions"]) for each in plain))
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="13">'
    )
    drawn = [opening, "<title>Publishing all sites, by number of editions</title>"]
    for name, colour, most, values in (
        ("CPU ms per edition", "#36c", 10.0, [_per_edition(each) for each in plain]),
        ("peak MiB ÷ 50", "#c63", 10.0, [each["all"]["peak_mib"] / 50 for each in plain]),
    ):
        points = []
        for each, value in zip(plain, values, strict=True):
            across = LEFT + log10(each["all"]["editions"]) / right * (WIDTH - LEFT - 40)
            down = HEIGHT - FOOT - min(value, most) / most * (HEIGHT - FOOT - 30)
            points.append((across, down))
            drawn.append(f'<circle cx="{across:.0f}" cy="{down:.0f}" r="4" fill="{colour}"/>')
            drawn.append(f'<text x="{across:.0f}" y="{down - 8:.0f}">{value:.1f}</text>')
        line = " ".join(f"{across:.0f},{down:.0f}" for across, down in points)
        drawn.append(f'<polyline points="{line}" fill="none" stroke="{colour}"/>')
        place = LEFT if colour == "#36c" else LEFT + 200
        drawn.append(f'<text x="{place}" y="18" fill="{colour}">{name}</text>')
    for power in range(1, int(right) + 1):
        across = LEFT + power / right * (WIDTH - LEFT - 40)
        drawn.append(f'<text x="{across:.0f}" y="{HEIGHT - 20}">{10**power:,} editions</text>')
    return "\n".join([*drawn, "</svg>"]) + "\n"


def _per_edition(each: Found) -> float:
    return float(each["all"]["cpu_seconds"] / each["all"]["editions"] * 1000)
