-- The number of the newest event of town $1 that was recorded at or before $2; 0: none was. Numbers have no gap and are given in
-- the order of commits, so that halving finds it with a look at twenty or thirty events. As two batches are stored at a time it
-- may be off by some hundreds: whoever uses it looks at `recorded_at` as well.
WITH RECURSIVE search (low, high) AS (
	SELECT 0::bigint, coalesce((SELECT seq FROM town_feed WHERE town = $1), 0)
	UNION ALL
	SELECT CASE WHEN e.recorded_at <= $2 THEN m.middle ELSE s.low END, CASE WHEN e.recorded_at <= $2 THEN s.high ELSE m.middle - 1 END
	FROM search s
	CROSS JOIN LATERAL (SELECT (s.low + s.high + 1) / 2 AS middle) m
	CROSS JOIN LATERAL (SELECT recorded_at FROM case_event WHERE town = $1 AND seq = m.middle) e
	WHERE s.low < s.high
)
SELECT low FROM search WHERE low = high
