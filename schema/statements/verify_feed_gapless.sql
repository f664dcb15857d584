-- Every town's events are numbered 1..n without a gap, and its counter stands at n.
SELECT count(*) AS bad,
	coalesce(json_agg(town || ' has ' || events || ' events, newest ' || newest || ', counter ' || counter)::text, '[]')
		AS examples
FROM (
	SELECT f.town, f.seq AS counter, coalesce(e.events, 0) AS events, coalesce(e.newest, 0) AS newest
	FROM town_feed f
	FULL JOIN (
		SELECT town, count(*) AS events, max(seq) AS newest, min(seq) AS oldest FROM case_event GROUP BY town
	) e USING (town)
	WHERE f.seq IS DISTINCT FROM coalesce(e.events, 0) OR f.seq IS DISTINCT FROM coalesce(e.newest, 0)
		OR coalesce(e.oldest, 1) <> 1
) x
