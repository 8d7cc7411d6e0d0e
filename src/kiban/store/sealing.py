"""Sealing: what is kept in a database or a browser and can be read only with a key that lies elsewhere."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kiban.errors import DiskFull, StorageError

_KEY_BYTES = 32
_NONCE_BYTES = 12
_FILE = "sealing.key"


class Sealer:
    """Seals with AES-256-GCM: nobody without the key reads it, and nobody changes it unnoticed."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, content: bytes, purpose: str) -> bytes:
        """Seal it for one purpose, such as `second factor of <person>`: it opens for no other."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._key).encrypt(nonce, content, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes | None:
        """What was sealed; `None` if it was sealed with another key or for another purpose, or was changed."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if len(sealed) < _NONCE_BYTES + 16:
            return None
        try:
            return AESGCM(self._key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode())
        except InvalidTag:
            return None


def new_sealer() -> Sealer:
    """One with a key that nobody keeps."""
    return Sealer(secrets.token_bytes(_KEY_BYTES))


def sealer_in(folder: Path) -> Sealer:
    """The one whose key is in a folder, for its owner alone. Made where there is none; safe when several do it at once.

    Raises
    ------
    StorageError
        If the key cannot be read or kept, is damaged, or may be read by others.
    """
    path = folder / _FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        key = path.read_bytes()
        is_ours_alone = path.stat().st_mode & 0o077 == 0
    except OSError as e:
        kind = DiskFull if e.errno == 28 else StorageError
        raise kind(
            f"The key {path} cannot be kept: {e.strerror or e}.", mend="Make room there, and let it be written to."
        ) from e
    if not is_ours_alone:
        raise StorageError(f"The key {path} may be read by others.", mend=f"Take that from them: chmod 600 {path}.")
    if len(key) != _KEY_BYTES:
        raise StorageError(f"The key {path} has {len(key)} bytes, not {_KEY_BYTES}.", mend="Restore it from a backup.")
    return Sealer(key)


def _make(path: Path) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_bytes(_KEY_BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        # A link, not a new name: whoever comes second leaves the key of the first as it is.
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()
