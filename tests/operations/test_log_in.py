"""People log in with password and code, programs with tokens; whoever may not is told nothing of why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher

from kiban.errors import InvalidValue, NotLoggedIn, RecordNotFound, Refused, TooManyAttempts
from kiban.operations import password_hash
from kiban.operations.accounts import change_account, get_account, make_account, set_active
from kiban.operations.first_operator import FIRST_OPERATOR, first_link
from kiban.operations.log_in import log_in, log_in_with_code
from kiban.operations.login_limits import FREE_FOR_A_LOGIN, FREE_FOR_AN_ADDRESS, doubling
from kiban.operations.login_links import log_in_by_link, make_link
from kiban.operations.passwords import change_password, set_password_by_link
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.provider_accounts import untie
from kiban.operations.resources import Resources
from kiban.operations.second_factor import begin_enrolment, confirm_enrolment, factor_state, switch_off, switch_off_own
from kiban.operations.sessions import end_all_sessions, end_session, list_sessions, log_out, work_in
from kiban.operations.tokens import LONGEST_DAYS, list_tokens, make_token, revoke_token
from kiban.operations.who_is import Visitor, who_is
from kiban.records.parties.credentials import Password, Purpose
from kiban.records.parties.people import PartyKind, Person
from kiban.records.parties.right import Role
from kiban.records.parties.terms import RoleGrant
from kiban.records.party import Act, Asker
from kiban.testing.memory_platform import owner_of

GOOD = "blaue Kiste am Fenster"
OTHER = "acht Tassen gegen Sturm"


@pytest.fixture(autouse=True)
def _hash_quickly(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that says nothing of the hashes does not wait for them."""
    if "real_hashes" not in request.fixturenames:
        cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        monkeypatch.setattr(password_hash, "_hasher", lambda: cheap)
        password_hash._nobodys.cache_clear()


@pytest.fixture(name="real_hashes")
def _real_hashes() -> None:
    """For tests of the hashes themselves."""
    password_hash._nobodys.cache_clear()


@pytest.fixture(name="operator")
def _operator(resources: Resources) -> Asker:
    return owner_of(resources)


@pytest.fixture(name="hana")
def _hana(resources: Resources, operator: Asker) -> Person:
    """A contributor with a password."""
    person = make_account(operator, resources, "Hana", "佐藤 花")
    directory = resources.directory.load()
    project = directory.project(FIRST_PROJECT)
    grant = RoleGrant(party=person.id, role=Role.CONTRIBUTOR, since=datetime.now(UTC))
    resources.directory.change([replace(project, grants=(*project.grants, grant))], by="x", expected=directory.revision)
    set_password_by_link(resources, make_link(operator, resources, person, Purpose.SET_PASSWORD), GOOD)
    return person


@pytest.fixture(name="enter")
def _enter(resources: Resources) -> Callable[[], Visitor]:
    """Hana logs in."""

    def enter() -> Visitor:
        cookie = log_in(resources, "hana", GOOD).cookie
        assert cookie is not None
        return who_is(resources, cookie=cookie)

    return enter


def acts(resources: Resources) -> list[str]:
    return [entry.act for _, entry in resources.audit.read()]


def test_the_right_password_logs_in_with_what_the_person_has(
    resources: Resources, hana: Person, enter: Callable[[], Visitor]
) -> None:
    visitor = enter()
    assert visitor.person is not None
    assert (visitor.person.login, visitor.asker.name) == ("hana", "佐藤 花")
    assert visitor.asker.roles == {FIRST_PROJECT: Role.CONTRIBUTOR}
    assert not visitor.asker.is_operator
    assert {"made account", "made login link", "set password", "logged in"} <= set(acts(resources))


@pytest.mark.parametrize(
    ("login", "password"), [("hana", "wrong"), ("nobody", GOOD), ("", ""), ("hana", ""), ("operator", "")]
)
def test_what_is_wrong_is_not_told(resources: Resources, hana: Person, login: str, password: str) -> None:
    with pytest.raises(NotLoggedIn) as wrong:
        log_in(resources, login, password)
    assert wrong.value.fault == "Login name or password is not right."
    refused = [entry for _, entry in resources.audit.read() if entry.act == "refused login"]
    assert [entry.subject for entry in refused] == [login if login in {"hana", "operator"} else ""]


