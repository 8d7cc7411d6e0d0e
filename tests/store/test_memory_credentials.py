"""The model passes the suite of its contract."""

from __future__ import annotations

import pytest

from kiban.store.memory_credentials import MemoryCredentials
from kiban.testing.credentials_suite import CredentialsSuite


class TestMemoryCredentials(CredentialsSuite):
    @pytest.fixture
    def store(self):
        return MemoryCredentials()
