"""A form takes effect once: in its own transaction, for its sender alone, for a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from skills_bridge.domain.errors import AlreadySent, RuleBroken
from skills_bridge.models import FormUse
from skills_bridge.services.sending import KEPT, forget_forms, keep_answer, use_form
from skills_bridge.unit_of_work import utc_now
from tests.factories.world import World

DIGEST = b"d" * 32


def used(world: World) -> int:
    with world.as_owner() as session:
        return session.scalar(select(func.count()).select_from(FormUse)) or 0


class TestUseForm:
    def test_leads_the_second_to_the_answer_of_the_first(self, world: World) -> None:
        with world.acting("hr_manager") as uow:
            use_form(uow, digest=DIGEST)
        with pytest.raises(AlreadySent) as unanswered, world.acting("hr_manager") as uow:
            use_form(uow, digest=DIGEST)
        with world.acting("hr_manager") as uow:
            keep_answer(uow, digest=DIGEST, location="/openings/")
        with pytest.raises(AlreadySent) as answered, world.acting("hr_manager") as uow:
            use_form(uow, digest=DIGEST)

        assert (unanswered.value.location, answered.value.location) == (None, "/openings/")

    def test_may_be_sent_again_after_a_refusal(self, world: World) -> None:
        def refuse() -> None:
            with world.acting("hr_manager") as uow:
                use_form(uow, digest=DIGEST)
                raise RuleBroken("some-rule")

        with pytest.raises(RuleBroken):
            refuse()
        with world.acting("hr_manager") as uow:
            use_form(uow, digest=DIGEST)

        assert used(world) == 1

    def test_is_each_person_s_own(self, world: World) -> None:
        for who in ("hr_manager", "company_admin", "other_hr_manager"):
            with world.acting(who) as uow:
                use_form(uow, digest=DIGEST)

        assert used(world) == 3


class TestForgetForms:
    def test_keeps_them_for_a_day(self, world: World) -> None:
        with world.acting("hr_manager") as uow:
            use_form(uow, digest=DIGEST)
        with world.platform() as uow:
            forget_forms(uow)
        assert used(world) == 1

        with world.platform(clock=lambda: utc_now() + KEPT + timedelta(seconds=1)) as uow:
            forget_forms(uow)
        assert used(world) == 0
