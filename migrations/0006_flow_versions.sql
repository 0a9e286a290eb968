-- Every version of a built-in flow that this installation has ever served, by the hash of its text: a session keeps
-- walking the version it began with. Not tenant data: the texts ship with the binary.
create table flow_versions (
    hash text not null,
    slug text not null,
    source text not null,
    first_seen_at timestamptz not null default now(),
    constraint flow_versions_pk primary key (hash)
);
grant select on flow_versions to flowpilot_app;
