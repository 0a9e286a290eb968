-- The two documents a session ends with, and their way into the ticket system.

-- A preview costs a model call once a state version: unchanged state is answered from here, on any node.
create table artifact_previews (
    account_id uuid not null,
    session_id uuid not null,
    kind text not null,
    state_version bigint not null,
    statements jsonb not null,
    created_at timestamptz not null,
    constraint artifact_previews_pk primary key (account_id, session_id, kind, state_version),
    constraint artifact_previews_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete cascade,
    constraint artifact_previews_kind check (kind in ('resolution_note', 'escalation_package'))
);
alter table artifact_previews enable row level security;
alter table artifact_previews force row level security;
create policy artifact_previews_tenant on artifact_previews to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, delete on artifact_previews to flowpilot_app;

-- The outbox: written before the ticket system is called, delivered by a worker, kept as the record of what was approved.
-- approved is the hash of exactly the markdown that the person saw and confirmed.
create table postings (
    account_id uuid not null,
    id uuid not null,
    session_id uuid not null,
    closing integer not null,
    kind text not null,
    markdown text not null,
    html text not null,
    statements jsonb not null,
    approved bytea not null,
    state_version bigint not null,
    idempotency_key text not null,
    posted_by uuid not null,
    status text not null default 'queued',
    ticket_provider text,
    ticket_id text,
    target_status text,
    external_id text,
    status_verified boolean,
    skipped_reason text,
    problem jsonb,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null,
    claimed_by uuid,
    claimed_until timestamptz,
    created_at timestamptz not null,
    finished_at timestamptz,
    constraint postings_pk primary key (account_id, id),
    constraint postings_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete cascade,
    constraint postings_posted_by_fk foreign key (account_id, posted_by) references users (account_id, id),
    constraint postings_kind check (kind in ('resolution_note', 'escalation_package')),
    constraint postings_status check (status in ('queued', 'failed', 'done')),
    constraint postings_key_unique unique (account_id, session_id, idempotency_key)
);
-- One closing ends once: two posts at the same time cannot both win.
create unique index postings_one_a_closing on postings (account_id, session_id, closing);
create index postings_due_idx on postings (next_attempt_at) where status = 'queued';
alter table postings enable row level security;
alter table postings force row level security;
create policy postings_tenant on postings to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
-- Which postings wait for delivery is asked over all accounts.
create policy postings_due on postings for select to flowpilot_jobs using (status = 'queued');
grant select, insert, update on postings to flowpilot_app;
grant select (account_id, id, session_id, status, next_attempt_at, claimed_until) on postings to flowpilot_jobs;
