"""Official files, from the folder to the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import engine_of
from skills_bridge.adapters.framework_files import FrameworkContent, read_esco, read_rome
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE
from skills_bridge.domain.settings import DatabaseUrls
from skills_bridge.models import Competency, CompetencyRelation, JobProfile, ProfileRequirement
from skills_bridge.services.framework import FrameworkCounts, import_framework
from skills_bridge.unit_of_work import transaction


def take_in(database: DatabaseUrls, content: FrameworkContent) -> tuple[FrameworkCounts, dict[str, int]]:
    """Bring a framework in and count what its scheme has in the tables."""
    engine = engine_of(database.worker, pool_size=1, max_overflow=0)
    try:
        with Session(engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            counts = import_framework(
                uow,
                scheme=content.scheme,
                competencies=content.competencies,
                relations=content.relations,
                profiles=content.profiles,
                requirements=content.requirements,
            )
        with Session(engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE):
            held = select(Competency.id).where(Competency.scheme == content.scheme)
            jobs = select(JobProfile.id).where(JobProfile.scheme == content.scheme)
            stored = {
                "competencies": session.scalar(select(func.count()).select_from(held.subquery())) or 0,
                "relations": session.scalar(
                    select(func.count())
                    .select_from(CompetencyRelation)
                    .where(CompetencyRelation.competency_id.in_(held))
                )
                or 0,
                "profiles": session.scalar(select(func.count()).select_from(jobs.subquery())) or 0,
                "requirements": session.scalar(
                    select(func.count())
                    .select_from(ProfileRequirement)
                    .where(ProfileRequirement.job_profile_id.in_(jobs))
                )
                or 0,
            }
    finally:
        engine.dispose()
    return counts, stored


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements sent meanwhile."""
    sent: list[str] = []

    def note(_link: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


class TestImportFramework:
    @pytest.mark.real_data
    def test_sends_the_whole_of_esco_in_few_statements(self, database: DatabaseUrls, real_data: Path) -> None:
        content = read_esco(real_data / "esco")

        with counted() as sent:
            take_in(database, content)

        assert len([one for one in sent if one.startswith("INSERT INTO")]) < 10

    @pytest.mark.real_data
    @pytest.mark.parametrize(("reader", "folder"), [(read_esco, "esco"), (read_rome, "rome")])
    def test_stores_every_entry_of_the_real_files(
        self, database: DatabaseUrls, real_data: Path, reader: Callable[[Path], FrameworkContent], folder: str
    ) -> None:
        content = reader(real_data / folder)

        counts, stored = take_in(database, content)

        assert counts.retired == 0
        assert min(stored.values()) > 0
        assert stored == {
            "competencies": len(content.competencies),
            "relations": len(content.relations),
            "profiles": len(content.profiles),
            "requirements": len(content.requirements),
        }