def test_the_unknown_takes_as_many_hashes_as_the_known(
    real_hashes: None, resources: Resources, hana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, kept: str | bytes, password: str | bytes) -> bool:
        hashed.append(str(kept).split("$")[3])  # the parameters
        return bool(verify(self, kept, password))

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for login in ("hana", "nobody", "operator"):
        with pytest.raises(NotLoggedIn):
            log_in(resources, login, "wrong")
    assert len(hashed) == 3
    assert len(set(hashed)) == 1


def test_an_account_that_is_not_in_force_lets_nobody_in_whatever_they_have(
    resources: Resources, operator: Asker, hana: Person
) -> None:
    cookie = log_in(resources, "hana", GOOD).cookie
    _, secret = make_token(operator, resources, hana, "script", acts=[Act.READ])
    link = make_link(operator, resources, hana)
    set_active(operator, resources, hana, is_active=False)
    assert who_is(resources, cookie=cookie).asker.party == "anonymous"
    for way in (
        lambda: who_is(resources, bearer=secret),
        lambda: log_in(resources, "hana", GOOD),
        lambda: log_in_by_link(resources, link),
    ):
        with pytest.raises(NotLoggedIn):
            way()
    set_active(operator, resources, hana, is_active=True)
    assert who_is(resources, cookie=cookie).asker.party == "anonymous"  # the old session stays over
    with pytest.raises(NotLoggedIn):
        who_is(resources, bearer=secret)
    assert log_in(resources, "hana", GOOD).cookie is not None


def test_an_account_ends_by_itself(resources: Resources, operator: Asker, hana: Person) -> None:
    cookie = log_in(resources, "hana", GOOD).cookie
    change_account(operator, resources, hana, until=datetime.now(UTC) + timedelta(hours=1))
    assert who_is(resources, cookie=cookie).person is not None
    later = datetime.now(UTC) + timedelta(hours=2)
    assert who_is(resources, cookie=cookie, at=later).asker.party == "anonymous"
    with pytest.raises(NotLoggedIn):
        log_in(resources, "hana", GOOD, at=later)


def test_a_session_ends_after_a_week_however_much_it_is_used(resources: Resources, hana: Person) -> None:
    start = datetime.now(UTC)
    cookie = log_in(resources, "hana", GOOD, at=start).cookie
    for hours in range(6, 24 * 7, 6):
        assert who_is(resources, cookie=cookie, at=start + timedelta(hours=hours)).person is not None
    assert who_is(resources, cookie=cookie, at=start + timedelta(days=7)).person is None


def test_guessing_has_to_wait_longer_and_longer_and_the_right_password_has_to_wait_too(
    resources: Resources, hana: Person
) -> None:
    now = datetime.now(UTC)
    for _ in range(FREE_FOR_A_LOGIN):
        with pytest.raises(NotLoggedIn):
            log_in(resources, "hana", "wrong", address="192.0.2.1", at=now)
    with pytest.raises(TooManyAttempts) as early:
        log_in(resources, "hana", GOOD, address="192.0.2.2", at=now)
    assert early.value.wait_s == 1
    with pytest.raises(NotLoggedIn):
        log_in(resources, "hana", "wrong", at=now + timedelta(seconds=1))
    with pytest.raises(TooManyAttempts) as longer:
        log_in(resources, "hana", GOOD, at=now + timedelta(seconds=2))
    assert longer.value.wait_s == 1
    assert log_in(resources, "hana", GOOD, at=now + timedelta(seconds=3)).cookie is not None
    with pytest.raises(NotLoggedIn):  # it is counted from anew
        log_in(resources, "hana", "wrong", at=now + timedelta(seconds=3))


