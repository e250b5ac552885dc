"""What every table shares: naming of constraints, column types, instants of writing."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ARRAY, BigInteger, DateTime, Enum, Identity, MetaData, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Common parent of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
        uuid.UUID: Uuid,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: ARRAY(Text),
        list[int]: ARRAY(BigInteger),
    }


class Keyed:
    """A table with a key of its own."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)


class Public:
    """A row that appears in URLs, files and messages under a random identifier."""

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=func.gen_random_uuid())


class Timestamped:
    """When the row was written, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Versioned:
    """Refuses a write over somebody else's write."""

    version: Mapped[int] = mapped_column(default=1, server_default="1")


def text_enum(kind: type[StrEnum], name: str = "state") -> Enum:
    """Return the column type of an enumeration kept as text with a check called ``name``."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=name,
        length=40,
        values_callable=lambda e: [m.value for m in e],
    )
