-- $1: where the test clock shall stand, in microseconds since 1970. Never goes back; says where it stands now. NULL: no test clock.
SELECT test_clock_advance($1) AS now_us
