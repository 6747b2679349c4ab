"""Sales: the stages and the moves between them, what is known of the customer, the basket."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STAGES = """
create table stages (
    name     text primary key,
    position integer not null unique
);

create table stage_edges (
    from_stage text not null references stages,
    to_stage   text not null references stages,
    primary key (from_stage, to_stage),
    check (from_stage <> to_stage)
);

-- Design §5, the table of stages, column "next"; sales.stages says the same.
insert into stages (name, position) values
    ('greeting', 1), ('qualifying', 2), ('selecting', 3), ('quoting', 4), ('negotiating', 5), ('closing', 6),
    ('follow_up', 7);
insert into stage_edges (from_stage, to_stage) values
    ('greeting', 'qualifying'),
    ('qualifying', 'selecting'),
    ('selecting', 'quoting'), ('selecting', 'qualifying'),
    ('quoting', 'negotiating'), ('quoting', 'closing'), ('quoting', 'selecting'),
    ('negotiating', 'quoting'), ('negotiating', 'closing'), ('negotiating', 'selecting'),
    ('closing', 'follow_up'), ('closing', 'negotiating'),
    ('follow_up', 'selecting'), ('follow_up', 'quoting'), ('follow_up', 'qualifying');
"""

SALES = """
-- How far a chat's sale is; no row means that nothing happened yet.
create table sales (
    conversation_id bigint primary key references conversations,
    stage           text not null default 'greeting' references stages,
    outcome         text not null default 'open' check (outcome in ('open', 'won', 'lost')),
    changed_at      timestamptz not null default majlis_now()
);

-- Every move; writing one is the only way to change a sale's stage.
create table stage_history (
    id              bigint generated always as identity primary key,
    conversation_id bigint not null references sales on delete cascade,
    from_stage      text not null,
    to_stage        text not null,
    at              timestamptz not null default majlis_now(),
    turn_id         bigint references turns,
    reason          text not null,
    foreign key (from_stage, to_stage) references stage_edges
);
create index stage_history_by_conversation on stage_history (conversation_id, id);
create index stage_history_by_turn on stage_history (turn_id) where turn_id is not null;

create function begin_sale_at_greeting() returns trigger language plpgsql as $$
begin
    if new.stage <> 'greeting' then
        raise exception 'a sale begins at greeting, not at %: write its moves into stage_history', new.stage
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger begin_sale_at_greeting before insert on sales
    for each row execute function begin_sale_at_greeting();

-- Depth 1 is this trigger itself: the statement came from outside and not from a row of stage_history.
create function refuse_unrecorded_move() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        raise exception 'sale % cannot go from % to % without a row in stage_history',
            old.conversation_id, old.stage, new.stage using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger refuse_unrecorded_move before update on sales for each row
    when (old.stage is distinct from new.stage or old.conversation_id is distinct from new.conversation_id)
    execute function refuse_unrecorded_move();

create function move_sale() returns trigger language plpgsql as $$
begin
    update sales set stage = new.to_stage, changed_at = new.at
        where conversation_id = new.conversation_id and stage = new.from_stage;
    if not found then
        raise exception 'sale % is not at %, so it cannot go from there to %',
            new.conversation_id, new.from_stage, new.to_stage using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger move_sale after insert on stage_history for each row execute function move_sale();

-- What happened stays as it was; it goes only together with its sale.
create function keep_stage_history() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' or exists (select 1 from sales where conversation_id = old.conversation_id) then
        raise exception 'stage_history is only added to; it is deleted with its sale'
            using errcode = 'check_violation';
    end if;
    return old;
end $$;
create trigger keep_stage_history before update or delete on stage_history
    for each row execute function keep_stage_history();
"""

FACTS = """
create table customer_facts (
    conversation_id  bigint primary key references conversations,
    company          text check (company <> ''),
    contact_name     text check (contact_name <> ''),
    email            text check (email like '_%@_%._%'),
    city             text check (city <> ''),
    trn              text check (trn ~ '^[0-9]{15}$'),
    -- What is wanted: a category of the catalog, or the words that were searched for.
    need_category    text check (need_category <> ''),
    need_description text check (need_description <> ''),
    need_quantity    integer check (need_quantity > 0),
    updated_at       timestamptz not null default majlis_now()
);
"""

BASKET = """
create table basket_lines (
    conversation_id bigint not null references conversations,
    sku             text not null check (sku <> ''),
    -- Null until the customer says how many.
    quantity        integer check (quantity > 0),
    position        integer not null,
    primary key (conversation_id, sku)
);
"""

# The facts that forms ask for, so that Rasa knows what the database knows and nothing is asked twice.
CHAT_FACTS = """
create or replace view chat_facts as
    select c.id as conversation_id,
           jsonb_build_object(
               'owner', coalesce(o.owner, 'bot'),
               'reply_language', coalesce(c.reply_language, 'en'),
               'stage', coalesce(s.stage, 'greeting'),
               'outcome', coalesce(s.outcome, 'open'),
               'company', f.company,
               'contact_name', f.contact_name,
               'email', f.email,
               'city', f.city,
               'trn', f.trn
           ) as facts
    from conversations c
    left join owners o on o.conversation_id = c.id
    left join sales s on s.conversation_id = c.id
    left join customer_facts f on f.conversation_id = c.id;
"""


def upgrade() -> None:
    for statements in (STAGES, SALES, FACTS, BASKET, CHAT_FACTS):
        op.execute(statements)
