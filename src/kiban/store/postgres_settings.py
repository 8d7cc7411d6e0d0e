"""What the embedded PostgreSQL is told: its settings, and who may come in."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

OWNER = "kiban_owner"
"""Superuser of the embedded server; only migrations connect as this."""
APPLICATION = "kiban_app"
"""What everything else connects as; row-level security binds it."""
DATABASE = "kiban"
PORT = 5432
"""Part of the name of the socket; there is no TCP port."""

INITDB_ARGUMENTS = (
    f"--username={OWNER}",
    "--encoding=UTF8",
    # Sorting by code point, built in: an upgrade of the machine's C library cannot spoil an index.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--auth=peer",
    # A new home takes 4 MB of log instead of 16.
    "--wal-segsize=4",
    "--no-instructions",
)

_SETTINGS = """\
# Written by Kiban at each start of the server; changes here are lost.
# Settings of your own go into local.conf beside this file.

listen_addresses = ''
port = 5432
unix_socket_permissions = 0700
max_connections = 40
password_encryption = 'scram-sha-256'

# Everything runs on a laptop beside the programs of its user.
shared_buffers = 128MB
work_mem = 16MB
maintenance_work_mem = 128MB
jit = off
io_method = sync
max_logical_replication_workers = 0
update_process_title = off

# Nothing that was acknowledged is lost; little room is needed on the disk.
fsync = on
synchronous_commit = on
full_page_writes = on
min_wal_size = 32MB
max_wal_size = 128MB

timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.simple'

# What closed records say must not reach a log: no statements, no parameters, no details of rows.
log_line_prefix = '%m [%p] %u@%d '
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
"""


def write_settings(data: Path, *, uid: int, gid: int) -> None:
    """Write the configuration files of a server that is not running. They belong to its account.

    Only root and the owner of the home may connect, as whichever database user they name: the socket says who is at its
    other end. The account that the server runs under for root may not, for other programs may run under it too.
    """
    accounts = {0, os.geteuid(), data.parent.stat().st_uid}
    names = sorted(entry.pw_name for entry in map(_entry, accounts) if entry)
    own = "include 'local.conf'\n" if (data / "local.conf").exists() else ""
    _write(data / "postgresql.conf", _SETTINGS + own, uid, gid)
    _write(data / "pg_hba.conf", "local all all peer map=kiban\n", uid, gid)
    _write(data / "pg_ident.conf", "".join(f'kiban "{name}" all\n' for name in names), uid, gid)


def _write(path: Path, text: str, uid: int, gid: int) -> None:
    # Not synced: what a crash spoils here is written again before the next start.
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.chmod(0o600)
    os.chown(new, uid, gid)
    new.replace(path)


def _entry(uid: int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None
