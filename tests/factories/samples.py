"""One object of each kind for the tests that walk every route: whose it is, and who may see it.

**A newcomer adds one function here.** A route such as ``/visits/<uuid:public_id>/close`` names an object; its kind is
the address up to the last place, ``/visits/<uuid:public_id>``. Write a function with ``@sample`` and that kind that
returns at least one object with its ``values`` (place in the address → value) and the organisations that may see it.
A form that names objects in its fields instead is entered in ``NAMED``, one that names none in ``NAMES_NOTHING``.
The matrix then asks for it as every role: those that may not see it must read the same as for nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import select
from werkzeug.routing import Rule

from skills_bridge.domain.accounts import Role
from skills_bridge.domain.imports import Column
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.privacy import RightsKind
from skills_bridge.domain.proposals import ProposalKind
from skills_bridge.domain.referrals import ReferralState
from skills_bridge.domain.seekers import Channel
from skills_bridge.models import (
    Cohort,
    Competency,
    Enrolment,
    ImportBatch,
    Invitation,
    Job,
    JobProfile,
    MatchResult,
    MatchRun,
    Membership,
    Need,
    NeedLine,
    Notice,
    Opening,
    Organisation,
    OrganisationRequest,
    Pack,
    PackFile,
    Placement,
    Programme,
    Proposal,
    Referral,
    Reservation,
    RightsRequest,
    SecondFactorReset,
    Seeker,
    WebSession,
)
from skills_bridge.services.accounts import ask_second_factor_reset, invite, start_session
from skills_bridge.services.imports import check_batch, receive_batch
from skills_bridge.services.organisations import Registration, ask_admission
from skills_bridge.services.privacy import access, ask_own_file
from skills_bridge.services.privacy import carry_out as carry_out_request
from tests.factories.accounts import at_door
from tests.factories.allocations import allocated
from tests.factories.openings import draft_opening, submitted_opening, validated_opening, written_need
from tests.factories.personal import herself, link_actor
from tests.factories.referrals import (
    fitting_seeker,
    proposed_referral,
    recorded_placement,
    selected_referral,
    sent_referral,
    silent,
)
from tests.factories.rights import LEGAL, accepted, carry_out, for_agency, received
from tests.factories.training import a_cohort, a_draft, a_programme, enrolled
from tests.factories.world import ORGANISATIONS, PEOPLE, VAULT, World

HERSELF: Final = "seeker"
"""The person in search of work who walks the tests by her personal link."""
EVERYBODY: Final = frozenset(ORGANISATIONS) | {HERSELF}
PARTIES: Final = frozenset({"agency", "industry", "employment", "association"})
AGENCY: Final = frozenset({"agency"})
IDENTITY: Final = "identity/<uuid:public_id>"
"""The kind of what a form may reveal; no address leads there."""
CHOICES: Final = "any("
"""Places of an address that name a word of a list, and no object."""


@dataclass(frozen=True)
class Sample:
    """An object: what stands for it in an address, and the organisations that may see it.

    Objects of one kind in another ``state`` are tried apart. An object is ``bound`` to the ones before it in the
    address unless any pair of them makes sense.
    """

    values: Mapping[str, Any]
    seen_by: frozenset[str]
    state: str = ""
    bound: bool = True

    def is_foreign_to(self, who: str) -> bool:
        """Whether a person of the test's world may not see it."""
        return home_of(who) not in self.seen_by


def home_of(who: str) -> str:
    """Return the organisation of a member of staff; a person with a personal link is at home with herself."""
    return HERSELF if who == HERSELF else PEOPLE[who][0]


Maker = Callable[[World], Iterator[Sample]]
MAKERS: Final[dict[str, Maker]] = {}


def sample(kind: str) -> Callable[[Maker], Maker]:
    """Register what makes the objects of one kind of address."""

    def keep(maker: Maker) -> Maker:
        MAKERS[kind] = maker
        return maker

    return keep


def kind_of(rule: Rule) -> str | None:
    """Return the kind of object that a route names; None if it names none."""
    places = [place for place in rule.rule.split("/") if place.startswith("<") and not place[1:].startswith(CHOICES)]
    return rule.rule[: rule.rule.rindex(places[-1]) + len(places[-1])] if places else None


