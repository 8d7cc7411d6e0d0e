"""How often somebody may try to log in: at first without waiting, then with waits that double.

Counted in the database, so that neither a second server nor a restart forgets. By login name, so that many machines
together guess no faster than one; and by address, so that one machine does not try many names.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiban.errors import TooManyAttempts
from kiban.operations.resources import Resources
from kiban.operations.secret_text import hash_of

FREE_FOR_A_LOGIN, LONGEST_FOR_A_LOGIN_S = 5, 900
FREE_FOR_AN_ADDRESS, LONGEST_FOR_AN_ADDRESS_S = 30, 300
"""A laboratory may have one address for all its people."""


def count_attempt(resources: Resources, login: str, address: str, at: datetime) -> None:
    """Count an attempt. Raises TooManyAttempts if it comes too early; then it is not looked at."""
    for key, wait_s in (
        (_login_key(login), doubling(FREE_FOR_A_LOGIN, LONGEST_FOR_A_LOGIN_S)),
        (_address_key(address), doubling(FREE_FOR_AN_ADDRESS, LONGEST_FOR_AN_ADDRESS_S)),
    ):
        if (too_early_s := resources.credentials.attempt(key, at, wait_s)) > 0:
            raise TooManyAttempts(too_early_s)


def count_as_right(resources: Resources, login: str, address: str) -> None:
    """It was the right person: their attempts are forgotten, and this one was none of the address's."""
    resources.credentials.forget_attempts(_login_key(login))
    # Not all of the address's: whoever has one account could guess at others for ever.
    resources.credentials.take_back_attempt(_address_key(address))


def doubling(n_free: int, longest_s: float) -> Callable[[int], float]:
    """How long to wait after so many attempts: not at all at first, then 1 s, 2 s, 4 s, ... up to the longest."""

    def wait_s(n_made: int) -> float:
        return 0.0 if n_made < n_free else min(2.0 ** min(n_made - n_free, 30), longest_s)

    return wait_s


def _login_key(login: str) -> bytes:
    return hash_of(f"login {login}")


def _address_key(address: str) -> bytes:
    return hash_of(f"address {address}")
