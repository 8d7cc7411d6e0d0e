"""What Alembic runs to migrate. `kiban.store.migrate` hands it the connection; there is no alembic.ini."""

from __future__ import annotations

from alembic import context

from kiban.store.sql_tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