def crowd(world: World) -> None:
    """Give the told story its foreign side: a second company and a second centre at work, and what the story lacks."""
    draft_opening(world, company="other_company", who="other_hr_manager")
    submitted_opening(world, company="other_company", who="other_hr_manager")
    validated_opening(world, company="other_company", who="other_hr_manager", terms={"posts": 3})
    opening_id = validated_opening(world, company="other_company", who="other_hr_manager", terms={"posts": 3})
    written_need(world, who="other_hr_manager")
    people = [fitting_seeker(world) for _ in range(2)]
    sent_referral(world, opening_id, people[0])
    chosen = selected_referral(world, opening_id, people[1], company="other_hr_manager")
    recorded_placement(world, chosen, who="other_hr_manager")
    programme_id = a_programme(world, who="other_centre_manager", title_fr="Soudage (fictif)")
    a_draft(world, who="other_centre_manager", programme_id=programme_id)
    enrolled(world, a_cohort(world, who="other_centre_manager", programme_id=programme_id))
    _import(world)
    allocated(world)
    _accounts(world)
    _rights(world)
    _links(world)
    with world.platform() as uow:
        for number, organisation_id in enumerate(world.ids.values()):
            facts = {"opening": f"OF-2026-{number:05d}"}
            uow.session.add(
                Notice(
                    organisation_id=organisation_id, kind="opening_validated", facts=facts, message_key=f"s-{number}"
                )
            )


def _import(world: World) -> None:
    """Check a file with one good row and one bad."""
    head = f"{Column.NUMBER};{Column.LAST_NAME};{Column.FIRST_NAME};{Column.PROVINCE}"
    content = f"{head}\nAB7001;El Fictif;Omar;Tanger\n;Sans;Numéro;Tanger".encode()
    with world.acting("adviser") as uow:
        batch_id = receive_batch(uow, file_name="personnes.csv", content=content, vault=VAULT).id
    with world.acting("adviser") as uow:
        check_batch(uow, batch_id=batch_id, progress=silent, vault=VAULT, consent_version="v1")


def _accounts(world: World) -> None:
    """Leave invitations, lost second factors and sessions open here and there, and a request for admission."""
    for who, home, role in (
        ("company_admin", "company", Role.HR_MANAGER),
        ("agency_signatory", "agency", Role.REPORT_OFFICER),
        ("administrator", "other_company", Role.COMPANY_ADMIN),
    ):
        with world.acting(who) as uow:
            invite(
                uow,
                organisation_id=world.ids[home],
                email=f"invited-{home}@example.invalid",
                role=role,
                language="fr",
                vault=VAULT,
            )
    for who, lost in (("company_admin", "hr_manager"), ("unit_manager", "other_adviser")):
        with world.acting(who) as uow:
            ask_second_factor_reset(uow, membership_id=world.actors[lost].membership_id or 0)
    for who in ("adviser", "hr_manager", "other_hr_manager"):
        actor = world.actors[who]
        with at_door(world, actor.user_id) as uow:
            start_session(
                uow,
                token=f"elsewhere-{who}",
                user_id=actor.user_id,
                membership_id=actor.membership_id,
                stage="signed_in",
                payload={},
            )
    asked = Registration(
        kind=OrganisationKind.COMPANY,
        name_fr="Sièges Trois (fictif)",
        name_ar="مقاعد ثلاثة",
        ice="",
        email="contact@example.invalid",
        language="fr",
    )
    with at_door(world) as uow:
        ask_admission(uow, asked=asked, contact_name="Salma El Fictif", address="127.0.0.1")


def _rights(world: World) -> None:
    """Bring requests of one person to the rights desk: one that waits, one to be corrected, one whose file is ready."""
    seeker_id = fitting_seeker(world)
    received(world, seeker_id, RightsKind.OBJECTION)
    accepted(world, seeker_id, RightsKind.CORRECTION)
    carry_out(world, accepted(world, seeker_id, RightsKind.ACCESS))


