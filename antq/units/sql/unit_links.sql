-- Where the records of a unit count, and on which days. An empty day is open on that side.
--
-- The rule. A unit's records stand in the unit itself while it is valid; after that in its primary successor or, where
-- it has none, in its parent. On each day they count under the place where they stand, under the place where that
-- place's parent stands on that day, and so on upwards, and under the groups of which each is a member. A step upwards
-- leads to a higher level or nowhere. A membership leads to the group and no further: a group may have members in two
-- provinces, its records in one. So on any day a record counts under at most one unit of each level (groups apart,
-- which may overlap), whatever the history.

create function unit_rank(level text) returns int language sql immutable strict parallel safe as $$
    select case level when 'part' then 1 when 'commune' then 2 when 'district' then 3 when 'group' then 4
                      when 'province' then 5 when 'country' then 6 end
$$;

-- Every unit whose links can differ when one of `changed` does: those whose records may come to stand or count there.
create function units_below(changed bigint[]) returns setof bigint language sql stable as $$
with recursive below (id) as (
    select unnest(changed)
    union
    select next.id from below cross join lateral (
        select id from units_administrativeunit where parent_id = below.id
        union all select predecessor_id from units_unitsuccession where successor_id = below.id and is_primary
        union all select unit_id from units_groupmember where group_id = below.id
    ) next
)
select id from below
$$;

-- The links of the units `ids`; of every unit when it is NULL.
create function computed_unit_links(ids bigint[]) returns table (descendant_id bigint, ancestor_id bigint, valid_from date, valid_to date)
language sql stable as $$
with recursive
relevant (id) as (
    select unit.id from units_administrativeunit unit where ids is null or unit.id = any (ids)
    union
    select next.id from relevant cross join lateral (
        select parent_id from units_administrativeunit where id = relevant.id
        union all select successor_id from units_unitsuccession where predecessor_id = relevant.id and is_primary
        union all select group_id from units_groupmember where unit_id = relevant.id
    ) next (id)
    where next.id is not null
),
next_place as (
    select unit.id, coalesce(succession.successor_id, unit.parent_id) as place_id
    from units_administrativeunit unit
    left join units_unitsuccession succession on succession.predecessor_id = unit.id and succession.is_primary
    where unit.valid_to is not null and coalesce(succession.successor_id, unit.parent_id) is not null
      and unit.id in (select id from relevant)
),
-- A day once past never comes back: from_day only grows along a chain, so the chain's spans never overlap and it ends.
stands (unit_id, place_id, from_day, to_day) as (
    select id, id, coalesce(valid_from, '-infinity'), coalesce(valid_to, 'infinity')
    from units_administrativeunit where id in (select id from relevant)
    union
    select stands.unit_id, next_place.place_id,
           greatest(coalesce(unit.valid_from, '-infinity'), stands.from_day, stands.to_day + 1),
           coalesce(unit.valid_to, 'infinity')
    from stands
    join next_place on next_place.id = stands.place_id
    join units_administrativeunit unit on unit.id = next_place.place_id
),
above (child_id, parent_id, is_member, from_day, to_day) as (
    select id, parent_id, false, '-infinity'::date, 'infinity'::date
    from units_administrativeunit where parent_id is not null and id in (select id from relevant)
    union all
    select unit_id, group_id, true, coalesce(valid_from, '-infinity'), coalesce(valid_to, 'infinity')
    from units_groupmember where unit_id in (select id from relevant)
),
edge (child_id, place_id, is_member, from_day, to_day) as (
    select above.child_id, stands.place_id, above.is_member,
           greatest(above.from_day, stands.from_day), least(above.to_day, stands.to_day)
    from above
    join stands on stands.unit_id = above.parent_id
    join units_administrativeunit child on child.id = above.child_id
    join units_administrativeunit place on place.id = stands.place_id
    where greatest(above.from_day, stands.from_day) <= least(above.to_day, stands.to_day)
      and unit_rank(place.level) > unit_rank(child.level)
      and (place.level = 'group' or not above.is_member)
),
counts (unit_id, ancestor_id, is_member, from_day, to_day) as (
    select unit_id, place_id, false, from_day, to_day from stands
    where from_day <= to_day and (ids is null or unit_id = any (ids))
    union
    select counts.unit_id, edge.place_id, edge.is_member,
           greatest(counts.from_day, edge.from_day), least(counts.to_day, edge.to_day)
    from counts join edge on edge.child_id = counts.ancestor_id and not counts.is_member
    where greatest(counts.from_day, edge.from_day) <= least(counts.to_day, edge.to_day)
),
-- Two ways to one place (a group that succeeded the district, and has the commune as a member) must not count twice.
-- A unit closed on 31/12/9999 is followed by none: that is how some write "for ever".
merged as (
    select unit_id, ancestor_id, unnest(range_agg(daterange(
               case when from_day = '-infinity' then '0001-01-01' else from_day end,
               case when to_day = 'infinity' then '9999-12-31' else to_day end, '[]'))) as days
    from counts where from_day <= '9999-12-31' group by unit_id, ancestor_id
)
select unit_id, ancestor_id, lower(days), upper(days) - 1 from merged
$$;

