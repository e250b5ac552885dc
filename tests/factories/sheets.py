"""The corpus of spreadsheets: good ones as offices write them, bad ones as an attacker or an accident would.

Every file is built here, from the same small list of people; ``GOOD`` are read to the same two rows, ``BAD`` are
refused, each with one of the codes that stand beside it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import xlsxwriter

HEADER: Final = ("cin", "nom", "prenom", "province")
ROWS: Final = (("AB7001", "El Fictif", "Omar", "Tanger"), ("AB7002", "La Fictive", "Aïcha", "Kénitra"))
LIST: Final = (HEADER, *ROWS)
FIRST_SHEET: Final = "xl/worksheets/sheet1.xml"
MEGABYTE: Final = 1024 * 1024

KIND: Final = frozenset({"file-kind"})
BOMB: Final = frozenset({"file-bomb"})
ANY: Final = frozenset({"file-kind", "file-bomb", "file-unreadable", "file-too-wide", "file-too-long"})


@cache
def book(options: tuple[tuple[str, Any], ...] = (), *, sheets: int = 1) -> bytes:
    """Return a workbook with the list on its first sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **dict(options)}) as made:
        for number in range(sheets):
            sheet = made.add_worksheet()
            for line, cells in enumerate(LIST if number == 0 else (("autre",),)):
                sheet.write_row(line, 0, cells)
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(**changes: Callable[[bytes], bytes]) -> bytes:
    """Return the workbook with its sheet, its strings or its list of parts changed."""
    names = {
        "sheet": FIRST_SHEET,
        "strings": "xl/sharedStrings.xml",
        "types": "[Content_Types].xml",
        "book": "xl/workbook.xml",
    }
    parts = parts_of(book())
    for name, change in changes.items():
        parts[names[name]] = change(parts[names[name]])
    return packed(parts)


def with_part(name: str, content: bytes = b"x") -> bytes:
    """Return the workbook with one part more."""
    return packed({**parts_of(book()), name: content})


def entities(depth: int) -> bytes:
    """Return the head of an XML part that grows ten times a level."""
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, depth))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{levels}]>'.encode()


def headed(head: bytes, coding: str = "utf-8") -> Callable[[bytes], bytes]:
    """Return what puts another head before an XML part, perhaps in another encoding."""

    def change(part: bytes) -> bytes:
        body = part[part.index(b"?>") + 2 :]
        return (head + body).decode().encode(coding)

    return change


def cell(place: str, value: str = "<v>1</v>", kind: str = "n") -> Callable[[bytes], bytes]:
    """Return what adds one cell in a line of its own to the end of a sheet."""
    line = re.sub(r"\D", "", place)

    def change(part: bytes) -> bytes:
        return part.replace(
            b"</sheetData>", f'<row r="{line}"><c r="{place}" t="{kind}">{value}</c></row></sheetData>'.encode()
        )

    return change


def patched(content: bytes, old: bytes, new: bytes, count: int = -1) -> bytes:
    """Return a file with bytes exchanged."""
    assert old in content
    return content.replace(old, new, count)


def lying(size: int) -> bytes:
    """Return an archive whose sheet says that it is as small as ``size``, and is not."""
    content = book()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(FIRST_SHEET)
    return content.replace(info.file_size.to_bytes(4, "little"), size.to_bytes(4, "little"))


def overlapping() -> bytes:
    """Return an archive in which many names point at one large part."""
    parts = {FIRST_SHEET: b"<a>" + b"0" * (20 * MEGABYTE)}
    parts |= {f"xl/worksheets/sheet{n}.xml": parts[FIRST_SHEET] for n in range(2, 6)}
    return packed({**parts_of(book()), **parts})


def deep(levels: int) -> Callable[[bytes], bytes]:
    """Return what nests elements so deep that a careless reader's stack ends."""
    return lambda part: part.replace(b"</sheetData>", b"<x>" * levels + b"</x>" * levels + b"</sheetData>")


def as_csv(delimiter: str = ";", end: str = "\n") -> str:
    """Return the list as text."""
    return "".join(delimiter.join(cells) + end for cells in LIST)


def noisy(kind: bytes) -> bytes:
    """Return a file of another kind: its mark, then what cannot be text."""
    return kind + bytes(range(1, 32)) * 40


