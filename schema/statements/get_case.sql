-- One case with its private part. $1 town, $2 id and $3 number; or, where those are NULL, $4 channel and $5 outside number.
SELECT f.id, f.number, f.agg, p.text, p.address, p.place_x, p.place_y, p.place_crs, p.reporter_name,
	p.reporter_phone, p.reporter_confidential, p.attachments, p.attrs, NULL AS sort_key
FROM case_file f
LEFT JOIN case_private p ON p.case_id = f.id
WHERE f.town = $1
	AND f.id = coalesce($2::bigint,
		(SELECT r.case_id FROM outside_ref r WHERE r.town = $1 AND r.channel = $4 AND r.ref = $5))
	AND ($3::text IS NULL OR f.number = $3)
