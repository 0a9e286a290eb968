-- The local desk tells who did what: who opened a ticket, and each change with what was there before. Notes read as mail does: from
-- whom, to whom, and what a customer answered.

-- opened_by: missing on tickets that are older than this column, and on samples.
alter table desk_tickets
    add column opened_by uuid,
    add column sample boolean not null default false,
    add constraint desk_tickets_opened_by_fk foreign key (account_id, opened_by) references users (account_id, id);

-- One row a change, in the transaction that made it, and never changed afterwards. was and now: as people read them; the whole text
-- where a text was edited, so that none is lost. No actor: it came with the samples.
create table desk_changes (
    account_id uuid not null,
    id uuid not null,
    ticket_number bigint not null,
    actor_id uuid,
    what text not null,
    was text,
    now text,
    at timestamptz not null,
    constraint desk_changes_pk primary key (account_id, id),
    constraint desk_changes_ticket_fk foreign key (account_id, ticket_number)
        references desk_tickets (account_id, number) on delete cascade,
    constraint desk_changes_actor_fk foreign key (account_id, actor_id) references users (account_id, id),
    constraint desk_changes_what check (what in ('status', 'assigned', 'unassigned', 'summary', 'description', 'priority', 'company',
        'contact', 'contact_email', 'contact_phone'))
);
create index desk_changes_ticket_idx on desk_changes (account_id, ticket_number, at);
alter table desk_changes enable row level security;
alter table desk_changes force row level security;
create policy desk_changes_tenant on desk_changes to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert on desk_changes to flowpilot_app;

-- author_name: the customer's where they said it; author_id is then who wrote it down. to_name: who reads it, as they were called
-- when it was written.
alter table desk_ticket_notes
    add column to_name text,
    drop constraint desk_ticket_notes_kind,
    add constraint desk_ticket_notes_kind check (kind in ('discussion', 'internal', 'resolution', 'customer'));

-- The tables' owner sees every row only while the policies do not bind it.
alter table desk_tickets no force row level security;
alter table desk_contacts no force row level security;
alter table desk_ticket_notes no force row level security;
update desk_ticket_notes n set to_name = p.name
  from desk_tickets t join desk_contacts p on p.account_id = t.account_id and p.id = t.contact_id
 where not n.internal and t.account_id = n.account_id and t.number = n.ticket_number;
alter table desk_ticket_notes force row level security;
alter table desk_contacts force row level security;
alter table desk_tickets force row level security;

-- Tickets of one priority, without reading all others.
create index desk_tickets_priority_idx on desk_tickets (account_id, priority, number desc);
