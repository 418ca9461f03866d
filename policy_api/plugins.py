"""Plugins: found by entry point, loaded only if an operator has named them."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import click
from typing_extensions import override

from policy_api.console import PolicyCommand
from policy_api.domain.blocks import register_builtin_kinds
from policy_api.domain.blocks.base import BLOCK_KINDS
from policy_api.domain.linting.base import LINT_RULES
from policy_api.domain.linting.rules import register_builtin_rules
from policy_api.domain.rendering.environment import TEMPLATES, add_templates
from policy_api.settings import PREFIX, SettingsError, load_settings


def load_plugins(names: tuple[str, ...]) -> None:
    """Fill the registries with what is built in and what is named, and close them.

    A plugin is an entry point in the group of a registry. Installed but not named, it stays off.

    :raises SettingsError: If there is no such plugin.
    """
    register_builtin_kinds()
    register_builtin_rules()
    for name in names:
        found = [
            (register, point)
            for group, register in PLUGIN_GROUPS.items()
            for point in entry_points(group=group, name=name)
        ]
        if not found:
            raise SettingsError([(f"{PREFIX}PLUGINS", f"No plugin {name!r} is installed.")])
        for register, point in found:
            register(point)
    BLOCK_KINDS.freeze()
    LINT_RULES.freeze()
    TEMPLATES.freeze()


class ContentCommand(PolicyCommand):
    """A command that reads content without an application, and so loads plugins itself."""

    @override
    def run(self, ctx: click.Context) -> Any:
        load_plugins(load_settings(setting_up=True).plugins)
        return super().run(ctx)


def _add_block_kind(point: EntryPoint) -> None:
    """Register a kind of block, with its templates if it brings any."""
    kind: Any = point.load()()
    if kind.kind in BLOCK_KINDS:
        _check_same(point, kind, BLOCK_KINDS.get(kind.kind))
        return
    BLOCK_KINDS.register(kind.kind, kind)
    if templates := getattr(kind, "templates", None):
        add_templates(kind.kind, templates)


def _add_lint_rule(point: EntryPoint) -> None:
    """Register a rule of lint."""
    rule: Any = point.load()()
    if rule.id in LINT_RULES:
        _check_same(point, rule, LINT_RULES.get(rule.id))
        return
    LINT_RULES.register(rule.id, rule)


def _check_same(point: EntryPoint, brought: object, there: object) -> None:
    """Let a second application of the process have the same plugin, and nothing take a place.

    :raises SettingsError: If the plugin brings something else under a name that is taken.
    """
    if type(brought) is not type(there):
        detail = f"Plugin {point.name!r} brings something under a name that is taken."
        raise SettingsError([(f"{PREFIX}PLUGINS", detail)])


PLUGIN_GROUPS: Final[dict[str, Callable[[EntryPoint], None]]] = {
    "policy_api.block_kinds": _add_block_kind,
    "policy_api.lint_rules": _add_lint_rule,
}
"""Group of entry points → what is done with one of them."""
