"""Keeps the signed head up to date while lines are added: at once after what is on the disk, soon after the rest."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from kiban.errors import StorageError
from kiban.store.audit_heads import HeadFolder
from kiban.store.audit_log import Tail

if TYPE_CHECKING:
    from kiban.store.sql_audit_log import SqlAuditLog

_LOG = logging.getLogger(__name__)
_NOT_SIGNED = "the end of the audit log is not signed yet, and will be with the next line: %s"
_SOON_S = 0.5
_NOTHING = Tail(0, "")


class AuditKeeper:
    """One for each process. Safe to use from several threads.

    A head that cannot be written keeps nobody from working: it is reported in the log of the program, and the next one
    covers what it would have covered.
    """

    def __init__(self, heads: HeadFolder, log: SqlAuditLog) -> None:
        self._heads = heads
        self._log = log
        self._turn = threading.Lock()
        self._mutex = threading.Lock()
        self._signed = _NOTHING
        self._timer: threading.Timer | None = None
        self._is_closed = False

    def committed(self, tail: Tail, is_safe: bool) -> None:
        """Take note that the log ends here now, and whether that is on the disk yet."""
        if is_safe:
            self._record(tail)
        else:
            self._soon()

    def open(self) -> None:
        """Keep a head for good where the log has grown since the last one, as at every start."""
        self._catch_up(keep=True)

    def close(self) -> None:
        """Keep a head for good at the end."""
        with self._mutex:
            self._is_closed = True
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            timer.join()
        self._catch_up(keep=True)

    def _soon(self) -> None:
        with self._mutex:
            if self._timer is None and not self._is_closed:
                self._timer = threading.Timer(_SOON_S, self._later)
                self._timer.daemon = True
                self._timer.start()

    def _later(self) -> None:
        with self._mutex:
            self._timer = None
        self._catch_up()

    def _catch_up(self, *, keep: bool = False) -> None:
        try:
            tail = self._log.tail()
            if tail.number == 0:
                return
            if keep or tail != self._signed:
                self._log.flush()
                self._record(tail, keep=keep)
        except StorageError as e:
            _LOG.warning(_NOT_SIGNED, e)

    def _record(self, tail: Tail, *, keep: bool = False) -> None:
        with self._turn:
            # While we waited, somebody else may have signed a later end, which covers ours.
            if not keep and tail.number <= self._signed.number:
                return
            try:
                self._heads.record(tail, keep=keep)
                self._signed = tail
            except StorageError as e:
                _LOG.warning(_NOT_SIGNED, e)
