"""Fields that hold several things: lists without repetition, codes, sites, named values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from policy_api.domain.content.faults import Fault, refusal, shown
from policy_api.domain.content.fields import (
    ContentText,
    code_of,
    key_of,
    localized_name,
)
from policy_api.domain.content.limits import SITES, VALUE_LENGTH, VARS
from policy_api.domain.content.vocabulary import Scheme

EVERY_SITE = "*"

_REQUIRED: dict[str, str | list[Any] | dict[Any, Any]] = {"required": "This is missing."}
_VARIABLE = re.compile(r"[a-z][a-z0-9_-]{0,62}", re.ASCII)


class Several(fields.List[Any]):
    """A list of one kind of thing, nothing in it twice; members with a key are told apart by it."""

    default_error_messages = _REQUIRED

    def __init__(
        self,
        inner: fields.Field[Any],
        *,
        most: int,
        fewest: int = 0,
        **options: Any,  # noqa: ANN401 -- marshmallow's own options
    ) -> None:
        super().__init__(inner, **options)
        self.most, self.fewest = most, fewest

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 -- anything was sent
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **_: object,
    ) -> list[Any]:
        if not isinstance(value, list):
            raise refusal("This must be a list.", "[…], or one member on each line behind a hyphen")
        if len(value) > self.most:
            raise refusal(f"The list has {len(value)} members.", f"at most {self.most}")
        if len(value) < self.fewest:
            raise refusal("The list is too short.", f"{self.fewest} or more members")
        return self._members(value)

    def _members(self, value: list[Any]) -> list[Any]:
        members, wrong = [], {}
        seen: set[object] = set()
        for index, each in enumerate(value):
            try:
                member = self.inner.deserialize(each)
                _check_new(member, seen)
                members.append(member)
            except ValidationError as error:
                wrong[index] = error.messages
        if wrong:
            raise ValidationError(wrong)
        return members


def _check_new(member: object, seen: set[object]) -> None:
    keyed = isinstance(member, Mapping) and "key" in member
    identity: object = member
    if isinstance(member, Mapping):
        identity = member["key"] if keyed else repr(member)
    if identity in seen:
        fault = Fault(f"“{shown(identity)}” stands in the list twice.", "each one once")
        raise ValidationError({"key": [fault]} if keyed else [fault])
    seen.add(identity)


class Category(ContentText):
    """A category of data: the key of one of the organization's own, or a term."""

    def accepted(self, value: object) -> str:
        """Return a key or a term."""
        if isinstance(value, str) and ":" in value:
            return code_of(value, Scheme.DATA_CATEGORY)
        return key_of(value)


class SiteKey(ContentText):
    """The key of a site, or ``*`` for every one."""

    def accepted(self, value: object) -> str:
        """Return a key or the star."""
        return EVERY_SITE if value == EVERY_SITE else key_of(value)


class Scope(Several):
    """The sites something applies to: ``*`` alone, or one key or more."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- marshmallow's own options
        super().__init__(SiteKey(), most=SITES, fewest=1, **options)

    def _members(self, value: list[Any]) -> list[Any]:
        keys = super()._members(value)
        if EVERY_SITE in keys and len(keys) > 1:
            raise refusal("“*” is every site already.", "“*” alone, or keys of sites")
        return keys


class SiteChoice(fields.Field[Any]):
    """``*`` for every site of the policy, or a list of keys."""

    default_error_messages = _REQUIRED

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 -- anything was sent
        attr: str | None,
        data: Mapping[str, Any] | None,
        **_: object,
    ) -> str | list[str]:
        if value == EVERY_SITE:
            return EVERY_SITE
        if isinstance(value, str):
            raise refusal(f"“{shown(value)}” is no list of sites.", "“*”, or a list of keys")
        keys: list[str] = Several(_OneSite(), most=SITES, fewest=1).deserialize(value, attr, data)
        return keys


class _OneSite(ContentText):
    def accepted(self, value: object) -> str:
        return key_of(value)


class Named(fields.Field[dict[str, Any]]):
    """An object whose field names the author chooses."""

    default_error_messages = _REQUIRED

    most = VARS

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 -- anything was sent
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **_: object,
    ) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise refusal("This must be an object with fields.", "a name and a value on each line")
        if len(value) > self.most:
            raise refusal(f"There are {len(value)} fields in it.", f"at most {self.most}")
        found: dict[str, Any] = {}
        wrong: dict[str, object] = {}
        for name, inner in value.items():
            if inner is None:
                continue
            try:
                known = self.accepted_name(str(name))
                if known in found:
                    raise refusal(f"“{known}” is named twice.", "one of them")
                found[known] = self.accepted_value(inner)
            except ValidationError as error:
                wrong[str(name)] = error.messages
        if wrong:
            raise ValidationError(wrong)
        return dict(sorted(found.items()))

    def accepted_name(self, name: str) -> str:
        """Return a field name as it is stored.

        :raises ValidationError: If it cannot be one.
        """
        return key_of(name)

    def accepted_value(self, value: object) -> object:
        """Return a field's value as it is stored.

        :raises ValidationError: If it cannot be one.
        """
        return localized_name(value, longest=VALUE_LENGTH)


class Variables(Named):
    """Values of placeholders, written with or without the prefix that all of them share."""

    def __init__(self, prefix: str, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.prefix = f"{prefix}."

    def accepted_name(self, name: str) -> str:
        """Return the name without the prefix."""
        bare = name.removeprefix(self.prefix)
        if _VARIABLE.fullmatch(bare) is None:
            expected = "lower-case letters, digits, _ and -, such as form_url"
            raise refusal(f"“{shown(name)}” cannot name a placeholder.", expected)
        return bare
