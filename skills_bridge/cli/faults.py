"""What is wrong with a file, as a sentence for the person at the terminal: where, what, and the cure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.imports import Problem

SENTENCES: Final[Mapping[str, str]] = {
    "folder-missing": "{folder} is no folder: name the one in which the files were unpacked.",
    "file-missing": "{folder} holds none of {expected}: lay one of them (.csv or .csv.gz) into it.",
    "file-broken": "The table breaks off or is not UTF-8: export or download it again.",
    "column-missing": "The column {column} is missing (found: {found}): take the publisher's file with its first row.",
    "row-too-long": "The row has more cells than the first row: export or download the file again.",
    "file-empty": "The file is empty: send one with a first row of column names.",
    "file-too-big": "The file has more than {most} MB: cut it into several.",
    "file-too-long": "The file has {rows} rows, more than {most}: cut it into several.",
    "file-too-wide": "The file has {columns} columns, more than {most}: keep those that are documented.",
    "file-bomb": "The workbook holds far more than a list: copy the rows into a new one.",
    "file-macros": "The workbook holds macros or objects: save the sheet alone as XLSX or CSV.",
    "file-links": "The workbook refers to other files: copy the values into a new one.",
    "file-unreadable": "Reading the workbook took too much memory or time: copy the rows into a new one.",
    "file-kind": "This is no table: send a CSV, or an XLSX workbook.",
    "header-missing": "The first row lacks {missing} (found: {found}): name the columns as documented.",
    "header-twice": "The first row names {column} twice: keep one.",
    "cell-empty": "The cell is empty: fill it.",
    "cell-unknown": "The word is not known: write one of {allowed}.",
    "text-too-long": "The text is too long: shorten it to {most} signs.",
    "reference-twice": "Row {row} has this reference already: give each opening its own.",
    "number-out-of-range": "Write a whole number from {low} to {high}.",
    "day-unreadable": "This is no day: write it as 2027-01-04 or 04/01/2027.",
    "pair-unreadable": "Write language and level as in {example}.",
    "level-unknown": "The level is not known: write one of {levels}.",
    "competency-unreadable": "Competency {place} is not readable: write it as in {example}.",
    "level-out-of-range": "Competency {place}: write a level from {low} to {high}.",
    "weight-out-of-range": "Competency {place}: write a weight from {low} to {high}.",
    "evidence-unknown": "Competency {place}: write one of {allowed}.",
    "competency-twice": "A competency stands twice: keep one.",
    "company-unknown": "No company of this site is called so: write its ICE or name, or give --company.",
    "site-unknown": "The company has no site in {province}: write the province of one of its sites, or add the site.",
    "profile-unknown": "The framework {scheme} has no such job profile: load it, or correct the code.",
    "competency-not-in-scheme": "The framework {scheme} lacks {codes}: load it, or correct the codes.",
    "competency-unknown": "A competency was retired from its framework: take another one.",
    "code-unknown": "“{value}” stands in no list: take a code of the list.",
    "start-in-the-past": "{value} has passed: write a day to come, or nothing for as soon as possible.",
    "too-many-requirements": "{count} competencies are too many: keep {most}.",
}


def tell_fault(fault: RuleBroken) -> str:
    """Return the sentence of a file that cannot be taken in, with file, row and column as far as known."""
    return _tell(fault.code, fault.facts)


def tell_problem(row: int, problem: Problem) -> str:
    """Return the sentence of one wrong cell; ``row`` is counted as spreadsheets do."""
    return _tell(problem.code, {"row": row, "column": problem.column}, problem.facts)


def _tell(code: str, place: Mapping[str, object], facts: Mapping[str, object] | None = None) -> str:
    where = ", ".join(
        f"{name} {place[name]}" if name != "file" else str(place[name])
        for name in ("file", "row", "column")
        if name in place
    )
    sentence = SENTENCES.get(code, f"Refused ({code}).").format_map(facts if facts is not None else place)
    return f"{where}: {sentence}" if where else sentence
