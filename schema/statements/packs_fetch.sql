-- The files of a stored pack. $1 town, $2 version.
SELECT name, body AS text FROM pack_file WHERE town = $1 AND version = $2 ORDER BY name
