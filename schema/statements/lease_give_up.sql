-- Holder $2 needs the lease of job $1 no more.
UPDATE lease SET until = '-infinity' WHERE job = $1 AND holder = $2
