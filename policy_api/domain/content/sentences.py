"""What is written below the fields of a schema: a sentence for each, for pages and for editors."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterator, Mapping
from functools import lru_cache

from marshmallow import Schema


@lru_cache(maxsize=256)
def sentences(schema: type[Schema]) -> Mapping[str, str]:
    """Return field → the sentence below it, where there is one; a schema inherits sentences."""
    found: dict[str, str] = {}
    for each in reversed(schema.__mro__):
        if issubclass(each, Schema) and each is not Schema:
            found |= dict(_own(each))
    return found


def summary(described: object) -> str:
    """Return the first paragraph of a docstring, as one line."""
    return " ".join((inspect.getdoc(described) or "").split("\n\n")[0].split())


def _own(schema: type[Schema]) -> Iterator[tuple[str, str]]:
    (declaration,) = ast.parse(textwrap.dedent(inspect.getsource(schema))).body
    members = declaration.body if isinstance(declaration, ast.ClassDef) else []
    for member, below in itertools.pairwise(members):
        match member, below:
            case (
                ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, " ".join(text.split())
