-- Stored cases, back in the form and order of the schema's type write_row.
SELECT f.town, k.principal, k.key, k.body_sha256, r.channel, r.ref, NULL::bigint, f.version - 1,
	0::integer, split_part(f.number, '-', 1), k.reply, e.at, e.actor, e.body, e.body_sha256,
	f.state, f.version, f.class, f.unit, f.estate, f.grid, f.channel, f.submitter, f.tags::text,
	f.due_at, f.overall_due_at, f.escalation_level, f.returns, f.received_at, f.updated_at,
	f.closed_at, f.agg::text, nullif(t.fire_at, 'infinity'), p.text, p.address, p.place_x, p.place_y,
	p.place_crs, p.reporter_name, p.reporter_phone, p.reporter_confidential, p.attachments, p.attrs, p.salt,
	false, false, false, p.class_group,
	p.address_hash, p.phone_hash, p.cell, p.east_m, p.north_m, NULL::text
FROM (SELECT * FROM gridd.case_file WHERE town <> 'bench' ORDER BY town, id LIMIT 2000) f
JOIN gridd.case_private p ON p.town = f.town AND p.case_id = f.id
JOIN gridd.case_event e ON e.town = f.town AND e.case_id = f.id AND e.version = 1
JOIN gridd.timer t ON t.town = f.town AND t.case_id = f.id
JOIN gridd.outside_ref r ON r.town = f.town AND r.case_id = f.id
JOIN gridd.call_key k ON k.town = r.town AND k.principal = r.principal AND k.key = r.key
ORDER BY f.town, f.id
