-- Beside what a model says: the pages of documentation it was looked up in, [{title, url}], all of them on learn.microsoft.com; the
-- questions and checks it asked for, as they are compared (lower case, no punctuation), and how often in a row answers brought
-- nothing new, so that a model that turns in circles is noticed on any node; and what FlowPilot summed up under it then.
alter table messages
    add column sources jsonb not null default '[]'
        constraint messages_sources_are_a_list check (jsonb_typeof(sources) = 'array'),
    add column asked text[] not null default '{}',
    add column repeats smallint not null default 0
        constraint messages_repeats_count check (repeats >= 0),
    add column standstill jsonb;
