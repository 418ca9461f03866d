"""Pages about what authors write: entries, blocks and terms, as the program's schemas have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from marshmallow import fields

from policy_api.domain.blocks.base import BLOCK_KINDS, BlockSchema
from policy_api.domain.content import limits
from policy_api.domain.content.list_fields import Several
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.sentences import sentences, summary
from policy_api.domain.content.source import Source
from policy_api.domain.content.vocabulary import TERMS, Scheme, fits
from policy_api.domain.content.yaml_writer import yaml_text
from policy_api.domain.entries.base import ENTRY_KINDS, kind_of
from policy_api.domain.entries.bundle import read_bundle
from policy_api.domain.entries.json_fields import scheme_name
from policy_api.domain.entries.json_schema import field_schema
from policy_api.domain.entries.kind import EntryKind
from policy_api.domain.entries.locale import LOCALES, Units, UnitSchema
from policy_api.domain.entries.overlay import OP_SCHEMAS, op_schema

EXAMPLE: Final = Path(__file__).resolve().parent / "examples" / "bundle"
COMMON: Final = frozenset(BlockSchema().load_fields)

Part = tuple[str, ContentSchema]
"""Name of an object inside an entry, and its schema."""


def bundle_page() -> str:
    """Describe every kind of entry."""
    lines = [*_INTRODUCTION.strip().format(limits).splitlines(), ""]
    for kind in ENTRY_KINDS:
        lines += [f"## {_title(kind)}", "", f"`{kind.template}.yaml` · {summary(kind.schema)}", ""]
        lines += [*_fields(kind.loader), "", *_inside(kind), *_example(kind), ""]
    return "\n".join(lines).rstrip() + "\n"


def blocks_page() -> str:
    """Describe every kind of block that comes with the program."""
    lines = [*_BLOCKS.strip().splitlines(), "", *_fields(BlockSchema()), ""]
    examples = dict(_example_blocks(read_bundle(EXAMPLE).source))
    for name, example in examples.items():
        schema = BLOCK_KINDS.get(name).schema()
        lines += [f"## `{name}`", "", summary(BLOCK_KINDS.get(name)), ""]
        lines += [*_fields(schema, without=COMMON), "", *_parts(schema), *example, ""]
    return "\n".join(lines).rstrip() + "\n"


def terms_page() -> str:
    """List every term, by the question it answers."""
    lines = [*_TERMS.strip().splitlines(), ""]
    for scheme in Scheme:
        title = scheme.value.replace("_", " ").capitalize()
        found = [term for code, term in TERMS.items() if fits(code, scheme)]
        lines += [f'## <a id="{scheme_name(scheme)}"></a>{title}', "", "| term | means |"]
        lines += ["| --- | --- |", *(f"| `{term.code}` | {term.label} |" for term in found), ""]
    return "\n".join(lines).rstrip() + "\n"


def _title(kind: EntryKind) -> str:
    return kind.name.capitalize()


def _inside(kind: EntryKind) -> Iterator[str]:
    if kind.name == "overlay":
        for name in OP_SCHEMAS:
            schema = op_schema(name)
            yield from (f"### `{name}`", "", summary(type(schema)), "")
            yield from (*_fields(schema, without=frozenset({"op"})), "")
    elif kind not in LOCALES[1:]:
        # A unit is the same in all translations, and said once.
        yield from _parts(kind.loader)


def _parts(schema: ContentSchema) -> Iterator[str]:
    for name, part in _nested(schema):
        yield from (f"### In `{name}`", "", *_fields(part), "")
        yield from _parts(part)


def _nested(schema: ContentSchema) -> Iterator[Part]:
    for name, field in schema.load_fields.items():
        inner = field.inner if isinstance(field, Several) else field
        if isinstance(inner, Units):
            yield name, UnitSchema()
        elif isinstance(inner, fields.Nested) and isinstance(inner.schema, ContentSchema):
            yield name, inner.schema


def _fields(schema: ContentSchema, *, without: frozenset[str] = frozenset()) -> Iterator[str]:
    told = sentences(type(schema))
    yield from ("| field | holds | meaning |", "| --- | --- | --- |")
    for name, field in schema.load_fields.items():
        if name not in without:
            star = " *" if field.required else ""
            yield f"| `{name}`{star} | {_words(field_schema(field))} | {told[name]} |"


def _words(form: Mapping[str, Any]) -> str:
    """Say in words what a schema asks for."""
    if "$ref" in form:
        return _named(form["$ref"].rpartition("/")[2])
    if "enum" in form:
        return ", ".join(f"`{word}`" for word in form["enum"])
    if form.get("type") == "array":
        return _list_words(form)
    return _plain_words(form)


def _plain_words(form: Mapping[str, Any]) -> str:
    title = str(form.get("title", "an object" if form.get("type") == "object" else "any value"))
    if "minimum" in form:
        return f"{title}, {form['minimum']} to {form['maximum']}"
    if "maxLength" in form:
        return f"{title}, at most {form['maxLength']:,} characters"
    return title


def _list_words(form: Mapping[str, Any]) -> str:
    fewest, most = form["minItems"], form["maxItems"]
    bounds = f"{fewest} to {most:,}" if fewest else f"at most {most:,}"
    return f"list, {bounds}: {_words(form['items']).removeprefix('an ')}"


def _named(definition: str) -> str:
    schemes = {scheme_name(scheme): scheme for scheme in Scheme}
    if definition in schemes:
        asked = definition.replace("-", " ")
        return f"term: [{asked}](terms.md#{definition})"
    links = {"block": "[block](blocks.md)", "op": "op, below"}
    return links.get(definition, f"{definition} code")


def _example(kind: EntryKind) -> Iterator[str]:
    """Yield the shortest file of the kind in the example."""
    files = (path for path in sorted(EXAMPLE.rglob("*.yaml")) if kind_of(_path(path)) is kind)
    file = min(files, key=lambda path: len(path.read_text()))
    yield from (f"`{_path(file)}.yaml`:", "", "```yaml", *file.read_text().splitlines(), "```")


def _path(file: Path) -> str:
    return file.relative_to(EXAMPLE).with_suffix("").as_posix()


def _example_blocks(source: Source) -> Iterator[tuple[str, list[str]]]:
    """Yield each built-in kind with the first block of it in the example."""
    sections = [source.entries[path] for path in source.paths("policies/privacy/sections/")]
    blocks = [block for section in sections for block in section["blocks"]]
    for name in BLOCK_KINDS.names():
        found = next((block for block in blocks if block["kind"] == name), None)
        if found is not None:
            yield name, ["```yaml", *yaml_text({"blocks": [found]}).splitlines(), "```"]


_INTRODUCTION = """
# The bundle

