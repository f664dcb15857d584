"""principals: a principal of each role for the small pack, each with a token."""

import hashlib

from harness import Client


def secret_of(name):
    return f"secret-of-{name}"


def principal(name, roles, **more):
    digest = hashlib.sha256(secret_of(name).encode()).hexdigest()
    return {"name": name, "token": f"{name}:{digest}", "roles": roles, **more}


def token(name):
    return f"{name}.{secret_of(name)}"


EVERYONE = [
    principal("platform", "platform", channels=["patrol", "hotline"], acts_for=["housing", "roads"]),
    principal("platform2", "platform"),
    principal("housing", "unit", unit="housing"),
    principal("works", "unit", unit="works"),
    principal("roads", "unit", unit="roads"),
    principal("dispatcher", "dispatcher"),
    principal("supervisor", ["supervisor"]),
    principal("inspector", "inspector"),
    principal("auditor", "auditor"),
    principal("admin", "admin"),
    principal("elsewhere", "dispatcher", town="310106998"),
]


def config(**more):
    return {"principals": EVERYONE, **more}


def as_one(daemon, name, **options):
    """A connection of that principal; the daemon's fixture closes it."""
    client = Client(daemon.url, token=token(name), **options)
    daemon.clients.append(client)
    return client