def test_one_address_does_not_try_many_names(resources: Resources, hana: Person) -> None:
    now = datetime.now(UTC)
    for i in range(FREE_FOR_AN_ADDRESS):
        with pytest.raises(NotLoggedIn):
            log_in(resources, f"name-{i}", "wrong", address="192.0.2.1", at=now)
    with pytest.raises(TooManyAttempts):
        log_in(resources, "name-x", "wrong", address="192.0.2.1", at=now)
    assert log_in(resources, "hana", GOOD, address="192.0.2.2", at=now).cookie is not None


def test_a_right_password_does_not_let_an_address_go_on_guessing(resources: Resources, hana: Person) -> None:
    now = datetime.now(UTC)
    for i in range(FREE_FOR_AN_ADDRESS):
        log_in(resources, "hana", GOOD, address="192.0.2.1", at=now)
        with pytest.raises(NotLoggedIn):
            log_in(resources, f"name-{i}", "wrong", address="192.0.2.1", at=now)
    with pytest.raises(TooManyAttempts):
        log_in(resources, "hana", GOOD, address="192.0.2.1", at=now)


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    wait_s = doubling(FREE_FOR_A_LOGIN, 900)
    assert [wait_s(n) for n in range(4, 17)] == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert wait_s(10**6) == 900


@pytest.mark.parametrize(
    "password",
    ["", "short", "elevenchars", "password1234", "Passw0rd!!!!", "aaaaaaaaaaaaaaa", "abcabcabcabc", "123456789012",
     "qwertyuiop12", "abcdefghijkl", "987654321098", "hana-hana-hana", "hana20262026", "kiban12345678", "letmein11111",
     "x" * 257],
)  # fmt: skip
def test_a_password_that_others_find_is_refused_and_the_link_stays_good(
    resources: Resources, operator: Asker, hana: Person, password: str
) -> None:
    link = make_link(operator, resources, hana, Purpose.SET_PASSWORD)
    with pytest.raises(InvalidValue):
        set_password_by_link(resources, link, password)
    set_password_by_link(resources, link, OTHER)
    assert log_in(resources, "hana", OTHER).cookie is not None


@pytest.mark.parametrize("password", [OTHER, "ﾊﾟｽﾜｰﾄﾞは机の引き出し三番", "correct horse battery", "hanabi über Kōbe 7"])
def test_a_long_password_is_taken_however_it_is_typed(
    resources: Resources, operator: Asker, hana: Person, password: str
) -> None:
    import unicodedata

    set_password_by_link(resources, make_link(operator, resources, hana, Purpose.SET_PASSWORD), password)
    assert log_in(resources, "hana", unicodedata.normalize("NFD", password)).cookie is not None


def test_a_password_hashed_with_other_parameters_is_hashed_anew(
    real_hashes: None, resources: Resources, hana: Person
) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    resources.credentials.keep_password(Password(person=hana.id, hash=old, set_at=datetime.now(UTC)))
    log_in(resources, "hana", GOOD)
    kept = resources.credentials.password(hana.id)
    assert kept is not None
    # The second recommendation of RFC 9106, section 4.
    assert kept.hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_link_to_set_a_password_is_good_once_and_ends_sessions_and_other_links(
    resources: Resources, operator: Asker, hana: Person
) -> None:
    cookie = log_in(resources, "hana", GOOD).cookie
    link, other = (make_link(operator, resources, hana, purpose) for purpose in (Purpose.SET_PASSWORD, Purpose.LOG_IN))
    with pytest.raises(NotLoggedIn):
        log_in_by_link(resources, link)
    set_password_by_link(resources, link, OTHER)
    for attempt in (
        lambda: set_password_by_link(resources, link, OTHER),
        lambda: log_in_by_link(resources, other),
        lambda: log_in(resources, "hana", GOOD),
    ):
        with pytest.raises(NotLoggedIn):
            attempt()
    assert who_is(resources, cookie=cookie).person is None


def test_a_link_expires(resources: Resources, operator: Asker, hana: Person) -> None:
    link = make_link(operator, resources, hana, good_for=timedelta(microseconds=1))
    with pytest.raises(NotLoggedIn):
        log_in_by_link(resources, link)


