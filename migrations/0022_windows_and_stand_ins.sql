-- What a model takes in at once, where the account knows better than FlowPilot: tokens, null for what is known of the vendor.
alter table account_ai_settings
    add column context_window bigint,
    add column fallback_context_window bigint,
    add constraint account_ai_settings_context_window check (context_window between 1000 and 2000000),
    add constraint account_ai_settings_fallback_context_window check (fallback_context_window between 1000 and 2000000),
    add constraint account_ai_settings_window_whole check (provider is not null or context_window is null),
    add constraint account_ai_settings_fallback_window_whole check (
        fallback_provider is not null or fallback_context_window is null);

-- A document that the built-in provider wrote because no model could stands beside the model's, never in its place: it is what was
-- shown and may be posted, but a model is asked again as soon as one answers.
alter table artifact_previews add column stand_in boolean not null default false;
alter table artifact_previews drop constraint artifact_previews_pk;
alter table artifact_previews add constraint artifact_previews_pk
    primary key (account_id, session_id, kind, state_version, stand_in);
