-- Who submitted the cases that were stored before there was a column for it. A transaction of its own: the column's needs a
-- lock on the table, this one none.
UPDATE case_file SET submitter = agg::json->>'actor' WHERE submitter IS NULL;
