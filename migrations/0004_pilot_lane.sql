-- The task lane and what is concluded from it: items, facts, hypotheses, fixes.

-- Questions and checks are one table: they share their life, and facts point to either.
-- sent_in_turn says which turn told the AI about the present answer; null means it is new.
create table lane_items (
    account_id uuid not null,
    id uuid not null,
    session_id uuid not null,
    kind text not null,
    position integer not null,
    text text not null,
    why text,
    options jsonb not null default '[]',
    command text,
    description text,
    expect text,
    status text not null default 'open',
    answer text,
    result text,
    output text,
    answered_by uuid,
    answered_at timestamptz,
    sent_in_turn uuid,
    created_at timestamptz not null,
    removed_at timestamptz,
    constraint lane_items_pk primary key (account_id, id),
    constraint lane_items_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete cascade,
    constraint lane_items_answered_by_fk foreign key (account_id, answered_by) references users (account_id, id),
    constraint lane_items_turn_fk foreign key (account_id, sent_in_turn) references turns (account_id, id),
    constraint lane_items_kind check (kind in ('question', 'check')),
    constraint lane_items_status check (status in ('open', 'answered', 'skipped', 'done')),
    constraint lane_items_result check (result in ('pass', 'fail', 'skipped')),
    constraint lane_items_answer_kind check (case kind when 'question' then result is null and output is null else answer is null end)
);
create index lane_items_session_idx on lane_items (account_id, session_id, position);
alter table lane_items enable row level security;
alter table lane_items force row level security;
create policy lane_items_tenant on lane_items to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on lane_items to flowpilot_app;

-- source_ref has no foreign key: the service checks it, and a fact outlives its item.
-- quote is the person's answer as it was when the fact was made, shown verbatim beside a supported fact.
-- created_by is null where the AI promoted it, on behalf of the person whose turn it was.
create table facts (
    account_id uuid not null,
    id uuid not null,
    session_id uuid not null,
    text text not null,
    source_type text not null,
    source_ref uuid,
    support text not null,
    stale boolean not null default false,
    quote text,
    created_by uuid,
    on_behalf_of uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    confirmed_by uuid,
    confirmed_at timestamptz,
    deleted_at timestamptz,
    deleted_by uuid,
    constraint facts_pk primary key (account_id, id),
    constraint facts_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete cascade,
    constraint facts_created_by_fk foreign key (account_id, created_by) references users (account_id, id),
    constraint facts_behalf_fk foreign key (account_id, on_behalf_of) references users (account_id, id),
    constraint facts_confirmed_by_fk foreign key (account_id, confirmed_by) references users (account_id, id),
    constraint facts_deleted_by_fk foreign key (account_id, deleted_by) references users (account_id, id),
    constraint facts_source_type check (source_type in ('question', 'diagnostic_check', 'engineer_note', 'ai_synthesis')),
    constraint facts_support check (support in ('confirmed', 'supported', 'proposed')),
    constraint facts_confirmed_whole check ((confirmed_by is null) = (confirmed_at is null)),
    constraint facts_text_length check (char_length(text) between 1 and 12000)
);
create index facts_session_idx on facts (account_id, session_id, created_at) where deleted_at is null;
alter table facts enable row level security;
alter table facts force row level security;
create policy facts_tenant on facts to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on facts to flowpilot_app;

create table hypotheses (
    account_id uuid not null,
    id uuid not null,
    session_id uuid not null,
    position integer not null,
    text text not null,
    status text not null,
    because text,
    evidence uuid[] not null default '{}',
    constraint hypotheses_pk primary key (account_id, id),
    constraint hypotheses_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete cascade,
    constraint hypotheses_status check (status in ('open', 'supported', 'ruled_out'))
);
create index hypotheses_session_idx on hypotheses (account_id, session_id, position);
alter table hypotheses enable row level security;
alter table hypotheses force row level security;
create policy hypotheses_tenant on hypotheses to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update, delete on hypotheses to flowpilot_app;

create table suggested_fixes (
    account_id uuid not null,
    id uuid not null,
    session_id uuid not null,
    title text not null,
    description text not null,
    description_html text not null,
    confidence smallint not null,
    evidence uuid[] not null default '{}',
    risk text,
    rollback text,
    template_id uuid,
    script text,
    language text,
    parameters jsonb,
    status text not null default 'proposed',
    user_decision text,
    applied_at timestamptz,
    verified_at timestamptz,
    partial_notes text,
    failure_reason text,
    outcome_proposal jsonb,
    created_at timestamptz not null,
    superseded_at timestamptz,
    constraint suggested_fixes_pk primary key (account_id, id),
    constraint suggested_fixes_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete cascade,
    constraint suggested_fixes_confidence check (confidence between 0 and 100),
    constraint suggested_fixes_status check (status in
        ('proposed', 'applied_success', 'applied_failed', 'applied_partial', 'dismissed')),
    constraint suggested_fixes_decision check (user_decision in ('one_off', 'draft_template', 'build_template', 'dismissed')),
    constraint suggested_fixes_language check (language in ('powershell', 'bash', 'python', 'cmd')),
    constraint suggested_fixes_partial_notes check (status <> 'applied_partial' or partial_notes is not null)
);
create unique index suggested_fixes_one_active on suggested_fixes (account_id, session_id) where superseded_at is null;
create index suggested_fixes_session_idx on suggested_fixes (account_id, session_id, created_at);
alter table suggested_fixes enable row level security;
alter table suggested_fixes force row level security;
create policy suggested_fixes_tenant on suggested_fixes to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on suggested_fixes to flowpilot_app;

-- Who said what about a fix, and when. The fix row holds where it stands now.
create table fix_steps (
    account_id uuid not null,
    id uuid not null,
    session_id uuid not null,
    fix_id uuid not null,
    step text not null,
    notes text,
    actor_id uuid,
    at timestamptz not null,
    constraint fix_steps_pk primary key (account_id, id),
    constraint fix_steps_fix_fk foreign key (account_id, fix_id) references suggested_fixes (account_id, id) on delete cascade
);
create index fix_steps_fix_idx on fix_steps (account_id, fix_id, at);
alter table fix_steps enable row level security;
alter table fix_steps force row level security;
create policy fix_steps_tenant on fix_steps to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert on fix_steps to flowpilot_app;
