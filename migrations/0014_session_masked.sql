-- How many values models were told placeholders for, at the session's last turn: shown in its lane without looking through
-- everything that was said.
alter table ai_sessions add column masked_values integer not null default 0
    constraint ai_sessions_masked_values check (masked_values >= 0);
