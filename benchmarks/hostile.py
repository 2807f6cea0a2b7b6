"""Whether what anybody may type does harm: ``python benchmarks/hostile.py ARCHIVE.db [--requests 10000]``.

Asks a ``luutru serve`` of its own, over loopback, for addresses whose every part is made to break something: operators
of FTS5 and of SQL, filters with rubbish in them, quotes that do not close, NUL, bytes that are no UTF-8, floods of
combining marks, writing that turns round, emoji, words of 100 kB, numbers out of all bounds. The archive is opened for
reading only. Then ``luutru search`` is given such strings. Prints what was answered; ends with 1 where an answer was an
error of the server's, took longer than a page may, or lacked what keeps it harmless, and where a traceback was seen.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from lxml import etree
from rich.console import Console
from rich.table import Table

from archive.schema import open_read_only

LUUTRU = [sys.executable, "-P", "-m", "crawler.cli"]

ANSWERS = frozenset({200, 400, 404, 414})
"""What a hostile question may be answered with: 503 too would say that it took too long."""

SECONDS = 5.0
"""So long may a page take, as docs/reading-room.md promises."""

_MADE_OF = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_PIECES = [_MADE_OF[name] for name in ("words", "operators", "filters", "sql", "markup", "signs", "numbers")]
_BROKEN = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80", b"\xe1\xbb", b"%"]
"""No UTF-8, half a letter and lone surrogates among them."""

_FLOODS = ["a", "đ", "\u0301", "a ", '"', "(", "- ", "OR ", "a OR ", "-a ", "con* ", "tinh:x ", 'site:"', "\0", "😀"]
_FLOODS += ["e\u0302", "\u200b", "a\u200d", "lđlđ ", "Sóc Trăng ", "9"]
SEARCHES = ["/tim", "/tim", "/en/tim", "/tim.json", "/tim.json"]
TAKEN = ["/tim.atom", "/en/tim.atom", "/tim.jsonl", "/tim.csv"]
"""What is made of the articles found, for which an archive must have captures."""
_BELOW = ["bai/", "bai/x.bib", "tac-gia/", "trang/", "ban-chup/", "tai-ve/", "warc/", "hinh/", "tinh", "static/", ""]
_PAGES = ["tac-gia", "tu-khoa", "chuyen-muc", "trang", "tinh", "so-lieu", "so-lieu.csv", ""]

_EXPECTED = ("Reading room: ", "luutru: interrupted")
_LONGEST = 390_000
"""Bytes of an address: what is longer uvicorn refuses before the room sees it."""


def hostile_string(chance: random.Random) -> bytes:
    """Something that nobody types by accident, as the bytes that are sent."""
    kind = chance.random()
    if kind < 0.02:
        piece = chance.choice(_FLOODS).encode()
        return piece * (chance.choice([1_990, 4_000, 100_000]) // len(piece))
    pieces = chance.choices(_PIECES, weights=[6, 6, 4, 2, 2, 4, 1], k=chance.choice([1, 1, 2, 3, 5, 8, 13, 30]))
    text = chance.choice(["", " ", " ", " ", "\u00a0", ":", "-"]).join(map(chance.choice, pieces))
    if kind < 0.2:
        text = unicodedata.normalize("NFD", text)
    elif kind < 0.25:
        text = text[: len(text) // 2] + chance.choice('\u0301\u200dx"(-*') * chance.choice([50, 1_900])
    data = text.encode()
    if kind > 0.9:
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.choice(_BROKEN) + data[at:]
    return data


def hostile_address(chance: random.Random, searches: Sequence[str]) -> str:
    """Path and query of a page of the reading room, with something hostile in one or more of their parts."""
    kind = chance.random()
    if kind > 0.12:
        return f"{chance.choice(searches)}?{_parameters(chance)}"[:_LONGEST]
    path = chance.choice(["/", "/en/"])
    if kind > 0.05:
        path += chance.choice(_BELOW) + _encoded(hostile_string(chance), chance)
    else:
        path += chance.choice(_PAGES)
    return f"{path}?{_parameters(chance)}"[:_LONGEST]


def _parameters(chance: random.Random) -> str:
    names = chance.choices(_MADE_OF["names"], k=chance.choice([0, 0, 1, 1, 2, 4, 13]))
    names += ["q"] * chance.choice([0, 1, 1, 1, 1, 1, 2])
    told = []
    for name in names or ["q"]:
        typed = name in {"q", "tinh", "tac-gia", "muc", "tu-khoa"} or chance.random() < 0.3
        value = hostile_string(chance) if typed else chance.choice(_MADE_OF["numbers"]).encode()
        told.append(f"{_encoded(name.encode(), chance)}={_encoded(value, chance)}")
    return chance.choice(["&", "&", "&", "&&", ";"]).join(told)


def _encoded(data: bytes, chance: random.Random) -> str:
    """Percent-encoded (RFC 3986), now and then with a mistake in it."""
    text = quote(data, safe=chance.choice(["", "/", "/:@!$'()*,;+="]))
    return text + chance.choice(["%", "%2", "%zz", "%u0111", "+", "%23x"]) if chance.random() < 0.03 else text


@dataclass
class Seen:
    """What came back: how many answers of each status, what is wrong, and what took longest, in seconds."""

    answers: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def add(self, what: str, answer: str, seconds: float, wrong: str | None) -> None:
        self.answers[answer] += 1
        self.slowest = sorted([*self.slowest, (seconds, what)], reverse=True)[:5]
        if wrong:
            self.faults.setdefault(wrong, []).append(what)


def ask(line: http.client.HTTPConnection, address: str, seen: Seen) -> None:
    """One question, its answer read to the end. The time is that until the answer begins: a file of results is then
    read in pieces, each a question of its own."""
    began = time.perf_counter()
    try:
        line.request("GET", address)
        answer = line.getresponse()
        took = time.perf_counter() - began
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        line.close()
        seen.add(address, "no answer", time.perf_counter() - began, f"no answer: {type(error).__name__}")
        return
    seen.add(address, str(answer.status), took, wrong_with(answer.status, answer.headers, body, took))


def wrong_with(
    status: int, headers: Mapping[str, str] | http.client.HTTPMessage, body: bytes, seconds: float
) -> str | None:
    """What an answer should not be, None where nothing is wrong with it."""
    kind = headers.get("content-type", "")
    if status not in ANSWERS:
        return f"status {status}"
    if seconds > SECONDS:
        return "too slow"
    if "content-security-policy" not in headers or headers.get("x-content-type-options") != "nosniff":
        return "without a policy"
    if b"Traceback (most recent call last)" in body:
        return "a traceback"
    try:
        if kind.startswith(("application/json", "application/jsonl")):
            [json.loads(line) for line in (body.splitlines() if kind.startswith("application/jsonl") else [body])]
        elif kind.startswith("application/atom+xml"):
            etree.fromstring(body, etree.XMLParser(huge_tree=True))
        elif kind.startswith("text/"):
            body.decode()
    except (ValueError, etree.XMLSyntaxError) as error:
        return f"no {kind}: {type(error).__name__}"
    return None


def ask_room(home: Path, requests: int, seed: int) -> Seen:
    """Ask a reading room of its own; what it writes to stderr must be nothing but that it is open."""
    chance, seen = random.Random(seed), Seen()  # noqa: S311 - the same questions each time
    with closing(open_read_only(home / "archive.db")) as db:
        has_captures = db.execute("SELECT EXISTS (SELECT 1 FROM captures)").fetchone()[0]
    searches = [*SEARCHES, *(TAKEN if has_captures else [])]
    port, raw_port = free_port(), free_port()
    command = [*LUUTRU, "--home", str(home), "serve", "--port", str(port), "--raw-port", str(raw_port)]
    with tempfile.TemporaryFile("w+b") as told, subprocess.Popen(command, stderr=told) as room:
        try:
            wait_for(port)
            line, raw = (http.client.HTTPConnection("127.0.0.1", one, timeout=60) for one in (port, raw_port))
            for _ in range(requests):
                ask(chance.choices([line, raw], weights=[30, 1])[0], hostile_address(chance, searches), seen)
            line.close()
            raw.close()
        finally:
            room.terminate()
            room.wait()
        told.seek(0)
        said = told.read().decode(errors="replace").splitlines()
    if said := [line for line in said if not line.startswith(_EXPECTED)]:
        seen.faults["written to stderr"] = said
    return seen


def ask_command(home: Path, commands: int, seed: int) -> Seen:
    """Give the same kind of strings to ``luutru search``: it answers, or says in a line what is wrong."""
    chance, seen = random.Random(seed), Seen()  # noqa: S311
    for _ in range(commands):
        words = hostile_string(chance).replace(b"\0", b"")[:100_000]
        options = chance.choice([[], ["--by", "relevance"], ["--facets"], ["--json"], ["--fold"]])
        began = time.perf_counter()
        done = subprocess.run(
            [*LUUTRU, "--home", home, "search", *options, "--", words], capture_output=True, check=False, timeout=120
        )
        wrong = None if done.returncode in {0, 2} else f"exit code {done.returncode}"
        if b"Traceback" in done.stderr or b"Traceback" in done.stdout:
            wrong = f"a traceback: {done.stderr.decode(errors='replace').strip().splitlines()[-1][:160]}"
        seen.add(repr(words), f"exit code {done.returncode}", time.perf_counter() - began, wrong)
    return seen


def wait_for(port: int) -> None:
    """:raises TimeoutError: nobody listens there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nobody listens on port {port} after a minute")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def report(title: str, seen: Seen) -> Table:
    table = Table(title=title, show_header=False)
    for answer, count in sorted(seen.answers.items()):
        table.add_row(answer, str(count))
    for seconds, what in seen.slowest[:3]:
        table.add_row("slowest", f"{1000 * seconds:.0f} ms  {what[:160]}")
    for fault, found in seen.faults.items():
        table.add_row(f"{fault} ({len(found)})", "\n".join(one[:300] for one in sorted(found, key=len)[:4]))
    table.add_row("wrong", str(sum(map(len, seen.faults.values()))))
    return table


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("archive", type=Path, help="an archive's file; it is only read")
    options.add_argument("--requests", type=int, default=10_000)
    options.add_argument("--commands", type=int, default=300, help="of 'luutru search'")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    out = Console(width=None if sys.stdout.isatty() else 200)
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        (Path(folder) / "archive.db").symlink_to(given.archive.resolve())
        room = ask_room(Path(folder), given.requests, given.seed)
        out.print(report(f"{given.requests} questions to the reading room", room), markup=False)
        command = ask_command(Path(folder), given.commands, given.seed)
        out.print(report(f"{given.commands} to luutru search", command), markup=False)
    return 1 if room.faults or command.faults else 0


if __name__ == "__main__":
    sys.exit(main())