def _links(world: World) -> None:
    """Give links to the person for whom a seat is kept, and to another; each asked for a copy that is ready."""
    kept = next(row for row in rows(world, Reservation) if row.ended_at is None and row.accepted_at is None)
    asked = next(row for row in rows(world, Referral) if row.state is ReferralState.PROPOSED)
    opening_id = validated_opening(world, terms={"posts": 2})
    proposed_referral(world, opening_id, kept.seeker_id)
    proposed_referral(world, opening_id, fitting_seeker(world))
    for seeker_id in (kept.seeker_id, asked.seeker_id):
        with herself(world, seeker_id) as uow:
            request_id = ask_own_file(uow, language="fr", answer_days=15).id
        with for_agency(world) as uow:
            carry_out_request(uow, request_id=request_id, vault=VAULT, build=access.builder(VAULT, LEGAL))


def with_herself(world: World) -> World:
    """Return a crowded world with the person who walks it by her link."""
    kept = next(row for row in rows(world, Reservation) if row.ended_at is None and row.accepted_at is None)
    return replace(world, actors={**world.actors, HERSELF: link_actor(world, kept.seeker_id)})


def key_of(world: World, organisation_id: int | None) -> str:
    """Return the name of an organisation in the test's world."""
    return next(key for key, known in world.ids.items() if known == organisation_id)


def rows(world: World, model: Any) -> list[Any]:
    """Return every row of a table, the oldest first."""
    with world.as_owner() as session:
        found = list(session.scalars(select(model).order_by(model.id)))
        session.expunge_all()
        return found


def samples_of(world: World) -> dict[str, list[Sample]]:
    """Return the objects of every kind as they stand in a crowded world."""
    return {kind: list(maker(world)) for kind, maker in MAKERS.items()}


@sample("/framework/profiles/<int:profile_id>")
def profiles(world: World) -> Iterator[Sample]:
    """The framework is everybody's."""
    yield Sample({"profile_id": rows(world, JobProfile)[0].id}, EVERYBODY)


@sample("/openings/<string:reference>")
def openings(world: World) -> Iterator[Sample]:
    """A draft is its company's; what was submitted, the agency's too; what was validated, the association's too."""
    for row in rows(world, Opening):
        company = frozenset({key_of(world, row.company_id)})
        others = {"draft": frozenset[str](), "submitted": AGENCY}.get(row.state.value, AGENCY | {"association"})
        yield Sample({"reference": row.reference}, company | others, row.state)


@sample("/openings/<string:reference>/matching/<uuid:public_id>")
def pairs(world: World) -> Iterator[Sample]:
    """A person beside an opening is the agency's work, on its list or not."""
    people = {row.id: row.public_id for row in rows(world, Seeker)}
    references = {row.id: row.reference for row in rows(world, Opening)}
    current = {row.current_run_id for row in rows(world, Opening)}
    with world.as_owner() as session:
        found = session.execute(
            select(MatchResult.opening_id, MatchResult.seeker_id)
            .where(MatchResult.run_id.in_(current))
            .order_by(MatchResult.opening_id, MatchResult.rank)
        ).all()
    for opening_id, seeker_id in dict(found).items():
        yield Sample({"reference": references[opening_id], "public_id": people[seeker_id]}, AGENCY, bound=False)


@sample("/needs/<string:reference>")
def needs(world: World) -> Iterator[Sample]:
    """A forecast is read by its company, the agency and the association."""
    for row in rows(world, Need):
        yield Sample({"reference": row.reference}, AGENCY | {"association", key_of(world, row.company_id)})


@sample("/needs/<string:reference>/lines/<int:line_id>")
def need_lines(world: World) -> Iterator[Sample]:
    """A line goes with its need."""
    references = {row.id: row.reference for row in rows(world, Need)}
    for row in rows(world, NeedLine):
        seen_by = AGENCY | {"association", key_of(world, row.company_id)}
        yield Sample({"reference": references[row.need_id], "line_id": row.id}, seen_by)


@sample("/cohorts/<string:reference>")
def cohorts(world: World) -> Iterator[Sample]:
    """A planned cohort is its centre's; once announced, the agency and the association see it."""
    for row in rows(world, Cohort):
        others = frozenset[str]() if row.state == "draft" else AGENCY | {"association"}
        yield Sample({"reference": row.reference}, others | {key_of(world, row.centre_id)}, row.state)


