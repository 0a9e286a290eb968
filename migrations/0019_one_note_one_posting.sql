-- A note on a ticket is that of one posting: sessions that post the same words to one ticket at once have a note each. Where two
-- took the same one before, the first keeps it.
alter table postings no force row level security;
update postings p set external_id = null
 where exists (select from postings q
                where q.account_id = p.account_id and q.ticket_provider = p.ticket_provider
                  and q.ticket_connection is not distinct from p.ticket_connection and q.ticket_id = p.ticket_id
                  and q.external_id = p.external_id and q.id < p.id);
alter table postings force row level security;
create unique index postings_one_a_note on postings (account_id, ticket_provider, ticket_connection, ticket_id, external_id)
    nulls not distinct where external_id is not null;
