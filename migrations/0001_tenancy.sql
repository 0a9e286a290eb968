-- Tenancy: who the tenants are, who their people are, and how a row is kept inside its tenant.
--
-- Every tenant row carries account_id, every key starts with it, every foreign key carries it, so no row can point into
-- another account. Row-level security is enabled and forced on each such table; the account is set per transaction in
-- app.current_account_id. Three roles that cannot log in and own nothing do the work:
--   flowpilot_app   everything inside one account
--   flowpilot_auth  the one look-up that has no account yet: e-mail -> account
--   flowpilot_jobs  the few cross-tenant jobs: they find work, and then do it as flowpilot_app
-- Roles belong to the cluster, not to the database, hence the guards.

do $$
declare
    wanted text;
begin
    foreach wanted in array array['flowpilot_app', 'flowpilot_auth', 'flowpilot_jobs'] loop
        begin
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin nosuperuser nobypassrls noinherit', wanted);
            end if;
        exception when duplicate_object or unique_violation then null;
        end;
        if not pg_has_role(current_user, wanted, 'member') then
            execute format('grant %I to current_user', wanted);
        end if;
    end loop;
    execute format('grant usage on schema %I to flowpilot_app, flowpilot_auth, flowpilot_jobs', current_schema());
end
$$;

-- The account of the current transaction; null outside of one, which makes every policy false.
create function current_account_id() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('app.current_account_id', true), '')::uuid;

create table accounts (
    id uuid not null,
    name text not null,
    created_at timestamptz not null,
    constraint accounts_pk primary key (id),
    constraint accounts_name_length check (char_length(name) between 1 and 120)
);
alter table accounts enable row level security;
alter table accounts force row level security;
create policy accounts_tenant on accounts to flowpilot_app
    using (id = current_account_id()) with check (id = current_account_id());
grant select, insert, update on accounts to flowpilot_app;

-- Preferences are one lazily made row an account, merged key by key.
create table account_settings (
    account_id uuid not null,
    preferences jsonb not null default '{}',
    session_idle_minutes integer not null default 4320,
    session_absolute_minutes integer not null default 20160,
    constraint account_settings_pk primary key (account_id),
    constraint account_settings_account_fk foreign key (account_id) references accounts (id) on delete cascade,
    constraint account_settings_preferences_object check (jsonb_typeof(preferences) = 'object'),
    constraint account_settings_idle_bounds check (session_idle_minutes between 15 and 43200),
    constraint account_settings_absolute_bounds check (session_absolute_minutes between 60 and 129600),
    constraint account_settings_idle_below_absolute check (session_idle_minutes <= session_absolute_minutes)
);
alter table account_settings enable row level security;
alter table account_settings force row level security;
create policy account_settings_tenant on account_settings to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on account_settings to flowpilot_app;

create table users (
    account_id uuid not null,
    id uuid not null,
    email text not null,
    name text not null,
    role text not null,
    can_cover_l1 boolean not null default false,
    password_hash text not null,
    created_at timestamptz not null,
    disabled_at timestamptz,
    constraint users_pk primary key (account_id, id),
    constraint users_account_fk foreign key (account_id) references accounts (id) on delete cascade,
    constraint users_email_unique unique (account_id, email),
    constraint users_email_lower check (email = lower(email)),
    constraint users_role check (role in ('owner', 'admin', 'engineer', 'l1', 'viewer'))
);
alter table users enable row level security;
alter table users force row level security;
create policy users_tenant on users to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on users to flowpilot_app;

-- An e-mail belongs to one person over all accounts. Only the auth role reads this table, at login.
create table login_directory (
    email text not null,
    account_id uuid not null,
    user_id uuid not null,
    constraint login_directory_pk primary key (email),
    constraint login_directory_user_fk foreign key (account_id, user_id) references users (account_id, id) on delete cascade,
    constraint login_directory_email_lower check (email = lower(email))
);
create index login_directory_user_idx on login_directory (account_id, user_id);
alter table login_directory enable row level security;
alter table login_directory force row level security;
create policy login_directory_tenant on login_directory to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
create policy login_directory_look_up on login_directory for select to flowpilot_auth using (true);
grant insert, delete on login_directory to flowpilot_app;
grant select on login_directory to flowpilot_auth;

-- The secret itself is only in the cookie; the lifetimes are those of the account at the time of login.
create table login_sessions (
    account_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    secret_hash bytea not null,
    idle_minutes integer not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    user_agent text,
    constraint login_sessions_pk primary key (account_id, id),
    constraint login_sessions_user_fk foreign key (account_id, user_id) references users (account_id, id) on delete cascade
);
create index login_sessions_user_idx on login_sessions (account_id, user_id);
alter table login_sessions enable row level security;
alter table login_sessions force row level security;
create policy login_sessions_tenant on login_sessions to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update, delete on login_sessions to flowpilot_app;

create table access_tokens (
    account_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    name text not null,
    secret_hash bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    constraint access_tokens_pk primary key (account_id, id),
    constraint access_tokens_user_fk foreign key (account_id, user_id) references users (account_id, id) on delete cascade,
    constraint access_tokens_name_length check (char_length(name) between 1 and 80)
);
create index access_tokens_user_idx on access_tokens (account_id, user_id);
alter table access_tokens enable row level security;
alter table access_tokens force row level security;
create policy access_tokens_tenant on access_tokens to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on access_tokens to flowpilot_app;

-- What matters afterwards: logins, tokens, settings, posts. Never edited, never deleted by the app.
create table audit_log (
    account_id uuid not null,
    id uuid not null,
    at timestamptz not null,
    actor_id uuid,
    action text not null,
    subject text,
    details jsonb not null default '{}',
    constraint audit_log_pk primary key (account_id, id),
    constraint audit_log_account_fk foreign key (account_id) references accounts (id) on delete cascade
);
alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy audit_log_tenant on audit_log to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert on audit_log to flowpilot_app;
