"""Waiting for jobs: it shows, it ends with the truth, and interrupting it leaves the job alone."""

import asyncio
import sys
import time

import pytest
from jupyter_client.manager import start_new_kernel

import mistudio_ext as ms
from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.display import follow
from mistudio_ext.display.bar import LineBar, TerminalBar
from mistudio_ext.jobs import control, queue
from mistudio_ext.jobs.records import get_job
from mistudio_ext.jobs.schema import Progress
from mistudio_ext.lanes import start
from mistudio_ext.notebook import cards, job


@pytest.fixture
def notebook(ws, monkeypatch):
    monkeypatch.setattr(start, "wake", lambda ws: None)
    return ms.open(ws.root)


@pytest.fixture
def queued(notebook):
    """A job that no lane takes."""
    return notebook.add_dataset(["x"], wait=False)


def claim(ws):
    return queue.claim(ws, "io", "test", 1)


def test_interrupting_stops_the_waiting_and_not_the_job(queued, monkeypatch, capsys):
    def interrupt(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(job.time, "sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        queued.wait()
    assert queued.state == "queued"
    said = capsys.readouterr().err
    assert "the job goes on" in said
    assert queued.id in said


def test_a_limit_on_the_waiting(queued):
    with pytest.raises(ms.MiStudioError, match="still queued") as caught:
        queued.wait(timeout=0.1, progress=False)
    assert caught.value.code == "timed_out"


def test_a_failure_is_raised_with_its_sentence(ws, queued):
    claimed = claim(ws)
    queue.end(ws, claimed.id, "failed", error=BadRequest("The text is a picture.", "Give a text.", code="no_text"))
    claimed.lock.release()
    assert str(queued.error) == "The text is a picture. Give a text."
    with pytest.raises(ms.MiStudioError, match="is a picture") as caught:
        queued.result()
    assert caught.value.code == "no_text"
    again = queued.retry()
    assert again != queued
    assert again.state == "queued"


def test_what_rests_says_how_it_goes_on(ws, queued):
    assert queued.pause() == queued
    with pytest.raises(ms.MiStudioError, match="paused") as caught:
        queued.wait()
    assert f'job("{queued.id}").resume()' in caught.value.hint
    assert queued.resume().state == "queued"
    claim(ws).lock.release()  # as when its lane is killed
    with pytest.raises(ms.MiStudioError, match="interrupted") as caught:
        queued.wait()
    assert "resume()" in caught.value.hint
    queued.cancel()
    with pytest.raises(ms.MiStudioError, match="cancelled") as caught:
        queued.wait()
    assert "retry()" in caught.value.hint
    with pytest.raises(ms.MiStudioError, match="cannot stop"):
        queued.stop()


def test_a_job_can_be_awaited(ws, queued):
    async def wait_and_work():
        async def finish():
            claimed = claim(ws)
            await asyncio.sleep(0.1)
            queue.end(ws, claimed.id, "succeeded", result={})
            claimed.lock.release()

        working = asyncio.create_task(finish())
        made = await queued
        await working
        return made

    assert asyncio.run(wait_and_work()) == queued.object


def test_waiting_calls_a_lane_when_the_job_has_none(queued, monkeypatch, ws):
    monkeypatch.setattr(follow, "WAKE_EVERY", 0.05)
    woken = []
    monkeypatch.setattr(start, "wake", lambda ws: woken.append(1) or (len(woken) == 2 and control.cancel_job(ws, queued.id)))
    with pytest.raises(ms.MiStudioError, match="cancelled"):
        queued.wait(timeout=20)
    assert len(woken) == 2


def running(ws, queued, **progress):
    record = get_job(ws, queued.id)
    return record.model_copy(update={"state": "running", "progress": Progress(**progress)})


def test_a_terminal_shows_a_bar_and_a_file_one_line_a_stage(ws, queued, capsys):
    shown = [
        running(ws, queued, done=0, total=200, stage="Reading", unit="bytes"),
        running(ws, queued, done=100, total=200, stage="Reading", unit="bytes"),
        running(ws, queued, done=200, total=200, stage="Writing"),
        get_job(ws, queued.id).model_copy(update={"state": "succeeded"}),
    ]
    for bar in (TerminalBar(sys.stdout), LineBar(sys.stderr)):
        for each in shown:
            bar.show(each)
    out, err = capsys.readouterr()
    assert "██████████░░░░░░░░░░" in out
    assert "50%" in out
    assert out.count("100%") == 0, "never all while something is still being written"
    assert out.endswith("succeeded\n")
    assert [line.split(" · ")[1] for line in err.splitlines()] == ["Reading", "Writing", "succeeded"]


def test_progress_in_words(ws, queued):
    words = follow.in_words(running(ws, queued, done=3, total=None, stage="Counting", unit="samples", rate=1.5, seconds_left=90))
    assert words == "Counting · 1 min 30 s left · 1.5 samples/s · 3 samples"
    assert 'aria-valuenow="50"' in cards.bar("<b>", "half", 0.5)
    assert "aria-valuenow" not in cards.bar("<b>", "somewhere", None)


def test_a_cell_shows_a_live_bar_and_can_be_interrupted(ws, tokenizer_folder):
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        shown = run(
            client, f"import mistudio_ext as ms\nws = ms.open({str(ws.root)!r})\nds = ws.add_dataset(['x'], name='<i>')\nds"
        )
        first, *updates, last = [each for each in shown if "display" in each["msg_type"]]
        assert updates
        assert first["content"]["transient"]["display_id"] == last["content"]["transient"]["display_id"]
        assert "&lt;i&gt;" in first["content"]["data"]["text/html"]
        assert "succeeded" in last["content"]["data"]["text/plain"]
        [result] = [each for each in shown if each["msg_type"] == "execute_result"]
        assert "&lt;i&gt;" in result["content"]["data"]["text/html"]

        run(client, "import mistudio_ext.lanes.start as start\nstart.wake = lambda ws: None")
        client.execute(f"ds.tokenize({str(tokenizer_folder)!r})")
        until_message(client, lambda each: each["msg_type"] == "display_data")
        manager.interrupt_kernel()
        shown = until_message(client, idle)
        [error] = [each for each in shown if each["msg_type"] == "error"]
        assert error["content"]["ename"] == "KeyboardInterrupt"
        assert any("the job goes on" in str(each["content"]) for each in shown)
        assert [each.state for each in ms.open(ws.root).jobs(state="queued")] == ["queued"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def idle(message):
    return message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"


def run(client, code):
    client.execute(code)
    shown = until_message(client, idle)
    errors = [each["content"]["traceback"] for each in shown if each["msg_type"] == "error"]
    assert not errors, "\n".join(errors[0])
    return shown


def until_message(client, wanted):
    shown = []
    deadline = time.monotonic() + 60
    while not shown or not wanted(shown[-1]):
        shown.append(client.get_iopub_msg(timeout=deadline - time.monotonic()))
    return shown