def test_changing_the_password_asks_for_the_old_one_and_ends_other_sessions(
    resources: Resources, hana: Person, enter: Callable[[], Visitor]
) -> None:
    elsewhere, here = log_in(resources, "hana", GOOD).cookie, log_in(resources, "hana", GOOD).cookie
    visitor = who_is(resources, cookie=here)
    with pytest.raises(Refused):
        change_password(visitor, resources, "wrong", OTHER)
    change_password(visitor, resources, GOOD, OTHER)
    assert who_is(resources, cookie=here).person is not None
    assert who_is(resources, cookie=elsewhere).person is None
    assert log_in(resources, "hana", OTHER).cookie is not None


def with_codes(resources: Resources, visitor: Visitor) -> tuple[pyotp.TOTP, list[str]]:
    assert visitor.person is not None
    enrolment = begin_enrolment(visitor.asker, resources, visitor.person)
    totp = pyotp.TOTP(enrolment.key)
    at = visitor.asker.at
    return totp, confirm_enrolment(visitor.asker, resources, visitor.person, totp.at(at))


def test_codes_are_asked_for_and_none_is_taken_twice(
    resources: Resources, hana: Person, enter: Callable[[], Visitor]
) -> None:
    visitor = enter()
    totp, recovery = with_codes(resources, visitor)
    later = visitor.asker.at + timedelta(minutes=1)

    def ticket() -> str:
        done = log_in(resources, "hana", GOOD, at=later)
        assert done.cookie is None
        return done.ticket or ""

    with pytest.raises(NotLoggedIn):  # it was taken when codes were switched on
        log_in_with_code(resources, ticket(), totp.at(visitor.asker.at), at=later)
    code = totp.at(later)
    used = ticket()
    assert log_in_with_code(resources, used, code, at=later)
    with pytest.raises(NotLoggedIn):
        log_in_with_code(resources, used, totp.at(later + timedelta(seconds=30)), at=later)
    with pytest.raises(NotLoggedIn):
        log_in_with_code(resources, ticket(), code, at=later)
    assert log_in_with_code(resources, ticket(), recovery[0].upper(), at=later)
    with pytest.raises(NotLoggedIn):
        log_in_with_code(resources, ticket(), recovery[0], at=later)
    assert factor_state(visitor.asker, resources, hana.id).n_recovery_codes == 9


def test_a_code_of_long_ago_or_of_another_key_is_not_taken(
    resources: Resources, hana: Person, enter: Callable[[], Visitor]
) -> None:
    visitor = enter()
    totp, _ = with_codes(resources, visitor)
    later = visitor.asker.at + timedelta(hours=1)
    wrong = [
        totp.at(later), totp.at(later + timedelta(hours=9)), pyotp.TOTP("A" * 32).at(later),
        "", "000000 ", "１２３４５６", "\ud800",
    ]  # fmt: skip
    for code in wrong:
        later += timedelta(minutes=20)  # nobody has to wait
        with pytest.raises(NotLoggedIn):
            log_in_with_code(resources, log_in(resources, "hana", GOOD, at=later).ticket or "", code, at=later)


def test_codes_are_not_guessed(resources: Resources, hana: Person, enter: Callable[[], Visitor]) -> None:
    visitor = enter()
    with_codes(resources, visitor)
    later = visitor.asker.at + timedelta(minutes=1)
    for _ in range(FREE_FOR_A_LOGIN):
        ticket = log_in(resources, "hana", GOOD, at=later).ticket or ""  # the password is known
        with pytest.raises(NotLoggedIn):
            log_in_with_code(resources, ticket, "000000x", at=later)
    with pytest.raises(TooManyAttempts):
        log_in_with_code(resources, ticket, "000000x", at=later)


