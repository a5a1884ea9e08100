"""A model's logits of chosen tokens, a slice at a time: those of a whole batch over a large vocabulary would not fit in memory.

The pass itself stops short: what goes into the unembedding is kept for the chosen tokens, and one token alone goes on. Later,
rows of what was kept take that one token's place, so that whatever a family does to its logits is done by the model itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..captures.forward import NothingRead
from ..contract.errors import BadRequest
from ..models.hooks import given, hooked, with_given
from ..models.structure import find_structure

if TYPE_CHECKING:
    from torch import Tensor


class Logits:
    def __init__(self, model: Any):
        path = find_structure(model).unembedding
        if path is None:
            raise BadRequest("The model has no unembedding.", "Choose a language model.", code="no_unembedding")
        self.model, self._unembedding = model, model.get_submodule(path)
        self._device = model.get_input_embeddings().weight.device

    def before(self, ids: Tensor, mask: Tensor, chosen: Tensor) -> Tensor:
        """What goes into the unembedding at the chosen tokens (texts x columns, as the others), in their order."""
        kept: list[Tensor] = []

        def keep(_: Any, args: Any, kwargs: Any) -> Any:
            found = _given(args, kwargs)
            if found.shape[:2] != ids.shape:
                raise NothingRead(
                    f"The unembedding got numbers of the shape {tuple(found.shape)}.",
                    "Choose another model.",
                    code="nothing_read",
                )
            kept.append(found[chosen.to(found.device)])
            return with_given(args, kwargs, found[:1, :1])

        self._run(keep, input_ids=ids, attention_mask=mask)
        return kept[0]

    def of(self, rows: Tensor) -> Tensor:
        """The logits of such rows: rows x vocabulary, in float32."""
        import torch

        def replace(_: Any, args: Any, kwargs: Any) -> Any:
            return with_given(args, kwargs, rows[None].to(_given(args, kwargs)))

        result: Tensor = self._run(replace, input_ids=torch.zeros((1, 1), dtype=torch.long))[0].float()
        return result

    def _run(self, hook: Callable[..., Any], **inputs: Tensor) -> Tensor:
        import torch

        put = self._unembedding.register_forward_pre_hook(hook, with_kwargs=True)
        with hooked([put]), torch.no_grad():
            result: Tensor = self.model(**{name: each.to(self._device) for name, each in inputs.items()}, use_cache=False).logits
        return result


def _given(args: Any, kwargs: Any) -> Tensor:
    found = given(args, kwargs)
    if found is None:
        raise NothingRead("The unembedding got nothing.", "Choose another model.")
    return found
