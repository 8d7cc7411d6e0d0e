"""Checking the log: an untouched one is sound, whatever happened; one that was tampered with is not, however it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.records.audit_chain import NO_HASH, chained
from kiban.store.audit_check import Checker
from kiban.store.audit_heads import HeadFolder, make_head_folder
from kiban.store.audit_key import make_key, public_path, read_key
from kiban.store.audit_log import Tail
from kiban.store.audit_proof import AuditProof
from kiban.store.audit_signing import BEGAN, head_folder, key_path
from kiban.store.memory_audit_log import MemoryAuditLog
from kiban.testing.audit_suite import ENTRIES, an_entry


class Home:
    """A home with a log in memory, and heads as a keeper writes them."""

    def __init__(self, folder):
        self.folder = folder
        self.evidence = None
        self.key = make_key(key_path(folder, None))
        self.log = MemoryAuditLog()
        self.log.append([an_entry(actor="kiban", act=BEGAN, details={"key": self.key.public, "lines_before": 0})])
        make_head_folder(head_folder(folder))
        self.heads = HeadFolder(head_folder(folder), self.key, self.hash_of)
        self.heads.record(self.log.tail(), keep=True)

    def hash_of(self, number):
        hashes = {0: NO_HASH} | {line.number: line.hash for line in self.log.lines()}
        return hashes.get(number)

    def write(self, n, *, keep=False, who="person"):
        for k in range(n):
            self.log.append([an_entry(actor=f"{who} {k}", scope=k)])
        self.heads.record(self.log.tail(), keep=keep)

    def report(self, lines=None):
        evidence = self.evidence or AuditProof(self.folder).evidence()
        return Checker(evidence).check(list(self.log.lines()) if lines is None else lines)


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    home.write(9, keep=True)
    home.write(5)
    return home


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """A home for properties that leave it as it is."""
    home = Home(tmp_path_factory.mktemp("lasting"))
    home.write(9, keep=True)
    home.write(5)
    home.evidence = AuditProof(home.folder).evidence()
    return home


def kinds(report):
    return [finding.kind for finding in report.findings]


def test_an_untouched_log_is_sound(home):
    report = home.report()
    assert report.findings == ()
    assert (report.n_lines, report.last_number, report.signed_to) == (15, 15, 15)


@given(entries=st.lists(st.lists(ENTRIES, min_size=1, max_size=3), max_size=4))
def test_any_history_is_sound(lasting, entries):
    lines = list(lasting.log.lines())
    extended = MemoryAuditLog()
    extended._lines = list(lines)
    for each in entries:
        extended.append(each)
    assert lasting.report(list(extended.lines())).is_sound


def test_lines_after_the_last_head_are_no_fault(home):
    """A crash between a commit and its head."""
    home.log.append([an_entry()])
    report = home.report()
    assert report.is_sound
    assert (report.signed_to, report.last_number) == (15, 16)


_FIELDS = ("at", "actor", "act", "subject", "rule", "address", "details", "previous", "hash")


@given(n=st.integers(0, 14), field=st.sampled_from(_FIELDS), place=st.integers(0, 200), byte=st.characters())
def test_any_character_of_any_line_that_is_changed_is_found(lasting, n, field, place, byte):
    lines = list(lasting.log.lines())
    text = getattr(lines[n], field)
    place = min(place, len(text))
    changed = text[:place] + byte + text[place + 1 :]
    if changed == text:
        return
    lines[n] = replace(lines[n], **{field: changed})
    report = lasting.report(lines)
    assert not report.is_sound
    assert any(f.first is not None and f.first <= n + 2 and f.last >= n + 1 for f in report.findings)


@given(n=st.integers(0, 14), scopes=st.lists(st.integers(0, 9), max_size=3))
def test_changed_scopes_are_found(lasting, n, scopes):
    lines = list(lasting.log.lines())
    if tuple(scopes) != lines[n].scopes:
        lines[n] = replace(lines[n], scopes=tuple(scopes))
        assert "changed" in kinds(lasting.report(lines))


@given(data=st.data())
def test_removing_moving_and_putting_in_lines_is_found(lasting, data):
    lines = list(lasting.log.lines())
    before = list(lines)
    deed = data.draw(st.sampled_from(["remove", "swap", "swap numbers", "insert", "cut"]))
    i, j = (data.draw(st.integers(0, 14)) for _ in range(2))
    if deed == "remove":
        del lines[i]
    elif deed == "swap":
        lines[i], lines[j] = lines[j], lines[i]
    elif deed == "swap numbers":
        lines[i], lines[j] = (
            replace(lines[j], number=lines[i].number),
            replace(lines[i], number=lines[j].number),
        )
    elif deed == "insert":
        lines.insert(i, lines[j])
    else:
        del lines[i:]
    assert lasting.report(lines).is_sound == (lines == before)


def rewritten(lines, n, **changes):
    """The lines with one changed, and all hashes after it worked out again."""
    found = list(lines)
    for k in range(n, len(found)):
        line = replace(found[k], **(changes if k == n else {}), previous=found[k - 1].hash if k else NO_HASH)
        found[k] = replace(line, hash=line.right_hash())
    return found


@given(n=st.integers(0, 14), actor=st.text(max_size=5))
def test_rewriting_from_a_point_with_right_hashes_is_found(lasting, n, actor):
    lines = list(lasting.log.lines())
    if actor == lines[n].actor:
        return
    report = lasting.report(rewritten(lines, n, actor=actor))
    assert "contradicted" in kinds(report)
    last = [f for f in report.findings if f.kind == "contradicted"][-1]
    assert last.last == 15


@given(n=st.integers(0, 14), more=st.integers(0, 3))
def test_cutting_the_tail_off_is_found_also_where_it_has_grown_again(lasting, n, more):
    log = MemoryAuditLog()
    log._lines = list(lasting.log.lines())[:n]
    log.append([an_entry(actor="somebody else")] * more)
    report = lasting.report(list(log.lines()))
    assert not report.is_sound


def test_a_head_that_the_log_contradicts_is_kept_before_another_takes_its_place(home):
    """Lines cut off and others added while the platform runs: the proof does not get lost."""
    home.write(3)
    home.log._lines = home.log._lines[:-3]
    home.write(6, who="somebody else")
    assert "contradicted" in kinds(home.report())
    home.write(2, keep=True)
    assert "contradicted" in kinds(home.report())


@pytest.mark.parametrize("name", ["head", "heads.jsonl"])
def test_heads_that_have_gone_are_missed(home, name):
    (head_folder(home.folder) / name).unlink()
    report = home.report()
    assert not report.is_sound
    assert all(finding.mend.startswith("Restore the folder") for finding in report.findings)


def test_heads_that_have_gone_are_missed_also_after_the_next_line(home):
    (head_folder(home.folder) / "heads.jsonl").unlink()
    home.write(1)
    # A new file begins, whose first head does not follow what the newest head named. The next start tells the rest.
    path = head_folder(home.folder) / "heads.jsonl"
    assert len(path.read_bytes().splitlines()) == 1


@given(place=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_any_byte_of_the_newest_head_that_is_changed_is_found(lasting, place, byte):
    path = head_folder(lasting.folder) / "head"
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[place % len(whole)] = byte
    path.write_bytes(changed)
    try:
        same = _as_head(bytes(changed)) == _as_head(whole)
        evidence = AuditProof(lasting.folder).evidence()
        assert Checker(evidence).check(lasting.log.lines()).is_sound == same
    finally:
        path.write_bytes(whole)


@given(place=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_any_byte_of_the_kept_heads_that_is_changed_is_found(lasting, place, byte):
    path = head_folder(lasting.folder) / "heads.jsonl"
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[place % len(whole)] = byte
    path.write_bytes(changed)
    try:
        same = [_as_head(line) for line in bytes(changed).split(b"\n")] == [
            _as_head(line) for line in whole.split(b"\n")
        ]
        evidence = AuditProof(lasting.folder).evidence()
        assert Checker(evidence).check(lasting.log.lines()).is_sound == same
    finally:
        path.write_bytes(whole)


def _as_head(text):
    from kiban.errors import InvalidValue
    from kiban.store.audit_heads import read_head

    try:
        return read_head(text)
    except InvalidValue:
        return None


def test_half_a_line_that_a_crash_has_left_is_no_fault(home):
    path = head_folder(home.folder) / "heads.jsonl"
    with path.open("ab") as file:
        file.write(b'{"number": 1')
    home.write(2, keep=True)
    assert home.report().is_sound


def test_a_removed_kept_head_is_found(home):
    home.write(2, keep=True)
    path = head_folder(home.folder) / "heads.jsonl"
    lines = path.read_bytes().splitlines(True)
    for n in range(len(lines)):
        path.write_bytes(b"".join(lines[:n] + lines[n + 1 :]))
        assert "kept heads" in kinds(home.report())


def test_a_key_that_has_gone_is_missed(home):
    key_path(home.folder, None).unlink()
    assert kinds(home.report()) == ["key"]
    public_path(key_path(home.folder, None)).unlink()
    assert not home.report().is_sound


def test_another_key_is_found_though_everything_was_signed_again_with_it(home):
    """Somebody who holds the home, but not the database, begins anew."""
    for path in head_folder(home.folder).iterdir():
        path.unlink()
    key_path(home.folder, None).unlink()
    other = make_key(key_path(home.folder, None))
    heads = HeadFolder(head_folder(home.folder), other, home.hash_of)
    heads.record(home.log.tail(), keep=True)
    assert kinds(home.report()) == ["key"]


def test_signing_that_began_late_is_found(home):
    """The database without its home: nothing vouches for what it held before."""
    for path in head_folder(home.folder).iterdir():
        path.unlink()
    key_path(home.folder, None).unlink()
    other = make_key(key_path(home.folder, None))
    details = {"key": other.public, "lines_before": home.log.tail().number}
    home.log.append([an_entry(actor="kiban", act=BEGAN, details=details)])
    HeadFolder(head_folder(home.folder), other, home.hash_of).record(home.log.tail(), keep=True)
    [finding] = home.report().findings
    assert (finding.kind, finding.first, finding.last) == ("key", 1, 15)
    shared = AuditProof(home.folder, is_shared=True).evidence()
    assert Checker(shared).check(home.log.lines()).is_sound


def test_a_signature_of_another_key_is_worth_nothing(home, tmp_path):
    forger = make_key(tmp_path / "forged" / "audit.key")
    lines = rewritten(list(home.log.lines()), 12, actor="nobody")
    home.log._lines = lines
    (head_folder(home.folder) / "head").unlink()
    forged = HeadFolder(head_folder(home.folder), forger, home.hash_of)
    forged.record(home.log.tail())
    assert "signature" in kinds(home.report())


def test_an_empty_log_without_heads_is_sound(tmp_path):
    report = Checker(AuditProof(tmp_path).evidence()).check([])
    assert report.is_sound
    assert report.n_lines == 0


def test_a_key_is_read_as_it_was_made_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "audit.key"
    made = make_key(path)
    found = read_key(path)
    assert found is not None
    assert found.public == made.public
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_texts_cannot_run_into_one_another():
    assert chained("a", "b") != chained("ab", "") != chained("", "ab")
    assert chained("1:a,", "") != chained("1", ":a,")


def test_an_older_head_does_not_take_the_place_of_a_later_one(home):
    path = head_folder(home.folder) / "head"
    before = path.read_bytes()
    lines = list(home.log.lines())
    home.heads.record(Tail(lines[3].number, lines[3].hash))
    assert path.read_bytes() == before
