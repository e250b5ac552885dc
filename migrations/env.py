"""Runs the migrations as the owner of the schema; nothing else of the product connects as owner."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from skills_bridge.models import Base


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the runs' leaves out of comparisons: they come and go with the runs."""
    return not (kind == "table" and name is not None and name.startswith("match_result_"))


def run() -> None:
    """Upgrade or downgrade in one transaction a revision, never waiting long for a lock."""
    url = context.config.get_main_option("sqlalchemy.url") or os.environ["MIGRATION_DATABASE_URL"]
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '4s'"))
        connection.execute(text("SET statement_timeout = '15min'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            include_name=include_name,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
