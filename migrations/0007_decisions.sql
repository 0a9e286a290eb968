-- What people decide beside the AI: causes they rule out or reopen, scripts they want to keep as templates.

-- decided_by: a person's word on a cause, which the AI does not take back by saying the same thing again.
-- decided_note: the note in which they said why; it goes when they reopen the cause.
alter table hypotheses
    add column decided_by uuid,
    add column decided_note uuid,
    add constraint hypotheses_decided_by_fk foreign key (account_id, decided_by) references users (account_id, id),
    add constraint hypotheses_decided_note_fk foreign key (account_id, decided_note) references facts (account_id, id);

-- A script that waits to become a template after its session resolves: as it was when the engineer chose so.
create table draft_templates (
    account_id uuid not null,
    id uuid not null,
    session_id uuid not null,
    fix_id uuid not null,
    script text not null,
    language text,
    status text not null default 'pending',
    created_by uuid not null,
    created_at timestamptz not null,
    constraint draft_templates_pk primary key (account_id, id),
    constraint draft_templates_session_fk foreign key (account_id, session_id)
        references ai_sessions (account_id, id) on delete cascade,
    constraint draft_templates_fix_fk foreign key (account_id, fix_id)
        references suggested_fixes (account_id, id) on delete cascade,
    constraint draft_templates_created_by_fk foreign key (account_id, created_by) references users (account_id, id),
    constraint draft_templates_fix_unique unique (account_id, fix_id),
    constraint draft_templates_status check (status in ('pending', 'accepted', 'rejected')),
    constraint draft_templates_language check (language in ('powershell', 'bash', 'python', 'cmd'))
);
create index draft_templates_session_idx on draft_templates (account_id, session_id);
alter table draft_templates enable row level security;
alter table draft_templates force row level security;
create policy draft_templates_tenant on draft_templates to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
grant select, insert, update on draft_templates to flowpilot_app;
