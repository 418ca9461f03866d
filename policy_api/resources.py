"""Where files that travel with the program lie: in the wheel, or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_bundled", _PACKAGE.parent)


def data_dir(name: str) -> Path:
    """Return the directory of that name, bundled or from the checkout.

    :param name: ``migrations``, ``sample`` or ``translations``.
    :raises FileNotFoundError: If the installation lacks it.
    """
    for place in _PLACES:
        if (place / name).is_dir():
            return place / name
    raise FileNotFoundError(f"This installation has no directory {name!r}.")


def data_file(name: str) -> Path:
    """Return the file of that name, bundled or from the checkout.

    :param name: ``gunicorn.conf.py``.
    :raises FileNotFoundError: If the installation lacks it.
    """
    for place in _PLACES:
        if (place / name).is_file():
            return place / name
    raise FileNotFoundError(f"This installation has no file {name!r}.")
