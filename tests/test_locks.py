"""One visitor a host: among processes, among the sites of one command, and for every command that fetches."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import CONTACT, ROOT
from watched import Watched, articles, reasons, run, start, watched, write_site

from archive.exits import Exit
from crawler.home import Home
from crawler.locks import AlreadyCrawling, HostLocks, only_visitor


def _two_profiles_of_one_host(home: Path, server: Watched) -> None:
    for name, first in (("mot", 1), ("hai", 101)):
        write_site(home, name, server.base, f'delay = 0.1\n[crawl.start]\nlistings = ["/{name}/"]')
        pages = articles(6, first=first, seconds=0.05)
        server.routes = {**server.routes, **pages, f"/{name}/": pages["/"]}


def _who(server: Watched) -> list[str]:
    """Whose each request was, in order of arrival, robots.txt left out."""
    found = [re.search(r"/(mot|hai)/|bai-so-(\d)(\d*)", path) for path in server.paths if path != "/robots.txt"]
    assert all(found)
    return [one[1] or ("hai" if one[3] else "mot") for one in found if one]


def _wait_for(server: Watched, count: int) -> None:
    patience = time.monotonic() + 60
    while len(server.requests) < count and time.monotonic() < patience:
        time.sleep(0.02)


def test_two_processes_crawl_two_profiles_of_one_host_one_after_the_other(tmp_path: Path) -> None:
    other_waits = threading.Event()

    def hold_the_first(path: str) -> None:
        if path == "/mot/":
            other_waits.wait(60)

    with watched({}, first_address=110, on_request=hold_the_first) as (server,):
        _two_profiles_of_one_host(tmp_path, server)
        first = start(tmp_path, "crawl", "mot")
        _wait_for(server, 1)
        second = start(tmp_path, "crawl", "hai")
        said = second.until("\n")
        other_waits.set()
        assert (first.wait().returncode, second.wait().returncode) == (Exit.OK, Exit.OK)
    assert said == f"hai waits: 127.0.0.110 is being visited by process {first.pid} for mot\n"
    assert _who(server) == ["mot"] * 7 + ["hai"] * 7
    assert server.most == 1


def test_one_command_crawls_two_profiles_of_one_host_one_after_the_other(tmp_path: Path) -> None:
    with watched({}, first_address=111) as (server,):
        _two_profiles_of_one_host(tmp_path, server)
        ended = run(tmp_path, "crawl", "mot", "hai")
    assert ended.returncode == Exit.OK, ended.stderr
    assert _who(server) in (["mot"] * 7 + ["hai"] * 7, ["hai"] * 7 + ["mot"] * 7)
    assert server.most == 1
    assert reasons(tmp_path) == {"mot": "finished", "hai": "finished"}


def test_a_site_whose_host_is_being_visited_is_postponed_and_the_others_go_first(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with watched(articles(2), articles(2), first_address=112) as (taken, free):
        write_site(tmp_path, "taken", taken.base)
        write_site(tmp_path, "free", free.base)
        with only_visitor(home, home.profiles.load("taken")):
            process = start(tmp_path, "crawl", "taken", "free")
            _wait_for(free, 4)
            assert taken.requests == []
        ended = process.wait()
    assert ended.returncode == Exit.OK, ended.stderr
    assert len(taken.requests) == len(free.requests) == 4
    assert f"taken waits: 127.0.0.112 is being visited by process {os.getpid()} for taken" in ended.stderr


def test_with_no_wait_a_site_whose_host_is_being_visited_is_left_out_and_the_others_are_crawled(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with watched(articles(2), articles(2), first_address=114) as (taken, free):
        write_site(tmp_path, "taken", taken.base)
        write_site(tmp_path, "free", free.base)
        with only_visitor(home, home.profiles.load("taken")):
            ended = run(tmp_path, "crawl", "taken", "free", "--no-wait")
            again = only_visitor(home, home.profiles.load("taken"), wait=False)
            with (
                pytest.raises(AlreadyCrawling, match=rf"taken: 127\.0\.0\.114 .* process {os.getpid()} for taken"),
                again,
            ):
                pass
    assert ended.returncode == Exit.BUSY
    assert f"taken was left out: 127.0.0.114 is being visited by process {os.getpid()} for taken" in ended.stderr
    assert taken.requests == []
    assert reasons(tmp_path) == {"free": "finished"}


def test_scrapy_crawl_takes_the_lock_and_does_not_wait(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with watched(articles(1), first_address=116) as (server,):
        write_site(tmp_path, "songlam", server.base)
        profile = home.profiles.load("songlam")
        command = [sys.executable, "-m", "scrapy", "crawl", "songlam"]
        env = {**os.environ, "LUUTRU_HOME": str(tmp_path), "LUUTRU_CONTACT": CONTACT}

        def crawl() -> subprocess.CompletedProcess[str]:
            return subprocess.run(command, env=env, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)

        with only_visitor(home, profile):
            refused = crawl()
        assert refused.returncode == Exit.BUSY
        assert "songlam: 127.0.0.116 is being visited by process" in refused.stderr
        assert server.requests == []
        assert not (tmp_path / "archive.db").exists()
        assert crawl().returncode == 0
        assert len(server.requests) == 3


def test_ctrl_c_ends_a_crawl_that_waits_for_its_host(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with watched(articles(1), first_address=117) as (server,):
        write_site(tmp_path, "songlam", server.base)
        with only_visitor(home, home.profiles.load("songlam")):
            process = start(tmp_path, "crawl", "songlam")
            process.until("songlam waits")
            process.send(signal.SIGINT)
            ended = process.wait()
    assert ended.returncode == Exit.INTERRUPTED
    assert server.requests == []


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    write_site(tmp_path, "songlam", "http://ldld.songlam.example/")
    program = (
        "import sys, time; from pathlib import Path\n"
        "from crawler.home import Home; from crawler.locks import only_visitor\n"
        "home = Home(Path(sys.argv[1]))\n"
        "with only_visitor(home, home.profiles.load('songlam')): print('holds', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holds\n"
    home = Home(tmp_path)
    locks = HostLocks(home, home.profiles.load("songlam"))
    assert locks.take() == f"ldld.songlam.example is being visited by process {holder.pid} for songlam"
    holder.kill()
    holder.communicate()
    assert locks.take() is None
    locks.release()


def test_whoever_waits_is_told_once_and_goes_on_when_the_host_is_free(tmp_path: Path) -> None:
    write_site(tmp_path, "songlam", "http://ldld.songlam.example/")
    home = Home(tmp_path)
    profile = home.profiles.load("songlam")
    first = HostLocks(home, profile)
    assert first.take() is None
    said: list[str] = []
    threading.Timer(1.2, first.release).start()
    with only_visitor(home, profile, say=said.append):
        assert len(said) == 1
    assert said[0].startswith("songlam waits: ldld.songlam.example is being visited by process")


def test_two_sites_exclude_each_other_by_any_host_that_they_share_and_a_site_gets_all_its_hosts_or_none(
    tmp_path: Path,
) -> None:
    hosts = {"a": ["a.internal:81", "b.internal"], "b": ["www.b.internal", "c.internal"], "c": ["c.internal:8080"]}
    for name, (base, *aliases) in hosts.items():
        write_site(tmp_path, name, f"http://{base}/", top=f"aliases = {aliases}\n")
    home = Home(tmp_path)
    first, second, third = (HostLocks(home, home.profiles.load(name)) for name in hosts)
    assert first.take() is None
    assert second.take() == f"b.internal is being visited by process {os.getpid()} for a"
    assert third.take() is None
    third.release()
    first.release()
    assert second.take() is None
    assert third.take() == f"c.internal is being visited by process {os.getpid()} for b"
    second.release()


def _listening(pid: int) -> list[str]:
    """The sockets on which a process listens, as the kernel knows them."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.add(link.readlink().name)
        except OSError:
            continue
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                found.append(fields[1])
    return found


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="the kernel shows no table of sockets")
def test_a_crawl_listens_on_no_port(tmp_path: Path) -> None:
    with watched(articles(9), first_address=118) as (server,):
        assert _listening(os.getpid())
        write_site(tmp_path, "songlam", server.base, "delay = 0.3")
        process = start(tmp_path, "crawl", "songlam")
        _wait_for(server, 3)
        assert _listening(process.pid) == []
        process.send(signal.SIGINT)
        process.wait()
    assert len(server.requests) >= 3
