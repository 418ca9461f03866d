"""What the server is compared with: the least that WSGI costs, and what one would write first."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify
from markdown_it import MarkdownIt
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from benchmarks.reading.names import PLAIN, UNCHANGED
from policy_api.reading.fast_path import without_entity

FOLDER = "BENCH_FOLDER"
ANSWER, TABLES = "answer.pickle", "naive.sqlite3"


def bare() -> Any:  # noqa: ANN401 -- a WSGI application
    """Return an application that gives the same bytes to everybody, without a look."""
    kept: dict[str, Any] = pickle.loads(Path(os.environ[FOLDER], ANSWER).read_bytes())  # noqa: S301 -- our own
    answers = {path[:2]: ("200 OK", headers, [body]) for path, (headers, body) in kept.items()}
    plain = answers[PLAIN[:2]]
    answers[UNCHANGED[:2]] = ("304 NOT MODIFIED", without_entity(plain[1]), [])

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        status, headers, body = answers.get(environ["PATH_INFO"][:2], plain)
        start_response(status, headers)
        return body

    return application


class Base(DeclarativeBase):
    """Base of the naive tables."""


class Section(Base):
    """A section, as one would store it first."""

    __tablename__ = "section"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    heading: Mapped[str]
    blocks: Mapped[list[Block]] = relationship(order_by="Block.id")


class Block(Base):
    """A block of text."""

    __tablename__ = "block"
    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    key: Mapped[str]
    kind: Mapped[str]
    markdown: Mapped[str]
    rows: Mapped[list[Row]] = relationship(order_by="Row.id")


class Row(Base):
    """A row of a table."""

    __tablename__ = "row"
    id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("block.id"))
    key: Mapped[str]
    recipient: Mapped[str]
    purpose: Mapped[str]
    labels: Mapped[list[Label]] = relationship(order_by="Label.id")


class Label(Base):
    """A coded fact of a row."""

    __tablename__ = "label"
    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("row.id"))
    name: Mapped[str]
    code: Mapped[str]
    label: Mapped[str]


def fill(folder: Path, document: dict[str, Any]) -> None:
    """Store a served edition in the naive tables."""
    engine = create_engine(f"sqlite:///{folder / TABLES}")
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        for section in document["sections"]:
            blocks = [_block(block) for block in section["blocks"]]
            session.add(Section(key=section["key"], heading=section["heading"], blocks=blocks))
    engine.dispose()


def _block(block: dict[str, Any]) -> Block:
    rows = [
        Row(
            key=row["key"],
            recipient=row["recipient"]["name"],
            purpose=row["purpose"] or "",
            labels=[
                Label(name=name, code=value["code"] or "", label=value["label"])
                for name in ("purposes", "data_categories")
                for value in row[name] or ()
            ],
        )
        for row in block.get("rows", ())
    ]
    text = block.get("markdown") or ""
    return Block(key=block["key"], kind=block["kind"], markdown=text, rows=rows)


def naive() -> Flask:
    """Return an application that reads rows and renders Markdown for every request."""
    app = Flask("naive")
    engine = create_engine(f"sqlite:///{Path(os.environ[FOLDER], TABLES)}")

    @app.get("/<path:_>")
    def show(_: str) -> Response:
        with Session(engine) as session:
            return jsonify(sections=[_section(each) for each in session.scalars(select(Section))])

    return app


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "heading": section.heading,
        "blocks": [
            {
                "key": block.key,
                "kind": block.kind,
                "markdown": block.markdown,
                "html": MarkdownIt().render(block.markdown),
                "rows": [
                    {
                        "key": row.key,
                        "recipient": row.recipient,
                        "purpose": row.purpose,
                        "labels": [
                            {"name": each.name, "code": each.code, "label": each.label}
                            for each in row.labels
                        ],
                    }
                    for row in block.rows
                ],
            }
            for block in section.blocks
        ],
    }