-- Written as a difference, one change at a time: the lock lasts until the end of the transaction, and in READ COMMITTED
-- the one who waited sees what the other wrote. NULL: every link.
create function refresh_unit_links(changed bigint[] default null) returns void language plpgsql as $$
declare
    affected bigint[];
begin
    perform pg_advisory_xact_lock(hashtext('units_unitlink'));
    if changed is not null then
        affected := array(select units_below(changed));
    end if;
    create temporary table if not exists fresh_unit_link (
        descendant_id bigint, ancestor_id bigint, valid_from date, valid_to date) on commit drop;
    truncate fresh_unit_link;
    insert into fresh_unit_link select * from computed_unit_links(affected);
    delete from units_unitlink old
    where (affected is null or old.descendant_id = any (affected)) and not exists (
        select 1 from fresh_unit_link fresh
        where (fresh.descendant_id, fresh.ancestor_id, fresh.valid_from, fresh.valid_to)
            = (old.descendant_id, old.ancestor_id, old.valid_from, old.valid_to));
    insert into units_unitlink (descendant_id, ancestor_id, valid_from, valid_to)
    select fresh.* from fresh_unit_link fresh where not exists (
        select 1 from units_unitlink old
        where (fresh.descendant_id, fresh.ancestor_id, fresh.valid_from, fresh.valid_to)
            = (old.descendant_id, old.ancestor_id, old.valid_from, old.valid_to));
end
$$;

-- True after every change, whoever makes it. A bulk load sets antq.links_later and calls refresh_unit_links() once.
create function unit_links_later() returns boolean language sql stable as $$
    select coalesce(current_setting('antq.links_later', true), '') = 'on'
$$;

create function unit_links_follow_units() returns trigger language plpgsql as $$
declare
    changed bigint[];
begin
    if unit_links_later() then return null; end if;
    if tg_op = 'INSERT' then
        changed := array(select id from new_rows);
    elsif tg_op = 'DELETE' then
        changed := array(select id from old_rows);
    else
        changed := array(
            select new_rows.id from new_rows join old_rows using (id)
            where (new_rows.parent_id, new_rows.level, new_rows.valid_from, new_rows.valid_to)
                is distinct from (old_rows.parent_id, old_rows.level, old_rows.valid_from, old_rows.valid_to));
    end if;
    if changed <> '{}' then perform refresh_unit_links(changed); end if;
    return null;
end
$$;

create function unit_links_follow_rows() returns trigger language plpgsql as $$
declare
    -- whose records move: the column is the trigger's argument
    moved text := tg_argv[0];
    changed bigint[] := '{}';
    more bigint[];
begin
    if unit_links_later() then return null; end if;
    if tg_op <> 'DELETE' then
        execute format('select array_agg(%I) from new_rows', moved) into more;
        changed := changed || coalesce(more, '{}');
    end if;
    if tg_op <> 'INSERT' then
        execute format('select array_agg(%I) from old_rows', moved) into more;
        changed := changed || coalesce(more, '{}');
    end if;
    if changed <> '{}' then perform refresh_unit_links(changed); end if;
    return null;
end
$$;

create trigger unit_links_after_insert after insert on units_administrativeunit referencing new table as new_rows
    for each statement execute function unit_links_follow_units();
create trigger unit_links_after_update after update on units_administrativeunit referencing old table as old_rows new table as new_rows
    for each statement execute function unit_links_follow_units();
create trigger unit_links_after_delete after delete on units_administrativeunit referencing old table as old_rows
    for each statement execute function unit_links_follow_units();
create trigger unit_links_after_insert after insert on units_unitsuccession referencing new table as new_rows
    for each statement execute function unit_links_follow_rows('predecessor_id');
create trigger unit_links_after_update after update on units_unitsuccession referencing old table as old_rows new table as new_rows
    for each statement execute function unit_links_follow_rows('predecessor_id');
create trigger unit_links_after_delete after delete on units_unitsuccession referencing old table as old_rows
    for each statement execute function unit_links_follow_rows('predecessor_id');
create trigger unit_links_after_insert after insert on units_groupmember referencing new table as new_rows
    for each statement execute function unit_links_follow_rows('unit_id');
create trigger unit_links_after_update after update on units_groupmember referencing old table as old_rows new table as new_rows
    for each statement execute function unit_links_follow_rows('unit_id');
create trigger unit_links_after_delete after delete on units_groupmember referencing old table as old_rows
    for each statement execute function unit_links_follow_rows('unit_id');