@sample("/cohorts/<string:reference>/enrolments/<uuid:public_id>")
def enrolments(world: World) -> Iterator[Sample]:
    """A learner is the agency's and the centre's."""
    references = {row.id: row.reference for row in rows(world, Cohort)}
    for row in rows(world, Enrolment):
        seen_by = AGENCY | {key_of(world, row.centre_id)}
        yield Sample({"reference": references[row.cohort_id], "public_id": row.public_id}, seen_by)


@sample("/programmes/<int:programme_id>")
def programmes(world: World) -> Iterator[Sample]:
    """A programme is written by its centre; the others read it on its cohorts."""
    for row in rows(world, Programme):
        yield Sample({"programme_id": row.id}, AGENCY | {"association", key_of(world, row.centre_id)})


@sample("/referrals/<uuid:public_id>")
def referrals(world: World) -> Iterator[Sample]:
    """A referral is the company's from the day it is sent."""
    for row in rows(world, Referral):
        company = frozenset({key_of(world, row.company_id)})
        yield Sample({"public_id": row.public_id}, AGENCY if row.sent_at is None else AGENCY | company, row.state)


@sample("/placements/<uuid:public_id>")
def placements(world: World) -> Iterator[Sample]:
    """A start is the agency's and the company's."""
    for row in rows(world, Placement):
        yield Sample({"public_id": row.public_id}, AGENCY | {key_of(world, row.company_id)})


@sample("/seekers/<uuid:public_id>")
def seekers(world: World) -> Iterator[Sample]:
    """A person's file is the agency's."""
    for row in rows(world, Seeker)[:2]:
        yield Sample({"public_id": row.public_id}, AGENCY)


@sample(IDENTITY)
def identities(world: World) -> Iterator[Sample]:
    """Who a person is: for the agency, companies she was sent to, and centres where she learns."""
    parties = [(row.seeker_id, row.company_id) for row in rows(world, Referral) if row.sent_at is not None]
    parties += [(row.seeker_id, row.centre_id) for row in rows(world, Enrolment)]
    states = {row.seeker_id: row.state for row in rows(world, Referral)}
    for row in rows(world, Seeker):
        seen_by = frozenset(key_of(world, organisation) for person, organisation in parties if person == row.id)
        yield Sample({"public_id": row.public_id}, AGENCY | seen_by, states.get(row.id, ""))


@sample("/seekers/<uuid:public_id>/interview/answer/<int:competency_id>")
def answers(world: World) -> Iterator[Sample]:
    """An interview asks about competencies of the framework."""
    competency_id = rows(world, Competency)[0].id
    for row in rows(world, Seeker)[:1]:
        yield Sample({"public_id": row.public_id, "competency_id": competency_id}, AGENCY, bound=False)


@sample("/imports/<int:batch_id>")
def imports(world: World) -> Iterator[Sample]:
    """A file of people is the agency's."""
    for row in rows(world, ImportBatch):
        yield Sample({"batch_id": row.id}, AGENCY)


@sample("/matching/runs/<int:run_id>")
def runs(world: World) -> Iterator[Sample]:
    """A run over all openings is the agency's."""
    for row in rows(world, MatchRun):
        if row.opening_id is None:
            yield Sample({"run_id": row.id}, AGENCY)


@sample("/matching/proposals/<uuid:public_id>")
def proposals(world: World) -> Iterator[Sample]:
    """What the allocation proposes is the agency's; what was proposed with a course has its own page, and none here."""
    for row in rows(world, Proposal):
        is_bridge = row.kind is ProposalKind.BRIDGE
        yield Sample({"public_id": row.public_id}, frozenset() if is_bridge else AGENCY, row.kind)


@sample("/packs/<string:reference>")
def packs(world: World) -> Iterator[Sample]:
    """A frozen month is the four parties'."""
    for row in rows(world, Pack):
        yield Sample({"reference": row.reference}, PARTIES)


@sample("/packs/<string:reference>/files/<string:name>")
def pack_files(world: World) -> Iterator[Sample]:
    """Its files go with it."""
    with world.as_owner() as session:
        names = session.execute(select(Pack.reference, PackFile.name).join(PackFile, PackFile.pack_id == Pack.id)).all()
    for reference, name in names:
        yield Sample({"reference": reference, "name": name}, PARTIES)


