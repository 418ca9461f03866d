"""The one declarative base, and the Flask extension that carries the engine and the session."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.model import Model as FlaskModel
from sqlalchemy import BigInteger, Engine, Integer, LargeBinary, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, registry

from policy_api.db.engine import DEFAULT_THREADS, absolute_url, engine_options, prepare
from policy_api.db.types import UTCDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names for constraints, so that a later migration can name what it changes."""

WHOLE_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both; SQLite counts up only a column whose type is spelt INTEGER."""


class Base(DeclarativeBase):
    """Base of all tables."""

    # Flask-SQLAlchemy copies the attributes of this class into a new one; a type map given here
    # directly would be lost, one inside the registry is not.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            str: Text(),
            int: WHOLE_NUMBER,
            bytes: LargeBinary(),
            datetime: UTCDateTime(),
        },
    )


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with engines that are prepared for safety."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return prepare(super()._make_engine(bind_key, options, app))


db = Database(
    model_class=Base,
    # A row can be handed on after the commit without another SELECT.
    session_options={"expire_on_commit": False},
    disable_autonaming=True,
)

if TYPE_CHECKING:

    class Model(FlaskModel, Base):
        """Base of all tables, as the type checker sees it."""
else:
    Model = db.Model


def connect(app: Flask, url: str, *, threads: int = DEFAULT_THREADS) -> None:
    """Give an application its database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = absolute_url(url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url, threads=threads)
    db.init_app(app)
