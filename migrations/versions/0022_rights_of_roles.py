"""What Rasa and the action server ask of a chat is told them, though their roles may not touch chats."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# A row lock wants the right to update. With the owner's rights, and where the tables were when it was made.
FENCE = "alter function turn_is_held(bigint, bigint) security definer set search_path from current"
# A view's tables are read with its owner's rights, but the functions in it are called with the reader's.
FOLLOWED_UP = "alter function followed_up(bigint) security definer set search_path from current"


def upgrade() -> None:
    op.execute(FENCE)
    op.execute(FOLLOWED_UP)
