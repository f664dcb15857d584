-- One case with its private part, if it lies in the scope ($6 to $8, see case_in_scope). $1 town, $2 id and $3 number; or,
-- where those are NULL, $4 channel and $5 outside number. What later events brought along stands behind the attachments of
-- the first.
SELECT f.id, f.number, f.agg, p.text, p.address, p.place_x, p.place_y, p.place_crs, p.reporter_name,
	p.reporter_phone, p.reporter_confidential, brought.attachments, p.attrs, NULL AS sort_key
FROM case_file f
LEFT JOIN case_private p ON p.case_id = f.id
CROSS JOIN LATERAL (
	SELECT CASE WHEN count(*) > 0 THEN json_build_object('items', json_agg(a.item ORDER BY a.version, a.nr)) END
		AS attachments
	FROM (
		SELECT 1 AS version, first.nr, first.item
		FROM json_array_elements(p.attachments::json->'items') WITH ORDINALITY AS first (item, nr)
		UNION ALL
		SELECT n.version, later.nr, later.item
		FROM note_private n,
			json_array_elements(n.attachments::json->'items') WITH ORDINALITY AS later (item, nr)
		WHERE n.case_id = f.id
	) a
) brought
WHERE f.town = $1
	AND f.id = coalesce($2::bigint,
		(SELECT r.case_id FROM outside_ref r WHERE r.town = $1 AND r.channel = $4 AND r.ref = $5))
	AND ($3::text IS NULL OR f.number = $3)
	AND case_in_scope(f.id, $6, $7, $8)
