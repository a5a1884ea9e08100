"""All commands, as one table: word, verb, and the operation that answers."""

from __future__ import annotations

from ..captures import operations as captures
from ..datasets import deriving, samples, tokenizations
from ..datasets import operations as datasets
from ..hub import operations as hub
from ..jobs import operations as jobs
from ..models import operations as models
from ..saes import download as sae_download
from ..saes import operations as saes
from ..trainings import operations as trainings
from ..trainings import sae_of
from . import captures as of_captures
from . import datasets as of_datasets
from . import hub as of_hub
from . import models as of_models
from . import saes as of_saes
from . import shown
from . import tokenizations as of_tokenizations
from . import trainings as of_trainings
from .asking import cancel, delete
from .command import Command
from .saving import save, saved
from .waiting import wait_for_job, work

NO_WAIT = {"no_wait": "return at once; the job goes on in the background"}


def commands(word: str) -> dict[str, Command]:
    return TABLE[word]


TABLE: dict[str, dict[str, Command]] = {
    "dataset": {
        "look": Command(datasets.look_at_source, positional=("path",), show=of_datasets.look),
        "add": Command(datasets.add_dataset, positional=("path",), run=work, flags=NO_WAIT, show=of_datasets.thing),
        "list": Command(datasets.list_datasets, show=of_datasets.datasets),
        "show": Command(datasets.get_dataset, {"tk": tokenizations.get_tokenization}, show=of_datasets.thing),
        "edit": Command(datasets.edit_dataset, {"tk": tokenizations.edit_tokenization}, show=of_datasets.thing),
        "samples": Command(samples.read_samples, show=of_datasets.sample_page),
        "sample": Command(samples.get_sample, show=of_datasets.sample),
        "preview-cleaning": Command(deriving.preview_cleaning, show=of_datasets.cleaning),
        "clean": Command(deriving.clean_dataset, run=work, flags=NO_WAIT, show=of_datasets.thing),
        "arrange": Command(deriving.arrange_dataset, run=work, flags=NO_WAIT, show=of_datasets.thing),
        "tokenize": Command(
            tokenizations.tokenize_dataset, positional=("tokenizer",), run=work, flags=NO_WAIT, show=of_datasets.thing
        ),
        "tokenizations": Command(tokenizations.list_tokenizations, positional=("dataset",), show=of_tokenizations.tokenizations),
        "preview": Command(tokenizations.preview_tokens, positional=("text",), show=of_tokenizations.token_preview),
        "tokens": Command(tokenizations.read_sample_tokens, positional=("tokenization",), show=of_tokenizations.sample_tokens),
        "statistics": Command(
            tokenizations.compute_statistics, run=of_tokenizations.count_them, flags=NO_WAIT, show=of_tokenizations.statistics
        ),
        "compare": Command(tokenizations.compare_tokenizations, positional=("first", "second"), show=of_tokenizations.comparison),
        "check-vocabulary": Command(
            tokenizations.check_vocabulary,
            positional=("model",),
            show=of_tokenizations.fits,
            is_no=of_tokenizations.does_not_fit,
        ),
        "delete": Command(
            datasets.delete_dataset,
            {"tk": tokenizations.delete_tokenization},
            plans={"ds": datasets.plan_delete_dataset, "tk": tokenizations.plan_delete_tokenization},
            run=delete,
            flags={"yes": "delete without asking"},
            show=shown.deleted,
        ),
    },
    "model": {
        "add": Command(models.add_model, positional=("path",), run=work, flags=NO_WAIT, show=of_models.model),
        "list": Command(models.list_models, show=of_models.models),
        "show": Command(models.get_model, show=of_models.model),
        "edit": Command(models.edit_model, show=of_models.model),
        "card": Command(models.get_model_card, show=of_models.card),
        "cached": Command(models.list_cached_models, show=of_models.cached),
        "estimate": Command(models.estimate_memory, positional=("precision",), show=of_models.estimate),
        "hooks": Command(models.get_hook_points, show=of_models.hook_points),
        "try": Command(models.try_model, positional=("prompt",), show=of_models.tried),
        "delete": Command(
            models.delete_model,
            plans={"md": models.plan_delete_model},
            run=delete,
            flags={"yes": "delete without asking"},
            show=shown.deleted,
        ),
    },
    "capture": {
        "make": Command(
            captures.make_capture, positional=("model", "tokenization"), run=work, flags=NO_WAIT, show=of_captures.capture
        ),
        "estimate": Command(captures.estimate_capture, positional=("model", "tokenization"), show=of_captures.estimate),
        "list": Command(captures.list_captures, show=of_captures.captures),
        "show": Command(captures.get_capture, show=of_captures.capture),
        "edit": Command(captures.edit_capture, show=of_captures.capture),
        "rows": Command(captures.read_vectors, positional=("hook",), show=of_captures.rows),
        "append": Command(
            captures.append_to_capture, positional=("max_tokens",), run=work, flags=NO_WAIT, show=of_captures.capture
        ),
        "export": Command(captures.export_capture, positional=("folder",), run=work, flags=NO_WAIT, show=of_captures.capture),
        "delete": Command(
            captures.delete_capture,
            plans={"cp": captures.plan_delete_capture},
            run=delete,
            flags={"yes": "delete without asking"},
            show=shown.deleted,
        ),
    },
    "sae": {
        "import": Command(saes.import_sae, positional=("path",), run=work, flags=NO_WAIT, show=of_saes.sae),
        "list": Command(saes.list_saes, show=of_saes.saes),
        "show": Command(saes.get_sae, show=of_saes.sae),
        "edit": Command(saes.edit_sae, show=of_saes.sae),
        "export": Command(saes.export_sae, positional=("folder",), run=work, flags=NO_WAIT, show=of_saes.sae),
        "download": Command(sae_download.download_sae, run=save, show=saved),
        "delete": Command(
            saes.delete_sae,
            plans={"sa": saes.plan_delete_sae},
            run=delete,
            flags={"yes": "delete without asking"},
            show=shown.deleted,
        ),
    },
    "training": {
        "start": Command(of_trainings.start, positional=("capture",), run=work, flags=NO_WAIT, show=of_trainings.training),
        "estimate": Command(of_trainings.estimate, positional=("capture",), show=of_trainings.estimated),
        "list": Command(trainings.list_trainings, show=of_trainings.trainings),
        "show": Command(trainings.get_training, show=of_trainings.training),
        "edit": Command(trainings.edit_training, show=of_trainings.training),
        "metrics": Command(trainings.read_metrics, show=of_trainings.metrics),
        "download-metrics": Command(trainings.download_metrics, run=save, show=saved),
        "health": Command(trainings.get_health, show=of_trainings.health),
        "pause": Command(of_trainings.pause, show=shown.job),
        "resume": Command(of_trainings.resume, show=shown.job),
        "stop": Command(of_trainings.stop, show=shown.job),
        "retry": Command(of_trainings.retry, show=shown.job),
        "extend": Command(trainings.extend_training, positional=("steps",), run=work, flags=NO_WAIT, show=of_trainings.training),
        "clone": Command(trainings.clone_training, run=work, flags=NO_WAIT, show=of_trainings.training),
        "sae": Command(sae_of.sae_of_training, positional=("sae",), run=work, flags=NO_WAIT, show=of_saes.sae),
        "checkpoints": Command(trainings.list_checkpoints, show=of_trainings.checkpoints),
        "save-checkpoint": Command(trainings.save_checkpoint, show=shown.job),
        "delete-checkpoint": Command(trainings.delete_checkpoint, show=of_trainings.checkpoints),
        "plan-pruning": Command(trainings.plan_pruning, positional=("keep_every",), show=of_trainings.pruning),
        "prune": Command(trainings.prune_checkpoints, positional=("keep_every",), show=of_trainings.checkpoints),
        "delete": Command(
            trainings.delete_training,
            plans={"tr": trainings.plan_delete_training},
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
