-- The one time (architecture.md): everything asks this function; only a test database replaces it, to move the clock.
CREATE FUNCTION sitrep_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT date_trunc('milliseconds', clock_timestamp()) $$;
