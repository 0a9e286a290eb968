-- How an account is connected to a ticket system, and what is remembered of it.

-- One row an account that is connected; without one its tickets are those of the local desk. secrets_sealed: the private key and
-- the client id, sealed by the server (src/server/crypto.rs) for this account; only the last characters are kept readable.
-- revision: raised with every change, so that each node sees that what it holds is outdated.
create table account_psa (
    account_id uuid not null,
    provider text not null,
    site text not null,
    company text not null,
    public_key text not null,
    secrets_sealed bytea not null,
    key_ends_in text,
    level_tickets text not null default 'write',
    level_time text not null default 'write',
    level_companies text not null default 'read',
    level_configurations text not null default 'read',
    webhook_id text,
    webhook_token_hash bytea,
    webhook_heard_at timestamptz,
    revision bigint not null default 1,
    connected_by uuid not null,
    connected_at timestamptz not null,
    updated_at timestamptz not null,
    constraint account_psa_pk primary key (account_id),
    constraint account_psa_account_fk foreign key (account_id) references accounts (id) on delete cascade,
    constraint account_psa_connected_by_fk foreign key (account_id, connected_by) references users (account_id, id),
    constraint account_psa_provider check (provider in ('connectwise')),
    constraint account_psa_levels check (
        level_tickets in ('none', 'read', 'write') and level_time in ('none', 'read', 'write')
        and level_companies in ('none', 'read', 'write') and level_configurations in ('none', 'read', 'write'))
);
alter table account_psa enable row level security;
alter table account_psa force row level security;
create policy account_psa_tenant on account_psa to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update, delete on account_psa to flowpilot_app;

-- Lists that seldom change (boards, statuses, members …), read once for all nodes until they are old. refreshing_until: a node
-- that reads a list again says so, so that others go on with the old one instead of asking too.
create table psa_lists (
    account_id uuid not null,
    provider text not null,
    name text not null,
    items jsonb not null,
    hint text,
    fetched_at timestamptz not null,
    refreshing_until timestamptz,
    constraint psa_lists_pk primary key (account_id, provider, name),
    constraint psa_lists_account_fk foreign key (account_id) references accounts (id) on delete cascade
);
alter table psa_lists enable row level security;
alter table psa_lists force row level security;
create policy psa_lists_tenant on psa_lists to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update, delete on psa_lists to flowpilot_app;

-- Who of the ticket system is which user, where somebody said so by hand; all others are found by their e-mail address. A row
-- without a user says that this member is nobody here, whatever their address.
create table psa_members (
    account_id uuid not null,
    provider text not null,
    member_id text not null,
    user_id uuid,
    mapped_by uuid not null,
    mapped_at timestamptz not null,
    constraint psa_members_pk primary key (account_id, provider, member_id),
    constraint psa_members_account_fk foreign key (account_id) references accounts (id) on delete cascade,
    constraint psa_members_user_fk foreign key (account_id, user_id) references users (account_id, id) on delete cascade,
    constraint psa_members_mapped_by_fk foreign key (account_id, mapped_by) references users (account_id, id)
);
create unique index psa_members_one_a_user on psa_members (account_id, provider, user_id) where user_id is not null;
alter table psa_members enable row level security;
alter table psa_members force row level security;
create policy psa_members_tenant on psa_members to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update, delete on psa_members to flowpilot_app;

-- Where tickets of a board go when their session ends. A board without a row, or with a null: the account's preference.
create table psa_board_statuses (
    account_id uuid not null,
    provider text not null,
    board_id text not null,
    resolved_status_id text,
    escalated_status_id text,
    constraint psa_board_statuses_pk primary key (account_id, provider, board_id),
    constraint psa_board_statuses_account_fk foreign key (account_id) references accounts (id) on delete cascade
);
alter table psa_board_statuses enable row level security;
alter table psa_board_statuses force row level security;
create policy psa_board_statuses_tenant on psa_board_statuses to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update, delete on psa_board_statuses to flowpilot_app;
