-- The case of notice $1 $2 $3 has its event.
UPDATE delivery SET is_told = true WHERE town = $1 AND seq = $2 AND n = $3
