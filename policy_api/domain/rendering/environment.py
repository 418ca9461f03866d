"""The one Jinja environment: templates of the frame, and of every kind of block."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import BaseLoader, ChainableUndefined, Environment, FileSystemLoader, TemplateNotFound

from policy_api.domain import blocks
from policy_api.registry import Registry

OWN = Path(__file__).parent / "templates"
BLOCKS = Path(blocks.__file__).parent / "templates"

TEMPLATES: Registry[Path] = Registry("block template directory")
"""Kind of block → directory with its ``{kind}.html`` and ``{kind}.md``, where a plugin brings
them; the built-in kinds need no entry."""


def add_templates(kind: str, path: Path) -> None:
    """Tell where the templates of a plugin's kind of block lie."""
    TEMPLATES.register(kind, path)


class _BlockLoader(BaseLoader):
    """Finds ``blocks/{kind}.html`` in the directory of that kind."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        folder, slash, name = template.rpartition("/")
        if not slash or folder != "blocks":
            return _OWN_LOADER.get_source(environment, template)
        kind = name.rpartition(".")[0]
        directory = TEMPLATES.get(kind) if kind in TEMPLATES else BLOCKS
        file = directory / name
        if not file.is_file():
            raise TemplateNotFound(template)
        return file.read_text(encoding="utf-8"), str(file), lambda: True


_OWN_LOADER = FileSystemLoader(OWN)


def _escapes(name: str | None) -> bool:
    return name is None or not name.endswith(".md")


# Undefined members are empty: an edition stored by an older program may lack newer ones.
ENVIRONMENT = Environment(
    loader=_BlockLoader(),
    autoescape=_escapes,  # noqa: S701 -- off for Markdown alone
    undefined=ChainableUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)
"""Compiles each template once. HTML is escaped by default; Markdown escapes by filter."""
