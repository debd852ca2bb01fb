"""What flows into what in a module's `forward`, and whether a block diagram says the same.

Traced, not read: the module is run once, and autograd's graph is followed from each named part's inputs back to what
they were made of. Leaves out: what carries no gradient (chosen indices, masks, positions); the caches. Two parts whose
arrow the diagram draws and no gradient takes are therefore reported, and must be drawn as notes instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from types import ModuleType
from typing import Any
from unittest.mock import patch

from coursekit.notebook.drawing.diagram import IN, OUT, Diagram

Functions = Mapping[str, tuple[ModuleType, str]]


def check_flow(diagram: Diagram, module: Any, *inputs: Any, functions: Functions | None = None) -> None:
    """Hold a diagram to a module's `forward`.

    Args:
        diagram: its boxes are named as submodules of the module ("norm", "mixer.in_proj") or as `functions`.
        module: a `torch.nn.Module`.
        inputs: of its `forward`; the first is `IN`.
        functions: what is drawn and is no module: name → (the Python module where it is looked up, its name there).

    Raises:
        ValueError: one line that says which arrows are drawn and do not flow, and which flow and are not drawn.
    """
    drawn = diagram.edges()
    names = {name for edge in drawn for name in edge} | set(diagram.places) - diagram.knots - {IN, OUT}
    traced = flow(module, *inputs, parts=names - {IN, OUT}, functions=functions)
    more, less = (", ".join(f"{a} → {b}" for a, b in sorted(edges)) for edges in (drawn - traced, traced - drawn))
    said = [f"drawn, but does not flow: {more}"] * bool(more) + [f"flows, but is not drawn: {less}"] * bool(less)
    if said:
        raise ValueError(f"expected the arrows of {type(module).__name__}.forward, got {'; '.join(said)}")


def flow(module: Any, *inputs: Any, parts: Iterable[str], functions: Functions | None = None) -> set[tuple[str, str]]:
    """The arrows between the named parts of a module, `IN` and `OUT`: (from, to) where nothing named lies between.

    Raises:
        ValueError: for a part that is neither a submodule nor among `functions`, or that does not run.
    """
    import torch

    functions, submodules = functions or {}, dict(module.named_modules())
    if unknown := [name for name in parts if name not in submodules and name not in functions]:
        raise ValueError(f"expected submodules of {type(module).__name__} or functions, got {', '.join(unknown)}")
    trace = _Trace(torch)
    first, *others = inputs
    with ExitStack() as stack, torch.enable_grad():
        for name in parts:
            if name in functions:
                home, called = functions[name]
                stack.enter_context(patch.object(home, called, trace.around(name, getattr(home, called))))
            else:
                hook = submodules[name].register_forward_hook(trace.hook(name), with_kwargs=True)
                stack.callback(hook.remove)
        result = module(trace.marked(IN, first), *others)
    if missing := sorted(set(parts) - trace.ran):
        raise ValueError(f"expected that {', '.join(missing)} run in forward, got no call")
    trace.ends(OUT, result)
    return trace.edges


class _Trace:
    """Marks what parts give, and finds the marks behind what they take."""

    def __init__(self, torch: Any):
        class Mark(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, x: Any) -> Any:
                return x.clone()

            @staticmethod
            def backward(ctx: Any, gradient: Any) -> Any:
                return gradient

        self._torch, self._mark = torch, Mark.apply
        self._names: dict[Any, str] = {}
        self.ran: set[str] = set()
        self.edges: set[tuple[str, str]] = set()

    def marked(self, name: str, value: Any) -> Any:
        """The same value; what is made of it will be known to come from `name`. Whole numbers carry no gradient."""
        if isinstance(value, tuple | list):
            return type(value)(self.marked(name, each) for each in value)
        if not isinstance(value, self._torch.Tensor) or not value.is_floating_point():
            return value
        copy = self._mark(value if value.requires_grad else value.detach().requires_grad_())
        self._names[copy.grad_fn] = name
        return copy

    def ends(self, name: str, value: Any) -> None:
        """Everything that flows into `name` without another mark between."""
        for tensor in _tensors(value, self._torch):
            waiting, seen = [tensor.grad_fn], set()
            while waiting:
                node = waiting.pop()
                if node is None or node in seen:
                    continue
                seen.add(node)
                if node in self._names:
                    self.edges.add((self._names[node], name))
                else:
                    waiting += [before for before, _ in node.next_functions]

    def hook(self, name: str) -> Any:
        def after(_module: Any, arguments: Any, named: Any, result: Any) -> Any:
            return self._passed(name, (arguments, list(named.values())), result)

        return after

    def around(self, name: str, function: Any) -> Any:
        def called(*arguments: Any, **named: Any) -> Any:
            return self._passed(name, (arguments, list(named.values())), function(*arguments, **named))

        return called

    def _passed(self, name: str, taken: Any, result: Any) -> Any:
        self.ran.add(name)
        self.ends(name, taken)
        return self.marked(name, result)


def _tensors(value: Any, torch: Any) -> Iterable[Any]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _tensors(each, torch)
