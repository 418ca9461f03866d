"""Figures as a table and as a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import log10
from statistics import median

from benchmarks.reading.names import GOALS
from benchmarks.reading.running import Sample

WIDTH, LINE, LEFT = 760, 34, 190


def table(found: Mapping[str, list[Sample]], *, against: str) -> str:
    """Return medians as a Markdown table, the fastest first."""
    whole = median(s.rate for s in found[against]) if against in found else None
    lines = [
        "| server | requests/s | of nginx | median ms | p99 ms | CPU µs/request | MiB/worker |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in sorted(found, key=lambda each: -median(s.rate for s in found[each])):
        samples = found[name]
        rate = median(s.rate for s in samples)
        share = "" if whole is None else f"{rate / whole:.3f}"
        lines.append(
            f"| {name} | {rate:,.0f} | {share} | {median(s.median_ms for s in samples):.2f} "
            f"| {median(s.p99_ms for s in samples):.2f} | {median(s.cpu_us for s in samples):,.0f} "
            f"| {max(s.megabytes for s in samples):.0f} |"
        )
    return "\n".join(lines)


def verdicts(found: Mapping[str, Mapping[str, list[Sample]]]) -> str:
    """Return ratios beside what they must be: by rate within each round, and by processor time."""
    lines = [
        "| what | answers | ratio (lowest–highest) | by CPU time | at least | |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    for these, those, kind, least in GOALS:
        ours, theirs = found[kind].get(these, []), found[kind].get(those, [])
        if not ours or not theirs:
            continue
        ratios = [a.rate / b.rate for a, b in zip(ours, theirs, strict=True)]
        cpu = median(s.cpu_us for s in theirs) / median(s.cpu_us for s in ours)
        ratio = median(ratios)
        lines.append(
            f"| {these} : {those} | {kind} | {ratio:.2f} ({min(ratios):.2f}–{max(ratios):.2f}) "
            f"| {cpu:.2f} | {least:g} | {'holds' if ratio >= least else 'missed'} |"
        )
    return "\n".join(lines)


def bars(found: Mapping[str, list[Sample]]) -> str:
    """Return rates as bars on a logarithmic scale."""
    rates = {name: median(s.rate for s in samples) for name, samples in found.items()}
    ordered = sorted(rates.items(), key=lambda each: -each[1])
    longest = log10(max(rates.values()))
    height = LINE * len(ordered) + 40
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="sans-serif" font-size="14">'
    )
    drawn = [
        opening,
        "<title>Requests per second, logarithmic</title>",
    ]
    for number, (name, rate) in enumerate(ordered):
        top = number * LINE + 8
        length = max(2.0, log10(max(rate, 1.0)) / longest * (WIDTH - LEFT - 110))
        drawn += [
            f'<text x="{LEFT - 8}" y="{top + 17}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{top}" width="{length:.0f}" height="{LINE - 10}" fill="#36c"/>',
            f'<text x="{LEFT + length + 6:.0f}" y="{top + 17}">{rate:,.0f}</text>',
        ]
    foot = "requests per second, logarithmic; median of the rounds"
    drawn.append(f'<text x="{LEFT}" y="{height - 10}" fill="#666">{foot}</text></svg>')
    return "\n".join(drawn) + "\n"
