"""The pages of a person in search of work, from the adviser's button to her answer."""

from __future__ import annotations

from flask import Flask

from skills_bridge.domain.referrals import ReferralState
from skills_bridge.models import Referral
from tests.factories.openings import validated_opening
from tests.factories.personal import given_link, opened
from tests.factories.referrals import computed_run, fitting_seeker, proposed_referral
from tests.factories.world import World


class TestProposals:
    def test_are_answered(self, app: Flask, world: World) -> None:
        opening_id = validated_opening(world)
        seeker_id = fitting_seeker(world)
        computed_run(world, opening_id)
        referral_id = proposed_referral(world, opening_id, seeker_id)
        client = opened(app, given_link(world, seeker_id))

        assert "Cette offre correspond" in client.get("/personal/").text
        for path in ("/personal/file", "/personal/rights", "/personal/correct"):
            assert client.get(path).status_code == 200, path
        with world.as_owner() as session:
            public_id = session.get_one(Referral, referral_id).public_id
        answer = client.post(f"/personal/proposals/{public_id}/accept", follow_redirects=True)
        assert "Votre accord est enregistré" in answer.text
        with world.as_owner() as session:
            assert session.get_one(Referral, referral_id).state is ReferralState.ACCEPTED
