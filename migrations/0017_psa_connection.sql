-- Which tenant a link is of. A ticket's number says nothing without it: another company has a ticket of the same number.

-- connection: the site and the company, as a digest (src/psa/server/settings/check.rs). The same tenant connected again is the same
-- connection, whatever its keys.
alter table account_psa add column connection text;
-- Null: of the local desk, or of a connection that nobody knows any more.
alter table ai_sessions add column ticket_connection text;
alter table postings add column ticket_connection text;

-- What could not be read of a ticket when it was linked, and why.
alter table ai_sessions add column ticket_hint text;

-- Links so far are taken to be of the connection there is. The tables' owner sees every row only while the policies do not bind
-- it.
alter table account_psa no force row level security;
alter table ai_sessions no force row level security;
alter table postings no force row level security;
update account_psa
   set connection = encode(sha256(convert_to(rtrim(site, '/') || '|' || lower(company), 'UTF8')), 'hex');
alter table account_psa alter column connection set not null;
update ai_sessions s set ticket_connection = a.connection
  from account_psa a where a.account_id = s.account_id and s.ticket_provider = a.provider;
update postings p set ticket_connection = a.connection
  from account_psa a where a.account_id = p.account_id and p.ticket_provider = a.provider;
alter table account_psa force row level security;
alter table ai_sessions force row level security;
alter table postings force row level security;
