"""The index of the people as files of this machine: built from packed profiles, mapped by every matching process.

A version is a folder that is written under another name and then renamed, so that nobody ever maps half of one; it is
never changed, and the two newest stay. Nothing else than this machine needs it: another one builds its own.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import structlog

from skills_bridge.engine.columns import SeekerColumns
from skills_bridge.engine.digest import named_columns
from skills_bridge.engine.kept_input import table_of
from skills_bridge.engine.national import NationalIndex, load_index, save_index
from skills_bridge.engine.national.packed import RawPeople

logger = structlog.get_logger()
KEPT: Final = 2
TABLE: Final = "SeekerColumns"
FORMAT: Final = 1
"""Raised whenever the files of a version change; versions of another format are left alone and built anew."""


@dataclass(frozen=True, eq=False)
class SavedPeople:
    """The people of an agency as they were packed at one moment.

    ``snapshot`` names the moment in the database, ``source`` the database and the version of the lists that gave the
    codes their numbers, ``digest`` the content.
    """

    agency_id: int
    snapshot: str
    source: str
    digest: bytes
    seekers: SeekerColumns
    index: NationalIndex
    raw: RawPeople


class MatchIndexFiles:
    """The versions in a folder; what this process mapped last stays mapped."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder, which need not exist."""
        self.folder = folder
        self._mapped: dict[int, tuple[str, SavedPeople]] = {}

    def newest(self, agency_id: int) -> SavedPeople | None:
        """Return the newest version of an agency's people on this machine, if there is one that can be read."""
        names = self._names(agency_id)
        if not names:
            return None
        known = self._mapped.get(agency_id)
        if known is None or known[0] != names[-1]:
            found = self._read(self.folder / names[-1], agency_id)
            if found is None:
                return None
            self._mapped[agency_id] = (names[-1], found)
        return self._mapped[agency_id][1]

    def agencies(self) -> list[int]:
        """Return the agencies of which there are versions."""
        return sorted({int(path.name.split("-")[1]) for path in self.folder.glob("agency-*-*")})

    def save(self, people: SavedPeople, *, number: int) -> None:
        """Keep a version under a number that rises from one to the next; one that is there already stays.

        Where it cannot be written a run goes on without: the next one of an opening reads everybody.
        """
        name = f"agency-{people.agency_id}-{number:020d}"
        if (self.folder / name).exists():
            return
        self._forget_drafts()
        draft = self.folder / f".{name}-{os.getpid()}"
        try:
            self._write(people, draft)
            draft.rename(self.folder / name)
        except OSError as error:  # the disk is full, or another process kept the same version at this moment
            shutil.rmtree(draft, ignore_errors=True)
            logger.warning("index not kept", folder=name, error=type(error).__name__, number=error.errno)
        for old in self._names(people.agency_id)[:-KEPT]:
            shutil.rmtree(self.folder / old, ignore_errors=True)

    @staticmethod
    def _write(people: SavedPeople, draft: Path) -> None:
        """Write all files of a version; what says that it is whole comes last."""
        save_index(people.index, draft / "index")
        (draft / "people").mkdir()
        for column, values in named_columns(TABLE, people.seekers):
            np.save(draft / "people" / f"{column}.npy", values)
        for part, content in people.raw._asdict().items():
            np.save(draft / "people" / f"{part}.npy", content)
        about = {
            "format": FORMAT,
            "snapshot": people.snapshot,
            "source": people.source,
            "digest": people.digest.hex(),
            "columns": [column for column, _ in named_columns(TABLE, people.seekers)],
        }
        (draft / "about.json").write_text(json.dumps(about))

    def _forget_drafts(self) -> None:
        """Remove what processes that were killed while they wrote have left."""
        for draft in self.folder.glob(".agency-*"):
            if not Path("/proc", draft.name.rsplit("-", 1)[1]).exists():
                shutil.rmtree(draft, ignore_errors=True)

    def _names(self, agency_id: int) -> list[str]:
        return sorted(path.name for path in self.folder.glob(f"agency-{agency_id}-*"))

    def _read(self, folder: Path, agency_id: int) -> SavedPeople | None:
        """Map a version; a folder that was cut or is of another format counts as none."""
        try:
            about = json.loads((folder / "about.json").read_text())
            if about["format"] != FORMAT:
                return None
            columns = dict(self._columns(folder / "people", about["columns"]))
            return SavedPeople(
                agency_id=agency_id,
                snapshot=about["snapshot"],
                source=about["source"],
                digest=bytes.fromhex(about["digest"]),
                seekers=table_of(SeekerColumns, TABLE, columns),
                index=load_index(folder / "index"),
                raw=RawPeople(**dict(self._columns(folder / "people", RawPeople._fields))),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("index left aside", folder=folder.name, error=type(error).__name__)
            return None

    @staticmethod
    def _columns(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        for name in names:
            path = folder / f"{name}.npy"
            found = np.load(path, mmap_mode="r")
            column = np.asarray(found if found.size else np.load(path))
            column.flags.writeable = False
            yield name, column


def on_day(people: SavedPeople, as_of: int) -> NationalIndex:
    """Return the index as of another day: no proof has run out in between, or its person is packed anew."""
    return replace(people.index, as_of=as_of)
