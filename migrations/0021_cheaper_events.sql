-- Events are the rows that are written most: one for each word of a model. What each of them costs is kept small.

-- A turn goes with its session, and so do its events: looking the turn up for each event again proves nothing.
alter table session_events drop constraint session_events_turn_fk;

-- They are written in the order of their age: ranges of the table are enough to find the old ones.
drop index session_events_age_idx;
create index session_events_age_idx on session_events using brin (created_at) with (pages_per_range = 32);

-- A running turn says all the time how far it is. Without an index on its heartbeat that touches no index at all; the few that run
-- are found by turns_one_running.
drop index turns_running_idx;
alter table turns set (fillfactor = 70);