def test_the_ticket_of_the_second_step_lets_nobody_in_by_itself(
    resources: Resources, hana: Person, enter: Callable[[], Visitor]
) -> None:
    visitor = enter()
    with_codes(resources, visitor)
    ticket = log_in(resources, "hana", GOOD).ticket or ""
    assert who_is(resources, cookie=ticket).person is None
    with pytest.raises(NotLoggedIn):
        who_is(resources, bearer=ticket)
    with pytest.raises(NotLoggedIn):
        log_in_by_link(resources, ticket)


def test_codes_are_not_asked_for_before_the_first_was_given(
    resources: Resources, hana: Person, enter: Callable[[], Visitor]
) -> None:
    visitor = enter()
    begin_enrolment(visitor.asker, resources, hana)
    assert log_in(resources, "hana", GOOD).cookie is not None
    with pytest.raises(InvalidValue):
        confirm_enrolment(visitor.asker, resources, hana, "000000x")
    assert log_in(resources, "hana", GOOD).cookie is not None


def test_the_key_of_the_codes_is_not_in_the_store(
    resources: Resources, hana: Person, enter: Callable[[], Visitor]
) -> None:
    visitor = enter()
    enrolment = begin_enrolment(visitor.asker, resources, hana)
    factor = resources.credentials.second_factor(hana.id)
    assert factor is not None
    assert enrolment.key.encode() not in factor.sealed
    assert "style=" not in enrolment.picture


def test_an_operator_switches_codes_off_and_nobody_else_does(
    resources: Resources, operator: Asker, hana: Person, enter: Callable[[], Visitor]
) -> None:
    visitor = enter()
    with_codes(resources, visitor)
    other = make_account(operator, resources, "ken", "Ken")
    with pytest.raises(Refused):
        switch_off(Asker(party=str(other.id), id=other.id), resources, hana)
    assert switch_off(operator, resources, hana)
    assert log_in(resources, "hana", GOOD).cookie is not None


def test_sessions_are_listed_and_ended(resources: Resources, hana: Person, enter: Callable[[], Visitor]) -> None:
    cookies = [log_in(resources, "hana", GOOD, agent=f"browser {i}").cookie for i in range(3)]
    visitors = [who_is(resources, cookie=cookie) for cookie in cookies]
    assert {session.agent for session in list_sessions(visitors[0].asker, resources, hana.id)} == {
        "browser 0", "browser 1", "browser 2",
    }  # fmt: skip
    assert visitors[1].session is not None
    assert end_session(visitors[0].asker, resources, hana.id, visitors[1].session.id)
    assert who_is(resources, cookie=cookies[1]).person is None
    assert visitors[0].session is not None
    assert end_all_sessions(visitors[0].asker, resources, hana.id, but=visitors[0].session.id) == 1
    assert who_is(resources, cookie=cookies[2]).person is None
    log_out(resources, visitors[0])
    assert who_is(resources, cookie=cookies[0]).person is None


def test_nobody_sees_or_ends_sessions_of_others(
    resources: Resources, operator: Asker, hana: Person, enter: Callable[[], Visitor]
) -> None:
    stranger = make_account(operator, resources, "ken", "Ken")
    asker = Asker(party=str(stranger.id), id=stranger.id)
    enter()
    for deed in (
        lambda: list_sessions(asker, resources, hana.id),
        lambda: end_all_sessions(asker, resources, hana.id),
        lambda: list_tokens(asker, resources, hana),
        lambda: make_token(asker, resources, hana, "x", acts=[Act.READ]),
        lambda: make_account(asker, resources, "eve", "Eve"),
        lambda: make_link(asker, resources, hana),
        lambda: change_account(asker, resources, hana, name="x"),
        lambda: change_account(asker, resources, stranger, is_operator=True),
        lambda: set_active(asker, resources, hana, is_active=False),
    ):
        with pytest.raises(Refused):
            deed()
    with pytest.raises(RecordNotFound):
        get_account(asker, resources, "hana")
    assert change_account(asker, resources, stranger, name="Kenji").name == "Kenji"


