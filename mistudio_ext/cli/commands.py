"""All commands, as one table: word, verb, and the operation that answers."""

from __future__ import annotations

from ..datasets import operations as datasets
from ..datasets import samples
from ..hub import operations as hub
from ..jobs import operations as jobs
from . import hub as of_hub
from . import shown
from .asking import cancel, delete
from .command import Command
from .waiting import wait_for_job, work

NO_WAIT = {"no_wait": "return at once; the job goes on in the background"}


def commands(word: str) -> dict[str, Command]:
    return TABLE[word]


TABLE: dict[str, dict[str, Command]] = {
    "dataset": {
        "add": Command(datasets.add_dataset, positional=("path",), run=work, flags=NO_WAIT, show=shown.thing),
        "list": Command(datasets.list_datasets, show=shown.datasets),
        "show": Command(datasets.get_dataset, {"tk": datasets.get_tokenization}, show=shown.thing),
        "edit": Command(datasets.edit_dataset, {"tk": datasets.edit_tokenization}, show=shown.thing),
        "samples": Command(samples.read_samples, show=shown.sample_page),
        "sample": Command(samples.get_sample, show=shown.sample),
        "tokenize": Command(datasets.tokenize_dataset, positional=("tokenizer",), run=work, flags=NO_WAIT, show=shown.thing),
        "tokenizations": Command(datasets.list_tokenizations, positional=("dataset",), show=shown.tokenizations),
        "preview": Command(datasets.preview_tokens, positional=("text",), show=shown.token_preview),
        "delete": Command(
            datasets.delete_dataset,
            {"tk": datasets.delete_tokenization},
            plans={"ds": datasets.plan_delete_dataset, "tk": datasets.plan_delete_tokenization},
            run=delete,
            flags={"yes": "delete without asking"},
            show=shown.deleted,
        ),
    },
    "hub": {
        "login": Command(of_hub.log_in, show=of_hub.token_state),
        "logout": Command(hub.forget_hub_token, show=of_hub.token_state),
        "status": Command(hub.get_hub_token, show=of_hub.token_state),
        "check": Command(hub.check_hub, positional=("hub",), show=of_hub.answered),
    },
    "job": {
        "list": Command(jobs.list_jobs, show=shown.jobs),
        "show": Command(jobs.get_job, show=shown.job),
        "log": Command(jobs.read_log, show=shown.log),
        "pause": Command(jobs.pause_job, show=shown.job),
        "resume": Command(jobs.resume_job, show=shown.job),
        "stop": Command(jobs.stop_job, show=shown.job),
        "cancel": Command(jobs.cancel_job, run=cancel, flags={"yes": "cancel without asking"}, show=shown.job),
        "retry": Command(jobs.retry_job, show=shown.job),
        "move-up": Command(jobs.move_up_job, show=shown.job),
        "wait": Command(jobs.get_job, run=wait_for_job, show=shown.job, summary="Follow a job until it has ended."),
    },
}
