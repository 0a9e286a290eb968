-- Troubleshooting sessions: the conversation, its turns and the events that followers see.
--
-- last_event_id and state_version are counters on the session row. Whoever writes to a session locks that row first, takes
-- numbers from it and commits both together, so numbers are never committed out of order.

create table ai_sessions (
    account_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    title text not null,
    titled_by text not null default 'flowpilot',
    problem text,
    status text not null default 'open',
    closing integer not null default 1,
    state_version bigint not null default 1,
    last_event_id bigint not null default 0,
    -- events up to here are gone
    pruned_event_id bigint not null default 0,
    -- what the AI provider asked to be kept between turns
    provider_state jsonb,
    ticket_provider text,
    ticket_id text,
    ticket_summary text,
    ticket_company text,
    -- the ticket as it was when it was linked: context for the AI, never authority
    ticket_text text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    archived_at timestamptz,
    constraint ai_sessions_pk primary key (account_id, id),
    constraint ai_sessions_user_fk foreign key (account_id, user_id) references users (account_id, id),
    constraint ai_sessions_status check (status in ('open', 'posting', 'resolved', 'escalated')),
    constraint ai_sessions_titled_by check (titled_by in ('flowpilot', 'person')),
    constraint ai_sessions_ticket_whole check ((ticket_provider is null) = (ticket_id is null))
);
create index ai_sessions_mine_idx on ai_sessions (account_id, user_id, updated_at desc, id desc);
create index ai_sessions_ticket_idx on ai_sessions (account_id, ticket_provider, ticket_id) where ticket_id is not null;
alter table ai_sessions enable row level security;
alter table ai_sessions force row level security;
create policy ai_sessions_tenant on ai_sessions to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on ai_sessions to flowpilot_app;

create table session_shares (
    account_id uuid not null,
    session_id uuid not null,
    user_id uuid not null,
    shared_by uuid not null,
    created_at timestamptz not null,
    constraint session_shares_pk primary key (account_id, session_id, user_id),
    constraint session_shares_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete cascade,
    constraint session_shares_user_fk foreign key (account_id, user_id) references users (account_id, id) on delete cascade,
    constraint session_shares_by_fk foreign key (account_id, shared_by) references users (account_id, id)
);
create index session_shares_user_idx on session_shares (account_id, user_id);
alter table session_shares enable row level security;
alter table session_shares force row level security;
create policy session_shares_tenant on session_shares to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, delete on session_shares to flowpilot_app;

-- position is the id of the message's own event: the order of the conversation, whatever node wrote it.
create table messages (
    account_id uuid not null,
    id uuid not null,
    session_id uuid not null,
    position bigint not null,
    role text not null,
    text text not null,
    html text not null,
    status text not null,
    author_id uuid,
    -- what the person sent from the lane with this message: [{id, kind, label, answer}]
    lane_answers jsonb not null default '[]',
    created_at timestamptz not null,
    constraint messages_pk primary key (account_id, id),
    constraint messages_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete cascade,
    constraint messages_author_fk foreign key (account_id, author_id) references users (account_id, id),
    constraint messages_role check (role in ('user', 'assistant')),
    constraint messages_status check (status in ('done', 'failed', 'stopped')),
    constraint messages_position_unique unique (account_id, session_id, position)
);
alter table messages enable row level security;
alter table messages force row level security;
create policy messages_tenant on messages to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on messages to flowpilot_app;

-- One AI turn. The node that runs it owns it and says so with its heartbeat; open_batch is the first id of a run of delta
-- ids that the node has reserved and not stored yet: followers wait there, so that everybody sees events in id order.
create table turns (
    account_id uuid not null,
    id uuid not null,
    session_id uuid not null,
    started_by uuid not null,
    idempotency_key text not null,
    request_hash bytea not null,
    user_message_id uuid not null,
    assistant_message_id uuid,
    status text not null default 'running',
    node_id uuid not null,
    heartbeat_at timestamptz not null,
    open_batch bigint,
    stop_requested_at timestamptz,
    problem jsonb,
    usage jsonb,
    started_at timestamptz not null,
    ended_at timestamptz,
    constraint turns_pk primary key (account_id, id),
    constraint turns_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete cascade,
    constraint turns_started_by_fk foreign key (account_id, started_by) references users (account_id, id),
    constraint turns_user_message_fk foreign key (account_id, user_message_id) references messages (account_id, id),
    constraint turns_assistant_message_fk foreign key (account_id, assistant_message_id) references messages (account_id, id),
    constraint turns_status check (status in ('running', 'done', 'failed', 'stopped')),
    constraint turns_key_unique unique (account_id, session_id, idempotency_key)
);
create unique index turns_one_running on turns (account_id, session_id) where status = 'running';
create index turns_running_idx on turns (heartbeat_at) where status = 'running';
create index turns_session_idx on turns (account_id, session_id, started_at desc);
alter table turns enable row level security;
alter table turns force row level security;
create policy turns_tenant on turns to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
-- Which turns lost their node is asked over all accounts.
create policy turns_orphans on turns for select to flowpilot_jobs using (status = 'running');
grant select, insert, update on turns to flowpilot_app;
grant select (account_id, id, session_id, status, node_id, heartbeat_at) on turns to flowpilot_jobs;

create table session_events (
    account_id uuid not null,
    session_id uuid not null,
    id bigint not null,
    turn_id uuid,
    kind text not null,
    payload jsonb not null,
    created_at timestamptz not null,
    constraint session_events_pk primary key (account_id, session_id, id),
    constraint session_events_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete cascade,
    constraint session_events_turn_fk foreign key (account_id, turn_id) references turns (account_id, id) on delete cascade
);
create index session_events_turn_idx on session_events (account_id, turn_id, id) where turn_id is not null;
create index session_events_age_idx on session_events (created_at);
alter table session_events enable row level security;
alter table session_events force row level security;
create policy session_events_tenant on session_events to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
-- Which sessions have events old enough to go is asked over all accounts.
create policy session_events_aged on session_events for select to flowpilot_jobs using (true);
grant select, insert, delete on session_events to flowpilot_app;
grant select (account_id, session_id, id, created_at) on session_events to flowpilot_jobs;
