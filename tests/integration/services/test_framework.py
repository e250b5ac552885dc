"""Reference lists and frameworks on a real database: brought in once or twice alike."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text

from skills_bridge.domain.framework import (
    CompetencyEntry,
    Evidence,
    ProfileEntry,
    RelationEntry,
    RelationKind,
    TemplateEntry,
)
from skills_bridge.engine.policy import POLICY_V1, PolicySet
from skills_bridge.models import (
    Competency,
    CompetencyRelation,
    JobProfile,
    MatchPolicy,
    ProfileRequirement,
    Province,
    Region,
)
from skills_bridge.queries.framework import find_competencies, get_template, list_competencies, resolve_competencies
from skills_bridge.queries.listing import ListRequest
from skills_bridge.reference import lists
from skills_bridge.services.framework import import_framework, load_reference
from tests.factories.world import World


def versions(world: World) -> dict[str, Any]:
    """The row version of every row of the lists: a row that was written again has another."""
    with world.as_owner() as session:
        return {
            table: session.execute(text(f"SELECT array_agg(xmin::text ORDER BY ctid) FROM {table}")).scalar_one()
            for table in ("region", "province", "competency", "competency_relation", "job_profile", "match_policy")
        }


def bring(world: World, *codes: str, **more: Any) -> Any:
    entries = [CompetencyEntry(code=code, label_fr=f"Compétence {code}", label_en=f"Skill {code}") for code in codes]
    with world.platform() as uow:
        return import_framework(uow, scheme="TEST", competencies=entries, **more)


class TestLoadReference:
    def test_fills_every_list(self, world: World) -> None:
        with world.as_owner() as session:
            counts = [
                session.scalar(select(func.count()).select_from(table))
                for table in (Region, Province, Competency, JobProfile)
            ]

        assert counts == [12, 75, 40, 12]

    def test_writes_nothing_the_second_time(self, world: World) -> None:
        before = versions(world)
        with world.platform() as uow:
            load_reference(uow, lists)

        assert versions(world) == before

    def test_brings_a_changed_label_back_and_drops_a_relation_that_left(self, world: World) -> None:
        with world.as_owner() as session:
            session.execute(text("UPDATE competency SET label_fr = 'Faux' WHERE code = 'AUTO-001'"))
            session.execute(
                text(
                    "INSERT INTO competency_relation SELECT a.id, b.id, 'close' FROM competency a, competency b"
                    " WHERE a.code = 'AUTO-001' AND b.code = 'AUTO-040' ON CONFLICT DO NOTHING"
                )
            )
            session.commit()
        with world.platform() as uow:
            counts = load_reference(uow, lists)

        with world.as_owner() as session:
            label = session.scalar(select(Competency.label_fr).where(Competency.code == "AUTO-001"))
            relations = session.scalar(select(func.count()).select_from(CompetencyRelation))
        assert label == "Sertissage de contacts"
        assert relations == counts["relations"] == len(lists.competency_relations())

    def test_lays_down_the_first_policy_with_its_author(self, world: World) -> None:
        with world.as_owner() as session:
            policy = session.scalars(select(MatchPolicy)).one()

        assert (policy.version, policy.author) == (1, "Skills Bridge")
        assert PolicySet.from_parameters(policy.parameters) == POLICY_V1
        assert policy.parameters["allocation"]["live_per_person"] == 3
        assert policy.parameters["expiry_days"] == 10
        assert policy.parameters["allocation"]["waiting_quota_percent"] == 10

    def test_is_not_for_a_web_process(self, world: World) -> None:
        with pytest.raises(Exception, match="permission denied"), world.acting("administrator") as uow:
            uow.session.execute(text("UPDATE region SET label_fr = 'x'"))


class TestImportFramework:
    def test_retires_what_vanished_and_takes_back_what_returns(self, world: World) -> None:
        first, second, third = bring(world, "A", "B"), bring(world, "A"), bring(world, "A", "B")
        with world.as_owner() as session:
            live = session.scalar(
                select(func.count()).where(Competency.scheme == "TEST", Competency.retired_on.is_(None))
            )

        assert (first.retired, second.retired, third.retired, live) == (0, 1, 0, 2)

    def test_leaves_other_schemes_alone(self, world: World) -> None:
        before = versions(world)["match_policy"]
        bring(world)
        with world.as_owner() as session:
            assert session.scalar(select(func.count()).where(Competency.retired_on.is_not(None))) == 0
        assert versions(world)["match_policy"] == before

    def test_brings_relations_profiles_and_templates_and_skips_unknown_codes(self, world: World) -> None:
        counts = bring(
            world,
            "A",
            "B",
            relations=[
                RelationEntry(code="A", related_code="B", kind=RelationKind.CLOSE),
                RelationEntry(code="A", related_code="Z", kind=RelationKind.LOOSE),
                RelationEntry(code="A", related_code="A", kind=RelationKind.LOOSE),
            ],
            profiles=[ProfileEntry(code="P", label_fr="Profil")],
            requirements=[
                TemplateEntry(profile_code="P", competency_code="B", level=3, is_must=True, weight=5),
                TemplateEntry(profile_code="P", competency_code="Z", level=3, is_must=True, weight=5),
            ],
        )
        with world.as_owner() as session:
            profile = session.scalars(select(JobProfile.id).where(JobProfile.scheme == "TEST")).one()
            template = get_template(session, profile_id=profile)

        assert (counts.relations, counts.profiles, counts.requirements) == (1, 1, 1)
        assert [(line.competency.code, line.level, line.evidence_asked) for line in template] == [
            ("B", 3, Evidence.DECLARED)
        ]

    def test_takes_more_than_one_batch(self, world: World) -> None:
        counts = bring(world, *(f"C{number}" for number in range(2500)))
        with world.as_owner() as session:
            found = session.scalar(select(func.count()).where(Competency.scheme == "TEST"))

        assert counts.competencies == found == 2500

    def test_keeps_the_template_of_another_scheme(self, world: World) -> None:
        bring(world, "A", profiles=[ProfileEntry(code="P", label_fr="Profil")])
        with world.as_owner() as session:
            assert session.scalar(select(func.count()).select_from(ProfileRequirement)) == len(
                lists.profile_requirements()
            )


class TestFindCompetencies:
    def test_reads_any_language_without_case_or_accent(self, world: World) -> None:
        with world.looking("hr_manager") as session:
            found = [
                {entry.code for entry in find_competencies(session, text=words)}
                for words in ("sertissage CONTACTS", "contact crimping", "كبس أطراف", "Electrique faisceaux", "%")
            ]

        assert found == [{"AUTO-001"}, {"AUTO-001"}, {"AUTO-001"}, {"AUTO-003"}, set()]

    def test_takes_what_it_wrote_itself(self, world: World) -> None:
        with world.looking("hr_manager") as session:
            entry = find_competencies(session, text="Sertissage de contacts")[0]
            again = [find_competencies(session, text=entry.written(language)) for language in ("fr", "ar", "en")]

        assert again == [(entry,)] * 3

    def test_offers_the_products_own_first_and_nothing_retired(self, world: World) -> None:
        bring(world, "A", "B")
        bring(world, "B")
        with world.looking("hr_manager") as session:
            found = find_competencies(session, text="compétence")

        assert [entry.code for entry in found if entry.scheme == "TEST"] == ["B"]


class TestResolveCompetencies:
    def test_prefers_the_whole_label_and_gives_several_where_it_is_not_clear(self, world: World) -> None:
        bring(world, "1", "11")
        texts = ["Compétence 1", "compétence", "rien de tel", ""]
        with world.looking("hr_manager") as session:
            meanings = resolve_competencies(session, texts=texts)

        assert [entry.code for entry in meanings["Compétence 1"]] == ["1"]
        assert len(meanings["compétence"]) == 2
        assert meanings["rien de tel"] == ()
        assert "" not in meanings


class TestListCompetencies:
    def test_searches_and_filters(self, world: World) -> None:
        bring(world, "A")
        with world.looking("analyst") as session:
            by_word = list_competencies(session, request=ListRequest(search="crimping"))
            by_scheme = list_competencies(session, request=ListRequest(filters={"scheme": "TEST"}))
            by_family = list_competencies(session, request=ListRequest(filters={"family": "quality"}))

        assert [line.code for line in by_word.items] == ["AUTO-001"]
        assert [line.code for line in by_scheme.items] == ["A"]
        assert {line.family for line in by_family.items} == {"quality"}