def test_a_token_does_what_it_was_made_for_until_it_expires_or_is_revoked(
    resources: Resources, hana: Person, enter: Callable[[], Visitor]
) -> None:
    visitor = enter()
    token, secret = make_token(visitor.asker, resources, hana, "script", acts=[Act.READ], days=30)
    assert secret.startswith("kbt_")
    found = who_is(resources, bearer=secret)
    assert found.asker.acts == {Act.READ}
    assert found.asker.id == hana.id
    with pytest.raises(NotLoggedIn):
        who_is(resources, bearer=secret, at=token.expires_at)
    with pytest.raises(NotLoggedIn):
        who_is(resources, bearer=secret.swapcase())
    assert list_tokens(visitor.asker, resources, hana)[0].used_at is not None
    with pytest.raises(Refused):  # it makes no tokens
        make_token(found.asker, resources, hana, "more", acts=[Act.READ])
    with pytest.raises(Refused):  # nor changes the password
        change_password(found, resources, GOOD, OTHER)
    assert revoke_token(visitor.asker, resources, hana, token.id)
    with pytest.raises(NotLoggedIn):
        who_is(resources, bearer=secret)


def test_a_token_for_one_project_has_nothing_of_what_its_owner_has_elsewhere(
    resources: Resources, operator: Asker, hana: Person
) -> None:
    director = resources.directory.load().people[FIRST_OPERATOR]
    _, secret = make_token(operator, resources, director, "x", acts=[Act.ADMINISTER], project=FIRST_PROJECT)
    asker = who_is(resources, bearer=secret).asker
    assert set(asker.roles) == {FIRST_PROJECT}
    assert not asker.is_operator
    assert asker.project == FIRST_PROJECT


@pytest.mark.parametrize("days", [0, -1, LONGEST_DAYS + 1])
def test_a_token_lasts_a_year_at_most(resources: Resources, hana: Person, operator: Asker, days: int) -> None:
    with pytest.raises(InvalidValue):
        make_token(operator, resources, hana, "x", acts=[Act.READ], days=days)


def test_an_instrument_deposits_and_does_nothing_else(
    resources: Resources, operator: Asker, hana: Person, enter: Callable[[], Visitor]
) -> None:
    with pytest.raises(InvalidValue):
        make_account(operator, resources, "xrd-1", "XRD", kind=PartyKind.INSTRUMENT)
    furnace = make_account(operator, resources, "furnace-1", "炉", kind=PartyKind.INSTRUMENT, responsible=hana.id)
    asker = enter().asker
    directory = resources.directory.load()
    project = directory.project(FIRST_PROJECT)
    grant = RoleGrant(party=furnace.id, role=Role.CONTRIBUTOR, since=datetime.now(UTC))
    resources.directory.change([replace(project, grants=(*project.grants, grant))], by="x", expected=directory.revision)
    with pytest.raises(Refused):
        make_link(operator, resources, furnace)
    with pytest.raises(InvalidValue):
        make_token(asker, resources, furnace, "x", acts=[Act.WRITE], project=FIRST_PROJECT)
    with pytest.raises(InvalidValue):
        make_token(asker, resources, furnace, "x", acts=[Act.DEPOSIT])
    _, secret = make_token(asker, resources, furnace, "x", acts=[Act.DEPOSIT], project=FIRST_PROJECT)
    found = who_is(resources, bearer=secret).asker
    assert found.acts == {Act.DEPOSIT}
    assert resources.visible(found).numbers == frozenset()


def test_somebody_is_left_who_makes_accounts(resources: Resources, operator: Asker, hana: Person) -> None:
    first = resources.directory.load().people[FIRST_OPERATOR]
    for deed in (
        lambda: set_active(operator, resources, first, is_active=False),
        lambda: change_account(operator, resources, first, is_operator=False),
        lambda: change_account(operator, resources, first, until=datetime.now(UTC) + timedelta(days=1)),
    ):
        with pytest.raises(Refused):
            deed()
    change_account(operator, resources, hana, is_operator=True)
    set_active(operator, resources, first, is_active=False)


