-- What is written for a scheme that was merged meanwhile goes to the one into which it was merged: whoever is entering a point while the
-- province merges its name waits for the merge (row lock), and lands in the right place. Also bulk writes and raw SQL.
create function follow_merged_scheme() returns trigger language plpgsql as $$
declare
    target bigint;
begin
    select merged_into_id into target from movements_scheme where id = new.scheme_id for key share;
    new.scheme_id := coalesce(target, new.scheme_id);
    return new;
end
$$;

create trigger follow_merged_scheme before insert on movements_schemepoint
    for each row execute function follow_merged_scheme();

-- Only when it changes: an edit that holds the row of a point does not wait for a merge that waits for that row.
create trigger follow_merged_scheme_later before update of scheme_id on movements_schemepoint
    for each row when (new.scheme_id is distinct from old.scheme_id) execute function follow_merged_scheme();

create trigger follow_merged_scheme before insert or update of scheme_id on movements_recognition
    for each row when (new.scheme_id is not null) execute function follow_merged_scheme();

-- Stored figures are found by the key of their attribute and read by its type of data: once there are some, neither changes, and the row stays.
create function attribute_fixed_once_used() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (old.key, old.data_type, old.type_id) = (new.key, new.data_type, new.type_id) then
        return new;
    end if;
    if exists (
        select from movements_scheme c join movements_schemepoint p on p.scheme_id = c.id
        where c.type_id = old.type_id
            and (p.attributes ? old.key
                or exists (select from movements_pointstate s where s.point_id = p.id and s.attributes ? old.key))
    ) then
        raise exception 'attribute % is used', old.key
            using errcode = 'check_violation', constraint = 'attribute_fixed_once_used', table = tg_table_name;
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;

create trigger attribute_fixed_once_used before update or delete on movements_schemeattribute
    for each row execute function attribute_fixed_once_used();
