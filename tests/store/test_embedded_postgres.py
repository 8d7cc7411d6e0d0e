"""The PostgreSQL in the data folder, with real servers: shared, killed, moved, refused."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from kiban.errors import DatabaseUnavailable, DiskFull, InvalidSetting
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.postgres_settings import OWNER
from kiban.store.server_address import ServerAddress

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="waits for root")
needs_setpriv = pytest.mark.skipif(shutil.which("setpriv") is None, reason="waits for setpriv")


def ask(server: EmbeddedPostgres, question: str) -> str:
    with psycopg.connect(server.conninfo(OWNER), autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        return ", ".join(map(str, cursor.fetchone() or ())) if cursor.description else ""


def started_at(server: EmbeddedPostgres) -> str:
    return ask(server, "SELECT pg_postmaster_start_time()")


def postmaster(server: EmbeddedPostgres) -> int:
    process = ServerAddress(server.home / "postgres").listener()
    assert process is not None
    assert process > 1
    return process


@pytest.fixture(scope="module")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database has been made, to be copied."""
    home = tmp_path_factory.mktemp("made") / "home"
    with EmbeddedPostgres(home):
        pass
    return home


@pytest.fixture
def server(made_home: Path, tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A server that is not running; whatever the test leaves is stopped after it."""
    home = tmp_path / "home"
    copy_home(made_home, home)
    server = EmbeddedPostgres(home)
    yield server
    server.start()
    while server.is_running():
        server.release()


def copy_home(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", source, target], check=True)


CLIENT = """
import sys
from pathlib import Path

import psycopg
from kiban.store.embedded_postgres import EmbeddedPostgres

with EmbeddedPostgres(Path(sys.argv[1])) as server:
    with psycopg.connect(server.conninfo("kiban_owner")) as connection:
        print(connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)
    sys.stdin.readline()
"""


@contextmanager
def client(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the server until it is told to go on."""
    with subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait() == 0


def test_a_new_home_gets_a_database_that_depends_on_nothing_outside(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "home")
    assert not server.is_running()
    with server:
        assert server.is_running()
        assert ask(server, "SELECT current_database(), current_user") == "kiban, kiban_owner"
        assert ask(server, "SHOW server_version").startswith("18")
        for setting, value in {
            "data_checksums": "on",
            "fsync": "on",
            "server_encoding": "UTF8",
            "listen_addresses": "",
            "timezone": "UTC",
            "unix_socket_permissions": "0700",
        }.items():
            assert ask(server, f"SHOW {setting}") == value
        # By code point: capitals first, kana and kanji by number, whatever the machine's locale.
        sort = "SELECT string_agg(x, '' ORDER BY x) FROM unnest(array['b','a','B','é','鉄','ア']) x"
        assert ask(server, sort) == "Babéア鉄"
        assert ask(server, "SELECT upper('é'), lower('Å')") == "É, å"
    assert not server.is_running()
    assert server.home.stat().st_mode & 0o777 == 0o700
    assert (server.home / "postgres").stat().st_mode & 0o777 == 0o700


def test_what_was_written_is_there_after_the_next_start(server: EmbeddedPostgres) -> None:
    with server:
        ask(server, "CREATE TABLE t AS SELECT 42 AS answer")
    with EmbeddedPostgres(server.home) as again:
        assert ask(again, "SELECT answer FROM t") == "42"


def test_a_warm_start_is_quick(server: EmbeddedPostgres) -> None:
    with server:
        pass
    best = min(timed(server) for _ in range(3))
    assert best < 0.5  # 0.04 s on an idle machine; the first start, which makes the database, 0.7 s


def timed(server: EmbeddedPostgres) -> float:
    before = time.perf_counter()
    with server:
        return time.perf_counter() - before


def test_shares_are_counted_within_a_process(server: EmbeddedPostgres) -> None:
    other = EmbeddedPostgres(server.home)
    server.start()
    server.start()
    other.start()
    server.release()
    server.release()
    assert other.is_running()
    server.release()  # one too many does no harm to the other
    assert ask(other, "SELECT 1") == "1"
    other.release()
    assert not server.is_running()


def test_threads_share_one_server(server: EmbeddedPostgres) -> None:
    answers: list[str] = []

    def use() -> None:
        with server:
            answers.append(started_at(server))

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert not server.is_running()


@pytest.mark.slow
def test_three_commands_that_start_at_once_on_a_new_home_share_one_server(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with client(home) as one, client(home) as two, client(home) as three:
        times = {said(process) for process in (one, two, three)}
        assert len(times) == 1
        assert "" not in times
        let_go(two)
        let_go(one)
        assert EmbeddedPostgres(home).is_running()
        let_go(three)
    assert not EmbeddedPostgres(home).is_running()
    assert sorted(path.name for path in home.iterdir()) == [
        "postgres", "postgres.alive", "postgres.lock", "postgres.log", "postgres.users"
    ]  # fmt: skip


def test_a_killed_client_leaves_the_server_to_the_next_which_stops_it(server: EmbeddedPostgres) -> None:
    with client(server.home) as process:
        first = said(process)
        process.kill()
        process.wait()
    assert server.is_running()
    server.start()
    assert started_at(server) == first
    server.release()
    assert not server.is_running()


def test_a_client_that_is_stopping_does_not_stop_the_server_of_another(server: EmbeddedPostgres) -> None:
    with server, client(server.home) as process:
        assert said(process) == started_at(server)
        let_go(process)
        assert ask(server, "SELECT 1") == "1"


def test_after_the_server_was_killed_the_next_start_recovers(server: EmbeddedPostgres) -> None:
    server.start()
    ask(server, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS n")
    os.kill(postmaster(server), signal.SIGKILL)
    other = EmbeddedPostgres(server.home)
    other.start()
    assert ask(other, "SELECT count(*) FROM t") == "1000"
    # Whoever had a share keeps it, and finds the new server at the same place.
    other.release()
    assert ask(server, "SELECT count(*) FROM t") == "1000"
    server.release()
    assert not server.is_running()


def test_one_with_a_share_can_start_a_killed_server_again(server: EmbeddedPostgres) -> None:
    with server:
        os.kill(postmaster(server), signal.SIGKILL)
        with server:
            assert ask(server, "SELECT 1") == "1"
        assert ask(server, "SELECT 1") == "1"
    assert not server.is_running()


@pytest.mark.parametrize(
    "note", ["", "\n", "12", "{living}\n/elsewhere\n", "{living}\n{data}\n1\n5432\n{data}\n\n1 2\nready"]
)
def test_what_a_dead_server_noted_does_no_harm(server: EmbeddedPostgres, note: str) -> None:
    with server:
        os.kill(postmaster(server), signal.SIGKILL)
        # The number of the dead server belongs to another program of the same account now.
        data = server.home / "postgres"
        owner = data.stat().st_uid
        with subprocess.Popen(["sleep", "60"], user=owner if os.geteuid() == 0 else None) as living:
            while server.is_running():
                time.sleep(0.01)
            noted = note.format(living=living.pid, data=data)
            (data / "postmaster.pid").write_text(noted)
            (data / ".s.PGSQL.5432.lock").write_text(noted)
            with server:
                assert ask(server, "SELECT 1") == "1"
            assert living.poll() is None
            living.kill()


@pytest.mark.slow
@pytest.mark.parametrize("with_children", [False, True])
def test_a_start_killed_while_the_database_is_made_can_be_repeated(tmp_path: Path, with_children: bool) -> None:
    for number, delay_s in enumerate((0.05, 0.2, 0.35)):
        home = tmp_path / str(number)
        with subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(home)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        ) as process:  # fmt: skip
            while not (home / "postgres.new").exists():
                time.sleep(0.005)
            time.sleep(delay_s)
            if with_children:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        with EmbeddedPostgres(home) as server:
            assert ask(server, "SELECT 1") == "1"
        assert not (home / "postgres.new").exists()


def test_a_forked_child_cannot_take_the_server_away(server: EmbeddedPostgres) -> None:
    with server:
        child = os.fork()
        if child == 0:
            server.release()
            os._exit(0 if server.is_running() else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        child = os.fork()
        if child == 0:
            server.start()
            server.release()
            os._exit(0 if server.is_running() else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert ask(server, "SELECT 1") == "1"
    assert not server.is_running()


@pytest.mark.parametrize(
    "name", ["データ基盤", "a" * 120, "日本語" * 20, "with space, comma 'and' \"quotes\" \\", "%s {x}"]
)
def test_any_path_will_do(made_home: Path, tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    copy_home(made_home, home)
    server = EmbeddedPostgres(home)
    with server:
        assert ask(server, "SHOW data_directory") == str(home / "postgres")
        folder = ServerAddress(home / "postgres").folder
        assert folder.stat().st_mode & 0o777 == 0o700
        with EmbeddedPostgres(home) as other:
            assert started_at(other) == started_at(server)
    assert not server.is_running()


def test_a_path_can_be_a_link_or_relative(
    server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(server.home)
    monkeypatch.chdir(tmp_path)
    with server, EmbeddedPostgres(Path("link")) as linked, EmbeddedPostgres(Path("home")) as relative:
        monkeypatch.chdir("/")
        assert started_at(linked) == started_at(relative) == started_at(server)


def test_a_strange_folder_at_the_short_path_is_refused(made_home: Path, tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)
    copy_home(made_home, home)
    folder = ServerAddress(home / "postgres").folder
    assert folder.parent == Path("/tmp")  # noqa: S108
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(InvalidSetting, match="not a private folder"):
            EmbeddedPostgres(home).start()
    finally:
        folder.unlink()
    with EmbeddedPostgres(home) as server:
        assert ask(server, "SELECT 1") == "1"
    assert not folder.exists()


def test_the_environment_changes_nothing(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PGHOST": "db.example.org",
        "PGPORT": "1234",
        "PGUSER": "mallory",
        "PGDATABASE": "other",
        "PGDATA": "/nowhere",
        "PGOPTIONS": "-c search_path=nowhere",
        "PGCLIENTENCODING": "SJIS",
        "LC_ALL": "tr_TR.UTF-8",
        "TZ": "Asia/Tokyo",
    }.items():
        monkeypatch.setenv(name, value)
    with server:
        assert ask(server, "SHOW port") == "5432"
        assert ask(server, "SHOW search_path") == '"$user", public'
        assert ask(server, "SELECT '鉄'") == "鉄"


def test_a_server_that_ends_at_once_is_told_with_its_own_words(server: EmbeddedPostgres) -> None:
    own = server.home / "postgres" / "local.conf"
    own.write_text("shared_buffers = 'much'\n")
    own.chmod(0o644)
    before = time.monotonic()
    with pytest.raises(DatabaseUnavailable, match=r"(?s)ended while it was starting.*shared_buffers.*much") as failed:
        server.start()
    assert time.monotonic() - before < 5
    assert failed.value.mend
    own.write_text("work_mem = '20MB'\n")
    with server:
        assert ask(server, "SHOW work_mem") == "20MB"


def test_data_of_another_version_are_refused(server: EmbeddedPostgres) -> None:
    version = server.home / "postgres" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(InvalidSetting, match="has the version 17; this Kiban brings 18"):
        server.start()
    version.write_text("18\n")


def test_a_machine_without_the_programs_is_told_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InvalidSetting, match="KIBAN_DATABASE_URL"):
        EmbeddedPostgres(tmp_path / "home").start()


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InvalidSetting, match="cannot be made"):
        EmbeddedPostgres(tmp_path / "file" / "home").start()


def test_nothing_of_closed_records_reaches_the_log(server: EmbeddedPostgres) -> None:
    with server:
        ask(server, "CREATE TABLE t (secret text PRIMARY KEY)")
        ask(server, "INSERT INTO t VALUES ('geheim1')")
        for statement in ("INSERT INTO t VALUES ('geheim1')", "SELECT 'geheim2' FROM t WHERE 1 / length('') = 1"):
            with pytest.raises(psycopg.Error):
                ask(server, statement)
    log = (server.home / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "geheim" not in log


def test_a_long_log_is_put_aside(server: EmbeddedPostgres) -> None:
    log = server.home / "postgres.log"
    log.write_bytes(b"x" * (10 * 2**20 + 1))
    with server:
        pass
    assert log.stat().st_size < 10_000
    assert log.with_suffix(".log.1").stat().st_size > 10 * 2**20


def test_a_home_removed_under_the_server_ends_without_a_trace(made_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    copy_home(made_home, home)
    server = EmbeddedPostgres(home)
    server.start()
    process = postmaster(server)
    shutil.rmtree(home)
    server.release()
    assert not home.exists()
    assert not server.is_running()
    os.kill(process, signal.SIGQUIT)  # by itself it would end within a minute


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB, less than a new database needs."""
    disk = tmp_path / "disk"
    disk.mkdir(mode=0o700)
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("waits for the right to mount a small disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], check=False).returncode != 0:
        pytest.skip("waits for the right to mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_full_disk_is_told_and_can_be_mended(small_disk: Path) -> None:
    server = EmbeddedPostgres(small_disk / "home")
    with pytest.raises(DiskFull, match="No space left on device"):
        server.start()
    assert not (small_disk / "home" / "postgres").exists()
    subprocess.run(["mount", "-o", "remount,size=80m", small_disk], check=True)
    filler = small_disk / "filler"
    with server:
        ask(server, "CREATE TABLE t AS SELECT 42 AS answer")
        with pytest.raises(OSError, match="No space left"):
            fill(filler)
        with pytest.raises(psycopg.Error):
            ask(server, "CREATE TABLE u AS SELECT repeat('x', 1000) FROM generate_series(1, 30000)")
    with pytest.raises(OSError, match="No space left"):
        fill(small_disk / "more")
    with pytest.raises(DiskFull, match="The database cannot be started"):
        server.start()
    (small_disk / "more").unlink()
    filler.unlink()
    with server:
        assert ask(server, "SELECT answer FROM t") == "42"


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 65536)


@needs_root
def test_for_root_the_server_runs_under_another_account_and_nothing_outside_changes(server: EmbeddedPostgres) -> None:
    before = [place.stat().st_mode for place in server.home.parents]
    with server:
        data = server.home / "postgres"
        assert data.stat().st_uid not in {0}
        status = Path(f"/proc/{postmaster(server)}/status").read_text()
        assert f"Uid:\t{data.stat().st_uid}\t" in status
        assert server.home.stat().st_mode & 0o777 == 0o700
    assert [place.stat().st_mode for place in server.home.parents] == before


CONNECT = "import psycopg, sys; psycopg.connect(sys.argv[1]).close()"


@needs_root
def test_the_account_that_runs_the_server_for_root_may_not_connect(made_home: Path, tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)  # the socket is in /tmp, in a folder of that account
    copy_home(made_home, home)
    with EmbeddedPostgres(home) as server:
        account = (home / "postgres").stat().st_uid
        for user in (OWNER, "kiban_app"):
            code = (
                "import os, psycopg, sys\n"
                "import psycopg.pq\n"
                f"os.setgroups([]); os.setgid(65534); os.setuid({account})\n"
                "try: psycopg.connect(sys.argv[1])\n"
                "except psycopg.OperationalError as error: print(error)\n"
            )
            answer = subprocess.run([sys.executable, "-c", code, server.conninfo(user)], capture_output=True, text=True)
            assert "Peer authentication failed" in answer.stdout, answer.stderr


@needs_root
@needs_setpriv
def test_in_a_container_with_fewer_capabilities_it_runs_too(made_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    copy_home(made_home, home)
    limit = ["setpriv", "--bounding-set", "-dac_read_search,-sys_admin,-sys_ptrace", "--inh-caps", "-all"]
    code = CLIENT.replace("sys.stdin.readline()", "")
    answer = subprocess.run([*limit, sys.executable, "-c", code, str(home)], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert not EmbeddedPostgres(home).is_running()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="kiban-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@needs_root
def test_root_without_setpriv_needs_a_home_that_others_can_pass_through(
    made_home: Path, tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    which: Callable[[str], str | None] = lambda name: None  # noqa: E731
    monkeypatch.setattr(shutil, "which", which)
    closed = tmp_path / "closed" / "home"
    closed.parent.mkdir(mode=0o700)
    copy_home(made_home, closed)
    with pytest.raises(InvalidSetting, match="cannot pass through") as refused:
        EmbeddedPostgres(closed).start()
    assert "ordinary user" in refused.value.mend
    copy_home(made_home, open_folder / "home")
    with EmbeddedPostgres(open_folder / "home") as server:
        assert ask(server, "SELECT 1") == "1"
        assert server.home.stat().st_mode & 0o777 == 0o711


def as_nobody(*command: str) -> list[str]:
    """Run as an ordinary user who may read everything, since the Python of these tests may lie in a closed folder."""
    # fmt: off
    return [
        "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
        "--inh-caps", "-all,+dac_read_search", "--ambient-caps", "-all,+dac_read_search", *command,
    ]
    # fmt: on


@needs_root
@needs_setpriv
def test_an_ordinary_user_and_root_can_share_the_home_of_the_user(open_folder: Path) -> None:
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, 65534, 65534)
    code = CLIENT.replace("sys.stdin.readline()", "")
    for _ in range(2):
        user = subprocess.run(as_nobody(sys.executable, "-c", code, str(home)), capture_output=True, text=True)
        assert user.returncode == 0, user.stderr
        with EmbeddedPostgres(home) as server:
            assert (home / "postgres").stat().st_uid == 65534
            user = subprocess.run(as_nobody(sys.executable, "-c", code, str(home)), capture_output=True, text=True)
            assert user.returncode == 0, user.stderr
            assert ask(server, "SELECT 1") == "1"


@needs_root
@needs_setpriv
def test_an_ordinary_user_cannot_use_the_home_of_root(made_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    copy_home(made_home, home)
    code = CLIENT.replace("sys.stdin.readline()", "")
    user = subprocess.run(as_nobody(sys.executable, "-c", code, str(home)), capture_output=True, text=True)
    assert "StorageError" in user.stderr
    assert "Permission denied" in user.stderr
