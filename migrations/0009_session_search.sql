-- Search over sessions: in titles, problems, tickets, messages and facts.
--
-- Each text keeps its words as a tsvector beside it, made by the database itself, so that none can be forgotten. Words are what
-- stands between separators, without accents and case: names of hosts, paths and addresses fall apart into what one looks
-- for, which the parsers of Postgres would keep whole. No stemming: what an English word ends with is the query's business.
--
-- Two things keep a search inside its account. Every vector holds the account as a word of its own ('@' never is part of
-- another word), so the index is walked by account. And row-level security: a condition of a query may not be looked up in an
-- index before the policy has been checked, unless it is known to leak nothing, and "@@" is not. A search as flowpilot_app would
-- therefore read every row of the account. So the search is a role of its own, whose policies say: rows of this account in
-- which the words of app.searched stand. It finds the ids of sessions; what is shown of them is read as flowpilot_app.

do $$
begin
    begin
        if not exists (select from pg_roles where rolname = 'flowpilot_search') then
            create role flowpilot_search nologin nosuperuser nobypassrls noinherit;
        end if;
    exception
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then
            raise exception 'The role flowpilot_search is missing, and % may not create it. As a database administrator run: create role flowpilot_search nologin noinherit; grant flowpilot_search to %;', current_user, current_user;
    end;
    if not pg_has_role(current_user, 'flowpilot_search', 'member') then
        grant flowpilot_search to current_user;
    end if;
    execute format('grant usage on schema %I to flowpilot_search', current_schema());
end
$$;

-- The words of a text. Accents go by decomposition; letters that do not decompose, and the capitals of Greek and Cyrillic, are
-- changed by hand (where there are any: it costs), because not every database has a locale that does. What is longer than a
-- word can be is cut.
create function search_words(said text) returns text[]
    language sql immutable strict parallel safe
    return array(
        select distinct left(word, 64)
          from (select lower(regexp_replace(normalize(left(said, 100000), nfkd), '[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]+', '', 'g')) as text) as plain
         cross join lateral (select case when plain.text ~ '[ØøŁłĐđÐðĦħıςÆÞŊŒŦẞ\u0391-\u042fҐ]' then translate(plain.text,
                   'ØøŁłĐđÐðĦħıςÆÞŊŒŦẞΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐ',
                   'oollddddhhiσæþŋœŧßαβγδεζηθικλμνξοπρστυφχψωабвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґ')
                   else plain.text end as text) as folded
         cross join unnest(string_to_array(regexp_replace(folded.text,
                   '[\x01-\x2f:-@\[-`{-\x7f\u0080-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g'), ' ')) as word
         where word <> '');

create function search_vector(account uuid, said text) returns tsvector
    language sql immutable strict parallel safe
    return array_to_tsvector(('@' || account::text) || search_words(said));

-- What a search asks for in this transaction: words of this account. Null, and so nothing, while nothing is asked.
create function searched_words() returns tsquery
    language sql stable parallel safe
    return ('''@' || current_account_id()::text || '''')::tsquery && nullif(current_setting('app.searched', true), '')::tsquery;

alter table ai_sessions add column words tsvector not null generated always as (
    search_vector(account_id, title || ' ' || coalesce(problem, '') || ' ' || coalesce(ticket_id, '') || ' '
        || coalesce(ticket_summary, '') || ' ' || coalesce(ticket_company, ''))
) stored;
create index ai_sessions_words_idx on ai_sessions using gin (words);
create policy ai_sessions_search on ai_sessions for select to flowpilot_search
    using (account_id = current_account_id() and words @@ searched_words());
grant select (account_id, id, words) on ai_sessions to flowpilot_search;

-- With a message go the answers that were sent with it.
alter table messages add column words tsvector not null generated always as (
    search_vector(account_id, text || ' ' || replace(jsonb_path_query_array(lane_answers, '$[*].answer')::text, '\n', ' '))
) stored;
create index messages_words_idx on messages using gin (words);
create policy messages_search on messages for select to flowpilot_search
    using (account_id = current_account_id() and words @@ searched_words());
grant select (account_id, session_id, words) on messages to flowpilot_search;

alter table facts add column words tsvector not null generated always as (search_vector(account_id, text)) stored;
create index facts_words_idx on facts using gin (words);
create policy facts_search on facts for select to flowpilot_search
    using (account_id = current_account_id() and words @@ searched_words());
grant select (account_id, session_id, words, deleted_at) on facts to flowpilot_search;

-- The sessions of the account in which all these words stand, wherever in them: one may be in the title, another in a message.
-- Each word is a tsquery. What narrows the rows down to it are the policies above, so there is no condition to be seen
-- here. The rarest word comes first, by the planner's guess, and the others are looked for only where it stands. Each step is
-- planned anew: how many rows a word has differs by orders of magnitude.
create function sessions_saying(wanted text[]) returns setof uuid
    language plpgsql
as $$
declare
    word text;
    plan json;
    guesses float[] := '{}';
    found uuid[];
    within text := '';
begin
    foreach word in array wanted loop
        perform set_config('app.searched', word, true);
        execute 'explain (format json) select from messages' into plan;
        guesses := guesses || (plan #>> '{0,Plan,Plan Rows}')::float;
    end loop;
    for word in select each.word from unnest(wanted, guesses) as each (word, guess) order by each.guess loop
        perform set_config('app.searched', word, true);
        execute format(
            'select array_agg(id) from (
                 select id from ai_sessions where %1$s true
                 union select session_id from messages where %2$s true
                 union select session_id from facts where %2$s deleted_at is null) as each',
            replace(within, '?', 'id'), replace(within, '?', 'session_id'))
            into found using found;
        exit when found is null;
        within := '? = any ($1) and';
    end loop;
    return query select unnest(found);
end
$$;
-- Only where the policies are the search does it mean anything.
revoke execute on function sessions_saying(text[]) from public;
grant execute on function sessions_saying(text[]) to flowpilot_search;

-- The whole of what one may see, last touched first.
create index ai_sessions_recent_idx on ai_sessions (account_id, updated_at desc, id desc);
