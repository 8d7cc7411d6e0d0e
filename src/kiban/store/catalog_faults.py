"""What a catalog can find wrong with itself, in words; the same ones whoever looks for it."""

from __future__ import annotations

from uuid import UUID

from kiban.store.catalog import Fault


def dangling_link(subject: UUID, predicate: str, target: UUID, missing: UUID) -> Fault:
    """Say that a link leads to or from a record that is not there."""
    return Fault(f"link {subject} {predicate} {target}", f"There is no record {missing}.")


def fact_without_evidence(fact: UUID, evidence: UUID) -> Fault:
    """Say that the measurement is missing that a fact rests on."""
    return Fault(f"fact {fact}", f"The measurement {evidence} that it rests on is not there.")


def fact_without_subject(fact: UUID, subject: UUID) -> Fault:
    """Say that the sample is missing that a fact is claimed for."""
    return Fault(f"fact {fact}", f"The sample {subject} that it is claimed for is not there.")


def record_without_sample(record: UUID, sample: UUID) -> Fault:
    """Say that a record names a sample that is not there."""
    return Fault(f"record {record}", f"Its sample {sample} is not there.")


def composition_without_sample(sample: UUID) -> Fault:
    """Say that a composition is of no sample."""
    return Fault(f"composition of {sample}", f"There is no record {sample}.")


def numbers_without_record(record: UUID) -> Fault:
    """Say that numbers are kept of a record that is not there."""
    return Fault(f"numbers of {record}", f"There is no record {record}.")


def file_tie_without_end(file: UUID, record: UUID, missing: UUID) -> Fault:
    """Say that a file and a measurement are tied of which one is not there."""
    return Fault(f"file {file} of record {record}", f"{missing} is not there.")


def file_without_blob(file: UUID, checksum: str) -> Fault:
    """Say that the catalog does not know the bytes of a file."""
    return Fault(f"file {file}", f"Its object {checksum} is not known.")


def not_one_current(record: UUID, n_current: int) -> Fault:
    """Say that a record has no current version, or several."""
    return Fault(f"record {record}", f"It has {n_current} current versions; the last one and no other was expected.")


def version_gap(record: UUID, n_versions: int) -> Fault:
    """Say that versions of a record are missing."""
    return Fault(f"record {record}", f"There are {n_versions} versions of it, but they are not numbered from 1 on.")
