"""The story's matching on real input: official frameworks, real advertisements, invented people who hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Row, func, select

from skills_bridge.adapters.advertisements import Advertisements, read_advertisements
from skills_bridge.adapters.framework_files import ROME, read_esco, read_rome
from skills_bridge.cli.demo.calendar import Days
from skills_bridge.cli.demo.founding import companies
from skills_bridge.cli.demo.stage import Stage
from skills_bridge.cli.demo.supply import Supplied, register_people
from skills_bridge.cli.imports import submit_row, write_framework
from skills_bridge.domain.matching import GateAnswer, ResultClass
from skills_bridge.models import Competency, MatchResult, Opening, Seeker
from skills_bridge.queries.matching.accounts import Account
from skills_bridge.queries.matching.listed import Kept, get_accounts
from skills_bridge.services.generation import get_trades
from skills_bridge.services.opening_imports import check_rows
from skills_bridge.services.openings import validate_opening
from skills_bridge.unit_of_work import utc_now

ADVERTISEMENTS: Final = Path("ads_fr/france_travail_ads.csv")
PEOPLE: Final = 1200
FIRST_NUMBER: Final = 500_000
"""Numbers of these people begin here, so that they never meet those of the story."""
SHOWN: Final = 10
REPORT: Final = "real-input.txt"
MATCHING: Final = ("matching.match_opening", "matching.match_for_seeker", "matching.match_for_cohort")
LISTED: Final = (ResultClass.READY, ResultClass.TO_CONFIRM)


@dataclass(frozen=True, slots=True, kw_only=True)
class RealInput:
    """What real input gave: what was read, how many lists were filled, and some matches in words."""

    frameworks: Mapping[str, Mapping[str, int]]
    advertisements: Advertisements
    refused: int
    opened: int
    people: Supplied
    filled: int
    matches: tuple[str, ...]

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        read, found, loaded = self.advertisements, self.people, self.frameworks.items()
        return [
            *(f"{scheme}: {', '.join(f'{n} {what}' for what, n in counts.items())}" for scheme, counts in loaded),
            f"{len(read.rows)} advertisements, {read.without_competency} of them without any competency by code",
            f"{read.ticked} competences ticked; left out: {read.without_code} without code, {read.twice} ticked twice",
            "level 3 was assumed, for advertisements tick none; their places lie in France, so that companies and",
            "provinces of the demonstration stand in for them",
            f"{self.opened} openings validated, {self.refused} rows refused",
            f"{found.people} invented people, {found.without} of them without any competency:",
            f"{found.declared} levels declared, {found.supposed} supposed from past jobs",
            f"{self.filled} lists hold at least one person who is ready or to confirm",
            f"the first of {sum(1 for line in self.matches if line.startswith('-'))} lists, with the reasons:",
            *self.matches,
        ]


def try_real_input(stage: Stage, data: Path, *, people: int = PEOPLE) -> RealInput:
    """Load ESCO and ROME, open the advertisements, register people of their trades, let the worker match.

    :raises FileFault: a file is missing or broken.
    :raises ClickException: a piece of background work failed for good.
    """
    tell, days = stage.telling, Days(utc_now())
    frameworks: dict[str, Mapping[str, int]] = {}
    for read, folder in ((read_esco, data / "esco"), (read_rome, data / "rome")):
        content = read(folder)
        with stage.platform() as uow:
            frameworks[content.scheme] = write_framework(uow, content)
        tell.step(f"{content.scheme}: {len(content.competencies)} competencies, {len(content.profiles)} job profiles")
    places = [(company.name_fr, company.province_code) for _, company in companies()]
    found = read_advertisements(data / ADVERTISEMENTS, places=places)
    codes = {row.opening.profile_code for row in found.rows if row.opening is not None}
    with stage.looking("adviser:01") as session:
        trades = get_trades(session, scheme=ROME, codes=codes)
        known = session.scalar(select(func.count()).select_from(Seeker)) or 0
    supplied = register_people(stage, count=people, trades=trades, at=days.before(4), first=FIRST_NUMBER + known)
    tell.step(f"{supplied.people} people of {len(trades)} trades")
    opened, refused = _open(stage, found)
    tell.step(f"{len(opened)} openings validated, {refused} rows refused")
    stage.wait_for_jobs("matching by the worker", kinds=MATCHING)
    return RealInput(
        frameworks=frameworks,
        advertisements=found,
        refused=refused,
        opened=len(opened),
        people=supplied,
        filled=_count_filled(stage, opened),
        matches=tuple(_matches(stage, opened)),
    )


def _open(stage: Stage, found: Advertisements) -> tuple[list[int], int]:
    """Submit the good rows in their companies' names, validate them as the unit's adviser; return keys, and refused."""
    with stage.platform() as uow:
        checked = check_rows(uow, rows=found.rows)
    opened: list[int] = []
    refused = 0
    for place, one in enumerate(checked, 1):
        stage.telling.progress("advertisements", place, len(checked))
        if one.draft is None:
            refused += not one.standing
            continue
        submit_row(stage.web, one)
        row = found.rows[place - 1].opening
        region = row.province_code[:2] if row is not None else ""
        with stage.acting(f"adviser:{region}") as uow:
            query = select(Opening.id).where(
                Opening.company_id == one.company_id, Opening.external_reference == one.draft.external_reference
            )
            opened.append(validate_opening(uow, opening_id=uow.session.scalars(query).one()).id)
    return opened, refused


def _count_filled(stage: Stage, opened: Sequence[int]) -> int:
    """Count the openings whose current list holds somebody."""
    with stage.looking("adviser:01") as session:
        return (
            session.scalar(
                select(func.count(func.distinct(Opening.id)))
                .join(MatchResult, MatchResult.run_id == Opening.current_run_id)
                .where(Opening.id.in_(opened), MatchResult.result_class.in_(LISTED))
            )
            or 0
        )


def _matches(stage: Stage, opened: Sequence[int]) -> list[str]:
    """Say of the best person of some openings why she stands there."""
    with stage.looking("adviser:01") as session:
        found = session.execute(
            select(Opening.title, Opening.reference, MatchResult)
            .join(MatchResult, MatchResult.run_id == Opening.current_run_id)
            .where(Opening.id.in_(opened), MatchResult.result_class.in_(LISTED), MatchResult.rank == 1)
            .order_by(MatchResult.result_class, MatchResult.score.desc().nulls_last(), Opening.id)
        )
        best: dict[str, Row[str, str, MatchResult]] = {}
        for row in found:
            best.setdefault(row.reference, row)
        rows = list(best.values())[:SHOWN]
        listed = [row.MatchResult for row in rows]
        accounts = get_accounts(
            session, [Kept(one.run_id, one.opening_id, one.seeker_id, one.person) for one in listed]
        )
        keys = frozenset[int]().union(*(account.competency_ids for account in accounts))
        named = session.execute(select(Competency.id, Competency.label_fr).where(Competency.id.in_(keys)))
        labels = {key: label for key, label in named}  # noqa: C416  # rows are no pairs for the type checker
        return [
            line
            for row, account in zip(rows, accounts, strict=True)
            for line in (_headline(row.title, row.reference, row.MatchResult), *_reasons(account, labels))
        ]


def _headline(title: str, reference: str, result: MatchResult) -> str:
    standing = result.result_class.value.replace("_", " ")
    score = "no score" if result.score is None else f"{result.score / 100:.0f} %"
    return f"- {reference}, {title}: first of the list, {standing}, {score}"


def _reasons(account: Account, labels: Mapping[int, str]) -> Iterator[str]:
    """Say what each requirement brings, which conditions hold, and what is left to ask."""
    for one in account.requirements:
        need = "required" if one.is_must else "wished for"
        held = one.credited
        what = "not held" if held is None else f"held at level {held.level} ({held.evidence.value})"
        through = "" if held is None or held.relation is None else f" through “{labels[held.competency_id]}”"
        yield f"    {need}, level {one.level}: {labels[one.competency_id]}: {what}{through}, {one.share / 100:.0f} %"
    met = [gate.kind.value for gate in account.gates if gate.answer is GateAnswer.PASS]
    yield f"    conditions met: {', '.join(met) or 'none was set'}"
    asks = [question.question.value.replace("_", " ") for question in account.questions]
    if asks:
        yield f"    to ask: {', '.join(asks)}"


def write_report(found: RealInput, folder: Path) -> Path:
    """Write the report beside the installation's files and return where."""
    place = folder / REPORT
    place.write_text("\n".join(found.lines()) + "\n", encoding="utf-8")
    return place
