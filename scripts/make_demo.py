"""Makes the demo's language model and its tokenizer anew, from the demo's own text.

    python scripts/make_demo.py [--steps 1400] [--seed 0] [--out mistudio_ext/demo/demo-llama]

Takes ten minutes of one CPU core with the defaults, and one thread, so that the same machine with the same libraries gives
the same files. Change anything in mistudio_ext/demo/ that the documents are made of, and the model is to be made again:
a test compares them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import sys
import time
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch import Tensor
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from mistudio_ext.demo.corpus import DOCUMENTS, documents
from mistudio_ext.demo.material import MODEL_FOLDER, TRAINING_SEED

BEGIN, END = "<|begin|>", "<|end|>"
VOCABULARY = 2048
CONTEXT = 256
ROWS = 8  # of CONTEXT tokens: so many are looked at in a step
LEARNING_RATE = 3e-3
WARM_UP = 100
NOT_LEARNED = -100  # the label that the loss leaves out
TOKENIZER_DOCUMENTS = 8_000
HELD_OUT_SEED, HELD_OUT_DOCUMENTS, HELD_OUT_ROWS = TRAINING_SEED + 1, 400, 96
DIGEST_DOCUMENTS = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1400)
    parser.add_argument("--seed", type=int, default=0, help="of the weights and of the order in which text is looked at")
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)

    texts = [each.text for each in documents(DOCUMENTS, TRAINING_SEED)]
    tokenizer = make_tokenizer(texts[:TOKENIZER_DOCUMENTS])
    stream = Stream(tokenizer, texts)
    held_out = Stream(tokenizer, [each.text for each in documents(HELD_OUT_DOCUMENTS, HELD_OUT_SEED)])
    print(f"{len(texts):,} documents, {len(stream.ids):,} tokens", flush=True)
    model = make_model(tokenizer)
    seconds, loss = train(model, stream, held_out, args.steps)

    save(tokenizer, model, args.out)
    figures = {
        "steps": f"{args.steps:,}",
        "seed": args.seed,
        "tokens": f"{args.steps * ROWS * CONTEXT:,}",
        "minutes": f"{seconds / 60:.0f}",
        "loss": f"{loss:.3f}",
        "parameters": f"{sum(each.numel() for each in model.parameters()):,}",
        "digest": hashlib.sha256("\n".join(texts[:DIGEST_DOCUMENTS]).encode()).hexdigest(),
    }
    (args.out / "README.md").write_text(CARD.format(**figures), encoding="utf-8")
    say_something(tokenizer, model)
    for file in sorted(args.out.iterdir()):
        print(f"{file.stat().st_size:>10,}  {file.name}")


def make_tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    """Bytes below, so that every text comes back as it was; the begin token is put in front of each."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[BEGIN, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    begin = bpe.token_to_id(BEGIN)
    bpe.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A", pair=f"{BEGIN} $A {BEGIN}:1 $B:1", special_tokens=[(BEGIN, begin)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=END,
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
    )


