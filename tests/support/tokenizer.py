"""A small real tokenizer, made in a second."""

from __future__ import annotations

from pathlib import Path

SENTENCES = (
    "The rain fell over the valley and the storm gathered on the horizon.",
    "Add three spoons of flour and stir the soup until it thickens.",
    "A quick brown fox jumps over the lazy dog, twice every day.",
    "def add(a, b):\n    return a + b",
)


def make_tokenizer(folder: Path, *, adds_begin: bool = False) -> Path:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(SENTENCES, trainer)
    if adds_begin:
        bpe.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    PreTrainedTokenizerFast(tokenizer_object=bpe, bos_token="<s>", eos_token="</s>").save_pretrained(str(folder))
    return folder


def write_text(path: Path, lines: int, *, seed: int = 0) -> Path:
    """A text file with this many samples of varied length."""
    import random

    chance = random.Random(seed)
    words = sorted({word for sentence in SENTENCES for word in sentence.split()})
    with open(path, "w") as file:
        for _ in range(lines):
            file.write(" ".join(chance.choices(words, k=chance.randint(1, 60))) + "\n")
    return path
