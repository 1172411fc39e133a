-- Reports of a period are about its days: once there is one, the days and the form stay, whatever becomes of the rule. The due day may move.
create function period_keeps_window() returns trigger language plpgsql as $$
begin
    if exists (select from movements_unitreport where period_id = old.id) then
        raise exception 'period % has reports', old.id
            using errcode = 'check_violation', constraint = 'period_keeps_window', table = tg_table_name;
    end if;
    return new;
end
$$;

create trigger period_keeps_window before update on movements_period
    for each row when (
        (old.form_id, old.kind, old.first, old.last) is distinct from (new.form_id, new.kind, new.first, new.last)
        or (old.owner_id, old.year, old.number) is distinct from (new.owner_id, new.year, new.number)
    ) execute function period_keeps_window();

-- What a number means stays once there is one.
create function indicator_fixed_once_used() returns trigger language plpgsql as $$
begin
    if exists (select from movements_figure where indicator_id = old.id) then
        raise exception 'indicator % is used', old.code
            using errcode = 'check_violation', constraint = 'indicator_fixed_once_used', table = tg_table_name;
    end if;
    return new;
end
$$;

create trigger indicator_fixed_once_used before update on movements_indicator
    for each row when ((old.code, old.kind, old.unit) is distinct from (new.code, new.kind, new.unit))
    execute function indicator_fixed_once_used();
