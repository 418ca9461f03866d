"""Note the digest of each source object's stored bytes, as editions have it."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

from policy_api.db.ddl import changing
from policy_api.db.types import Digest

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and fill it; empty for what a program of the time before still writes."""
    op.add_column("source_object", sa.Column("body_digest", Digest(), nullable=True))
    table = sa.table(
        "source_object",
        sa.column("digest", sa.Text()),
        sa.column("body", sa.LargeBinary()),
        sa.column("body_digest", sa.Text()),
    )
    connection = op.get_bind()
    with changing("source_object"):
        for digest, body in connection.execute(sa.select(table.c.digest, table.c.body)).all():
            noted = f"sha256:{hashlib.sha256(body).hexdigest()}"
            change = table.update().where(table.c.digest == digest).values(body_digest=noted)
            connection.execute(change)
