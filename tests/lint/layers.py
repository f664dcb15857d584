"""layers: who may include whom. base < wire, cases, post < rules, net, store < reports, call < methods, jobs < app."""

import re

from tree import line_of, select

MAY_INCLUDE = {
    "base": set(),
    "wire": {"base"},
    "cases": {"base"},
    "rules": {"base", "cases"},
    "reports": {"base", "wire", "cases", "rules"},
    "post": {"base"},
    "net": {"base", "wire"},
    "store": {"base", "wire", "cases", "rules"},
    "call": {"base", "wire", "cases", "rules", "net", "store"},
    "methods": {"base", "wire", "cases", "rules", "reports", "store", "call"},
    "jobs": {"base", "wire", "cases", "rules", "reports", "post", "store", "call"},
    "app": {"base", "wire", "cases", "rules", "reports", "post", "net", "store", "call", "methods", "jobs"},
    "gridctl": {"base", "wire", "rules"},
}

# What comes from outside -> the rooms that may use it.
OUTSIDE = [
    (r"libpq-fe\.h|libpq/.*|postgres.*\.h|pg_config.*\.h", {"store"}, "libpq"),
    (r"event2/.*|event\.h|evutil\.h", {"net", "store", "call", "jobs", "app"}, "libevent"),
    (r"sys/socket\.h|sys/un\.h|netinet/.*|arpa/inet\.h|netdb\.h", {"net", "gridctl"}, "sockets"),
    (r"json-c/.*|json\.h", {"wire", "reports", "store", "call", "methods", "jobs", "app", "gridctl"}, "json-c"),
    (r"yaml\.h", {"base"}, "libyaml"),
    (r"curl/.*", {"post"}, "libcurl"),
    (r"xlsxwriter\.h|xlsxwriter/.*", {"reports", "gridctl"}, "libxlsxwriter"),
    (r"n?curses(w)?\.h|ncursesw?/.*|term\.h", {"gridctl"}, "curses"),
    (r"statements\.h", {"store", "call", "methods", "jobs", "app"}, "the names of statements"),
    (r"migrations\.h", {"store"}, "SQL"),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]', re.M)


def room_of(path):
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else None


def check_include(room, name):
    """Why `room` may not include `name`, or None."""
    parts = name.split("/")
    if parts[0] == "daemon":
        other = parts[1]
        if other != room and other not in MAY_INCLUDE.get(room, set()):
            return f"{room} must not know {other}"
        return None
    for pattern, rooms, what in OUTSIDE:
        if re.fullmatch(pattern, name) and room not in rooms:
            return f"{room} must not use {what}"
    return None


def faults(files):
    found = []
    for path, text in select(files, ("daemon/", "clients/gridctl/"), (".c", ".h")):
        room = room_of(path)
        if room not in MAY_INCLUDE:
            found.append(f"{path}:1: there is no room called {room}")
            continue
        for m in INCLUDE.finditer(text):
            quote, name = m.groups()
            why = check_include(room, name)
            if quote == '"' and "/" not in name and name not in ("statements.h", "migrations.h"):
                why = "include by the path from the root"
            if why:
                found.append(f"{path}:{line_of(text, m.start())}: includes {name}: {why}")
    return found
