-- The number under a key, or NULL: one text where a number belongs must not break every sum above it.
create function json_number(jsonb, text) returns numeric language sql immutable strict parallel safe as $$
    select case when jsonb_typeof($1 -> $2) = 'number' then ($1 ->> $2)::numeric end
$$;
