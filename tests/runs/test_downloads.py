"""Downloads as a page sees them: processes that are begun, watched, cancelled and lost."""

import sys
import threading
import time
from dataclasses import replace

import pytest

from gan_core.runs.downloads import COMMAND, Downloads, Progress, downloads

SAYS = "import json, sys, time\nsay = lambda **line: print(json.dumps(line), flush=True)\n"
RUNNING = "say(state='running', file='a.gz', done=30, total=40, mirror='m')\n"


@pytest.fixture
def begin():
    """begin(code): Downloads whose process runs it, with the name of the set as first argument; and that one begun."""
    made = []

    def make(code):
        made.append(Downloads([sys.executable, "-c", SAYS + code]))
        made[-1].begin("mnist")
        return made[-1]

    yield make
    for each in made:
        each.close()


def wait(all_of_them, condition, name="mnist"):
    deadline = time.monotonic() + 30
    while not condition(all_of_them.progress(name)):
        assert time.monotonic() < deadline, all_of_them.progress(name)
        threading.Event().wait(0.01)
    return all_of_them.progress(name)


def ended(progress):
    return not progress.is_going


def test_nothing_was_begun():
    assert Downloads().progress("mnist") == Progress("idle")
    assert Progress().share == 0 and not Progress().is_going


def test_progress_is_seen(begin):
    seen = wait(begin(RUNNING + "time.sleep(60)"), lambda progress: progress.done > 0)
    assert seen == Progress("running", "a.gz", 30, 40)
    assert seen.share == pytest.approx(0.75) and seen.is_going


def test_the_end_is_seen(begin):
    finished = begin("say(state='done', file='', done=40, total=40, mirror='')")
    assert wait(finished, ended) == Progress("done", "", 40, 40)


def test_a_failure_keeps_its_sentence(begin):
    failed = begin(
        RUNNING + "say(state='failed', template='{title} is gone.', values={'title': ' '.join(sys.argv[1:])})"
    )
    progress = wait(failed, ended)
    assert (progress.state, str(progress.message), progress.done) == ("failed", "mnist --watch-stdin is gone.", 30)


@pytest.mark.parametrize("code", ["", "sys.exit(1)", "import os; os.kill(os.getpid(), 9)", RUNNING + "1 / 0"])
def test_a_process_that_ends_without_a_word(begin, code, capfd):
    progress = wait(begin(code), ended)
    assert progress.state == "failed"
    assert str(progress.message) == "The download ended unexpectedly. Try again: it goes on where it stopped."


@pytest.mark.parametrize("line", ["hello", "3", "[]", "{}", '{"state": "running"}', '{"state": "failed"}', "\\xff"])
def test_what_is_not_for_us_is_passed_over(begin, line):
    noisy = begin(f"sys.stdout.buffer.write(b'{line}\\n')\n" + RUNNING + "time.sleep(60)")
    assert wait(noisy, lambda progress: progress.done > 0).state == "running"


def test_cancel(begin):
    cancelled = begin(RUNNING + "time.sleep(60)")
    wait(cancelled, lambda progress: progress.done > 0)
    cancelled.cancel("mnist")
    assert cancelled.progress("mnist") == Progress("cancelled", "a.gz", 30, 40)
    cancelled.cancel("mnist")
    cancelled.cancel("kmnist")
    assert cancelled.progress("mnist").state == "cancelled"


def test_one_for_whoever_asks(begin):
    shared = begin(RUNNING + "time.sleep(60)")
    first = shared._begun["mnist"]
    for thread in (threads := [threading.Thread(target=shared.begin, args=("mnist",)) for _ in range(8)]):
        thread.start()
    for thread in threads:
        thread.join()
    assert shared._begun["mnist"] is first


def test_two_sets_do_not_wait_for_each_other(begin):
    both = begin(
        "say(state='done', file='', done=1, total=1, mirror='') if sys.argv[1] == 'kmnist' else time.sleep(60)"
    )
    both.begin("kmnist")
    assert wait(both, ended, "kmnist").state == "done"
    assert both.progress("mnist").state == "running"


def test_after_an_end_it_can_be_begun_again(begin):
    again = begin("sys.exit(1)")
    wait(again, ended)
    again.begin("mnist")
    assert again.progress("mnist").is_going
    wait(again, ended)


def test_the_process_ends_with_its_server(begin):
    """Its standard input is closed, as it is when the server is killed."""
    code = "import threading\nfrom gan_core.data.download import _end_with_stdin\n"
    code += "threading.Thread(target=_end_with_stdin, daemon=True).start()\n" + RUNNING + "time.sleep(60)"
    left = begin(code)
    wait(left, lambda progress: progress.done > 0)
    left._begun["mnist"]._process.stdin.close()
    assert wait(left, ended).state == "failed"


def test_one_for_the_whole_server():
    assert downloads() is downloads()
    assert COMMAND[0] == sys.executable


def test_share_is_at_most_one():
    assert replace(Progress("running"), done=50, total=40).share == 1.0
