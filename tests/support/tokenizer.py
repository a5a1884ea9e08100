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


def make_spaced_tokenizer(folder: Path) -> Path:
    """As Llama 2's: words carry their space as a mark, what is not in the vocabulary falls back to bytes, BOS is added."""
    from tokenizers import Tokenizer, decoders, models, normalizers, processors
    from transformers import PreTrainedTokenizerFast

    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), "\u2581"]
    tokens += [chr(code) for code in range(0x21, 0x7F)]
    merges = [("t", "h"), ("th", "e"), ("\u2581", "the"), ("a", "n"), ("an", "d"), ("\u2581", "and"), ("e", "r"), ("\u2581", "r")]
    tokens += ["".join(pair) for pair in merges]
    vocabulary = {token: id for id, token in enumerate(tokens)}
    bpe = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    bpe.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    bpe.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    bpe.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    made = PreTrainedTokenizerFast(tokenizer_object=bpe, bos_token="<s>", eos_token="</s>", unk_token="<unk>")
    made.save_pretrained(str(folder))
    return folder


def make_word_tokenizer(folder: Path) -> Path:
    """As BERT's: no begin and no end token, [CLS] and [SEP] around a text."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    letters = "abcdefghijklmnopqrstuvwxyz.,"
    tokens = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        *letters,
        *(f"##{letter}" for letter in letters),
        "the",
        "rain",
        "##ing",
        "storm",
    ]
    words = Tokenizer(models.WordPiece(vocab={token: id for id, token in enumerate(tokens)}, unk_token="[UNK]"))
    words.normalizer = normalizers.BertNormalizer(lowercase=True)
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words.decoder = decoders.WordPiece()
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    PreTrainedTokenizerFast(tokenizer_object=words, **special).save_pretrained(str(folder))
    return folder


def write_text(path: Path, lines: int, *, seed: int = 0) -> Path:
    """A text file with this many samples of varied length."""
    import random

    chance = random.Random(seed)
    words = sorted({word for sentence in SENTENCES for word in sentence.split()})
    with open(path, "w") as file:
        file.writelines(" ".join(chance.choices(words, k=chance.randint(1, 60))) + "\n" for _ in range(lines))
    return path
