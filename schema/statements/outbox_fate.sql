-- What has become of notice $1 $2 $3: state, why not, and whether a worker has taken it yet. With $4 it is given up if none has, or if
-- the one that did hasn't said what came of it.
WITH given_up AS (
	UPDATE delivery SET state = 'dead', failure = $4, next_try_at = NULL
	WHERE town = $1 AND seq = $2 AND n = $3 AND state IN ('waiting', 'failed') AND $4::text IS NOT NULL
	RETURNING 1
)
SELECT CASE WHEN EXISTS (SELECT FROM given_up) THEN 'dead' ELSE state END,
	CASE WHEN EXISTS (SELECT FROM given_up) THEN $4 ELSE failure END, tries > 0
FROM delivery WHERE town = $1 AND seq = $2 AND n = $3
