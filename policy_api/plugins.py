"""Plugins: found by entry point, loaded only if an operator has named them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from policy_api.registry import Registry
from policy_api.settings import PREFIX, SettingsError, load_settings


def load_plugins(names: tuple[str, ...]) -> None:
    """Fill the registries with what is built in and what is named, and close them.

    A plugin is an entry point in the group of a registry. Installed but not named, it stays off.

    :raises SettingsError: If there is no such plugin.
    """
    register_builtin_kinds()
    register_builtin_rules()
    _check_installed(names)
    for group, register in PLUGIN_GROUPS.items():
        for point in named(group, names):
            register(point)
    BLOCK_KINDS.freeze()
    LINT_RULES.freeze()
    TEMPLATES.freeze()


def named(group: str, names: tuple[str, ...]) -> Iterator[EntryPoint]:
    """Yield the entry points of a group that an operator has named, in that order."""
    for name in names:
        yield from entry_points(group=group, name=name)


def join(registry: Registry[Any], point: EntryPoint, *, called: str) -> Any | None:  # noqa: ANN401 -- of any registry
    """Register what a plugin brings, and return it unless it was there before.

    A second application of the process may have the same plugin; nothing takes another's place.

    :param called: The attribute that holds its name.
    :raises SettingsError: If the plugin brings something else under a name that is taken.
    """
    brought = point.load()()
    name = getattr(brought, called)
    if name not in registry:
        return registry.register(name, brought)
    if type(brought) is not type(registry.get(name)):
        detail = f"Plugin {point.name!r} brings something under a name that is taken."
        raise SettingsError([(f"{PREFIX}PLUGINS", detail)])
    return None


def _check_installed(names: tuple[str, ...]) -> None:
    groups = (*PLUGIN_GROUPS, CHANNEL_GROUP)
    problems = [
        (f"{PREFIX}PLUGINS", f"No plugin {name!r} is installed.")
        for name in names
        if not any(entry_points(group=group, name=name) for group in groups)
    ]
    if problems:
        raise SettingsError(problems)


class ContentCommand(PolicyCommand):
    """A command that reads content without an application, and so loads plugins itself."""

    @override
    def run(self, ctx: click.Context) -> Any:
        load_plugins(load_settings(setting_up=True).plugins)
        return super().run(ctx)


def _add_block_kind(point: EntryPoint) -> None:
    """Register a kind of block, with its templates if it brings any."""
    kind = join(BLOCK_KINDS, point, called="kind")
    if kind is not None and (templates := getattr(kind, "templates", None)):
        add_templates(kind.kind, templates)


def _add_lint_rule(point: EntryPoint) -> None:
    """Register a rule of lint."""
    join(LINT_RULES, point, called="id")


PLUGIN_GROUPS: Final[dict[str, Callable[[EntryPoint], None]]] = {
    "policy_api.block_kinds": _add_block_kind,
    "policy_api.lint_rules": _add_lint_rule,
}
"""Group of entry points → what is done with one of them."""

CHANNEL_GROUP: Final = "policy_api.channels"
"""Group of ways to reach subscribers, which notification loads for itself."""
