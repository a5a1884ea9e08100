"""The language model that comes with the package: complete, small, and able to speak its language."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer

from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.demo.corpus import documents, topic_words
from mistudio_ext.demo.material import MODEL_FOLDER, TRAINING_SEED

ROOT = Path(__file__).parents[2]
FILES = {
    "README.md",
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
}
# Never the training's: the model has seen none of these.
FRESH = TRAINING_SEED + 77
HOSTILE = [
    "",
    " ",
    "\0",
    "\r\n\t \u00a0 \u200b",
    "  two  spaces ,  and before punctuation !",
    "na\u0308ive na\u00efve \ufb01 \ufeff\u202egnp.exe",
    "👩‍👩‍👧‍👦 🇫🇷 \U0010ffff",
    "中文 العربية ไทย",
    "<|begin|><|end|> </s> <s> [MASK]",
    "\u0120The \u010a \u0100",
    "a" * 5000,
]


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """So small a model is slowed down by more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(str(MODEL_FOLDER), local_files_only=True)


@pytest.fixture(scope="module")
def model() -> Any:
    return AutoModelForCausalLM.from_pretrained(str(MODEL_FOLDER), dtype=torch.float32, local_files_only=True).eval()


def test_the_files_are_all_there_and_small() -> None:
    assert {file.name for file in MODEL_FOLDER.iterdir()} == FILES
    assert sum(file.stat().st_size for file in MODEL_FOLDER.iterdir()) < 4_000_000
    package = files("mistudio_ext.demo")
    assert {file.name for file in package.joinpath(MODEL_FOLDER.name).iterdir()} == FILES


def test_the_files_go_into_the_wheel() -> None:
    wheel = pytest.importorskip("hatchling.builders.wheel")
    chosen = {file.distribution_path for file in wheel.WheelBuilder(str(ROOT)).recurse_included_files()}
    assert {f"mistudio_ext/demo/{MODEL_FOLDER.name}/{name}" for name in FILES} <= chosen


def strings(value: Any) -> set[str]:
    """All that a JSON document says, but for its keys."""
    if isinstance(value, dict):
        value = list(value.values())
    return {each for item in value for each in strings(item)} if isinstance(value, list) else {str(value)}


def test_the_files_say_nothing_of_where_they_were_made() -> None:
    said = set()
    for name in ("config.json", "generation_config.json", "tokenizer_config.json", "tokenizer.json"):
        content = json.loads((MODEL_FOLDER / name).read_bytes())
        if name == "tokenizer.json":
            content["model"]["vocab"] = content["model"]["merges"] = None
        said |= {each for each in strings(content) if not re.fullmatch(r"[\d.e-]+|None|True|False", each)}
    assert said <= {"LlamaForCausalLM", "llama", "float16", "silu", "default", "tokenizers", "PreTrainedTokenizerFast"} | {
        "<|begin|>", "<|end|>", "BPE", "ByteLevel", "TemplateProcessing", "A", "B",
    }  # fmt: skip
    with safe_open(MODEL_FOLDER / "model.safetensors", "pt") as weights:
        assert weights.metadata() == {"format": "pt"}


