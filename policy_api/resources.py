"""Where files that travel with the program lie: in the wheel, or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_dir(name: str) -> Path:
    """Return the directory of that name, bundled or from the checkout.

    :param name: ``migrations``, ``sample`` or ``translations``.
    :raises FileNotFoundError: If the installation lacks it.
    """
    for parent in (_PACKAGE / "_bundled", _PACKAGE.parent):
        found = parent / name
        if found.is_dir():
            return found
    raise FileNotFoundError(f"This installation has no directory {name!r}.")
