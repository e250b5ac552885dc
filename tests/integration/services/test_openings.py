"""Openings on a real database, through row-level security: who may do what, and what follows."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import (
    AlreadyDone,
    DomainError,
    IllegalMove,
    Invalid,
    NotFound,
    NotPermitted,
    RuleBroken,
    Stale,
)
from skills_bridge.domain.framework import Cefr
from skills_bridge.domain.matching import GateKind
from skills_bridge.domain.openings import CloseReason, Conditions, OpeningState
from skills_bridge.models import Competency, Gate, Job, Opening, OpeningRevision, Post, Requirement, StateChange
from skills_bridge.services.openings import (
    close_opening,
    close_posts,
    copy_opening,
    create_opening,
    open_need_line,
    pause_opening,
    recall_opening,
    refuse_opening,
    resume_opening,
    submit_opening,
    update_opening,
    validate_opening,
)
from skills_bridge.services.organisations import create_site
from skills_bridge.unit_of_work import utc_now
from tests.factories.openings import (
    asked,
    competency_ids,
    draft_opening,
    opening_draft,
    profile_id,
    submitted_opening,
    validated_opening,
    written_need,
)
from tests.factories.world import KENITRA, World

NIGHT = "three_shifts"


def opening_of(world: World, opening_id: int) -> Opening:
    with world.as_owner() as session:
        return session.get_one(Opening, opening_id)


def posts_of(world: World, opening_id: int) -> list[Post]:
    with world.as_owner() as session:
        return list(session.scalars(select(Post).where(Post.opening_id == opening_id).order_by(Post.id)))


def revisions_of(world: World, opening_id: int) -> list[OpeningRevision]:
    with world.as_owner() as session:
        query = select(OpeningRevision).where(OpeningRevision.opening_id == opening_id)
        return list(session.scalars(query.order_by(OpeningRevision.number)))


def jobs_of(world: World, opening_id: int) -> Counter[str]:
    with world.as_owner() as session:
        return Counter(session.scalars(select(Job.kind).where(Job.object_id == opening_id)))


def change(world: World, opening_id: int, *, version: int | None = None, **changes: Any) -> bool:
    with world.acting("hr_manager") as uow:
        draft = opening_draft(uow, world, **changes)
        return update_opening(uow, opening_id=opening_id, version=version, draft=draft)


class TestCreateOpening:
    def test_writes_a_draft_with_its_first_revision(self, world: World) -> None:
        conditions = Conditions(education_rank=3, languages={"fr": Cefr.B1}, shifts=frozenset({NIGHT}))
        opening_id = draft_opening(world, conditions=conditions)

        opening, revisions = opening_of(world, opening_id), revisions_of(world, opening_id)
        with world.as_owner() as session:
            gates = set(session.scalars(select(Gate.kind).where(Gate.revision_id == revisions[0].id)))
            requirements = session.scalar(select(func.count()).select_from(Requirement))

        assert (opening.state, opening.revision_id, opening.unit_id) == (OpeningState.DRAFT, None, world.units["north"])
        assert opening.reference.startswith("OF-")
        assert [(revision.number, revision.submitted_at) for revision in revisions] == [(1, None)]
        assert gates == {
            GateKind.MOBILITY,
            GateKind.EDUCATION,
            GateKind.LANGUAGE,
            GateKind.SHIFT,
            GateKind.ADULTHOOD,
        }
        assert requirements == 2

    def test_refuses_what_no_list_holds(self, world: World) -> None:
        cases: list[tuple[dict[str, Any], str]] = [
            ({"terms": {"contract_code": "nothing"}}, "contract_code"),
            ({"conditions": Conditions(diploma_fields=frozenset({"magic"}))}, "diploma_fields"),
            ({"conditions": Conditions(languages={"xx": Cefr.A1})}, "languages"),
            ({"conditions": Conditions(licences=frozenset({"wings"}))}, "licences"),
            ({"conditions": Conditions(shifts=frozenset({"never"}))}, "shifts"),
            ({"conditions": Conditions(education_rank=99)}, "education_rank"),
            ({"requirements": [asked(10**9)]}, "requirements"),
            ({"job_profile_id": 10**9}, "job_profile_id"),
            ({"site_id": 10**9}, "site_id"),
            ({"title": "   "}, "title"),
            ({"answer_days": 0}, "answer_days"),
        ]
        for changes, field in cases:
            with pytest.raises(Invalid) as refusal:
                draft_opening(world, **changes)
            assert refusal.value.field == field

    def test_refuses_a_site_of_another_company_or_without_unit(self, world: World) -> None:
        with pytest.raises(Invalid, match="site-unknown"):
            draft_opening(world, site_id=world.sites["other_company"])
        with world.acting("hr_manager") as uow:
            site = create_site(uow, company_id=world.ids["company"], name="Loin", province_code="12.066").id
        with pytest.raises(Invalid, match="province-without-unit"):
            draft_opening(world, site_id=site)

    def test_refuses_a_retired_competency(self, world: World) -> None:
        with world.as_owner() as session:
            session.execute(update(Competency).where(Competency.code == "AUTO-001").values(retired_on=date(2026, 1, 1)))
            session.commit()

        with pytest.raises(Invalid, match="competency-unknown"):
            draft_opening(world)

    def test_is_not_for_the_agency_nor_for_another_company(self, world: World) -> None:
        with world.acting("hr_manager") as uow:
            draft = opening_draft(uow, world)
        for who in ("adviser", "other_hr_manager"):
            with pytest.raises(NotPermitted), world.acting(who) as uow:
                create_opening(uow, company_id=world.ids["company"], draft=draft)


class TestVisibility:
    def test_hides_a_draft_from_everybody_else(self, world: World) -> None:
        opening_id = draft_opening(world)

        for who in ("adviser", "officer", "other_hr_manager", "analyst", "centre_manager"):
            with world.looking(who) as session:
                assert session.get(Opening, opening_id) is None, who
                assert session.scalar(select(func.count()).select_from(Requirement)) == 0, who

    def test_shows_the_agency_what_is_submitted_and_the_association_what_is_validated(self, world: World) -> None:
        submitted, validated = submitted_opening(world), validated_opening(world)

        seen = {}
        for who in ("adviser", "officer", "other_hr_manager"):
            with world.looking(who) as session:
                seen[who] = set(session.scalars(select(Opening.id)))

        assert seen == {"adviser": {submitted, validated}, "officer": {validated}, "other_hr_manager": set()}

    def test_hides_the_terms_that_a_company_is_still_writing(self, world: World) -> None:
        opening_id = submitted_opening(world)
        with world.acting("adviser") as uow:
            refuse_opening(uow, opening_id=opening_id, reason="À préciser")
        change(world, opening_id, terms={"posts": 9})

        with world.looking("adviser") as session:
            assert list(session.scalars(select(OpeningRevision.posts))) == [2]

    def test_lets_no_company_touch_the_opening_of_another(self, world: World) -> None:
        opening_id = validated_opening(world)

        with pytest.raises(NotFound), world.acting("other_hr_manager") as uow:
            close_opening(uow, opening_id=opening_id, reason=CloseReason.TRANSPORT)


class TestUpdateOpening:
    def test_rewrites_a_draft_in_place(self, world: World) -> None:
        opening_id = draft_opening(world)

        assert change(world, opening_id, terms={"posts": 7}, requirements=[], title="Autre") is False

        revisions = revisions_of(world, opening_id)
        assert [(revision.number, revision.posts) for revision in revisions] == [(1, 7)]
        assert opening_of(world, opening_id).title == "Autre"
        with world.as_owner() as session:
            assert session.scalar(select(func.count()).select_from(Requirement)) == 0

    def test_refuses_the_page_that_is_no_longer_true(self, world: World) -> None:
        opening_id = draft_opening(world)
        version = opening_of(world, opening_id).version
        change(world, opening_id, version=version, title="Premier")

        with pytest.raises(Stale):
            change(world, opening_id, version=version, title="Second")

        assert opening_of(world, opening_id).title == "Premier"

    def test_changes_the_texts_of_a_live_opening_at_once(self, world: World) -> None:
        opening_id = validated_opening(world)

        assert change(world, opening_id, title="Mieux dit", contact="Accueil") is False

        assert opening_of(world, opening_id).title == "Mieux dit"
        assert len(revisions_of(world, opening_id)) == 1

    def test_submits_other_terms_beside_those_in_force(self, world: World) -> None:
        opening_id = validated_opening(world)

        assert change(world, opening_id, terms={"posts": 5}) is True

        opening, revisions = opening_of(world, opening_id), revisions_of(world, opening_id)
        assert (opening.state, opening.revision_id) == (OpeningState.VALIDATED, revisions[0].id)
        assert revisions[1].submitted_at is not None
        assert len(posts_of(world, opening_id)) == 2
        assert jobs_of(world, opening_id)["notices.opening_submitted"] == 2

    def test_does_not_submit_the_same_twice(self, world: World) -> None:
        opening_id = validated_opening(world)
        change(world, opening_id, terms={"posts": 5})

        assert change(world, opening_id, terms={"posts": 5}, title="Autre") is False

        assert len(revisions_of(world, opening_id)) == 2

    def test_keeps_site_profile_and_need_of_a_live_opening(self, world: World) -> None:
        opening_id = validated_opening(world)
        _need, line = written_need(world)

        with pytest.raises(Invalid) as refusal:
            change(world, opening_id, need_line_id=line)

        assert (refusal.value.code, refusal.value.field) == ("fixed-after-validation", "need_line_id")

    def test_never_asks_for_fewer_posts_than_stand(self, world: World) -> None:
        opening_id = validated_opening(world)

        with pytest.raises(Invalid) as refusal:
            change(world, opening_id, terms={"posts": 1})

        assert refusal.value.facts["standing"] == 2

    def test_counts_the_posts_that_stand_not_those_once_asked_for(self, world: World) -> None:
        opening_id = validated_opening(world)
        due_on = posts_of(world, opening_id)[0].due_on
        with world.acting("hr_manager") as uow:
            close_posts(uow, opening_id=opening_id, due_on=due_on, count=1, reason=CloseReason.TRANSPORT)

        assert change(world, opening_id, terms={"posts": 1}) is False
        assert change(world, opening_id, terms={"posts": 3}) is True

    def test_waits_while_the_agency_judges_and_ends_with_the_opening(self, world: World) -> None:
        waiting, closed = submitted_opening(world), draft_opening(world)
        with world.acting("hr_manager") as uow:
            close_opening(uow, opening_id=closed, reason=CloseReason.EMPLOYER_WITHDREW)

        for opening_id, code in ((waiting, "opening-being-judged"), (closed, "opening-closed")):
            with pytest.raises(RuleBroken, match=code):
                change(world, opening_id)


class TestSubmitOpening:
    def test_hands_the_opening_to_the_agency(self, world: World) -> None:
        opening_id = submitted_opening(world)

        assert opening_of(world, opening_id).state is OpeningState.SUBMITTED
        assert jobs_of(world, opening_id) == {"notices.opening_submitted": 1}

    def test_refuses_a_start_that_has_passed(self, world: World) -> None:
        yesterday = local_day(utc_now()) - timedelta(days=1)
        opening_id = draft_opening(world, terms={"start_on": yesterday})

        with pytest.raises(Invalid, match="start-in-the-past"), world.acting("hr_manager") as uow:
            submit_opening(uow, opening_id=opening_id)

    def test_makes_a_revision_of_its_own_each_time(self, world: World) -> None:
        opening_id = submitted_opening(world)
        with world.acting("hr_manager") as uow:
            recall_opening(uow, opening_id=opening_id)
        with world.acting("hr_manager") as uow:
            submit_opening(uow, opening_id=opening_id)

        revisions = revisions_of(world, opening_id)
        assert [revision.number for revision in revisions] == [1, 2]
        with world.as_owner() as session:
            lines = session.execute(select(Requirement.revision_id, func.count()).group_by(Requirement.revision_id))
            assert sorted(count for _key, count in lines) == [2, 2]

    def test_is_not_done_twice(self, world: World) -> None:
        opening_id = submitted_opening(world)

        with pytest.raises(IllegalMove), world.acting("hr_manager") as uow:
            submit_opening(uow, opening_id=opening_id)


class TestValidateOpening:
    def test_opens_the_posts_on_moroccos_day(self, world: World) -> None:
        opening_id = submitted_opening(world, terms={"posts": 3})
        last_hour_of_october = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # 31 October in Morocco too: +00:00
        with world.acting("adviser", clock=lambda: last_hour_of_october) as uow:
            validate_opening(uow, opening_id=opening_id)

        opening, posts = opening_of(world, opening_id), posts_of(world, opening_id)
        assert (opening.state, opening.validated_at) == (OpeningState.VALIDATED, last_hour_of_october)
        assert opening.revision_id == revisions_of(world, opening_id)[0].id
        assert {(post.opened_on, post.due_on) for post in posts} == {(date(2026, 10, 31), date(2026, 12, 30))}
        assert len(posts) == 3

    def test_makes_posts_due_at_the_start(self, world: World) -> None:
        start = local_day(utc_now()) + timedelta(days=20)
        opening_id = validated_opening(world, terms={"start_on": start})

        assert {post.due_on for post in posts_of(world, opening_id)} == {start}

    def test_asks_for_matching_and_tells_the_company(self, world: World) -> None:
        jobs = jobs_of(world, validated_opening(world))

        assert (jobs["matching.match_opening"], jobs["notices.opening_validated"]) == (1, 1)

    def test_adds_the_posts_of_a_later_revision(self, world: World) -> None:
        opening_id = validated_opening(world)
        before = opening_of(world, opening_id).validated_at
        change(world, opening_id, terms={"posts": 5})
        with world.acting("adviser") as uow:
            validate_opening(uow, opening_id=opening_id)

        opening = opening_of(world, opening_id)
        assert len(posts_of(world, opening_id)) == 5
        assert (opening.revision_id, opening.validated_at) == (revisions_of(world, opening_id)[1].id, before)
        assert jobs_of(world, opening_id)["matching.match_opening"] == 2

    def test_is_for_advisers_of_the_unit(self, world: World) -> None:
        opening_id = submitted_opening(world)

        for who in ("other_adviser", "hr_manager", "report_officer"):
            with pytest.raises(NotPermitted), world.acting(who) as uow:
                validate_opening(uow, opening_id=opening_id)

    def test_judges_what_the_adviser_read(self, world: World) -> None:
        opening_id = validated_opening(world)
        change(world, opening_id, terms={"posts": 5})
        read = opening_of(world, opening_id).version
        change(world, opening_id, terms={"posts": 50})

        with pytest.raises(Stale), world.acting("adviser") as uow:
            validate_opening(uow, opening_id=opening_id, version=read)

        assert len(posts_of(world, opening_id)) == 2

    def test_lets_one_of_two_win_at_once(self, world: World) -> None:
        opening_id = submitted_opening(world, terms={"posts": 4})

        def judge(who: str) -> str:
            try:
                with world.acting(who) as uow:
                    validate_opening(uow, opening_id=opening_id)
            except DomainError as refusal:
                return type(refusal).__name__
            return "validated"

        with ThreadPoolExecutor(8) as pool:
            outcomes = Counter(pool.map(judge, ["adviser", "unit_manager"] * 4))

        assert outcomes == {"validated": 1, AlreadyDone.__name__: 7}
        assert len(posts_of(world, opening_id)) == 4


class TestRefuseOpening:
    def test_sends_it_back_with_the_reason_and_leaves_it_in_the_agencys_sight(self, world: World) -> None:
        opening_id = submitted_opening(world)
        with world.acting("adviser") as uow:
            refuse_opening(uow, opening_id=opening_id, reason="  Salaire absent  ")

        assert opening_of(world, opening_id).state is OpeningState.DRAFT
        assert revisions_of(world, opening_id)[0].refusal_reason == "Salaire absent"
        with world.looking("adviser") as session:
            assert session.get(Opening, opening_id) is not None
        with world.looking("hr_manager") as session:
            notes = list(session.scalars(select(StateChange.note).where(StateChange.object_id == opening_id)))
        assert "Salaire absent" in notes
        assert jobs_of(world, opening_id)["notices.opening_refused"] == 1

    def test_keeps_the_validated_revision_in_force(self, world: World) -> None:
        opening_id = validated_opening(world)
        change(world, opening_id, terms={"posts": 5})
        with world.acting("adviser") as uow:
            refuse_opening(uow, opening_id=opening_id, reason="Trop")

        opening, revisions = opening_of(world, opening_id), revisions_of(world, opening_id)
        assert (opening.state, opening.revision_id) == (OpeningState.VALIDATED, revisions[0].id)
        assert change(world, opening_id, terms={"posts": 2}) is False

    def test_wants_a_reason_and_comes_once(self, world: World) -> None:
        opening_id = submitted_opening(world)
        with pytest.raises(Invalid, match="reason-missing"), world.acting("adviser") as uow:
            refuse_opening(uow, opening_id=opening_id, reason="  ")
        with world.acting("adviser") as uow:
            refuse_opening(uow, opening_id=opening_id, reason="Non")

        with pytest.raises(IllegalMove), world.acting("adviser") as uow:
            refuse_opening(uow, opening_id=opening_id, reason="Non")

    def test_comes_too_late_for_a_validated_opening(self, world: World) -> None:
        opening_id = validated_opening(world)

        with pytest.raises(AlreadyDone), world.acting("adviser") as uow:
            refuse_opening(uow, opening_id=opening_id, reason="Non")


class TestPauseOpening:
    def test_stops_and_goes_on(self, world: World) -> None:
        opening_id = validated_opening(world)
        with world.acting("hr_manager") as uow:
            pause_opening(uow, opening_id=opening_id, note="Inventaire")
        paused = opening_of(world, opening_id).state
        with world.acting("adviser") as uow:
            resume_opening(uow, opening_id=opening_id)

        assert (paused, opening_of(world, opening_id).state) == (OpeningState.PAUSED, OpeningState.VALIDATED)

    def test_cannot_be_ended_where_nothing_is_paused(self, world: World) -> None:
        opening_id = submitted_opening(world)

        with pytest.raises(RuleBroken, match="opening-not-paused"), world.acting("hr_manager") as uow:
            resume_opening(uow, opening_id=opening_id)


class TestCloseOpening:
    def test_closes_every_free_post_with_the_reason(self, world: World) -> None:
        opening_id = validated_opening(world)
        with world.acting("adviser") as uow:
            close_opening(uow, opening_id=opening_id, reason=CloseReason.PROFILE_NOT_FOUND)

        assert opening_of(world, opening_id).closed_at is not None
        assert {post.close_reason for post in posts_of(world, opening_id)} == {CloseReason.PROFILE_NOT_FOUND}
        assert jobs_of(world, opening_id)["referrals.end_for_opening"] == 1

    def test_says_nothing_of_a_draft_that_nobody_saw(self, world: World) -> None:
        opening_id = draft_opening(world)
        with world.acting("hr_manager") as uow:
            close_opening(uow, opening_id=opening_id, reason=CloseReason.EMPLOYER_WITHDREW)

        assert jobs_of(world, opening_id) == {}

    def test_is_final(self, world: World) -> None:
        opening_id = validated_opening(world)
        with world.acting("hr_manager") as uow:
            close_opening(uow, opening_id=opening_id, reason=CloseReason.TRANSPORT)

        with pytest.raises(IllegalMove), world.acting("hr_manager") as uow:
            close_opening(uow, opening_id=opening_id, reason=CloseReason.TRANSPORT)


class TestClosePosts:
    def test_closes_some_and_then_the_opening_with_the_last(self, world: World) -> None:
        opening_id = validated_opening(world, terms={"posts": 3})
        due_on = posts_of(world, opening_id)[0].due_on
        with world.acting("hr_manager") as uow:
            close_posts(uow, opening_id=opening_id, due_on=due_on, count=2, reason=CloseReason.FILLED_OUTSIDE)
        after_two = (
            opening_of(world, opening_id).state,
            [post.closed_on is None for post in posts_of(world, opening_id)],
        )
        with world.acting("hr_manager") as uow:
            close_posts(uow, opening_id=opening_id, due_on=due_on, count=1, reason=CloseReason.TRANSPORT)

        assert after_two == (OpeningState.VALIDATED, [True, False, False])
        assert opening_of(world, opening_id).state is OpeningState.CLOSED

    def test_refuses_more_than_are_free(self, world: World) -> None:
        opening_id = validated_opening(world)
        due_on = posts_of(world, opening_id)[0].due_on

        for count in (-1, 0, 3):
            with pytest.raises(Invalid, match="not-so-many-free-posts"), world.acting("hr_manager") as uow:
                close_posts(uow, opening_id=opening_id, due_on=due_on, count=count, reason=CloseReason.TRANSPORT)

    def test_needs_a_live_opening(self, world: World) -> None:
        opening_id = submitted_opening(world)

        with pytest.raises(RuleBroken, match="opening-not-live"), world.acting("hr_manager") as uow:
            close_posts(uow, opening_id=opening_id, due_on=date(2027, 1, 1), count=1, reason=CloseReason.TRANSPORT)


class TestCopyOpening:
    def test_asks_for_the_same_without_what_is_no_longer_possible(self, world: World) -> None:
        start = local_day(utc_now()) + timedelta(days=3)
        conditions = Conditions(wants_availability=True, education_rank=3)
        source = validated_opening(world, conditions=conditions, terms={"start_on": start})
        with world.as_owner() as session:
            session.execute(update(Competency).where(Competency.code == "AUTO-002").values(retired_on=start))
            session.commit()
        later = utc_now() + timedelta(days=10)
        with world.acting("hr_manager", clock=lambda: later) as uow:
            made = copy_opening(uow, opening_id=source).id
            kept = competency_ids(uow, "AUTO-001")

        copied = revisions_of(world, made)[0]
        with world.as_owner() as session:
            gates = set(session.scalars(select(Gate.kind).where(Gate.revision_id == copied.id)))
            lines = set(session.scalars(select(Requirement.competency_id).where(Requirement.revision_id == copied.id)))
        assert (copied.start_on, copied.posts) == (None, 2)
        assert gates == {GateKind.MOBILITY, GateKind.EDUCATION}
        assert lines == set(kept)


class TestOpenNeedLine:
    def test_writes_a_draft_for_what_remains_and_names_the_line(self, world: World) -> None:
        _need, line = written_need(world, posts=10)
        validated_opening(world, need_line_id=line, terms={"posts": 4})
        with world.acting("hr_manager") as uow:
            made = open_need_line(uow, need_line_id=line).id

        opening, revision = opening_of(world, made), revisions_of(world, made)[0]
        assert (opening.state, opening.need_line_id, revision.posts) == (OpeningState.DRAFT, line, 6)
        assert revision.start_on is not None

    def test_asks_for_one_post_where_nothing_remains(self, world: World) -> None:
        _need, line = written_need(world, posts=2)
        validated_opening(world, need_line_id=line, terms={"posts": 5})
        with world.acting("hr_manager") as uow:
            made = open_need_line(uow, need_line_id=line).id

        assert revisions_of(world, made)[0].posts == 1

    def test_wants_a_site_in_the_province_first(self, world: World) -> None:
        _need, line = written_need(world, province=KENITRA)

        with pytest.raises(RuleBroken, match="no-site-in-province"), world.acting("hr_manager") as uow:
            open_need_line(uow, need_line_id=line)
        with world.acting("hr_manager") as uow:
            site = create_site(uow, company_id=world.ids["company"], name="Kénitra", province_code=KENITRA).id
        with world.acting("hr_manager") as uow:
            assert open_need_line(uow, need_line_id=line).site_id == site

    def test_is_for_the_needs_own_company(self, world: World) -> None:
        _need, line = written_need(world)

        with pytest.raises(NotFound), world.acting("other_hr_manager") as uow:
            open_need_line(uow, need_line_id=line)

    def test_lets_no_opening_of_another_profile_name_the_line(self, world: World) -> None:
        _need, line = written_need(world)
        with world.acting("hr_manager") as uow:
            technician = profile_id(uow, "EM-1112")

        with pytest.raises(Invalid, match="need-of-another-profile"):
            draft_opening(world, need_line_id=line, job_profile_id=technician)