class Stream:
    """Documents one after the other, with the end token behind each, and where they begin."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, texts: list[str]):
        self.begin = tokenizer.bos_token_id
        lists = [each.ids for each in tokenizer.backend_tokenizer.encode_batch(texts, add_special_tokens=False)]
        lengths = torch.tensor([len(each) + 1 for each in lists])
        self.ids = torch.tensor([id for each in lists for id in (*each, tokenizer.eos_token_id)])
        starts = lengths.cumsum(0) - lengths
        self.starts = starts[starts <= len(self.ids) - CONTEXT]

    def rows(self, starts: Tensor) -> Tensor:
        """Full rows, which begin with the begin token as the blocks of a tokenized dataset do."""
        text = self.ids[starts[:, None] + torch.arange(CONTEXT - 1)]
        return torch.cat([torch.full((len(text), 1), self.begin), text], 1)

    def sample(self, chance: torch.Generator) -> Tensor:
        """The first half of the rows begin with a document, as a prompt does, the others in the middle of one, as blocks do."""
        whole = self.starts[torch.randint(len(self.starts), (ROWS // 2,), generator=chance)]
        cut = torch.randint(len(self.ids) - CONTEXT, (ROWS // 2,), generator=chance)
        return self.rows(torch.cat([whole, cut]))


def make_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    # Sizes are multiples of 64, which 4-bit weights need on a CPU.
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def train(model: LlamaForCausalLM, stream: Stream, held_out: Stream, steps: int) -> tuple[float, float]:
    """CPU seconds taken, and the loss on held-out documents."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.95), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: learning_rate(step, steps))
    chance = torch.Generator().manual_seed(torch.initial_seed())
    begun = time.process_time()
    model.train()
    for step in range(steps):
        rows = stream.sample(chance)
        labels = rows.clone()
        labels[ROWS // 2 :, 1] = NOT_LEARNED  # so that what it says first, without a prompt, is how a document begins
        loss = model(input_ids=rows, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 99 or step == steps - 1:
            seconds, held_out_loss = time.process_time() - begun, evaluate(model, held_out)
            print(f"step {step + 1:>5}  {seconds:6.0f} CPU-s  loss {loss.item():.3f}  held out {held_out_loss:.3f}", flush=True)
    return seconds, held_out_loss


def learning_rate(step: int, steps: int) -> float:
    """Up in a line, then down a cosine to a twentieth."""
    return min(1.0, (step + 1) / WARM_UP) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / steps)))


@torch.no_grad()
def evaluate(model: LlamaForCausalLM, held_out: Stream) -> float:
    model.eval()
    losses: list[float] = []
    for first in range(0, HELD_OUT_ROWS, ROWS):
        rows = held_out.rows(held_out.starts[first : first + ROWS])
        losses.append(model(input_ids=rows, labels=rows).loss.item())
    model.train()
    return sum(losses) / len(losses)


def save(tokenizer: PreTrainedTokenizerFast, model: LlamaForCausalLM, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(str(folder))
    # The name of the class that older versions of the library know, too.
    file = folder / "tokenizer_config.json"
    settings = json.loads(file.read_text())
    settings["tokenizer_class"] = "PreTrainedTokenizerFast"
    file.write_text(json.dumps(settings, indent=2) + "\n")
    model.generation_config = GenerationConfig(
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        do_sample=True,
        temperature=0.8,
        max_new_tokens=100,
    )
    model.half().save_pretrained(str(folder))
    (folder / "model.safetensors").chmod(0o644)  # its writer makes it private, and it is to be installed for everybody


def say_something(tokenizer: PreTrainedTokenizerFast, model: LlamaForCausalLM) -> None:
    torch.manual_seed(1)
    model.float().eval()
    for prompt in ("", "", "", "The judge", "The chef", "Le roi", "def"):
        inputs = tokenizer(prompt, return_tensors="pt", return_token_type_ids=False)
        print(f"-- {tokenizer.decode(model.generate(**inputs)[0], skip_special_tokens=True)}")


CARD = """\
---
license: bsd-3-clause
language: [en, fr, es]
library_name: transformers
pipeline_tag: text-generation
tags: [llama, demo, interpretability]
---

# demo-llama

A language model small enough to come with miStudio: to try everything without a download, and to see whether the features
that are found are those that are there. It speaks of twelve topics in simple English sentences, and a little French,
Spanish and Python. It knows nothing about the world.

- **Model**: Llama, 4 layers, width 128, 4 heads, tied embeddings, {parameters} parameters, context of 256 tokens, float16.
- **Tokenizer**: byte-level BPE of 2,048 tokens. It puts `<|begin|>` in front of a text; `<|end|>` follows a document.
- **Text**: 40,000 documents with known topics and concepts, made by `mistudio_ext.demo.corpus` with seed 0. SHA-256 of the
  first 1,000, joined by line ends: `{digest}`.
- **Training**: {steps} steps of 2,048 tokens ({tokens} tokens, less than once through the text), seed {seed},
  {minutes} minutes of one CPU core.
- **Loss** on documents of another seed: {loss} nats a token.

Made by `scripts/make_demo.py` of miStudio's repository, which makes it anew. Weights, tokenizer and text are miStudio's own
work, under its license.
"""

if __name__ == "__main__":
    main()
