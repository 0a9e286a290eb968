-- The local desk as a whole ticket system: companies with their contacts, who works on a ticket, and the time it took. Beside it
-- what each person keeps of the tickets page.

-- A company is known by its name, whatever its case; the first ticket that names it makes it.
create table desk_companies (
    account_id uuid not null,
    id uuid not null,
    name text not null,
    created_at timestamptz not null,
    constraint desk_companies_pk primary key (account_id, id),
    constraint desk_companies_account_fk foreign key (account_id) references accounts (id) on delete cascade,
    constraint desk_companies_name_length check (char_length(name) between 1 and 200)
);
create unique index desk_companies_name_idx on desk_companies (account_id, lower(name));

-- Somebody at a company, or of none.
create table desk_contacts (
    account_id uuid not null,
    id uuid not null,
    company_id uuid,
    name text not null,
    email text,
    phone text,
    created_at timestamptz not null,
    constraint desk_contacts_pk primary key (account_id, id),
    constraint desk_contacts_account_fk foreign key (account_id) references accounts (id) on delete cascade,
    constraint desk_contacts_company_fk foreign key (account_id, company_id) references desk_companies (account_id, id),
    constraint desk_contacts_name_length check (char_length(name) between 1 and 200)
);
create unique index desk_contacts_name_idx on desk_contacts (account_id, company_id, lower(name)) nulls not distinct;

-- idempotency_key is what makes opening a ticket safe to repeat.
alter table desk_tickets
    add column company_id uuid,
    add column contact_id uuid,
    add column idempotency_key text,
    add constraint desk_tickets_company_fk foreign key (account_id, company_id) references desk_companies (account_id, id),
    add constraint desk_tickets_contact_fk foreign key (account_id, contact_id) references desk_contacts (account_id, id),
    add constraint desk_tickets_key_unique unique (account_id, idempotency_key);

-- What was written as text becomes a company and a contact. The tables' owner sees every row only while the policies do not
-- bind it.
alter table desk_tickets no force row level security;
insert into desk_companies (account_id, id, name, created_at)
    select account_id, gen_random_uuid(), min(left(btrim(company), 200)), min(created_at)
      from desk_tickets where btrim(company) <> ''
     group by account_id, lower(left(btrim(company), 200));
update desk_tickets t set company_id = c.id
  from desk_companies c
 where c.account_id = t.account_id and lower(c.name) = lower(left(btrim(t.company), 200));
insert into desk_contacts (account_id, id, company_id, name, created_at)
    select account_id, gen_random_uuid(), company_id, min(left(btrim(contact), 200)), min(created_at)
      from desk_tickets where btrim(contact) <> ''
     group by account_id, company_id, lower(left(btrim(contact), 200));
update desk_tickets t set contact_id = p.id
  from desk_contacts p
 where p.account_id = t.account_id and p.company_id is not distinct from t.company_id
   and lower(p.name) = lower(left(btrim(t.contact), 200));
alter table desk_tickets drop column company, drop column contact;
alter table desk_tickets force row level security;

alter table desk_companies enable row level security;
alter table desk_companies force row level security;
create policy desk_companies_tenant on desk_companies to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on desk_companies to flowpilot_app;
alter table desk_contacts enable row level security;
alter table desk_contacts force row level security;
create policy desk_contacts_tenant on desk_contacts to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on desk_contacts to flowpilot_app;

-- The list without a filter, and what else a company or a contact has.
create index desk_tickets_waiting_idx on desk_tickets (account_id, number desc) where status not in ('resolved', 'closed');
create index desk_tickets_company_idx on desk_tickets (account_id, company_id, number desc);
create index desk_tickets_contact_idx on desk_tickets (account_id, contact_id, number desc);

-- Who works on a ticket: one owner at most, others beside them.
create table desk_assignees (
    account_id uuid not null,
    ticket_number bigint not null,
    user_id uuid not null,
    owner boolean not null,
    assigned_by uuid not null,
    assigned_at timestamptz not null,
    constraint desk_assignees_pk primary key (account_id, ticket_number, user_id),
    constraint desk_assignees_ticket_fk foreign key (account_id, ticket_number)
        references desk_tickets (account_id, number) on delete cascade,
    constraint desk_assignees_user_fk foreign key (account_id, user_id) references users (account_id, id) on delete cascade
);
create unique index desk_assignees_one_owner on desk_assignees (account_id, ticket_number) where owner;
create index desk_assignees_user_idx on desk_assignees (account_id, user_id, ticket_number desc);
alter table desk_assignees enable row level security;
alter table desk_assignees force row level security;
create policy desk_assignees_tenant on desk_assignees to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, delete on desk_assignees to flowpilot_app;

create table desk_time_entries (
    account_id uuid not null,
    id uuid not null,
    ticket_number bigint not null,
    user_id uuid not null,
    started_at timestamptz not null,
    minutes integer not null,
    note text not null,
    created_at timestamptz not null,
    constraint desk_time_entries_pk primary key (account_id, id),
    constraint desk_time_entries_ticket_fk foreign key (account_id, ticket_number)
        references desk_tickets (account_id, number) on delete cascade,
    constraint desk_time_entries_user_fk foreign key (account_id, user_id) references users (account_id, id),
    constraint desk_time_entries_minutes check (minutes between 1 and 1440)
);
create index desk_time_entries_ticket_idx on desk_time_entries (account_id, ticket_number, started_at);
alter table desk_time_entries enable row level security;
alter table desk_time_entries force row level security;
create policy desk_time_entries_tenant on desk_time_entries to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert on desk_time_entries to flowpilot_app;

-- Filters of the tickets page under a name, each person's own. query is what stands in the address behind the question mark.
create table ticket_views (
    account_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    name text not null,
    query text not null,
    created_at timestamptz not null,
    constraint ticket_views_pk primary key (account_id, id),
    constraint ticket_views_user_fk foreign key (account_id, user_id) references users (account_id, id) on delete cascade,
    constraint ticket_views_name_unique unique (account_id, user_id, name),
    constraint ticket_views_lengths check (char_length(name) between 1 and 60 and char_length(query) <= 2000)
);
alter table ticket_views enable row level security;
alter table ticket_views force row level security;
create policy ticket_views_tenant on ticket_views to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update, delete on ticket_views to flowpilot_app;

-- What a linked ticket said beside its description: notes, also internal ones, and what it is about. The AI reads it; nothing that
-- a customer reads is made from it.
alter table ai_sessions add column ticket_notes text;
