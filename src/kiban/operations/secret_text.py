"""Secrets that are shown once: tokens, cookies, links. 256 random bits, so that their plain SHA-256 may be kept."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_PREFIX = "kbt_"  # noqa: S105  so that programs that look for leaked tokens know one
_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """A new one, of characters that any address and header takes."""
    return prefix + secrets.token_urlsafe(_BYTES)


def hash_of(secret: str) -> bytes:
    """What is kept of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
