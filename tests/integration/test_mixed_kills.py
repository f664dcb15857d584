"""kill -9 of gridd while people act on cases and time runs out: nothing is half done, nothing acknowledged is lost."""

import principals
from harness import size, wait_until
from mixed import Actor, acked, check_nothing_half_done


def test_kill_gridd_under_mixed_load(make_daemon):
    daemon = make_daemon(clock=None, config=principals.config()).start()
    actors = [Actor(daemon, i) for i in range(6)]
    for actor in actors:
        actor.start()
    for _ in range(size(1, 3, 50)):
        before = acked(actors)
        wait_until(lambda: acked(actors) >= before + 60 or any(a.trouble for a in actors), 60, "60 acknowledged commands")
        daemon.kill9()
        daemon.start()
    wait_until(lambda: daemon.value("SELECT count(*) FROM gridd.case_event WHERE actor = 'gridd'") > 20, 60, "20 firings beside the commands")
    for actor in actors:
        actor.finish()
    check_nothing_half_done(daemon, actors)
    daemon.stop()
