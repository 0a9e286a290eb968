-- What is written into a ticket system from the tickets page, once under a key, whatever becomes of the answer.

-- One row a write, made before the ticket system is called. kind: note, time, ticket; ticket_id is empty where the ticket itself
-- is what is made. digest: of what was sent, so that other words under the same key are told apart. attempts, claimed_until:
-- one try at a time, as of postings. external_id: it is there, under this id. unsure_until: it was sent and not answered for;
-- until then nobody sends it again. finished_at: it was read back, or answered for. Rows go after two weeks.
create table ticket_writes (
    account_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    kind text not null,
    provider text not null,
    ticket_id text not null,
    key text not null,
    digest bytea not null,
    external_id text,
    attempts integer not null default 0,
    claimed_until timestamptz,
    unsure_until timestamptz,
    created_at timestamptz not null,
    finished_at timestamptz,
    constraint ticket_writes_pk primary key (account_id, id),
    constraint ticket_writes_user_fk foreign key (account_id, user_id) references users (account_id, id) on delete cascade,
    constraint ticket_writes_key_unique unique (account_id, user_id, kind, provider, ticket_id, key),
    constraint ticket_writes_kind check (kind in ('note', 'time', 'ticket'))
);
-- Which other notes of ours are on a ticket.
create index ticket_writes_ticket_idx on ticket_writes (account_id, provider, ticket_id);
create index ticket_writes_created_idx on ticket_writes (created_at);
alter table ticket_writes enable row level security;
alter table ticket_writes force row level security;
create policy ticket_writes_tenant on ticket_writes to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
create policy ticket_writes_aged on ticket_writes for select to flowpilot_jobs using (true);
grant select, insert, update, delete on ticket_writes to flowpilot_app;
grant select (account_id, id, created_at) on ticket_writes to flowpilot_jobs;

-- A key of a note belongs to its ticket: the same key on another ticket is another note.
alter table desk_ticket_notes
    drop constraint desk_ticket_notes_key_unique,
    add constraint desk_ticket_notes_key_unique unique (account_id, ticket_number, idempotency_key);