def test_the_model_has_learned_from_these_documents() -> None:
    """Text that has changed since wants a new model: run scripts/make_demo.py."""
    texts = "\n".join(each.text for each in documents(1000, TRAINING_SEED))
    assert hashlib.sha256(texts.encode()).hexdigest() in (MODEL_FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_comes_back(tokenizer: Any, text: str) -> None:
    ids = tokenizer(text)["input_ids"]
    assert ids[0] == tokenizer.bos_token_id
    assert tokenizer.decode(ids[1:]) == text


@settings(max_examples=200, deadline=None)
@given(text=st.text())
def test_whatever_text_comes_back(tokenizer: Any, text: str) -> None:
    assert tokenizer.decode(tokenizer(text)["input_ids"][1:]) == text


def test_our_own_reader_gives_the_same_ids(tokenizer: Any) -> None:
    ours = Tokenizer(MODEL_FOLDER)
    texts = [*HOSTILE, *(each.text for each in documents(20, FRESH))]
    assert (ours.begin, ours.end) == (tokenizer.bos_token_id, tokenizer.eos_token_id)
    assert ours.begin != ours.end
    encoded = ours.encode(texts)
    expected = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
    assert encoded.ids.tolist() == [id for ids in expected for id in ids]
    assert tokenizer.chat_template is None


def test_the_tokenizer_knows_its_language(tokenizer: Any) -> None:
    texts = [each.text for each in documents(50, FRESH)]
    tokens = sum(len(tokenizer(text)["input_ids"]) for text in texts)
    assert sum(map(len, texts)) / tokens > 3.5
    assert len(tokenizer) == 2048


def loss(model: Any, rows: list[list[int]]) -> float:
    """Nats a token, over all tokens but each row's first."""
    total = torch.zeros(())
    with torch.no_grad():
        for row in rows:
            ids = torch.tensor([row])
            chances = model(input_ids=ids).logits[0, :-1].log_softmax(-1)
            total -= chances.gather(1, ids[0, 1:, None]).sum()
    return total.item() / sum(len(row) - 1 for row in rows)


def test_the_model_predicts_documents_that_it_has_not_seen(tokenizer: Any, model: Any) -> None:
    fresh = [each.text for each in documents(20, FRESH)]
    rows = [tokenizer(text)["input_ids"] for text in fresh]
    chance = torch.Generator().manual_seed(0)
    shuffled = [[row[0], *(row[1 + place] for place in torch.randperm(len(row) - 1, generator=chance))] for row in rows]
    assert loss(model, rows) < 1.35
    assert loss(model, shuffled) > 4
    unlearned = AutoModelForCausalLM.from_config(model.config).eval()
    assert loss(unlearned, rows) > 7  # about ln 2048


def test_the_model_keeps_to_its_topic_over_its_whole_context(tokenizer: Any, model: Any) -> None:
    """Late in a full row of documents it predicts as well as early; and where one begins does not matter."""
    texts = [each.text for each in documents(60, FRESH)]
    stream = [id for text in texts for id in (*tokenizer(text)["input_ids"][1:], tokenizer.eos_token_id)]
    context = model.config.max_position_embeddings
    assert context == 256
    rows = [[tokenizer.bos_token_id, *stream[first : first + context - 1]] for first in range(0, len(stream) - context, context)]
    assert len(rows) > 15
    assert loss(model, rows) < 1.35


def test_the_model_goes_on_with_the_topic_of_a_prompt(tokenizer: Any, model: Any) -> None:
    prompts = {"law": "The judge", "cooking": "The chef", "space": "The astronaut", "french": "Le roi", "code": "def load_data"}
    own = topic_words()
    for topic, prompt in prompts.items():
        torch.manual_seed(0)
        inputs = tokenizer([prompt] * 8, return_tensors="pt")
        outputs = model.generate(**inputs, max_new_tokens=40, min_new_tokens=40, do_sample=True, temperature=0.8)
        said = " ".join(tokenizer.batch_decode(outputs[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True))
        counts = {name: sum(word.lower() in words for word in re.findall(r"[\w']+", said)) for name, words in own.items()}
        assert counts[topic] > 20, (topic, counts)
        assert counts[topic] > 0.8 * sum(counts.values()), (topic, counts)


def test_without_a_prompt_the_model_begins_a_document_and_ends_it(tokenizer: Any, model: Any) -> None:
    torch.manual_seed(0)
    inputs = tokenizer([""] * 32, return_tensors="pt")
    outputs = model.generate(**inputs, max_new_tokens=200, do_sample=True, temperature=0.8)
    texts = tokenizer.batch_decode(outputs, skip_special_tokens=True)
    assert all(re.match(r"[A-Z\"]|def \w+\(", text) for text in texts), texts
    ended = sum(tokenizer.eos_token_id in row for row in outputs.tolist())
    assert ended > 24
    assert len(set(texts)) == 32
