"""The key that heads of the audit log are signed with (Ed25519). It lies outside the database, in a file of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kiban.errors import InvalidSetting
from kiban.records.audit_chain import Head
from kiban.store.disk_room import writing_failed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class AuditKey:
    """A private key, and its public half as 64 hexadecimal digits."""

    private: Ed25519PrivateKey
    public: str

    def signed(self, head: Head) -> Head:
        """The head with its signature."""
        head = replace(head, key=self.public)
        return replace(head, signature=self.private.sign(head.signed_bytes()).hex())


def is_signed(head: Head) -> bool:
    """Say whether the signature is that of the key that the head names."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.key))
        key.verify(bytes.fromhex(head.signature), head.signed_bytes())
    except (ValueError, InvalidSignature):
        return False
    return True


def read_key(path: Path) -> AuditKey | None:
    """Read a key; `None` where there is no file.

    Raises
    ------
    InvalidSetting
        If the file cannot be read, or holds something else.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as e:
        raise _unusable(path, e.strerror or str(e)) from e
    try:
        private = load_pem_private_key(text, password=None)
    except (ValueError, TypeError) as e:
        raise _unusable(path, "it holds no key in PEM without a password") from e
    if not isinstance(private, Ed25519PrivateKey):
        raise _unusable(path, "its key is not of the kind Ed25519")
    return AuditKey(private, private.public_key().public_bytes_raw().hex())


def make_key(path: Path) -> AuditKey:
    """Make a key and write it, for its owner alone, with the public half beside it. Raises StorageError, DiskFull."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = Ed25519PrivateKey.generate()
    made = AuditKey(private, private.public_key().public_bytes_raw().hex())
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_whole(path, pem, mode=0o600)
        write_whole(public_path(path), f"{made.public}\n".encode(), mode=0o644)
    except OSError as e:
        raise writing_failed(path.parent, e) from e
    return made


def public_path(path: Path) -> Path:
    """Where the public half of a key lies."""
    return path.with_suffix(".pub")


def read_public(path: Path) -> str | None:
    """The public half that lies beside a key; `None` where there is none."""
    try:
        return public_path(path).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None


def write_whole(path: Path, content: bytes, *, mode: int) -> None:
    """Write a file so that whoever reads it sees all of it or what was there before, also after a power failure."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if os.geteuid() == 0:
                # A command run once as root must not leave what the owner of the home cannot write any more.
                folder = path.parent.stat()
                os.fchown(file.fileno(), folder.st_uid, folder.st_gid)
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _unusable(path: Path, why: str) -> InvalidSetting:
    return InvalidSetting(
        f"The key of the audit log, {path.name}, cannot be used: {why}.",
        mend="Restore keys/audit.key of the home from a backup, or have KIBAN_AUDIT_KEY name where it is.",
    )
