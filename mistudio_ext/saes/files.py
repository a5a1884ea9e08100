"""From an SAE's folder to the SAE and back: cfg.json, sae_weights.safetensors, and check.safetensors with some rows and what it
made of them. Only tensors are loaded, and their numbers must be numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..contract.errors import Unreadable
from ..contract.models import checked
from ..models.headers import read_header
from ..workspace import atomic
from .check import ROWS, Check
from .config import NAMES, Config, written
from .folder import CHECK, CONFIG, NAME, SCALES, WEIGHTS, config_in, wrong
from .net import Form, SparseAutoencoder
from .schema import SaeAbout
from .tensor_file import Tensors, read_tensors, write_tensors


def read_sae(folder: Path) -> SparseAutoencoder:
    """In float32 on the CPU. Where rows were kept with it, it must make of them what it made then."""
    config = config_in(folder)
    net = _net(config, _tensors(folder / WEIGHTS))
    check = read_check(folder, config)
    if check is not None:
        check.require(net)
    return net


def write_sae(folder: Path, net: SparseAutoencoder, about: SaeAbout, check: Check | None) -> None:
    """All files; each appears whole."""
    atomic.make_folder(folder)
    config = config_of(net, about)
    write_tensors(folder / WEIGHTS, _theirs(net, config))
    if check is not None:
        write_tensors(folder / CHECK, {"x": check.x, "y_hat": check.made})
    atomic.write_json(folder / CONFIG, written(config))


def config_of(net: SparseAutoencoder, about: SaeAbout) -> Config:
    form = net.form
    return Config(
        kind=form.activation, transcoder=about.target != "autoencode", skip=net.W_skip is not None, d_in=net.shape.d_in,
        d_out=net.shape.d_out, width=net.shape.width, k=form.k if form.activation == "topk" else None, centered=form.centered,
        layer_norm=form.layer_norm, by_length=False, about=about, own=True,
    )  # fmt: skip


def read_check(folder: Path, config: Config) -> Check | None:
    if not (folder / CHECK).exists():
        return None
    header = read_header(folder / CHECK, NAME)
    rows = header["x"].shape[0] if "x" in header and header["x"].shape else 0
    wanted = {"x": ("F32", (rows, config.d_in)), "y_hat": ("F32", (rows, config.d_out))}
    if {name: (each.kind, each.shape) for name, each in header.items()} != wanted or not 1 <= rows <= ROWS:
        raise Unreadable(f"{CHECK} of {NAME} does not hold the rows that it should.", "Restore the file, or take it away.")
    found = _tensors(folder / CHECK)
    return Check(found["x"], found["y_hat"])


def _net(config: Config, tensors: Tensors) -> SparseAutoencoder:
    import torch

    for name in SCALES:
        scale = tensors.pop(name, None)
        if scale is not None and not torch.allclose(scale, torch.ones_like(scale)):
            raise wrong(f"has a {name} that is not 1; multiply the decoder by it first")
    if "log_threshold" in tensors:
        tensors["threshold"] = tensors.pop("log_threshold").exp()
    encoder, b_enc, decoder = tensors["W_enc"].t(), tensors.get("b_enc", tensors.get("b_gate")), tensors["W_dec"]
    assert b_enc is not None
    if config.by_length:
        lengths = decoder.norm(dim=1)
        encoder, b_enc = encoder * lengths[:, None], b_enc * lengths
        decoder = torch.nn.functional.normalize(decoder, dim=1)
    form = Form(
        config.kind, config.k, config.centered, layer_norm=config.layer_norm,
        layer_norm_out=config.layer_norm and not config.transcoder,
    )  # fmt: skip
    return SparseAutoencoder(
        form, encoder=encoder.contiguous(), b_enc=b_enc, W_dec=decoder, b_dec=tensors["b_dec"], W_skip=tensors.get("W_skip"),
        threshold=tensors.get("threshold"), b_mag=tensors.get("b_mag"), r_mag=tensors.get("r_mag"), cfg=_facts(config),
    )  # fmt: skip


def _theirs(net: SparseAutoencoder, config: Config) -> Tensors:
    found = {name: each.detach().cpu() for name, each in net.tensors().items()}
    found["W_enc"] = found.pop("encoder").t()
    if config.kind == "gated":
        found["b_gate"] = found.pop("b_enc")
    if "threshold" in found:
        found["threshold"] = found["threshold"].expand(config.width)
    return found


def _facts(config: Config) -> dict[str, Any]:
    return config.about.model_dump() | {"d_in": config.d_in, "d_out": config.d_out, "d_sae": config.width}


def about_of(net: SparseAutoencoder) -> SaeAbout:
    """Of one that was loaded, what its files said; of one made by hand, what can be seen."""
    transcoder = net.cfg.get("target", "autoencode") != "autoencode" or net.shape.d_in != net.shape.d_out
    target = "skip_transcode" if net.W_skip is not None else "transcode" if transcoder else "autoencode"
    known = {name: value for name, value in net.cfg.items() if name in SaeAbout.model_fields}
    plain = {
        "architecture": NAMES[net.form.activation],
        "k": net.form.k,
        "normalization": "layer_norm" if net.form.layer_norm else "none",
    }
    return checked(SaeAbout, plain | known | {"target": target})


def _tensors(file: Path) -> Tensors:
    """Numbers alone, in float32."""
    found = {name: each.float() for name, each in read_tensors(file).items()}
    for name, each in found.items():
        if not bool(each.isfinite().all()):
            raise wrong(f"has not-a-number or infinity in {name}", file.name)
    return found
