"""fill: makes a large town quickly: copies of the cases that are there, straight into the tables."""

STEP = 250000  # cases a statement
FIRST_ID = 10_000_000

# column -> SQL for the k-th copy; what is not named stays as it is in the copied row.
COPIES = {
    "case_file": {
        "id": "{id}", "number": "'20250101-' || lpad(({id})::text, 9, '0')", "estate": "'pp-' || lpad((1 + {k} % 60)::text, 3, '0')",
        "state": "'{state}'", "due_at": "CASE WHEN '{state}' = 'dispatched' THEN c.received_at + ({k} - 5000) * interval '1 second' END",
        "overall_due_at": "CASE WHEN '{state}' = 'dispatched' THEN c.received_at + {k} * interval '2 second' END",
        "received_at": "c.received_at - {k} * interval '10 second'", "updated_at": "c.updated_at - {k} * interval '9 second'",
        "closed_at": "CASE WHEN '{state}' = 'closed' THEN c.received_at END"},
    "case_private": {"case_id": "{id}", "received_at": "c.received_at - {k} * interval '10 second'",
                     "address_hash": "({id})::bigint * 7919", "cell": "({id})::bigint * 104729"},
    "case_event": {"case_id": "{id}", "town": "'fill'", "seq": "{id}"},
    "call_key": {"case_id": "{id}", "key": "'ref:fill:' || ({id})"},
    "outside_ref": {"case_id": "{id}", "ref": "'FILL-' || ({id})"},
    "task": {"case_id": "{id}"},
    "timer": {"case_id": "{id}", "fire_at": "'infinity'"},
}
CASE_COLUMN = {"case_file": "id"}


def columns_of(daemon, table):
    return [r[0] for r in daemon.sql("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
                                     "ORDER BY attnum", f"gridd.{table}")]


def fill(daemon, up_to, is_open, changed=None):
    """Until `up_to` copies are there. Twenty different cases are copied in turn; their events go to a town of their own.
    changed: {table: {column: SQL}} besides those above."""
    ids = [r[0] for r in daemon.sql("SELECT id FROM gridd.case_file WHERE town NOT IN ('bench', 'fill') AND id < %s ORDER BY id LIMIT 20",
                                    FIRST_ID)]
    done = daemon.value("SELECT count(*) FROM gridd.case_file WHERE id >= %s", FIRST_ID)
    state = "dispatched" if is_open else "closed"
    copies = {t: {**columns, **(changed or {}).get(t, {})} for t, columns in COPIES.items()}
    while done < up_to:
        last = min(up_to, done + STEP)
        for table, replaced in copies.items():
            key = CASE_COLUMN.get(table, "case_id")
            columns = columns_of(daemon, table)
            values = [replaced.get(c, f"c.{c}").format(id=f"{FIRST_ID} + copy.k", k="copy.k", state=state) for c in columns]
            daemon.sql(f"INSERT INTO gridd.{table} ({', '.join(columns)}) SELECT {', '.join(values)} "
                       f"FROM generate_series({done}, {last - 1}) AS copy (k) "
                       f"JOIN gridd.{table} c ON c.{key} = ('{{{','.join(map(str, ids))}}}'::bigint[])[1 + copy.k % {len(ids)}] "
                       f"AND c.town NOT IN ('bench', 'fill')")
        done = last
        print(f"filled {done} of {up_to}", flush=True)


def vacuum(daemon):
    daemon.sql("VACUUM ANALYZE")
    daemon.sql("CHECKPOINT")
