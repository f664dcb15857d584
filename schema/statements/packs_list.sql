-- The stored versions of a town's pack, newest first. $1 town, $2 how many.
SELECT p.version, encode(p.sha256, 'hex') AS sha256, at_us(p.stored_at) AS stored_at, p.actor, p.version = t.active_version AS active
FROM pack p JOIN town t ON t.code = p.town
WHERE p.town = $1 ORDER BY p.version DESC LIMIT $2
