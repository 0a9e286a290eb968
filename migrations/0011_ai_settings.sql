-- Which AI an account uses and what it may cost, and what every call to a model was: for the usage page and the budgets.

-- One row an account, made with the first change. Keys are sealed by the server (src/server/crypto.rs) for this account; only
-- their last characters are kept readable, so that people can tell one key from another. Budgets are in millionths of a US dollar.
create table account_ai_settings (
    account_id uuid not null,
    provider text,
    endpoint text,
    key_sealed bytea,
    key_ends_in text,
    model_fast text,
    model_standard text,
    fallback_provider text,
    fallback_endpoint text,
    fallback_key_sealed bytea,
    fallback_key_ends_in text,
    fallback_model_fast text,
    fallback_model_standard text,
    month_budget bigint,
    session_budget bigint,
    mcp boolean not null default false,
    mask_names boolean not null default false,
    mask_emails boolean not null default false,
    mask_ip_addresses boolean not null default false,
    mask_host_names boolean not null default false,
    updated_by uuid not null,
    updated_at timestamptz not null,
    constraint account_ai_settings_pk primary key (account_id),
    constraint account_ai_settings_account_fk foreign key (account_id) references accounts (id) on delete cascade,
    constraint account_ai_settings_updated_by_fk foreign key (account_id, updated_by) references users (account_id, id),
    constraint account_ai_settings_provider_whole check (
        provider is not null
        or (endpoint is null and key_sealed is null and model_fast is null and model_standard is null)),
    constraint account_ai_settings_fallback_whole check (
        fallback_provider is not null
        or (fallback_endpoint is null and fallback_key_sealed is null
            and fallback_model_fast is null and fallback_model_standard is null)),
    constraint account_ai_settings_key_ends check (key_ends_in is null or key_sealed is not null),
    constraint account_ai_settings_fallback_key_ends check (fallback_key_ends_in is null or fallback_key_sealed is not null),
    constraint account_ai_settings_month_budget check (month_budget >= 0),
    constraint account_ai_settings_session_budget check (session_budget >= 0)
);
alter table account_ai_settings enable row level security;
alter table account_ai_settings force row level security;
create policy account_ai_settings_tenant on account_ai_settings to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on account_ai_settings to flowpilot_app;

-- One call to a model: numbers only, nothing of what was said. A call outlives its session, because its cost does. Vendors and
-- actions are not listed here: a new one is a file in the gateway. cost: millionths of a US dollar, null where no price is known.
create table ai_calls (
    account_id uuid not null,
    id uuid not null,
    session_id uuid,
    user_id uuid not null,
    action text not null,
    vendor text not null,
    model text not null,
    input_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    cache_read_tokens bigint not null default 0,
    cache_write_tokens bigint not null default 0,
    latency_ms bigint not null,
    first_byte_ms bigint,
    cost bigint,
    outcome text not null,
    error_code text,
    created_at timestamptz not null,
    constraint ai_calls_pk primary key (account_id, id),
    constraint ai_calls_account_fk foreign key (account_id) references accounts (id) on delete cascade,
    constraint ai_calls_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete set null (session_id),
    constraint ai_calls_user_fk foreign key (account_id, user_id) references users (account_id, id),
    constraint ai_calls_outcome check (outcome in ('done', 'stopped', 'refused', 'failed')),
    constraint ai_calls_error_code check (error_code is null or outcome in ('refused', 'failed')),
    constraint ai_calls_tokens check (
        input_tokens >= 0 and output_tokens >= 0 and cache_read_tokens >= 0 and cache_write_tokens >= 0)
);
-- The month's spending is asked before every call: from the index alone.
create index ai_calls_spent_idx on ai_calls (account_id, created_at) include (cost);
create index ai_calls_session_idx on ai_calls (account_id, session_id) include (cost) where session_id is not null;
alter table ai_calls enable row level security;
alter table ai_calls force row level security;
create policy ai_calls_tenant on ai_calls to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert on ai_calls to flowpilot_app;
