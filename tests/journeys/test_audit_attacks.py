"""Somebody with all rights on the database changes the audit log; `kiban audit verify` finds it.

On a real home, through the command, as the superuser of its database with every guard switched off.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from kiban.operations.deposit import deposit
from kiban.platform import local_asker, open_platform
from kiban.settings import Settings
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.postgres_settings import OWNER

_HASH = """
    UPDATE audit SET hash = sha256(convert_to(
        audit_part(number::text) || audit_part(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        || audit_part(actor) || audit_part(act) || audit_part(subject)
        || audit_part(array_to_string(scopes, ',')) || audit_part(rule) || audit_part(address) || audit_part(details)
        || audit_part(encode(previous, 'hex')), 'UTF8')) WHERE number = %s
"""


class Victim:
    """A home whose server runs, and all of whose guards are off."""

    def __init__(self, folder):
        self.home = folder / "home"
        with open_platform(Settings(home=self.home), n_workers=1) as resources:
            asker = local_asker(resources)
            for n in range(3):
                file = folder / f"note-{n}.txt"
                file.write_text(f"note {n}")
                list(deposit(asker, resources, [file]))
        self.server = EmbeddedPostgres(self.home)
        self.server.start()
        self.database = psycopg.connect(self.server.conninfo(OWNER), autocommit=True)
        self.database.execute("SET session_replication_role = replica")
        self.database.execute("CREATE TABLE kept AS TABLE audit")
        shutil.copytree(self.home / "audit", folder / "audit")
        shutil.copytree(self.home / "keys", folder / "keys")
        self.folder = folder

    def restore(self):
        self.database.execute("ALTER TABLE audit DISABLE TRIGGER for_ever; TRUNCATE audit")
        self.database.execute("INSERT INTO audit TABLE kept; ALTER TABLE audit ENABLE TRIGGER for_ever")
        for name in ("audit", "keys"):
            shutil.rmtree(self.home / name)
            shutil.copytree(self.folder / name, self.home / name)

    def do(self, statement, *values):
        self.database.execute(statement, values)

    @property
    def n(self):
        return self.database.execute("SELECT max(number) FROM audit").fetchone()[0]

    def rehash(self, first):
        """Work all hashes out again, from a line to the end."""
        for number in range(first, self.n + 1):
            if number > 1:
                self.do(
                    "UPDATE audit SET previous = (SELECT hash FROM audit WHERE number = %s) WHERE number = %s",
                    number - 1,
                    number,
                )
            self.do(_HASH, number)

    def kiban(self, *words):
        command = [sys.executable, "-m", "kiban.cli.main", *words, "--home", str(self.home)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    def verify(self):
        done = self.kiban("audit", "verify", "--json")
        return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory):
    victim = Victim(tmp_path_factory.mktemp("attacked"))
    yield victim
    victim.database.close()
    victim.server.release()


@pytest.fixture(name="victim")
def _victim(made):
    yield made
    made.restore()


def found(victim):
    """What verification finds; it must find something."""
    code, report = victim.verify()
    assert (code, report["sound"]) == (1, False)
    assert all(finding["fault"] and finding["mend"] for finding in report["findings"])
    return [(finding["kind"], finding["first"], finding["last"]) for finding in report["findings"]]


def test_an_untouched_log_is_sound(victim):
    code, report = victim.verify()
    assert (code, report["sound"], report["findings"]) == (0, True, [])
    assert report["n_lines"] == report["last_number"] == report["signed_to"] == victim.n


def test_a_deposit_has_left_its_lines_and_no_name(victim):
    rows = victim.database.execute("SELECT act, details FROM audit WHERE act = 'kept file' OR act LIKE 'deposit%'")
    lines = rows.fetchall()
    assert len(lines) == 3
    everything = str(victim.database.execute("TABLE audit").fetchall())
    assert "note-0" not in everything
    assert "note 0" not in everything


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "at = 'infinity'",
        "at = '0044-03-15 BC'",
        "actor = actor || ' '",
        "act = 'x' || substr(act, 2)",
        "subject = subject || '0'",
        "scopes = scopes || 77",
        "scopes = ARRAY[NULL::integer]",
        "rule = 'open_tier'",
        "address = '192.0.2.1'",
        "details = details || ' '",
        "previous = set_byte(previous, 0, 255 - get_byte(previous, 0))",
        "hash = set_byte(hash, 31, 255 - get_byte(hash, 31))",
    ],
)
def test_one_changed_byte(victim, change):
    victim.do(f"UPDATE audit SET {change} WHERE number = 4")  # noqa: S608  our own words
    assert ("changed", 4, 4) in found(victim)


def test_one_removed_line(victim):
    victim.do("DELETE FROM audit WHERE number = 4")
    assert found(victim) == [("missing", 4, 4)]


def test_one_removed_line_with_the_others_moved_up(victim):
    victim.do("DELETE FROM audit WHERE number = 4")
    victim.do("ALTER TABLE audit DROP CONSTRAINT audit_pkey")
    try:
        victim.do("UPDATE audit SET number = number - 1 WHERE number > 4")
        kinds = {kind for kind, _, _ in found(victim)}
        assert {"changed", "truncated"} <= kinds
    finally:
        victim.restore()
        victim.do("ALTER TABLE audit ADD PRIMARY KEY (number)")


def test_two_lines_in_another_order(victim):
    victim.do("UPDATE audit SET number = -number WHERE number IN (4, 5)")
    victim.do("UPDATE audit SET number = 9 + number WHERE number < 0")
    assert ("changed", 4, 5) in found(victim)


def test_a_tail_cut_off(victim):
    n = victim.n
    victim.do("DELETE FROM audit WHERE number > %s", n - 2)
    assert found(victim) == [("truncated", n - 1, n)]


def test_everything_removed(victim):
    n = victim.n
    victim.do("DELETE FROM audit")
    assert found(victim) == [("truncated", 1, n)]


def test_a_line_put_in_at_the_end_with_a_wrong_link(victim):
    n = victim.n
    victim.do("INSERT INTO audit SELECT %s, at, 'nobody', act, subject, scopes, rule, address, details, previous, hash "
              "FROM audit WHERE number = %s", n + 1, n)  # fmt: skip
    assert ("changed", n + 1, n + 1) in found(victim)


def test_rewritten_from_a_point_with_all_hashes_right(victim):
    victim.do("UPDATE audit SET actor = 'nobody' WHERE number = 4")
    victim.rehash(4)
    found_here = found(victim)
    assert {kind for kind, _, _ in found_here} == {"contradicted"}
    assert max(last for _, _, last in found_here) == victim.n


def test_rewritten_and_grown_again_while_the_platform_goes_on(victim):
    """The next command signs the new end; what was signed before still tells."""
    victim.do("UPDATE audit SET actor = 'nobody' WHERE number = 4")
    victim.rehash(4)
    assert victim.kiban("audit", "show").returncode == 0
    assert "contradicted" in {kind for kind, _, _ in found(victim)}


def test_cut_off_and_grown_again_while_the_platform_goes_on(victim):
    victim.do("DELETE FROM audit WHERE number > %s", victim.n - 1)
    for _ in range(3):
        assert victim.kiban("audit", "show").returncode == 0
    assert "contradicted" in {kind for kind, _, _ in found(victim)}


def test_a_table_that_is_gone(victim):
    victim.do("ALTER TABLE audit RENAME TO hidden")
    try:
        done = victim.kiban("audit", "verify")
        assert done.returncode == 1
        assert "not as it was made" in done.stderr
    finally:
        victim.do("ALTER TABLE hidden RENAME TO audit")


def test_the_key_gone(victim):
    (victim.home / "keys" / "audit.key").unlink()
    assert [kind for kind, _, _ in found(victim)] == ["key"]
    refused = victim.kiban("audit", "show")
    assert refused.returncode == 1
    assert "Restore keys/audit.key" in refused.stderr


def test_heads_and_key_gone_and_the_platform_goes_on(victim):
    """The database restored without its home, or somebody who covers tracks: what was before rests on nothing."""
    n = victim.n
    shutil.rmtree(victim.home / "audit")
    shutil.rmtree(victim.home / "keys")
    assert {kind for kind, _, _ in found(victim)} == {"newest head", "kept heads"}
    assert victim.kiban("audit", "show").returncode == 0
    assert found(victim) == [("key", 1, n)]


def test_an_exported_log_is_verified_elsewhere_and_what_was_changed_in_it_is_found(victim, tmp_path):
    file = tmp_path / "log.jsonl"
    assert victim.kiban("audit", "export", "-o", str(file)).returncode == 0

    def verify(path, *words):
        command = [sys.executable, "-m", "kiban.cli.main", "audit", "verify", str(path), "--json", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, json.loads(done.stdout)

    code, report = verify(file)
    assert (code, report["sound"], report["is_excerpt"]) == (0, True, False)
    assert verify(file, "--key", report["key"])[0] == 0
    assert verify(file, "--key", "0" * 64)[0] == 1
    text = file.read_text()
    lines = text.splitlines(keepends=True)
    changed = {
        "byte": text.replace('"actor": "operator"', '"actor": "operatur"', 1),
        "removed": "".join(lines[:4] + lines[5:]),
        "order": "".join([*lines[:4], lines[5], lines[4], *lines[6:]]),
        "no heads": "".join(line for line in lines if not line.startswith('{"head"')),
        "tail": "".join(line for n, line in enumerate(lines) if n != victim.n - 1 or line.startswith('{"head"')),
    }
    for name, content in changed.items():
        other = tmp_path / f"{name}.jsonl"
        other.write_text(content)
        assert content != text, name
        assert verify(other)[0] == 1, name


def test_an_excerpt_says_that_it_is_one(victim, tmp_path):
    file = tmp_path / "log.jsonl"
    assert victim.kiban("audit", "export", "--actor", "operator", "-o", str(file)).returncode == 0
    command = [sys.executable, "-m", "kiban.cli.main", "audit", "verify", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0
    assert "whether lines are missing cannot be told" in done.stdout
    assert len(Path(file).read_text().splitlines()) > 3
