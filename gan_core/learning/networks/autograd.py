"""Networks whose backward is PyTorch's."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gan_core.learning.networks import SlopePenalty


class Autograd:
    """Any `nn.Module` as a `Network`: PyTorch's autograd does the backward.

    The module's parameters, their gradients and its buffers become views of flat tensors, as in a distributed trainer's
    buckets. The trainer computes in inference mode; here, autograd is switched on again.

    Parameters
    ----------
    module : called with x, and with the condition if there is one.
    precision : of matrix products and convolutions; weights and what comes out stay float32.
    """

    def __init__(self, module: nn.Module, precision: torch.dtype = torch.float32) -> None:
        self.module, self.precision = module, precision
        self.normalises = any(isinstance(part, nn.modules.batchnorm._BatchNorm) for part in module.modules())
        self.parameters = list(module.parameters())
        self.weights, views = _flatten(self.parameters)
        self.gradient = torch.zeros_like(self.weights)
        for parameter, view, gradient in zip(self.parameters, views, _views(self.gradient, views), strict=True):
            parameter.data, parameter.grad = view, gradient
        places = [(owner, name) for owner in module.modules() for name, _ in owner.named_buffers(recurse=False)]
        self.buffers, views = _flatten([getattr(owner, name) for owner, name in places])
        for (owner, name), view in zip(places, views, strict=True):
            setattr(owner, name, view)

    @property
    def training(self) -> bool:
        return self.module.training

    @training.setter
    def training(self, training: bool) -> None:
        self.module.train(training)

    def forward(self, x: Tensor, condition: Tensor | None = None, groups: int = 1) -> Tensor:
        if not self.training:  # nobody learns from it
            return self._call(x, condition)
        with torch.inference_mode(False):
            self._x = x.clone().requires_grad_()
            parts = groups if self.normalises else 1
            conditions = [None] * parts if condition is None else condition.chunk(parts)
            outputs = [self._call(*part) for part in zip(self._x.chunk(parts), conditions, strict=True)]
            self._output = torch.cat(outputs) if parts > 1 else outputs[0]
            return self._output.detach()

    def learn_from(self, slope: Tensor) -> None:
        with torch.inference_mode(False):
            self.gradient.zero_()
            torch.autograd.backward(self._output, slope, inputs=self.parameters)

    def pull_back(self, slope: Tensor) -> Tensor:
        with torch.inference_mode(False):
            return torch.autograd.grad(self._output, self._x, slope, retain_graph=True)[0]

    def penalise(self, x: Tensor, penalty: SlopePenalty, condition: Tensor | None = None) -> Tensor:
        with torch.inference_mode(False):
            x = x.clone().requires_grad_()
            (slopes,) = torch.autograd.grad(self._call(x, condition).sum(), x, create_graph=True)
            flat = slopes.detach().flatten(1)
            value, factor = penalty(flat.norm(dim=1, keepdim=True))
            gradients = torch.autograd.grad(slopes, self.parameters, (flat * factor).view_as(slopes), allow_unused=True)
            for parameter, gradient in zip(self.parameters, gradients, strict=True):
                if gradient is not None and parameter.grad is not None:
                    parameter.grad.add_(gradient)
            return value

    def _call(self, x: Tensor, condition: Tensor | None) -> Tensor:
        arguments = (x,) if condition is None else (x, condition.clone())
        if self.precision == torch.float32:
            return self.module(*arguments)
        with torch.autocast(x.device.type, self.precision):
            return self.module(*arguments).float()


def _flatten(tensors: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """All of them in one flat tensor, and the views of it that have their shapes."""
    flat = torch.cat([tensor.detach().flatten() for tensor in tensors]) if tensors else torch.empty(0)
    return flat, _views(flat, tensors)


def _views(flat: Tensor, like: Sequence[Tensor]) -> list[Tensor]:
    parts = flat.split([tensor.numel() for tensor in like]) if like else []
    return [part.view(tensor.shape) for part, tensor in zip(parts, like, strict=True)]
