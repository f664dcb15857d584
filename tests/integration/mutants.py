"""mutants: builds of gridd with one deliberate fault, to see that a test would notice it."""

import shlex

from harness import BUILD, ROOT, run

CHANGED = "daemon/store/questions.c"

# Answers the call when the statement's rows are there, without waiting for the Sync behind the commit.
ACKNOWLEDGES_EARLY = [
    ("	bool failed;\n	struct answer failure;\n", "	bool failed, told;\n	struct answer failure;\n"),
    ("		q->result = res;\n",
     "		q->result = res;\n"
     "		if (PQresultStatus(res) == PGRES_TUPLES_OK && strcmp(c->cfg.name, \"gridd writer\") == 0) {\n"
     "			const struct answer early = {.kind = ANSWER_OK, .result = res};\n"
     "			q->told = true;\n"
     "			q->done(&early, q->ctx);\n"
     "		}\n"),
    ("		q->done(&q->failure, q->ctx);\n", "		if (!q->told)\n			q->done(&q->failure, q->ctx);\n"),
    ("	q->done(q->failed ? &q->failure : &fine, q->ctx);\n", "	if (!q->told)\n		q->done(q->failed ? &q->failure : &fine, q->ctx);\n"),
]
# And has the server send them before it commits.
FLUSHES_EARLY = ACKNOWLEDGES_EARLY + [
    ("send_statement(c, q, st, p) && PQpipelineSync", "send_statement(c, q, st, p) && PQsendFlushRequest(c->conn) && PQpipelineSync"),
]
MUTANTS = {"acknowledges_early": ACKNOWLEDGES_EARLY, "flushes_early": FLUSHES_EARLY}


def mutated(changes):
    text = (ROOT / CHANGED).read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{CHANGED} has changed; {old!r} is not in it once: mend MUTANTS"
        text = text.replace(old, new)
    return text


def sound(done):
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def build_mutant(name):
    """The path of a gridd with the fault of that name: one file compiled anew, and linked before the libraries of the build that is
    there, so that the linker takes nothing of its sound twin."""
    folder = BUILD / "mutants" / name
    folder.mkdir(parents=True, exist_ok=True)
    source, thing, program = folder / "questions.c", folder / "questions.o", folder / "gridd"
    source.write_text(mutated(MUTANTS[name]), "utf-8")
    *compiled, linked = sound(run(["ninja", "-C", BUILD, "-t", "commands", "gridd"])).splitlines()
    words = shlex.split(next(line for line in compiled if line.endswith(f"/{CHANGED}")))
    flags = [w for w in words[:words.index("-o")] if w not in ("-MD", "-MT", "-MF") and not w.endswith((".c.o", ".c.o.d"))]
    sound(run([*flags, "-o", thing, "-c", source], cwd=BUILD))
    assert linked.count(" -o gridd ") == 1, linked
    sound(run(["sh", "-c", linked.replace(" -o gridd ", f" {shlex.quote(str(thing))} -o {shlex.quote(str(program))} ")], cwd=BUILD))
    return program
