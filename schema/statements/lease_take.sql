-- Takes the lease of job $1 for holder $2, or keeps it, for 3 s by the server's own clock. Says whether it is the holder's.
WITH taken AS (
	INSERT INTO lease AS l (job, holder, until) VALUES ($1, $2, server_now() + interval '3 seconds')
	ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until = excluded.until
	WHERE l.holder = excluded.holder OR l.until <= server_now()
	RETURNING 1
)
SELECT EXISTS (SELECT FROM taken)
