-- Images in messages: what somebody pasted, dropped or picked. The files are in the store of files, under a key made of account,
-- session and id; here is what one has to know to show them, and to let them go again.
--
-- The row comes first, then the files, then stored_at: there is never a file without a row. Letting go is the same backwards.
-- message_id is null until the image is sent; one that never is goes after a day.
create table images (
    account_id uuid not null,
    id uuid not null,
    session_id uuid not null,
    uploaded_by uuid not null,
    content_type text not null,
    thumbnail_type text not null,
    width integer not null,
    height integer not null,
    bytes bigint not null,
    message_id uuid,
    -- its place in the message
    position integer,
    created_at timestamptz not null,
    stored_at timestamptz,
    constraint images_pk primary key (account_id, id),
    -- no cascade: whoever deletes a session has files to let go of first
    constraint images_session_fk foreign key (account_id, session_id) references ai_sessions (account_id, id),
    constraint images_uploaded_by_fk foreign key (account_id, uploaded_by) references users (account_id, id),
    constraint images_message_fk foreign key (account_id, message_id) references messages (account_id, id),
    constraint images_content_type check (content_type in ('image/png', 'image/jpeg', 'image/gif', 'image/webp')),
    constraint images_thumbnail_type check (thumbnail_type in ('image/png', 'image/jpeg')),
    constraint images_size check (width > 0 and height > 0 and bytes > 0),
    constraint images_sent_whole check ((message_id is null) = (position is null)),
    constraint images_sent_stored check (message_id is null or stored_at is not null),
    constraint images_position_unique unique (account_id, message_id, position)
);
create index images_session_idx on images (account_id, session_id);
create index images_unsent_idx on images (created_at) where message_id is null;
alter table images enable row level security;
alter table images force row level security;
create policy images_tenant on images to flowpilot_app
    using (account_id = current_account_id()) with check (account_id = current_account_id());
-- Which images were never sent is asked over all accounts.
create policy images_unsent on images for select to flowpilot_jobs using (message_id is null);
grant select, insert, update, delete on images to flowpilot_app;
grant select (account_id, id, message_id, created_at) on images to flowpilot_jobs;
