-- Which pack rules each town: town, version, hash in hex, and the town's name.
SELECT t.code AS town, t.active_version AS version, encode(p.sha256, 'hex') AS sha256, t.zh
FROM town t JOIN pack p ON p.town = t.code AND p.version = t.active_version
ORDER BY t.code
