"""Bytes and times as people say them."""

from __future__ import annotations


def size(count: int) -> str:
    """Bytes in powers of ten, as disks are sold: 540 B, 12 kB, 1.1 MB, 93 GB."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    return f"{value:.1f} {unit}" if value < 9.95 and unit not in {"B", "kB"} else f"{value:.0f} {unit}"
