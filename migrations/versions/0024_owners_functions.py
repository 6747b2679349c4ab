"""No caller's table is read with the owner's rights; the action server may ask customers for patience."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# All that the action server may send by itself: one line to the chat of an open turn that is off the script.
PATIENCE = """
create function ask_to_wait(turn bigint, words text) returns void
language sql volatile security definer as $$
    with asked as (
        update off_script_turns o set asked_to_wait = true from turns t
        where o.turn_id = turn and not o.asked_to_wait and t.id = o.turn_id and t.state = 'open'
        returning o.conversation_id
    )
    insert into outbox (conversation_id, ordinal, text) select conversation_id, 0, words from asked
$$;
"""

# Unless it is named, and last, a session's own temporary schema is searched first: whoever may call such a
# function could put a view of his own in the place of a table, and have the owner run what it says.
SEARCH = """
do $$
declare
    function text;
begin
    foreach function in array array[
        'turn_is_held(bigint, bigint)', 'followed_up(bigint)', 'ask_to_wait(bigint, text)'
    ] loop
        execute format('alter function %s set search_path = %I, pg_temp', function, current_schema());
    end loop;
end
$$;
"""


def upgrade() -> None:
    for statements in (PATIENCE, SEARCH):
        op.execute(statements)
