"""A text from a loaded model: as the parameters say, whatever the model's own settings would have it do."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from ..contract.errors import BadRequest
from .describe import CONTEXT
from .schema import TryModel


@dataclass(frozen=True)
class Written:
    ids: list[int]
    text: str
    ended: bool
    seconds: float


def prompt_ids(model: Any, tokenizer: Any, params: TryModel) -> list[int]:
    """The ids of the prompt, as the model is used to being given it."""
    ids = _as_chat(tokenizer, params.prompt) if params.chat else list(tokenizer(params.prompt, verbose=False)["input_ids"])
    if not ids:
        raise BadRequest("Nothing is left of the prompt as tokens.", "Give a text that the tokenizer knows.", field="prompt")
    vocabulary = model.get_input_embeddings().weight.shape[0]
    if max(ids) >= vocabulary:
        raise BadRequest(
            f"The tokenizer gives the id {max(ids):,}, and the model knows {vocabulary:,} tokens: they do not belong together.",
            "Look at the model's tokenizer files.",
            code="vocabulary",
        )
    config = model.config.get_text_config()
    context = next((value for name in CONTEXT if isinstance(value := getattr(config, name, None), int)), None)
    if context is not None and len(ids) + params.max_tokens > context:
        raise BadRequest(
            f"The prompt's {len(ids):,} tokens and {params.max_tokens:,} new ones are more than the {context:,} that the model "
            "was made for.",
            "Shorten the prompt, or ask for fewer new tokens.",
            field="prompt",
            code="too_long",
        )
    return ids


def generate(model: Any, tokenizer: Any, ids: list[int], params: TryModel) -> Written:
    import torch
    from transformers import GenerationConfig

    ends = end_ids(model, tokenizer)
    sampled = {"do_sample": True, "temperature": params.temperature, "top_p": params.top_p, "top_k": 0}
    settings = GenerationConfig(
        max_new_tokens=params.max_tokens,
        eos_token_id=ends or None,
        pad_token_id=ends[0] if ends else 0,
        **(sampled if params.temperature > 0 else {"do_sample": False}),
    )
    # Else what the model's own settings say of anything left out here would be filled in.
    own, model.generation_config = model.generation_config, GenerationConfig()
    start = time.monotonic()
    try:
        torch.manual_seed(params.seed)
        given = torch.tensor([ids], device=model.device)
        with torch.inference_mode():
            output = model.generate(given, attention_mask=torch.ones_like(given), generation_config=settings)
    finally:
        model.generation_config = own
    new = output[0, len(ids) :].tolist()
    return Written(
        ids=new,
        text=tokenizer.decode(new, skip_special_tokens=True),
        ended=bool(new) and new[-1] in ends,
        seconds=time.monotonic() - start,
    )


def end_ids(model: Any, tokenizer: Any) -> list[int]:
    """All that end a text: the model's own settings may name several, and the tokenizer another."""
    found: list[object] = []
    for holder in (model.generation_config, model.config.get_text_config(), tokenizer):
        ends = getattr(holder, "eos_token_id", None)
        found += ends if isinstance(ends, list) else [ends]
    return list(dict.fromkeys(each for each in found if isinstance(each, int)))


def _as_chat(tokenizer: Any, prompt: str) -> list[int]:
    if not tokenizer.chat_template:
        raise BadRequest("The model has no chat template.", "Leave the chat out: it goes on from a text.", field="chat")
    try:
        found = tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}], add_generation_prompt=True, tokenize=True, return_dict=True
        )
    except Exception as error:
        why = str(error).strip().split("\n")[0][:300]
        raise BadRequest(f"The model's chat template fails: {why}", "Try it without the chat.", field="chat") from None
    return list(found["input_ids"])