A bundle is the source of all policies as YAML files, in a folder or a zip. The path of a file says
what it is: `policies/privacy/sections/scope.yaml` is the section `scope` of the policy `privacy`.
The same paths address entries in drafts and in the API. [Your first
policy](../tutorial/first-policy.md) says how to work with one. The files below are from
`docs/examples/bundle`, which can be published.

What holds everywhere:

* A field marked with * is required. An unknown field is refused, with the nearest one that exists.
* **A field that is left out, or null, is not stated.** Readers are told so; nothing is made up.
  **`[]` is stated: none.** So no `data_categories` means that nobody says which data it is, and
  `data_categories: []` that it is none.
* A *key* is 1 to {0.KEY_LENGTH} of a–z, 0–9 and inner hyphens. It never changes and is never used
  again for something else: translations, overrides, changes and links hold on to it.
* A *line* has no line breaks. *Line, or locale → line* is a name in the source locale, or an object
  with a name for each locale: `{{en: Servers, de: Server}}`.
* *Translated* says that the text has its translations in `locales/`. Everything else is the same in
  every language, or has words of the program's own: countries, terms, periods, dates.
* *Markdown* is CommonMark with tables and without HTML and images; links lead to `https:`,
  `mailto:`, `tel:` or an anchor of the same page.
* Texts may hold placeholders: `{{site.name}}`, `{{site.host}}`, `{{site.key}}`,
  `{{organization.name}}`, `{{organization.legal_name}}`, `{{organization.legal_representative}}`,
  and of each contact `{{contact.KEY.email}}`, `.phone`, `.url` and `.name`. Others are declared in
  the policy. `\\{{` is a brace.
* A *term* is one of the [W3C Data Privacy Vocabulary](terms.md), or one of your own: `x:Anything`.
* YAML is a strict part of it: UTF-8, no anchors, no tags; `yes`, `no` and dates are text. Text that
  looks like a number needs quotes.

A bundle has at most {0.FILES:,} files. Everything that is wrong is told at once, with file and
line: `policy-api check`. JSON Schema for editors: `policy-api schema`.
"""

_BLOCKS = """
# Blocks

What stands below the heading of a [section](bundle.md#section). A plugin can
[add kinds](../how-to/write-a-plugin.md). Every block has these fields, and those of its kind.
"""

_TERMS = """
# Terms

The terms that an author can name, by the question they answer: a part of the W3C Data Privacy
Vocabulary 2.3, and a few of the program's own (`x:`). Readers see them in their language. Where
none fits, write one of your own, such as `x:ShoeSize`; its name is shown spelled out.
"""

PAGES: Mapping[str, Callable[[], str]] = {
    "blocks.md": blocks_page,
    "bundle.md": bundle_page,
    "terms.md": terms_page,
}
"""File → what it says."""
