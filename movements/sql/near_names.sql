-- The names nearest to a key, of all that are not merged; see `movements/services/names.py`. Near is what shares enough groups of three letters with it,
-- or has most of it somewhere. Half of the nearness is how like they are as wholes, half how much of the key, without the phrase that every other name
-- has, stands in the name: people type the beginning of a name.
-- Without "enable_seqscan" the planner, which thinks that a comparison costs nothing, reads the whole table. The threshold is set in the body, because as
-- an option of the function a restore by an ordinary user would be refused it.
create function near_names(needle text, most integer) returns table (scheme_id bigint, is_same boolean, nearness double precision)
language plpgsql stable set enable_seqscan = off as $$
begin
    perform set_config('pg_trgm.similarity_threshold', '0.35', true);
    return query
    select * from (
        select id, position(e'\n' || needle || e'\n' in e'\n' || names_key || e'\n') > 0 as same,
            (word_similarity(replace(needle, 'an ninh trat tu', ''), names_key) + similarity(needle, names_key)) / 2 as near
        from movements_scheme
        where merged_into_id is null and (needle <% names_key or names_key % needle)
    ) as found
    where same or near >= 0.4
    order by same desc, near desc, id
    limit most;
end
$$;
