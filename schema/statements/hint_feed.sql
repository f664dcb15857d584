-- Tells every gridd on this database that these towns' feeds have something new. $1 the towns. The answer says how many.
SELECT count(pg_notify('gridd', 'feed ' || t.town)) FROM unnest($1::text[]) AS t (town)
