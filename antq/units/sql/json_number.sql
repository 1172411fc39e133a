-- Neither is STRICT: PostgreSQL would not inline them, and a call costs more than the whole sum.

-- The number under a key, or NULL: one text where a number belongs must not break every sum above it.
create function json_number(jsonb, text) returns numeric language sql immutable parallel safe as $$
    select case when jsonb_typeof($1 -> $2) = 'number' then ($1 ->> $2)::numeric end
$$;

-- The qualifier under a key as one bit, so that those of a sum are an OR: over 1, under 2, about 4. Most rows have none.
create function qualifier_bit(jsonb, text) returns int language sql immutable parallel safe as $$
    select case when $1 = '{}' then null else
        case $1 ->> $2 when 'over' then 1 when 'under' then 2 when 'about' then 4 end end
$$;
