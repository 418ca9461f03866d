"""Write the pages of docs/reference that are made from the program itself."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import itertools
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import policy_api
from docs import content_pages
from docs.command_pages import commands_page
from docs.message_pages import messages_page
from policy_api import settings
from policy_api.domain.linting.base import LINT_RULES, Rule
from policy_api.domain.linting.runner import packs
from policy_api.errors import PolicyError, error_kinds

REFERENCE = Path(__file__).resolve().parent / "reference"
NOTE = "<!-- Made by `./dev docs` from the program; edits here are lost. -->\n"


def settings_page() -> str:
    """Describe every setting by the sentence below its attribute."""
    lines = [
        NOTE,
        "# Settings\n",
        "Read from the environment when the program starts. All mistakes are reported together.",
        "A variable that is set but empty counts as not set; an unknown `POLICY_API_` variable is",
        "refused.\n",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    for name, default, meaning in attributes(settings.Settings):
        variable = settings.PREFIX + name.upper()
        lines.append(f"| `{variable}` | {shown(default)} | {meaning} |")
    return "\n".join(lines) + "\n"


def attributes(kind: type[settings.Settings]) -> Iterator[tuple[str, object, str]]:
    """Yield name, default and sentence of each field of a dataclass."""
    (declaration,) = ast.parse(inspect.getsource(kind)).body
    members = declaration.body if isinstance(declaration, ast.ClassDef) else []
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for declared, sentence in itertools.pairwise(members):
        if isinstance(declared, ast.AnnAssign) and isinstance(declared.target, ast.Name):
            name = declared.target.id
            match sentence:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield name, fields[name].default, " ".join(text.split())


def shown(default: object) -> str:
    """Write a default as an operator would."""
    if default in (None, "", ()):
        return ""
    if default == settings.DEVELOPMENT_SECRET:
        return "a known one, refused in production"
    return f"`{default}`"


def problems_page() -> str:
    """List every problem an answer may carry."""
    for module in pkgutil.walk_packages(policy_api.__path__, "policy_api."):
        importlib.import_module(module.name)
    lines = [
        NOTE,
        "# Problems\n",
        "Errors are `application/problem+json` (RFC 9457). `type` ends in the slug, which is never",
        "renamed; `detail` says what happened this time.\n",
        "| slug | status | title | when |",
        "| --- | --- | --- | --- |",
    ]
    ours = {kind for kind in error_kinds() if kind.__module__.startswith("policy_api.")}
    kinds = sorted(ours - {PolicyError}, key=lambda kind: (kind.status, kind.slug))
    for kind in kinds:
        when = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
        lines.append(f"| `{kind.slug}` | {kind.status} | {kind.title} | {when} |")
    return "\n".join(lines) + "\n"


def lint_rules_page() -> str:
    """List every rule of lint, packs last."""
    lines = [
        NOTE,
        "# Lint rules\n",
        "What `policy-api lint` asks of every policy on every site. [Lint](../explanation/lint.md)",
        "explains each rule: when it applies, what satisfies it, and why. An id is never reused",
        "and never renamed, because waivers name it.\n",
        *rules_table(rule for rule in LINT_RULES if not rule.pack),
    ]
    for pack in packs():
        lines += [
            f"\n## Pack `{pack}`\n",
            f"Runs with `--pack {pack}` only.\n",
            *rules_table(rule for rule in LINT_RULES if rule.pack == pack),
        ]
    return "\n".join(lines) + "\n"


def rules_table(rules: Iterable[Rule]) -> Iterator[str]:
    """Yield the lines of a table of rules."""
    yield from ("| rule | severity | source | asks that |", "| --- | --- | --- | --- |")
    for rule in rules:
        yield f"| `{rule.id}` | {rule.severity.value} | {rule.source} | {rule.title} |"


def noted(page: Callable[[], str]) -> Callable[[], str]:
    """Return a page with the note about where it comes from."""
    return lambda: f"{NOTE}\n{page()}"


PAGES: Mapping[str, Callable[[], str]] = {
    **{name: noted(page) for name, page in content_pages.PAGES.items()},
    "commands.md": noted(commands_page),
    "lint-rules.md": lint_rules_page,
    "messages.md": noted(messages_page),
    "problems.md": problems_page,
    "settings.md": settings_page,
}


def main() -> None:
    """Write the pages."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
