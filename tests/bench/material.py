"""material: what the benches send: submits like the sample day's, each its own case, and the same rows as SQL."""

import json
import random

from harness import sample_day

_serial = iter(range(1, 10**9))


def a_submit(template, number):
    """The template as another case: its own ref, address and place, so that hardly one is similar to another."""
    p = {k: v for k, v in template.items() if k not in ("key", "received_at", "observed_at", "handled", "deadlines")}
    p["source"] = {**p["source"], "ref": f"BENCH-{number:010d}"}
    if "address" in p:
        p["address"] = f"{p['address']}{number}室"
    if "place" in p:
        wide = 1.0 if p["place"]["crs"] != "sh2000" else 100000.0
        p["place"] = {**p["place"], "x": p["place"]["x"] + random.uniform(-wide, wide), "y": p["place"]["y"] + random.uniform(-wide, wide)}
    return p


def submit_lines(count):
    """JSON-RPC lines whose ids are their places in the file."""
    day = sample_day()
    return [json.dumps({"jsonrpc": "2.0", "method": "case.submit", "params": a_submit(day[i % len(day)], next(_serial)), "id": i},
                       ensure_ascii=False, separators=(",", ":")) + "\n" for i in range(count)]


# -- the same rows by SQL ---------------------------------------------------------------------------------------------------

TOWN = "bench"  # so that the product's own feed and counter stay sound


def literal(value, kind):
    """An SQL literal on one line without colons, which pgbench would take for its variables."""
    if value is None:
        return f"NULL::{kind}"
    for old, new in (("\\", "\\\\"), ("'", "''"), (":", "\\x3a"), ("\n", "\\n")):
        value = value.replace(old, new)
    return f"E'{value}'::{kind}"


def stored_rows(daemon, table, where, values):
    """[{column: SQL literal}] of rows as they are stored."""
    connection = daemon.pg()
    cursor = connection.cursor()
    cursor.execute("SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
                   "AND NOT attisdropped ORDER BY attnum", (f"gridd.{table}",))
    columns = cursor.fetchall()
    selected = ", ".join(f"{name}::text" if kind not in ("bytea",) else f"'\\x' || encode({name}, 'hex')" for name, kind in columns)
    cursor.execute(f"SELECT {selected} FROM gridd.{table} WHERE {where}", values)
    found = [{name: literal(value, kind) for (name, kind), value in zip(columns, row)} for row in cursor.fetchall()]
    connection.close()
    return found


def templates(daemon, count):
    """For `count` stored cases, in even steps: {table: [row]}."""
    ids = [r[0] for r in daemon.sql("SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS all_of "
                                    "FROM gridd.case_file WHERE town <> 'bench') c WHERE n %% greatest(all_of / %s, 1) = 0 "
                                    "ORDER BY id LIMIT %s", count, count)]
    found = []
    for case_id in ids:
        case = {t: stored_rows(daemon, t, "case_id = %s", (case_id,))
                for t in ("case_private", "case_event", "call_key", "outside_ref", "task", "timer")}
        case["case_file"] = stored_rows(daemon, "case_file", "id = %s", (case_id,))
        found.append(case)
    return found


CHANGED = {  # column -> what stands there instead of the stored value; {id} and {seq} are the case's own
    "case_file": {"id": "{id}", "number": "'20261123-' || lpad({id}::text, 7, '0')"},
    "case_private": {"case_id": "{id}", "address_hash": "{id}", "cell": "{id} * 1000"},
    "case_event": {"case_id": "{id}", "seq": "{seq}"},
    "call_key": {"case_id": "{id}", "key": "'ref|bench|BENCH-' || lpad({id}::text, 10, '0')"},
    "outside_ref": {"case_id": "{id}", "ref": "'BENCH-' || lpad({id}::text, 10, '0')",
                    "key": "'ref|bench|BENCH-' || lpad({id}::text, 10, '0')"},
    "task": {"case_id": "{id}"},
    "timer": {"case_id": "{id}"},
}


def insert(table, row, source, case_id, seq):
    changed = {**CHANGED[table], "town": f"'{TOWN}'"}
    values = [changed[c].format(id=case_id, seq=seq) if c in changed else v for c, v in row.items()]
    return f"INSERT INTO gridd.{table} ({', '.join(row)}) SELECT {', '.join(values)}{source}"


def one_statement(case):
    """One case, one statement, one commit: the best SQL that needs no batching."""
    parts = ["new AS MATERIALIZED (SELECT nextval('gridd.case_id') AS id, nextval('gridd.bench_feed') AS seq)"]
    inserts = [insert(t, row, " FROM new", "new.id", "new.seq") for t, rows in case.items() for row in rows if t != "case_event"]
    parts += [f"i{n} AS ({sql})" for n, sql in enumerate(inserts)]
    last = insert("case_event", case["case_event"][0], " FROM new", "new.id", "new.seq")
    return f"WITH {', '.join(parts)} {last};\n"


def a_transaction(case):
    """One case, a transaction of plain single-row statements."""
    lines = ["BEGIN;", "SELECT nextval('gridd.case_id') AS id, nextval('gridd.bench_feed') AS seq \\gset"]
    for t, rows in case.items():
        lines += [insert(t, row, "", ":id", ":seq") + ";" for row in rows]
    return "\n".join([*lines, "COMMIT;"]) + "\n"


def prepare_sql(daemon):
    """A sequence in place of the town's counter."""
    daemon.sql("CREATE SEQUENCE IF NOT EXISTS gridd.bench_feed CACHE 32")
    daemon.sql("GRANT USAGE ON SEQUENCE gridd.bench_feed TO gridd_app")
