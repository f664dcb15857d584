-- A firing failed: looks at case $1 again at $2, unless somebody has set a later time meanwhile. $3 how often it has failed.
UPDATE timer SET fire_at = $2, failures = $3 WHERE case_id = $1 AND fire_at <= $2