def test_the_first_link_is_given_until_there_is_another_way_in(resources: Resources, operator: Asker) -> None:
    link = first_link(operator, resources)
    assert link is not None
    visitor = who_is(resources, cookie=log_in_by_link(resources, link))
    assert visitor.asker.is_operator
    change_password(visitor, resources, "", OTHER)
    assert first_link(operator, resources) is None


def test_one_works_in_a_project_of_one_s_own(resources: Resources, hana: Person, enter: Callable[[], Visitor]) -> None:
    from uuid import uuid4

    visitor = enter()
    assert work_in(visitor, resources, FIRST_PROJECT).asker.project == FIRST_PROJECT
    with pytest.raises(Refused):
        work_in(visitor, resources, uuid4())


def test_no_secret_reaches_the_audit_log(
    resources: Resources, operator: Asker, hana: Person, enter: Callable[[], Visitor]
) -> None:
    visitor = enter()
    _, secret = make_token(visitor.asker, resources, hana, "script", acts=[Act.READ])
    link = make_link(operator, resources, hana)
    totp, recovery = with_codes(resources, visitor)
    with pytest.raises(NotLoggedIn):
        log_in(resources, "my secret password", "x")
    written = repr(list(resources.audit.read()))
    for each in (secret, link, totp.secret, *recovery, GOOD, "my secret password"):
        assert each not in written


def test_a_token_makes_none_that_reaches_further_or_lasts_longer(
    resources: Resources, hana: Person, enter: Callable[[], Visitor]
) -> None:
    asker = enter().asker
    _, narrow = make_token(asker, resources, hana, "narrow", acts=[Act.ADMINISTER], days=10, project=FIRST_PROJECT)
    shown = who_is(resources, bearer=narrow).asker
    for days, project in ((5, None), (11, FIRST_PROJECT), (366, None)):
        with pytest.raises(Refused):
            make_token(shown, resources, hana, "wider", acts=[Act.READ], days=days, project=project)
    made, _ = make_token(shown, resources, hana, "as narrow", acts=[Act.READ], days=9, project=FIRST_PROJECT)
    assert made.project == FIRST_PROJECT


def test_a_token_that_only_reads_ends_revokes_and_unties_nothing(
    resources: Resources, hana: Person, enter: Callable[[], Visitor]
) -> None:
    visitor = enter()
    token, secret = make_token(visitor.asker, resources, hana, "reads", acts=[Act.READ, Act.WRITE])
    asker = who_is(resources, bearer=secret).asker
    assert visitor.session is not None
    session = visitor.session.id
    for deed in (
        lambda: revoke_token(asker, resources, hana, token.id),
        lambda: end_session(asker, resources, hana.id, session),
        lambda: end_all_sessions(asker, resources, hana.id),
        lambda: untie(asker, resources, hana, "https://id.example", "1"),
    ):
        with pytest.raises(Refused):
            deed()
    assert [each.id for each in list_sessions(asker, resources, hana.id)] == [session]


def test_nobody_switches_their_own_codes_off_without_the_password(
    resources: Resources, hana: Person, enter: Callable[[], Visitor]
) -> None:
    visitor = enter()
    with_codes(resources, visitor)
    _, secret = make_token(visitor.asker, resources, hana, "all", acts=[Act.ADMINISTER])
    shown = who_is(resources, bearer=secret)
    for deed in (
        lambda: switch_off(visitor.asker, resources, hana),
        lambda: switch_off(shown.asker, resources, hana),
        lambda: switch_off_own(shown, resources, GOOD),
        lambda: switch_off_own(visitor, resources, OTHER),
    ):
        with pytest.raises(Refused):
            deed()
    assert factor_state(visitor.asker, resources, hana.id).is_on
    assert switch_off_own(visitor, resources, GOOD)


def test_a_token_of_an_operator_makes_no_link_for_the_operator(resources: Resources, operator: Asker) -> None:
    director = resources.directory.load().people[FIRST_OPERATOR]
    _, secret = make_token(operator, resources, director, "x", acts=[Act.ADMINISTER])
    shown = who_is(resources, bearer=secret).asker
    with pytest.raises(Refused, match="its own owner"):
        make_link(shown, resources, director)
