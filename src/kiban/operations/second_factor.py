"""One-time codes (TOTP, RFC 6238) beside the password, and recovery codes for a lost telephone."""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kiban.errors import InvalidValue, NotLoggedIn, Refused, StorageError
from kiban.operations.audited import note
from kiban.operations.passwords import confirm_it_is_you
from kiban.operations.resources import Resources
from kiban.operations.secret_text import hash_of
from kiban.operations.sessions import check_own_or_operator
from kiban.operations.who_is import Visitor
from kiban.records.parties.credentials import SecondFactor
from kiban.records.parties.people import Person
from kiban.records.party import Asker

N_RECOVERY_CODES = 10
_STEP_S = 30
_WITHIN_STEPS = (0, -1, 1)
"""Clocks of telephones go a little wrong."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs. Shown once."""

    key: str
    """To be typed, where a picture cannot be taken."""
    picture: str
    """The same as a QR code, in SVG."""


@dataclass(frozen=True, slots=True)
class FactorState:
    """How somebody's codes stand."""

    is_on: bool
    since: datetime | None = None
    n_recovery_codes: int = 0


def factor_state(asker: Asker, resources: Resources, person: UUID) -> FactorState:
    """Say whether codes are asked of somebody."""
    check_own_or_operator(asker, person)
    factor = resources.credentials.second_factor(person)
    if factor is None or factor.confirmed_at is None:
        return FactorState(is_on=False)
    return FactorState(True, factor.confirmed_at, resources.credentials.n_recovery_codes(person))


def begin_enrolment(asker: Asker, resources: Resources, person: Person) -> Enrolment:
    """Make a new key for oneself. Codes are asked for once the first was given. Raises Refused if they are already."""
    import pyotp

    from kiban.standards.qr_svg import qr_svg

    _check_own(asker, person)
    if has_second_factor(resources, person):
        raise Refused("Codes are asked for already.", mend="Switch them off first, then on with the new device.")
    key = base64.b32encode(secrets.token_bytes(20)).decode()
    sealed = resources.sealer.seal(key.encode(), _purpose(person.id))
    resources.credentials.keep_second_factor(SecondFactor(person=person.id, sealed=sealed, made_at=asker.at))
    uri = pyotp.TOTP(key, interval=_STEP_S).provisioning_uri(name=person.login, issuer_name="Kiban")
    return Enrolment(key, qr_svg(uri))


def confirm_enrolment(asker: Asker, resources: Resources, person: Person, code: str) -> list[str]:
    """Give the first code: from now on one is asked for at each login. Gives the recovery codes, which are shown once.

    Raises
    ------
    InvalidValue
        If the code is not right.
    """
    _check_own(asker, person)
    factor = resources.credentials.second_factor(person.id)
    if factor is None or factor.confirmed_at is not None:
        raise Refused("There is no new key to confirm.", mend="Begin again on the page of your account.")
    step = _step_of(_key(resources, factor), code, asker.at, factor.last_step)
    if step is None:
        raise InvalidValue(
            "The code is not right.", mend="Wait for the next one; see that the device's clock is right."
        )
    codes = [_recovery_code() for _ in range(N_RECOVERY_CODES)]
    confirmed = replace(factor, confirmed_at=asker.at, last_step=step)
    with resources.together():
        resources.credentials.keep_second_factor(confirmed, [hash_of(_plain(each)) for each in codes])
        note(asker, resources, "switched codes on", subject=person.login)
    return codes


def switch_off(asker: Asker, resources: Resources, person: Person) -> bool:
    """Ask somebody else for no more codes, who has lost the device. Says whether they were asked for.

    Raises
    ------
    Refused
        If the asker is no operator, or the codes are its own: those take the password, see `switch_off_own`.
    """
    check_own_or_operator(asker, person.id)
    if asker.id == person.id:
        raise Refused(
            "Your own codes are not switched off without your password.", mend="Do it on the page of your account."
        )
    return _forget(asker, resources, person)


def switch_off_own(visitor: Visitor, resources: Resources, password: str) -> bool:
    """Be asked for no more codes. Says whether they were asked for. Raises as `confirm_it_is_you`."""
    person = confirm_it_is_you(visitor, resources, password)
    return _forget(visitor.asker, resources, person)


def has_second_factor(resources: Resources, person: Person) -> bool:
    """Say whether a code is asked for when this person logs in."""
    factor = resources.credentials.second_factor(person.id)
    return factor is not None and factor.confirmed_at is not None


def takes_code(resources: Resources, person: Person, code: str, at: datetime) -> bool:
    """Take a code of the app, or a recovery code. None is taken twice."""
    factor = resources.credentials.second_factor(person.id)
    if factor is None or factor.confirmed_at is None:
        return False
    step = _step_of(_key(resources, factor), code, at, factor.last_step)
    if step is not None:
        return resources.credentials.use_step(person.id, step, at)
    return resources.credentials.use_recovery_code(person.id, hash_of(_plain(code)), at)


def _forget(asker: Asker, resources: Resources, person: Person) -> bool:
    with resources.together():
        was_on = resources.credentials.forget_second_factor(person.id)
        if was_on:
            note(asker, resources, "switched codes off", subject=person.login)
    return was_on


def _check_own(asker: Asker, person: Person) -> None:
    if asker.id != person.id:
        raise NotLoggedIn("Codes are switched on by their owner alone.", mend="Log in yourself.")


def _key(resources: Resources, factor: SecondFactor) -> str:
    opened = resources.sealer.open(factor.sealed, _purpose(factor.person))
    if opened is None:
        raise StorageError(
            "The key of the codes cannot be opened: the home has another sealing key than the one it was sealed with.",
            mend="Restore the folder keys of the home from a backup, or switch codes off: kiban user totp-off LOGIN.",
        )
    return opened.decode()


def _step_of(key: str, code: str, at: datetime, last_step: int) -> int | None:
    """The time step whose code this is, if it is near and later than the last one that was taken."""
    import pyotp

    given = "".join(code.split())
    now = int(at.timestamp()) // _STEP_S
    found = None
    for step in (now + shift for shift in _WITHIN_STEPS):
        expected = pyotp.TOTP(key, interval=_STEP_S).at(step * _STEP_S)
        # All are compared, so that the time says nothing.
        if hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")) and step > last_step:
            found = step
    return found


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[i : i + 4] for i in range(0, 16, 4))


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()


def _purpose(person: UUID) -> str:
    return f"second factor of {person}"
