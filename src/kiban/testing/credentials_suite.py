"""The contract of `kiban.store.credentials.Credentials` as tests. A store passes when a subclass passes unchanged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from kiban.records.parties.credentials import LoginLink, Password, Purpose, SecondFactor, Session, Token
from kiban.records.party import Act

if TYPE_CHECKING:
    from uuid import UUID

    from kiban.store.credentials import Credentials

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
_LATER = NOW + timedelta(minutes=5)


def session_of(person: UUID, *, used_at: datetime = NOW) -> Session:
    return Session(
        id=uuid4(), person=person, way="password", made_at=NOW, used_at=used_at, ends_at=NOW + timedelta(days=7),
        agent="ブラウザー", address="192.0.2.7",
    )  # fmt: skip


def token_of(person: UUID, *, made_at: datetime = NOW) -> Token:
    return Token(
        id=uuid4(), person=person, name="炉の記録", acts=frozenset({Act.DEPOSIT, Act.READ}), project=uuid4(),
        made_at=made_at, made_by="operator", expires_at=NOW + timedelta(days=90),
    )  # fmt: skip


def link_for(person: UUID, purpose: Purpose = Purpose.LOG_IN) -> LoginLink:
    return LoginLink(
        person=person, purpose=purpose, made_at=NOW, expires_at=NOW + timedelta(minutes=10), made_by="operator"
    )


def secret() -> bytes:
    return uuid4().bytes * 2


class CredentialsSuite:
    """Override `store` with a fixture that gives an empty store, or one whose other entries are of other people."""

    @pytest.fixture
    def store(self) -> Credentials:
        raise NotImplementedError

    def test_a_password_is_replaced_and_forgotten(self, store: Credentials) -> None:
        person = uuid4()
        assert store.password(person) is None
        for text in ("$argon2id$first", "$argon2id$second"):
            store.keep_password(Password(person=person, hash=text, set_at=NOW))
        assert store.password(person) == Password(person=person, hash="$argon2id$second", set_at=NOW)
        store.forget_password(person)
        assert store.password(person) is None

    def test_a_session_comes_back_as_it_was_kept(self, store: Credentials) -> None:
        kept, key = session_of(uuid4()), secret()
        store.add_session(kept, key)
        assert store.session(key) == kept
        assert store.session(secret()) is None

    def test_a_session_is_used_and_works_in_a_project(self, store: Credentials) -> None:
        kept, key, project = session_of(uuid4()), secret(), uuid4()
        store.add_session(kept, key)
        store.touch_session(kept.id, _LATER, "192.0.2.8")
        store.work_in(kept.id, project)
        found = store.session(key)
        assert found is not None
        assert (found.used_at, found.address, found.project) == (_LATER, "192.0.2.8", project)

    def test_sessions_of_one_person_are_ended_one_or_all_but_one_or_all(self, store: Credentials) -> None:
        person, other = uuid4(), uuid4()
        kept = [session_of(person, used_at=NOW + timedelta(minutes=i)) for i in range(4)]
        keys = [secret() for _ in kept]
        for session, key in zip(kept, keys, strict=True):
            store.add_session(session, key)
        strange = secret()
        store.add_session(session_of(other), strange)
        assert [session.id for session in store.sessions(person)] == [session.id for session in reversed(kept)]
        assert store.end_sessions(person, _LATER, only=kept[0].id) == 1
        assert store.end_sessions(other, _LATER, only=kept[1].id) == 0
        assert store.end_sessions(person, _LATER, but=kept[3].id) == 2
        assert [s.ended_at is None for s in store.sessions(person)] == [True, False, False, False]
        assert store.end_sessions(person, _LATER) == 1
        found = store.session(strange)
        assert found is not None
        assert found.ended_at is None

    def test_a_token_comes_back_as_it_was_kept_and_is_revoked(self, store: Credentials) -> None:
        person = uuid4()
        old, new = token_of(person), token_of(person, made_at=_LATER)
        key = secret()
        store.add_token(old, key)
        store.add_token(new, secret())
        assert store.token(key) == old
        assert store.tokens(person) == (new, old)
        assert store.token(secret()) is None
        store.touch_token(old.id, _LATER)
        assert store.revoke_tokens(uuid4(), _LATER, only=old.id) == 0
        assert store.revoke_tokens(person, _LATER, only=old.id) == 1
        assert store.revoke_tokens(person, _LATER, only=old.id) == 0
        found = store.token(key)
        assert found is not None
        assert (found.used_at, found.revoked_at) == (_LATER, _LATER)
        assert store.revoke_tokens(person, _LATER) == 1

    def test_a_link_is_good_once_and_until_it_ends(self, store: Credentials) -> None:
        kept, key, late = link_for(uuid4()), secret(), secret()
        store.add_link(kept, key)
        store.add_link(kept, late)
        assert store.link(key, _LATER) == kept
        assert store.use_link(key, _LATER) == kept
        assert store.link(key, _LATER) is None
        assert store.use_link(key, _LATER) is None
        assert store.link(late, kept.expires_at) is None
        assert store.use_link(late, kept.expires_at) is None

    def test_of_many_who_use_a_link_at_once_one_is_given_it(self, store: Credentials) -> None:
        key = secret()
        store.add_link(link_for(uuid4()), key)
        with ThreadPoolExecutor(8) as pool:
            given = list(pool.map(lambda _: store.use_link(key, _LATER), range(8)))
        assert sum(each is not None for each in given) == 1

    def test_links_of_one_person_are_made_void(self, store: Credentials) -> None:
        person, own, others = uuid4(), secret(), secret()
        store.add_link(link_for(person), own)
        store.add_link(link_for(uuid4()), others)
        store.void_links(person)
        assert store.link(own, _LATER) is None
        assert store.link(others, _LATER) is not None

    def test_no_time_step_is_taken_twice_nor_one_before_it(self, store: Credentials) -> None:
        person = uuid4()
        assert not store.use_step(person, 5, NOW)
        store.keep_second_factor(SecondFactor(person=person, sealed=b"\x00\xff", made_at=NOW))
        assert store.use_step(person, 5, NOW)
        assert not store.use_step(person, 5, _LATER)
        assert not store.use_step(person, 4, _LATER)
        assert store.use_step(person, 6, _LATER)
        found = store.second_factor(person)
        assert found == SecondFactor(person=person, sealed=b"\x00\xff", made_at=NOW, confirmed_at=NOW, last_step=6)

    def test_of_many_who_show_a_code_at_once_one_is_let_in(self, store: Credentials) -> None:
        person = uuid4()
        store.keep_second_factor(SecondFactor(person=person, sealed=b"k", made_at=NOW), [b"r" * 32])
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(lambda _: store.use_step(person, 9, NOW), range(8))) == 1
            assert sum(pool.map(lambda _: store.use_recovery_code(person, b"r" * 32, NOW), range(8))) == 1

    def test_recovery_codes_belong_to_one_person_and_go_with_the_factor(self, store: Credentials) -> None:
        person, codes = uuid4(), [secret() for _ in range(3)]
        factor = SecondFactor(person=person, sealed=b"k", made_at=NOW)
        store.keep_second_factor(factor, codes)
        assert not store.use_recovery_code(uuid4(), codes[0], NOW)
        assert store.use_recovery_code(person, codes[0], NOW)
        assert not store.use_recovery_code(person, codes[0], NOW)
        assert store.n_recovery_codes(person) == 2
        assert store.forget_second_factor(person)
        assert not store.forget_second_factor(person)
        assert store.second_factor(person) is None
        assert not store.use_recovery_code(person, codes[1], NOW)

    def test_attempts_are_counted_until_they_have_to_wait(self, store: Credentials) -> None:
        key = secret()

        def wait_s(n: int) -> float:
            return 0.0 if n < 2 else 60.0

        assert [store.attempt(key, NOW, wait_s) for _ in range(3)] == [0, 0, 60]
        assert store.attempt(key, NOW + timedelta(seconds=20), wait_s) == 40
        assert store.attempt(key, NOW + timedelta(seconds=60), wait_s) == 0
        assert store.attempt(secret(), NOW, wait_s) == 0

    def test_attempts_are_forgotten_taken_back_and_too_old(self, store: Credentials) -> None:
        key, other = secret(), secret()

        def wait_s(n: int) -> float:
            return 0.0 if n < 1 else 60.0

        store.attempt(key, NOW, wait_s)
        store.take_back_attempt(key)
        store.take_back_attempt(other)
        assert store.attempt(key, NOW, wait_s) == 0
        assert store.attempt(key, NOW, wait_s) == 60
        store.forget_attempts(key)
        assert store.attempt(key, NOW, wait_s) == 0
        assert store.attempt(key, NOW + timedelta(days=1, seconds=1), lambda n: 10**6 if n else 0) == 0

    def test_of_many_attempts_at_once_no_more_are_made_than_may_be(self, store: Credentials) -> None:
        key = secret()
        with ThreadPoolExecutor(8) as pool:
            waits = list(pool.map(lambda _: store.attempt(key, NOW, lambda n: 0 if n < 3 else 60), range(8)))
        assert waits.count(0) == 3