@sample("/jobs/<int:job_id>")
def jobs(world: World) -> Iterator[Sample]:
    """Background work is seen by the organisation that asked for it, and by the platform."""
    found = {row.organisation_id: row for row in rows(world, Job) if row.organisation_id is not None}
    for organisation_id, row in found.items():
        yield Sample({"job_id": row.id}, frozenset({"platform", key_of(world, organisation_id)}))


@sample("/notices/<int:notice_id>")
def notices(world: World) -> Iterator[Sample]:
    """A notice is its reader's."""
    for row in rows(world, Notice):
        yield Sample({"notice_id": row.id}, frozenset({key_of(world, row.organisation_id)}))


@sample("/reservations/<uuid:public_id>")
def reservations(world: World) -> Iterator[Sample]:
    """A seat and a post kept for a person concern the agency, the company and the centre."""
    for row in rows(world, Reservation):
        state = "ended" if row.ended_at else "accepted" if row.accepted_at else "waiting"
        parties = frozenset({key_of(world, row.company_id), key_of(world, row.centre_id)})
        yield Sample({"public_id": row.public_id}, AGENCY | parties, state)


@sample("/rights/<string:reference>")
def rights_requests(world: World) -> Iterator[Sample]:
    """A person's request is taken in by the agency and decided by the platform's officer."""
    for row in rows(world, RightsRequest):
        yield Sample({"reference": row.reference}, AGENCY | {"platform"}, row.state)


def owner_of(world: World, row: Any) -> frozenset[str]:
    """Return who sees what is a person's own: herself alone, if it is hers who walks."""
    return frozenset({HERSELF}) if row.seeker_id == world.actors[HERSELF].seeker_id else frozenset()


@sample("/personal/proposals/<uuid:public_id>")
def own_proposals(world: World) -> Iterator[Sample]:
    """What is proposed to a person is answered by herself."""
    for row in rows(world, Referral):
        yield Sample({"public_id": row.public_id}, owner_of(world, row), row.state)


@sample("/personal/reservations/<uuid:public_id>")
def own_reservations(world: World) -> Iterator[Sample]:
    """So is what is kept for her."""
    for row in rows(world, Reservation):
        yield Sample({"public_id": row.public_id}, owner_of(world, row))


@sample("/personal/export/<string:reference>")
def own_copies(world: World) -> Iterator[Sample]:
    """A copy of a person's data is taken out by herself; what the desk has asked for is the officer's."""
    for row in rows(world, RightsRequest):
        is_copy = row.channel is Channel.PERSONAL_LINK
        yield Sample({"reference": row.reference}, owner_of(world, row) if is_copy else frozenset(), row.state)


@sample("/rights/new/<uuid:public_id>")
def claimants(world: World) -> Iterator[Sample]:
    """A request is written beside the person's file."""
    yield from seekers(world)


@sample("/organisations/<int:organisation_id>")
def organisations(world: World) -> Iterator[Sample]:
    """An organisation's place is the platform's to give."""
    offering = {row.organisation_id: "offering" for row in rows(world, Invitation)}
    waiting = {row.organisation_id: "waiting" for row in rows(world, SecondFactorReset)}
    for row in rows(world, Organisation):
        state = waiting.get(row.id) or offering.get(row.id) or row.state
        yield Sample({"organisation_id": row.id}, frozenset({"platform"}), state)


@sample("/organisations/requests/<int:request_id>")
def admissions(world: World) -> Iterator[Sample]:
    """A request for a place is the platform's."""
    for row in rows(world, OrganisationRequest):
        yield Sample({"request_id": row.id}, frozenset({"platform"}))


@sample("/organisations/<int:organisation_id>/invitations/<int:invitation_id>")
def offers(world: World) -> Iterator[Sample]:
    """The platform sees who was offered a place, each under the name of its organisation."""
    for row in rows(world, Invitation):
        yield Sample({"organisation_id": row.organisation_id, "invitation_id": row.id}, frozenset({"platform"}))


@sample("/organisations/<int:organisation_id>/resets/<int:reset_id>")
def losses(world: World) -> Iterator[Sample]:
    """The platform may be the second person who decides on a lost second factor."""
    for row in rows(world, SecondFactorReset):
        yield Sample({"organisation_id": row.organisation_id, "reset_id": row.id}, frozenset({"platform"}))