def good() -> Iterator[tuple[str, bytes]]:
    """Yield files that hold the list, whatever wrote them."""
    yield "workbook", book()
    yield "workbook with strings in the cells", book((("constant_memory", True),))
    yield "workbook with days since 1904", book((("date_1904", True),))
    yield "workbook with three sheets", book(sheets=3)
    yield "workbook that is not compressed", packed(parts_of(book()), method=zipfile.ZIP_STORED)
    yield "workbook with a picture", with_part("xl/media/image1.png", b"\x89PNG" + b"0" * 900)
    yield "workbook with a drawing", with_part("xl/drawings/drawing1.xml", b"<a/>")
    yield "workbook with a theme of its own", with_part("xl/theme/theme2.xml", b"<a/>")
    yield "workbook with properties", with_part("customXml/item1.xml", b"<a/>")
    yield "workbook with a printer's settings", with_part("xl/printerSettings/printerSettings1.bin", b"0" * 64)
    yield "workbook with comments", with_part("xl/comments1.xml", b"<a/>")
    yield "workbook with a calculation chain", with_part("xl/calcChain.xml", b"<a/>")
    yield "workbook with folders", with_part("xl/worksheets/", b"")
    yield "workbook with a comment at its end", book()[:-2] + b"\x05\x00hello"
    for coding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        yield f"text in {coding}", as_csv().encode(coding)
    for name, delimiter in (("commas", ","), ("tabs", "\t")):
        yield f"text with {name}", as_csv(delimiter).encode()
    yield "text with the line ends of Windows", as_csv(end="\r\n").encode()
    yield "text with quoted cells", "".join(";".join(f'"{cell}"' for cell in cells) + "\n" for cells in LIST).encode()
    yield "text with empty lines", as_csv(end="\n\n").encode()
    yield "text without a last line end", as_csv().rstrip("\n").encode()


def bombs() -> Iterator[tuple[str, bytes, frozenset[str]]]:
    """Yield what grows when it is opened."""
    zeros = b"0" * (70 * MEGABYTE)
    yield "a part of seventy megabytes", with_part("xl/worksheets/sheet9.xml", zeros), BOMB
    yield "a part that was packed a thousand times", with_part("xl/media/image1.png", zeros[: 5 * MEGABYTE]), BOMB
    yield "five parts of twenty megabytes", overlapping(), BOMB
    yield "three hundred parts", packed(parts_of(book()) | {f"xl/media/image{n}.png": b"x" for n in range(300)}), BOMB
    yield "a sheet that says it is small", lying(10), BOMB | KIND
    yield "a sheet that says it is nothing", lying(0), BOMB | KIND
    yield "a sheet that says it is huge", lying(2**31 - 1), BOMB | KIND
    for depth in (3, 9, 20):
        yield f"entities of {depth} levels in the sheet", changed(sheet=headed(entities(depth))), BOMB
        yield f"entities of {depth} levels in the strings", changed(strings=headed(entities(depth))), BOMB
    yield "an entity in UTF-16", changed(sheet=headed(entities(3), "utf-16-le")), BOMB
    yield "an entity in UTF-16 the other way", changed(sheet=headed(entities(3), "utf-16-be")), BOMB
    outside = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    yield "an entity that reads a file", changed(sheet=headed(outside)), BOMB
    yield (
        "an entity that asks a server",
        changed(book=headed(outside.replace(b"file:///etc/passwd", b"http://127.0.0.1:9/"))),
        BOMB,
    )
    yield "a document type in the list of parts", changed(types=headed(b'<?xml version="1.0"?><!DOCTYPE x>')), BOMB
    shown = "<v>0</v></c>" + "".join(f'<c r="B{n}" t="s"><v>0</v></c>' for n in range(40_000))[:-4]
    long_text = changed(strings=lambda part: part.replace(b"cin", b"c" * 32_000, 1), sheet=cell("A9", shown, "s"))
    yield "a long text shown forty thousand times", long_text, ANY


def dimensions() -> Iterator[tuple[str, bytes, frozenset[str]]]:
    """Yield sheets that are larger than any list."""
    yield "a cell in the last line", changed(sheet=cell("A1048576")), ANY
    yield "a cell in the last column", changed(sheet=cell("XFD9")), ANY
    yield "a cell in the last corner", changed(sheet=cell("XFD1048576")), ANY
    yield "a cell beyond the last corner", changed(sheet=cell("ZZZZ99999999")), ANY
    yield "a cell at no place", changed(sheet=lambda part: part.replace(b'r="A1"', b'r="A0"', 1)), ANY
    yield "a cell below nothing", changed(sheet=lambda part: part.replace(b'r="A1"', b'r="A-1"', 1)), ANY
    yield "a cell of a line of thirty digits", changed(sheet=cell("A" + "9" * 30)), ANY
    yield "a string that is not there", changed(sheet=cell("A9", "<v>99999</v>", "s")), ANY
    yield "text of fifty thousand lines", b"cin;nom\n" + b"AB1;x\n" * 50_000, frozenset({"file-too-long"})
    yield "text of a million empty lines", b"cin;nom\n" + b"\n" * 1_000_000, frozenset({"file-too-long"})
    yield "text of a million columns", b"cin" + b";" * 1_000_000 + b"\n", frozenset({"file-too-wide"})
    yield "text of three hundred columns", b";".join([b"cin"] * 300) + b"\n", frozenset({"file-too-wide"})
    yield "text with a cell that never ends", b'cin;nom\n"' + b"x" * 200_000, frozenset({"file-broken"})
    yield "more than twelve megabytes", b"a;b\n" * (3 * MEGABYTE + 9), frozenset({"file-too-big"})
    yield "twelve megabytes of blanks", b" " * (12 * MEGABYTE), frozenset({"file-empty"})


