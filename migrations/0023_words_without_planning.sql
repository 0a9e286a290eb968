-- The words of a text (0009), in the language whose functions are planned once a connection. The body of a function in SQL is read and
-- planned with each call, and there is a call for each message, fact and session that is written: a tenth of all that a turn costs.

create or replace function search_words(said text) returns text[]
    language plpgsql immutable strict parallel safe
as $$
begin
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
end
$$;

-- With its schema: a dump is restored without a search path.
do $do$
begin
    execute format($function$
        create or replace function search_vector(account uuid, said text) returns tsvector
            language plpgsql immutable strict parallel safe
        as $$ begin return array_to_tsvector(('@' || account::text) || %I.search_words(said)); end $$
    $function$, current_schema());
end
$do$;
