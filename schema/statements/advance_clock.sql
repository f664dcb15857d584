-- $1: where the test clock shall stand, in microseconds since 1970. It never goes back. Says where it stands now; NULL: there
-- is no test clock.
SELECT test_clock_advance($1) AS now_us
