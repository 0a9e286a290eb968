-- The local desk: tickets kept in FlowPilot, for shops without a ticket system and for the first run.
-- Outside of the desk a ticket's id is a string, as every ticket system has its own idea of ids; here it is the number.

create table desk_tickets (
    account_id uuid not null,
    number bigint not null,
    summary text not null,
    body text not null,
    company text not null,
    contact text,
    status text not null default 'new',
    priority text not null default 'normal',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint desk_tickets_pk primary key (account_id, number),
    constraint desk_tickets_account_fk foreign key (account_id) references accounts (id) on delete cascade,
    constraint desk_tickets_summary_length check (char_length(summary) between 1 and 200),
    constraint desk_tickets_status check (status in ('new', 'in_progress', 'waiting', 'resolved', 'escalated', 'closed')),
    constraint desk_tickets_priority check (priority in ('low', 'normal', 'high', 'critical'))
);
create index desk_tickets_open_idx on desk_tickets (account_id, status, number desc);
alter table desk_tickets enable row level security;
alter table desk_tickets force row level security;
create policy desk_tickets_tenant on desk_tickets to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on desk_tickets to flowpilot_app;

-- idempotency_key is what makes a delivery safe to repeat: a post looks for its key before it adds a note.
create table desk_ticket_notes (
    account_id uuid not null,
    id uuid not null,
    ticket_number bigint not null,
    body text not null,
    internal boolean not null,
    kind text not null,
    author_id uuid,
    author_name text not null,
    idempotency_key text,
    created_at timestamptz not null,
    constraint desk_ticket_notes_pk primary key (account_id, id),
    constraint desk_ticket_notes_ticket_fk foreign key (account_id, ticket_number)
        references desk_tickets (account_id, number) on delete cascade,
    constraint desk_ticket_notes_kind check (kind in ('discussion', 'internal', 'resolution')),
    constraint desk_ticket_notes_key_unique unique (account_id, idempotency_key)
);
create index desk_ticket_notes_ticket_idx on desk_ticket_notes (account_id, ticket_number, created_at);
alter table desk_ticket_notes enable row level security;
alter table desk_ticket_notes force row level security;
create policy desk_ticket_notes_tenant on desk_ticket_notes to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update (idempotency_key) on desk_ticket_notes to flowpilot_app;