@sample("/team/members/<int:membership_id>")
def members(world: World) -> Iterator[Sample]:
    """A member is her organisation's."""
    for row in rows(world, Membership):
        yield Sample({"membership_id": row.id}, frozenset({key_of(world, row.organisation_id)}))


@sample("/team/invitations/<int:invitation_id>")
def invitations(world: World) -> Iterator[Sample]:
    """An invitation is its organisation's; the platform finds it by the organisation's name only."""
    for row in rows(world, Invitation):
        yield Sample({"invitation_id": row.id}, frozenset({key_of(world, row.organisation_id)}))


@sample("/team/resets/<int:reset_id>")
def resets(world: World) -> Iterator[Sample]:
    """A lost second factor is its organisation's, as invitations are."""
    for row in rows(world, SecondFactorReset):
        yield Sample({"reset_id": row.id}, frozenset({key_of(world, row.organisation_id)}))


@sample("/account/seats/<int:membership_id>")
def seats(world: World) -> Iterator[Sample]:
    """A person goes on in a place of her own, never in a colleague's."""
    yield from members(world)


@sample("/account/sessions/<int:session_id>")
def sessions(world: World) -> Iterator[Sample]:
    """A session is ended by its person."""
    homes = {row.id: row.organisation_id for row in rows(world, Membership)}
    for row in rows(world, WebSession):
        if row.membership_id is not None:
            yield Sample({"session_id": row.id}, frozenset({key_of(world, homes[row.membership_id])}))


@dataclass(frozen=True)
class Named:
    """A field of a form that names objects of a kind by one of their values; ``also`` is what the form asks besides."""

    name: str
    kind: str
    value: str
    also: Mapping[str, str] = field(default_factory=dict)


NAMED: Final[Mapping[str, tuple[Named, ...]]] = {
    "privacy.reveal": (
        Named("seeker", IDENTITY, "public_id", {"reason": "contact"}),
        Named("opening", "/openings/<string:reference>", "reference", {"reason": "contact"}),
    ),
    "referrals.answer": (Named("referral", "/referrals/<uuid:public_id>", "public_id", {"answer": "select"}),),
    "referrals.send_several": (Named("referral", "/referrals/<uuid:public_id>", "public_id"),),
    "referrals.reopen_several": (Named("referral", "/referrals/<uuid:public_id>", "public_id"),),
    "proposals.accept": (Named("proposal", "/matching/proposals/<uuid:public_id>", "public_id"),),
    "matching.refer": (Named("seeker", "/seekers/<uuid:public_id>", "public_id"),),
    "training.enrol": (Named("seeker", "/seekers/<uuid:public_id>", "public_id"),),
    "training.complete": (Named("enrolments", "/cohorts/<string:reference>/enrolments/<uuid:public_id>", "public_id"),),
    "training.certify": (Named("enrolments", "/cohorts/<string:reference>/enrolments/<uuid:public_id>", "public_id"),),
}
"""Endpoint → the fields by which its form names objects; an address names the others."""

NAMES_NOTHING: Final = frozenset(
    {
        "account.end_others",
        "account.language",
        "account.password",
        "account.proof",
        "account.recovery_codes",
        "imports.receive",
        "match_runs.create",
        "needs.create",
        "openings.add_site",
        "openings.create",
        "organisations.register",
        "packs.freeze",
        "personal.correct",
        "personal.export",
        "personal.leave",
        "personal.object",
        "personal.withdraw",
        "seekers.find",
        "seekers.register",
        "team.invite_member",
        "training.add_programme",
    }
)
"""Endpoints that write, whose address names no object and whose form names none either, but by lists of choices."""

STAFF: Final = tuple(
    sorted({(ORGANISATIONS[home][0], role): who for who, (home, role, _) in reversed(PEOPLE.items())}.values())
)
"""One person for each kind of organisation and role: every role of the design, a signatory for each kind of party."""

WALKERS: Final = (*STAFF, HERSELF)
"""Everybody who may come in: every role, and a person in search of work by her personal link."""

__all__ = ["HERSELF", "STAFF", "WALKERS", "OrganisationKind", "Role", "Sample", "crowd", "kind_of", "samples_of"]
