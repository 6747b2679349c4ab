"""The database's history (Alembic): each revision says what it brings in its first line."""
