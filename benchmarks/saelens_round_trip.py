"""What is exported here loads in SAELens, and what SAELens saved loads here, both to the same reconstruction.

    python benchmarks/saelens_round_trip.py --python /path/to/an/environment/with/sae-lens/bin/python
    python benchmarks/saelens_round_trip.py --install /path/of/a/new/environment

SAELens needs other versions of much, so it runs in an environment of its own: with torch of the same version, installed first,
so that nothing else is pulled in for it. Each kind of SAE goes both ways with random weights; the goal is a relative error of
1e-5 at most, of the whole reconstruction and of the features.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

ROOT = Path(__file__).resolve().parent.parent
D, D_OUT, WIDTH, ROWS, K = 24, 20, 96, 200, 7
GOAL = 1e-5
KINDS = ("relu", "topk", "threshold", "gated")


def rows(seed: int) -> torch.Tensor:
    return torch.randn(ROWS, D, generator=torch.Generator().manual_seed(seed)) * 2 + 0.5


# ---- here -------------------------------------------------------------------


def ours() -> dict[str, Any]:
    """One of each kind that SAELens has, too."""
    from mistudio_ext.saes.net import Form
    from mistudio_ext.saes.schema import SaeAbout
    from tests.support.nets import make_net

    found: dict[str, Any] = {}
    for kind in KINDS:
        for name, form in {
            "": {},
            " without b_dec": {"centered": False},
            " layer_norm": {"layer_norm": True, "layer_norm_out": True},
        }.items():
            about = SaeAbout(architecture=kind, hook="layers.2.resid_post", out_hook="layers.2.resid_post", model_name="tiny")
            found[kind + name] = make_net(kind, d_in=D, width=WIDTH, k=K, **form), about
    for kind in ("relu", "threshold"):
        for name, skip in {" transcoder": False, " skip transcoder": True}.items():
            about = SaeAbout(
                architecture=kind, target="skip_transcode" if skip else "transcode", hook="layers.1.mlp_in",
                out_hook="layers.1.mlp_out",
            )  # fmt: skip
            found[kind + name] = make_net(kind, d_in=D, d_out=D_OUT, width=WIDTH, skip=skip), about
    constant = make_net("relu", d_in=D, width=WIDTH)
    found["constant threshold"] = (
        constant.changed(form=Form("threshold"), threshold=torch.tensor(0.3)),
        SaeAbout(architecture="batchtopk", hook="layers.0.attn_z", out_hook="layers.0.attn_z"),
    )
    return found


def write_ours(folder: Path) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    from mistudio_ext.saes.files import write_sae

    expected = {}
    for number, (name, (net, about)) in enumerate(ours().items()):
        place = folder / name.replace(" ", "_")
        write_sae(place, net, about, None)
        x = rows(number)
        save_file({"x": x}, place / "rows.safetensors")
        expected[name] = net.encode(x), net(x)
    return expected


def read_theirs(folder: Path) -> dict[str, tuple[float, float]]:
    from mistudio_ext.saes.files import read_sae

    errors = {}
    for place in sorted(folder.iterdir()):
        kept = load_file(place / "made.safetensors")
        net = read_sae(place)
        z = net.encode(kept["x"])
        errors[place.name] = relative(z, kept["z"]), relative(net.decode(z, kept["x"]), kept["made"])
    return errors


def relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


# ---- there: sae-lens alone ------------------------------------------------------


def there(folder: Path) -> None:
    from sae_lens import SAE

    for place in sorted((folder / "ours").iterdir()):
        sae = SAE.load_from_disk(place)
        x = load_file(place / "rows.safetensors")["x"]
        heads = sae.cfg.reshape_activations == "hook_z"
        given = x.reshape(len(x), 4, -1) if heads else x
        z = sae.encode(given)
        # Theirs adds a skip in `forward` alone.
        made = sae(given).reshape(len(x), -1)
        save_file({"z": z.detach().contiguous(), "made": made.detach().contiguous()}, place / "there.safetensors")
    write_theirs(folder / "theirs")


def write_theirs(folder: Path) -> None:
    from sae_lens import SAE
    from sae_lens.registry import get_sae_class

    sae_options: list[dict[str, Any]] = [{}, {"apply_b_dec_to_input": False}, {"normalize_activations": "layer_norm"}]
    wanted = [(name, options) for name in ("standard", "jumprelu", "gated") for options in sae_options]
    wanted += [("topk", {"k": K, **options}) for options in (*sae_options, {"rescale_acts_by_decoder_norm": True})]
    wanted += [("standard", {"dtype": kind}) for kind in ("bfloat16", "float16")]
    transcoders = ("transcoder", "skip_transcoder", "jumprelu_transcoder", "jumprelu_skip_transcoder")
    wanted += [(name, {"d_out": D_OUT, "apply_b_dec_to_input": False}) for name in transcoders]
    wanted += [("transcoder", {"d_out": D_OUT, "apply_b_dec_to_input": False, "normalize_activations": "layer_norm"})]
    for number, (name, options) in enumerate(wanted):
        make, config = get_sae_class(name)
        sae = make(config(d_in=D, d_sae=WIDTH, **options))
        sae.cfg.metadata.hook_name, sae.cfg.metadata.model_name = "blocks.2.hook_resid_post", "tiny"
        chance = torch.Generator().manual_seed(number)
        with torch.no_grad():
            for each_name, each in sae.named_parameters():
                each.copy_(torch.randn(each.shape, generator=chance) * 0.3)
                if each_name == "threshold":
                    each.abs_()
        place = folder / f"{name}_{number}_{'_'.join(map(str, options.values()))}"
        sae.save_model(place)
        # Half precision is that of the file; what is compared is computed in float32.
        sae = SAE.load_from_disk(place, dtype="float32")
        x = rows(number)
        kept = {"x": x, "z": sae.encode(x), "made": sae(x)}
        save_file({key: value.detach().contiguous() for key, value in kept.items()}, place / "made.safetensors")


# ---- both -----------------------------------------------------------------------


def install(folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        version = f"torch=={torch.__version__.split('+')[0]}"
        subprocess.run([python, "-m", "pip", "install", "-q", version], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", version, "sae-lens"], check=True)
    return python


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--python", type=Path, help="of an environment that has sae-lens")
    where.add_argument("--install", type=Path, help="a folder for an environment with sae-lens")
    where.add_argument("--there", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if not any(vars(given).values()):
        print("Skipped: give --python or --install.")
        return 0
    torch.set_grad_enabled(False)
    if given.there:
        there(given.there)
        return 0
    sys.path.insert(0, str(ROOT))
    python = given.python or install(given.install)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        expected = write_ours(folder / "ours")
        subprocess.run([python, __file__, "--there", folder], check=True)
        errors = {}
        for title, (z, made) in expected.items():
            found = load_file(folder / "ours" / title.replace(" ", "_") / "there.safetensors")
            errors[f"ours, {title}"] = relative(found["z"], z), relative(found["made"], made)
        errors |= {f"theirs, {title}": each for title, each in read_theirs(folder / "theirs").items()}
    print(f"{'':60} {'features':>10} {'output':>10}")
    for title, (z, made) in errors.items():
        print(f"{title[:60]:60} {z:10.1e} {made:10.1e}")
    worst = max(max(each) for each in errors.values())
    print(f"{len(expected)} of ours and {len(errors) - len(expected)} of theirs; worst {worst:.1e}, goal {GOAL:.0e}")
    return 0 if worst <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