def strangers() -> Iterator[tuple[str, bytes, frozenset[str]]]:
    """Yield archives that are no plain workbook."""
    macros, links = frozenset({"file-macros"}), frozenset({"file-links"})
    yield "macros", with_part("xl/vbaProject.bin"), macros
    yield "old macros", with_part("xl/macrosheets/sheet1.xml", b"<a/>"), macros
    yield "a control", with_part("xl/activeX/activeX1.xml", b"<a/>"), macros
    yield "an object", with_part("xl/embeddings/oleObject1.bin"), macros
    yield "a link to another workbook", with_part("xl/externalLinks/externalLink1.xml", b"<a/>"), links
    yield "a connection to a server", with_part("xl/connections.xml", b"<a/>"), links
    yield "a query", with_part("xl/queryTables/queryTable1.xml", b"<a/>"), links
    for name in (
        "../../etc/cron.d/x",
        "/etc/passwd",
        "xl/../../x.xml",
        "xl\\..\\x.xml",
        "run.exe",
        "xl/x.exe",
        "x.html",
    ):
        yield f"a part called {name}", with_part(name), KIND
    yield "a workbook in a workbook", with_part("xl/book.xlsx", book()), KIND
    yield "the same part twice", twice(), KIND
    yield "no workbook inside", packed({"[Content_Types].xml": b"<a/>"}), KIND
    yield "an empty archive", b"PK\x05\x06" + b"\0" * 18, ANY
    yield "a document", packed({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}), KIND
    yield (
        "a sheet of another office",
        packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
        KIND,
    )
    yield "a binary workbook", packed({"[Content_Types].xml": b"<a/>", "xl/workbook.bin": b"x"}), KIND
    yield "a workbook without a sheet", packed({n: c for n, c in parts_of(book()).items() if n != FIRST_SHEET}), ANY
    yield "a workbook without its list of sheets", changed(book=lambda _: b"<workbook/>"), ANY
    yield "a sheet that is no XML", changed(sheet=lambda _: b"\0\1\2" * 100), ANY | {"file-empty"}
    yield "a sheet that breaks off", changed(sheet=lambda part: part[: len(part) // 2]), ANY
    yield "a method of packing that nobody uses", packed(parts_of(book()), method=zipfile.ZIP_LZMA), KIND
    yield "another method", packed(parts_of(book()), method=zipfile.ZIP_BZIP2), KIND


def twice() -> bytes:
    """Return an archive that holds its sheet two times."""
    content = parts_of(book())
    other = "xl/worksheets/sheet2.xml"
    return packed({**content, other: content[FIRST_SHEET]}).replace(other.encode(), FIRST_SHEET.encode())


def broken() -> Iterator[tuple[str, bytes, frozenset[str]]]:
    """Yield files that were cut, mixed up or never a table."""
    whole = book()
    for part in (4, 30, len(whole) // 3, len(whole) // 2, len(whole) - 30):
        yield f"a workbook of which {part} bytes arrived", whole[:part], ANY
    yield (
        "a workbook with a wrong sum",
        patched(whole, zlib.crc32(parts_of(whole)[FIRST_SHEET]).to_bytes(4, "little"), b"\1\2\3\4"),
        ANY,
    )
    yield "a locked workbook", locked(), KIND
    yield "an old workbook", noisy(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), KIND
    yield "a PDF", b"%PDF-1.7\n" + b"x" * 900, KIND
    yield "a picture", noisy(b"\x89PNG\r\n\x1a\n"), KIND
    yield "a photograph", noisy(b"\xff\xd8\xff\xe0\x00\x10JFIF"), KIND
    yield "a program", noisy(b"\x7fELF"), KIND
    yield "another archive", noisy(b"7z\xbc\xaf\x27\x1c"), KIND
    yield "a packed text", noisy(b"\x1f\x8b\x08"), KIND
    yield "text with a NUL", b"cin;nom\nAB1;\0x\n", KIND
    yield "text with a bell", b"cin;nom\nAB1;\x07x\n", KIND
    yield "text with an escape", b"cin;nom\nAB1;\x1b[2Jx\n", KIND
    yield "half of UTF-16", b"\xff\xfec\0i\0n\0;\0\0\0x", KIND
    yield "nothing", b"", frozenset({"file-empty"})
    yield "blanks", b" \n\t\n", frozenset({"file-empty"})
    yield "separators", b"\xef\xbb\xbf;;;\n;;;\n", frozenset({"file-empty"})


def locked() -> bytes:
    """Return a workbook whose parts say that they need a password."""
    out = bytearray(book())
    at = 0
    while (at := out.find(b"PK\x01\x02", at)) >= 0:
        out[at + 8] |= 1
        at += 4
    return bytes(out)


def bad() -> Iterator[tuple[str, bytes, frozenset[str]]]:
    """Yield every file to refuse, with the codes that say why."""
    yield from bombs()
    yield from dimensions()
    yield from strangers()
    yield from broken()
