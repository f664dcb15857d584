"""boards: the live board at a real terminal (tmux), and many of them with nobody in front."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import threading

from harness import ENVIRONMENT, wait_until
from principals import token
from scripted import GRIDCTL
from tmux import Screen

HOLE = {"class": "E80-01", "condition": "1", "estate": None}  # a hole in a road: the roads office's


class Board(Screen):
    """A terminal with a board in it."""

    def __init__(self, daemon, width=140, height=36, who="supervisor", lang="zh_CN.UTF-8", **env):
        super().__init__(width, height, {"LANG": lang, "GRIDD_SOCKET": daemon.url, "GRIDD_TOKEN": token(who), **env})

    def open(self, seconds=15):
        self.run([GRIDCTL, "board"])
        self.wait(re.compile("已连接|connected"), seconds)
        return self

    def row(self, number):
        """The queue's line of a case, or None."""
        found = [line for line in self.lines() if re.search(rf"(^|[ X+!?]){number} .*(剩|超期|left|overdue| -|—)", line)]
        return found[0] if found else None

    def select(self, number):
        """Narrows the queue to that one case."""
        self.type(f"/{number}")
        self.keys("Enter")
        self.wait(lambda text: self.row(number) and re.search(r"[（(]1 (/|of) \d+[）)]", text))
        return self


def child_of(pid):
    def look():
        try:
            return open(f"/proc/{pid}/task/{pid}/children").read().split()
        except FileNotFoundError:
            return []

    return int(wait_until(look, 10, "a child")[0])


class Ptys:
    """Boards without anybody in front: each on a pseudo terminal that is read and thrown away, so that only they cost something."""

    def __init__(self, daemon, n):
        self.masters, self.processes, self.seen = [], [], {}
        env = {**ENVIRONMENT, "TERM": "xterm", "LANG": "zh_CN.UTF-8", "GRIDD_SOCKET": daemon.url, "GRIDD_TOKEN": token("supervisor")}
        for _ in range(n):
            master, slave = pty.openpty()
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
            self.processes.append(subprocess.Popen([GRIDCTL, "board"], stdin=slave, stdout=slave, stderr=slave, env=env,
                                                   start_new_session=True))
            os.close(slave)
            self.masters.append(master)
            self.seen[master] = b""
        self.over = False
        self.thread = threading.Thread(target=self.drain, daemon=True)
        self.thread.start()

    def drain(self):
        while not self.over:
            for fd in select.select(self.masters, [], [], 0.2)[0]:
                try:
                    self.seen[fd] = (self.seen[fd] + os.read(fd, 65536))[-400000:]
                except OSError:
                    return

    def all_saw(self, text):
        return all(text.encode() in seen for seen in self.seen.values())

    def close(self):
        for p in self.processes:
            p.terminate()
        for p in self.processes:
            p.wait(30)
        self.over = True
        self.thread.join(10)
        for fd in self.masters:
            os.close(fd)
