"""Connections to PostgreSQL: one engine a role and process, checked before use, never waited for long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Engine, NullPool, create_engine

UNTOLD: Final[dict[str, Any]] = {"hide_parameters": True}
"""An error tells its statement and never its values: a name among them would stand in the log."""
# The connection that was used last goes out first: the server knows its statements and tables already.
POOL: Final[dict[str, Any]] = {
    "pool_size": 8,
    "max_overflow": 4,
    "pool_timeout": 3,
    "pool_recycle": 300,
    "pool_pre_ping": True,
    "pool_use_lifo": True,
    "connect_args": {"connect_timeout": 3, "tcp_user_timeout": 5000},
}


def disclosing(pool: Mapping[str, Any], days: int) -> dict[str, Any]:
    """Return the options of connections whose rules name a person to a company for so many days after a referral."""
    told = {**pool.get("connect_args", {}), "options": f"-c app.disclosure_days={days}"}
    return {**pool, **UNTOLD, "connect_args": told}


def engine_of(url: str, **changes: Any) -> Engine:
    """Return an engine with the product's limits; ``changes`` replace single ones (a worker needs fewer)."""
    return create_engine(url, **{**POOL, **UNTOLD, **changes})


def passing_engine(url: str) -> Engine:
    """Return the engine of a command that ends: none of its connections outlives its transaction."""
    return create_engine(url, poolclass=NullPool, **UNTOLD, connect_args=POOL["connect_args"])
