"""shape: first lines that say what a file is for, headers that compile alone, nothing of the machine it was written on."""

import os
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor

from tree import ROOT, line_of, select

LIBRARIES = ["libevent_core", "libpq", "json-c", "yaml-0.1", "libcrypto", "libcurl", "xlsxwriter", "cmocka"]
STANDARD_FOLDERS = set("bin boot dev etc lib lib32 lib64 libx32 media mnt opt proc run sbin srv sys tmp usr var".split())


def first_line_faults(files):
    """`/* name: a sentence` stands at the top of each .c and .h."""
    found = []
    for path, text in select(files, ("daemon/", "clients/", "tests/"), (".c", ".h")):
        name = os.path.splitext(os.path.basename(path))[0]
        first = text.split("\n", 1)[0]
        if not re.match(rf"/\* {re.escape(name)}: \S", first):
            found.append(f"{path}:1: must begin with `/* {name}: what it is for`")
    return found


def machine_folders():
    """Folders at this machine's root that no other machine needs to have."""
    return {"home", "root"} | ({f for f in os.listdir("/") if os.path.isdir("/" + f)} - STANDARD_FOLDERS)


def machine_path_faults(files, folders=None):
    names = "|".join(sorted(re.escape(f) for f in folders or machine_folders()))
    pattern = re.compile(rf"(?<![\w.~/$}}*)-])/(?:{names})/[\w.-]+|{re.escape(str(ROOT))}(?=[/\s\"'])")
    found = []
    for path, text in sorted(files.items()):
        for m in pattern.finditer(text):
            found.append(f"{path}:{line_of(text, m.start())}: {m.group(0)} is a path of one machine")
    return found


def compile_flags():
    flags = subprocess.run(["pkg-config", "--cflags", *LIBRARIES], capture_output=True, text=True, check=True).stdout
    return ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-Wextra", "-Wstrict-prototypes", "-Werror",
            f"-I{ROOT}", *shlex.split(flags)]


def header_fault(path, flags):
    done = subprocess.run([*flags, "-x", "c", "-"], input=f'#include "{path}"\nextern int unused;\n', capture_output=True,
                          text=True, cwd=ROOT)
    return None if done.returncode == 0 else f"{path} does not compile alone:\n{done.stderr[:2000]}"


def header_faults(files):
    flags = compile_flags()
    paths = [p for p, _ in select(files, ("daemon/", "clients/", "tests/"), (".h",))]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return [f for f in pool.map(lambda p: header_fault(p, flags), paths) if f]
