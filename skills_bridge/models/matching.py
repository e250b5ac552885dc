"""Policies, runs and their results."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.matching import ResultClass
from skills_bridge.models.base import Base, Keyed, Timestamped, text_enum


class MatchPolicy(Keyed, Timestamped, Base):
    """A version of the matching policy: its parameters, who set it and when; never edited."""

    __tablename__ = "match_policy"

    version: Mapped[int] = mapped_column(unique=True)
    parameters: Mapped[dict[str, Any]]
    author: Mapped[str]


class MatchRun(Keyed, Timestamped, Base):
    """One computation: who asked (empty: the clock), policy, day, digests of input and lists, counts, milliseconds.

    ``opening_id`` is NULL for a run over all openings; ``attached_at`` makes its results visible at once.
    """

    __tablename__ = "match_run"
    __table_args__ = (
        ForeignKeyConstraint(["opening_id", "agency_id"], ["opening.id", "opening.agency_id"]),
        UniqueConstraint("id", "agency_id"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    opening_id: Mapped[int | None] = mapped_column(index=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("match_policy.id"))
    job_id: Mapped[int | None] = mapped_column(index=True)
    as_of: Mapped[date]
    engine_version: Mapped[str]
    input_digest: Mapped[bytes | None]
    result_digest: Mapped[bytes | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    times: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_by: Mapped[str] = mapped_column(default="")
    attached_at: Mapped[datetime | None]


class MatchProfile(Base):
    """What matching reads of a person, packed; only ``pack_profiles`` writes it, in the transaction of the change.

    Closed (``is_open`` false, no content) for whoever may not be looked for. ``facts``, ``held`` and ``skills`` are
    read by ``engine.national.packed``; none depends on the policy. ``over_on`` is the first day on which a proof that
    counts has run out; ``changed_in`` is the transaction that last changed the content.
    """

    __tablename__ = "match_profile"
    __table_args__ = (
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        CheckConstraint(
            "is_open = (facts IS NOT NULL AND held IS NOT NULL AND skills IS NOT NULL AND digest IS NOT NULL)",
            name="open_is_packed",
        ),
        Index("ix_match_profile_over_on", "over_on", postgresql_where="over_on IS NOT NULL"),
    )

    seeker_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    agency_id: Mapped[int]
    is_open: Mapped[bool]
    facts: Mapped[bytes | None]
    held: Mapped[bytes | None]
    skills: Mapped[bytes | None]
    digest: Mapped[bytes | None]
    packed_on: Mapped[date]
    over_on: Mapped[date | None]
    reference_version: Mapped[int] = mapped_column(index=True)
    changed_in: Mapped[int] = mapped_column(index=True)


class MatchReference(Base):
    """One row: the version of the lists and relations under which profiles are packed, and their digest."""

    __tablename__ = "match_reference"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    digest: Mapped[bytes]


class MatchCount(Base):
    """How many people a run judged in each way for one opening, listed or not."""

    __tablename__ = "match_count"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "agency_id"], ["match_run.id", "match_run.agency_id"]),
        ForeignKeyConstraint(["opening_id", "agency_id"], ["opening.id", "opening.agency_id"]),
    )

    run_id: Mapped[int] = mapped_column(primary_key=True)
    opening_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    counts: Mapped[dict[str, Any]]


class MatchTerms(Base):
    """What a run asked of people, for openings from ``first_opening_id`` on: as long as the run's rows stand."""

    __tablename__ = "match_terms"
    __table_args__ = (ForeignKeyConstraint(["run_id", "agency_id"], ["match_run.id", "match_run.agency_id"]),)

    run_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_opening_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    content: Mapped[bytes]


class MatchInput(Base):
    """What a run over all openings was computed from, compressed, until ``kept_until``; the web can't read it."""

    __tablename__ = "match_input"
    __table_args__ = (ForeignKeyConstraint(["run_id", "agency_id"], ["match_run.id", "match_run.agency_id"]),)

    run_id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kept_until: Mapped[date] = mapped_column(index=True)
    content: Mapped[bytes]


class MatchExposure(Timestamped, Base):
    """Whom a run over all openings shows and whom never: counts by group, small groups hidden."""

    __tablename__ = "match_exposure"
    __table_args__ = (ForeignKeyConstraint(["run_id", "agency_id"], ["match_run.id", "match_run.agency_id"]),)

    run_id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    report: Mapped[dict[str, Any]]


class MatchResult(Base):
    """A line of a run's answer; a table partitioned by run, rows are never edited.

    ``person`` keeps what was known of the person when she was judged, in bytes (``engine.national.rows``); with the
    run's ``MatchTerms`` it tells the whole account. A set bit of ``unknown_gates`` is a condition without answer, of
    ``unproven`` a must without proof, by its place.
    """

    __tablename__ = "match_result"
    __table_args__ = (
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 10000", name="score_in_range"),
        Index("ix_match_result_opening", "opening_id", "result_class", "rank"),
        Index("ix_match_result_seeker", "seeker_id"),
        {"postgresql_partition_by": "LIST (run_id)"},
    )

    run_id: Mapped[int] = mapped_column(primary_key=True)
    opening_id: Mapped[int] = mapped_column(primary_key=True)
    seeker_id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int]
    result_class: Mapped[ResultClass] = mapped_column(text_enum(ResultClass, "result_class"))
    rank: Mapped[int]
    points: Mapped[int]
    score: Mapped[int | None]
    order_key: Mapped[int]
    cohort_id: Mapped[int | None]
    unknown_gates: Mapped[int] = mapped_column(SmallInteger)
    unproven: Mapped[int] = mapped_column(Integer)
    person: Mapped[bytes]
