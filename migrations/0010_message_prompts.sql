-- An answer can only be judged together with what the model was told: each of its messages keeps the version of the prompts,
-- a hash of their files. Messages by people, and answers of the built-in provider, have none.
alter table messages
    add column prompt_version text
        constraint messages_prompt_version_is_short check (length(prompt_version) <= 64);
