-- What proven write-back, time entry and webhooks remember between two tries.

-- target_name: the status in people's words. target_from: what the target was chosen from (the ticket's board and the choices of
-- the account), so that a retry keeps it unless somebody chose otherwise. queued_at: when a person last asked for it; tries go
-- on for a day from then. failures: those in a row since. unsure_until: a note was sent and not answered for; until then nobody
-- sends it again. time_entry: the time as it was sent, so that a repeat sends the same; time_entry_id: it was entered.
alter table postings
    add column target_name text,
    add column target_from text,
    add column queued_at timestamptz not null default now(),
    add column failures integer not null default 0,
    add column unsure_until timestamptz,
    add column time_entry jsonb,
    add column time_entry_id text,
    add column time_claimed_until timestamptz;
-- The write-back list of an account: what is not done yet first, then the newest.
create index postings_list_idx on postings (account_id, (status <> 'done') desc, id desc) where ticket_id is not null;
-- Which other notes of ours are on a ticket.
create index postings_ticket_idx on postings (account_id, ticket_provider, ticket_id) where ticket_id is not null;

-- Where the ticket system was told to call, without the token.
alter table account_psa add column webhook_origin text;
