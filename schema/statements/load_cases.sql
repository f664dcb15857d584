-- What commands on stored cases must know before they are decided, for all that wait. One row for each: ord, id (NULL: there is
-- no such case in that scope), number, aggregate, and whether the call's key was answered before.
-- One array a column, one element a command: $1 town, $2 id and $3 number, or, where those are NULL, $4 channel and $5 outside
-- number; $6 principal and $7 key; $8..$10 the scope: all, submitter, units as the text of an array.
SELECT a.ord, f.id, f.number, f.agg,
	EXISTS (SELECT FROM call_key k WHERE k.town = a.town AND k.principal = a.principal AND k.key = a.key) AS key_known
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::text[],
	$10::text[]) WITH ORDINALITY
	AS a (town, id, number, channel, ref, principal, key, sees_all, submitter, units, ord)
LEFT JOIN LATERAL (
	SELECT c.id, c.number, c.agg FROM case_file c
	WHERE c.town = a.town
		AND c.id = coalesce(a.id,
			(SELECT r.case_id FROM outside_ref r WHERE r.town = a.town AND r.channel = a.channel AND r.ref = a.ref))
		AND (a.number IS NULL OR c.number = a.number)
		AND (a.sees_all OR case_in_scope(c.id, false, a.submitter, a.units::text[]))
	OFFSET 0
) f ON true
ORDER BY a.ord
