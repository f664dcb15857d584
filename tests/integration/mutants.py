"""mutants: builds of gridd with one deliberate fault, to see that a test would notice it."""

import shutil

from harness import BUILD, ROOT, run

NEEDED = ["CMakeLists.txt", "daemon", "clients", "schema"]

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


def copy_of_sources(folder):
    """A fresh copy with the times of the originals, at a fixed place: so that a second build finds its objects in the cache."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in NEEDED:
        source = ROOT / name
        shutil.copytree(source, folder / name) if source.is_dir() else shutil.copy2(source, folder / name)


def mutate(file, changes):
    text = file.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{file.name} has changed; {old!r} is not in it once: mend MUTANTS"
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def build_mutant(name):
    """The path of a gridd built with the fault of that name."""
    folder = BUILD.parent / "build-mutant" / name
    copy_of_sources(folder / "source")
    mutate(folder / "source/daemon/store/questions.c", MUTANTS[name])
    configure = ["cmake", "-S", folder / "source", "-B", folder / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                 "-DBUILD_TESTING=OFF"]
    if shutil.which("ccache"):
        configure.append("-DCMAKE_C_COMPILER_LAUNCHER=ccache")
    for command in (configure, ["ninja", "-C", folder / "build", "gridd"]):
        done = run(command)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder / "build/gridd"
