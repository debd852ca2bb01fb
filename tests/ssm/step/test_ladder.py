"""One step of the selective scan: compiled against torch, and steps against the whole sequence."""

from math import log

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.ssm.duality import reference as ssd_reference
from coursekit.ssm.step import backend, fused_cpu, reference

RUNGS = {"reference": reference, "cpu": fused_cpu, "chosen": backend}
RUNGS = {name: module.selective_state_update for name, module in RUNGS.items()}

# float64: N products of order 1 to 10, each rounded to 1e-16 of it
TOLERANCE = {"rtol": 0, "atol": 1e-12}


def inputs(heads=4, B=2, P=3, G=2, N=5, shared=False, dtype=torch.float64, seed=0):
    """All the tensors of a step by name; heads = 0 is Mamba's form, `shared` gives one number a head."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(shape, dtype=dtype, generator=generator)

    channels = (heads, P) if heads else (P,)
    row = (heads,) if shared else channels
    return {
        "state": normal(B, *channels, N),
        "x": normal(B, *channels),
        "dt": normal(B, *row),
        "A": -normal(*(row if shared else (*channels, N))).exp(),
        "B": normal(B, G, N) if heads else normal(B, N),
        "C": normal(B, G, N) if heads else normal(B, N),
        "D": normal(*row),
        "z": normal(B, *channels),
        "dt_bias": normal(*row),
    }


def step(rung, tensors, **options):
    """The output and the new state; the tensors stay as they are."""
    state = tensors["state"].clone()
    return rung(**(tensors | {"state": state}), **options), state


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_one_step_by_hand(rung):
    # A = (-ln 2, -ln 4) and a step of 1: the state (8, 8) fades to (4, 2).
    # x = 3 is written with B = (1, 10): (7, 32). C = (2, 1) reads 14 + 32 = 46.
    def row(*values):
        return torch.tensor([values], dtype=torch.float64)

    state, A = row(8, 8)[None], row(-log(2), -log(4))
    arguments = {"x": row(3), "dt": row(1), "A": A, "B": row(1, 10), "C": row(2, 1)}
    assert rung(state, **arguments).item() == pytest.approx(46, abs=1e-12)
    torch.testing.assert_close(state, row(7, 32)[None], **TOLERANCE)
    # D = 5 adds 15: 61; z = ln 3 gates with SiLU(ln 3) = 3/4 ln 3
    state = row(8, 8)[None]
    y = rung(state, **arguments, D=row(5)[0], z=row(log(3)))
    assert y.item() == pytest.approx(61 * 0.75 * log(3), abs=1e-12)
    # a step of -4 with a bias of 4 + ln(e - 1) has softplus 1
    bias = 4 + row(1).expm1().log()[0]
    state = row(8, 8)[None]
    y = rung(state, **(arguments | {"dt": row(-4)}), dt_bias=bias, dt_softplus=True)
    assert y.item() == pytest.approx(46, abs=1e-12)


FORMS = {"Mamba": {"heads": 0}, "heads": {}, "one number a head": {"shared": True}}
OPTIONS = {"bare": ("D", "z", "dt_bias"), "no gate": ("z",), "no skip": ("D",), "no bias": ("dt_bias",), "all": ()}


@pytest.mark.parametrize("dt_softplus", [False, True])
@pytest.mark.parametrize("absent", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_compiled_equals_reference(form, absent, dt_softplus):
    tensors = {name: None if name in absent else t for name, t in inputs(**form).items()}
    if not dt_softplus:  # negative steps grow the state: keep them small
        tensors["dt"] = tensors["dt"] * 0.1
    y, state = step(fused_cpu.selective_state_update, tensors, dt_softplus=dt_softplus)
    expected, expected_state = step(reference.selective_state_update, tensors, dt_softplus=dt_softplus)
    assert y.shape == expected.shape
    torch.testing.assert_close(y, expected, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(state, expected_state, rtol=1e-12, atol=1e-12)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    G=st.integers(1, 3),
    repeats=st.integers(1, 3),
    B=st.integers(1, 3),
    P=st.integers(1, 20),
    N=st.integers(1, 40),
    shared=st.booleans(),
)
def test_any_shape(G, repeats, B, P, N, shared):
    tensors = inputs(G * repeats, B, P, G, N, shared)
    if shared and P % 2:  # mamba_ssm allows these apart from the others
        tensors["D"] = torch.ones(G * repeats, P, dtype=torch.float64)
    y, state = step(fused_cpu.selective_state_update, tensors, dt_softplus=True)
    expected, expected_state = step(reference.selective_state_update, tensors, dt_softplus=True)
    torch.testing.assert_close(y, expected, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(state, expected_state, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("N", [16, 48])
@pytest.mark.parametrize("P", [1, 15, 16, 17, 35])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_many_states_go_by_lanes(dtype, P, N):
    # whole blocks of channels, and what is left; each sum has N terms of order 1 to 10, rounded
    tensors = inputs(heads=2, P=P, G=1, N=N, dtype=dtype)
    y, state = step(fused_cpu.selective_state_update, tensors, dt_softplus=True)
    expected, expected_state = step(reference.selective_state_update, tensors, dt_softplus=True)
    tolerance = {"rtol": 0, "atol": 1000 * torch.finfo(dtype).eps}
    torch.testing.assert_close(y, expected, **tolerance)
    torch.testing.assert_close(state, expected_state, **tolerance)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_float32_is_as_exact_as_torch(form):
    # the mean square of 400 errors or more moves little with the order of sums; e^x has an error of its own
    exact = inputs(**(form | {"P": 200, "N": 64}))
    single = {name: t.float() for name, t in exact.items()}
    expected = step(reference.selective_state_update, exact, dt_softplus=True)
    torchs = step(reference.selective_state_update, single, dt_softplus=True)
    ours = step(fused_cpu.selective_state_update, single, dt_softplus=True)
    for got, theirs, right in zip(ours, torchs, expected):
        assert got.dtype == torch.float32
        assert (got - right).square().mean() <= 2**2 * (theirs - right).square().mean()


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_steps_are_the_whole_sequence(rung):
    whole = inputs(shared=True)
    L, (batch, heads, size) = 9, whole["x"].shape
    generator = torch.Generator().manual_seed(3)
    x, z = (torch.randn(batch, L, heads, size, dtype=torch.float64, generator=generator) for _ in range(2))
    dt = torch.randn(batch, L, heads, dtype=torch.float64, generator=generator)
    B, C = (torch.randn(batch, L, 2, 5, dtype=torch.float64, generator=generator) for _ in range(2))
    shared = {name: whole[name] for name in ("A", "D", "dt_bias")}
    expected, final = ssd_reference.ssd(
        x, dt, B=B, C=C, z=z, **shared, initial_states=whole["state"], dt_softplus=True, return_final_states=True
    )
    state = whole["state"].clone()
    for t in range(L):
        here = {"x": x[:, t], "dt": dt[:, t], "B": B[:, t], "C": C[:, t], "z": z[:, t]}
        torch.testing.assert_close(rung(state, **here, **shared, dt_softplus=True), expected[:, t], **TOLERANCE)
    torch.testing.assert_close(state, final, **TOLERANCE)


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_views_and_parameters(rung):
    tensors = inputs(heads=0, P=6, N=4)
    expected, state = step(rung, tensors, dt_softplus=True)
    turned = {name: t.mT.contiguous().mT if t.dim() > 1 else t for name, t in tensors.items()}
    for name in ("A", "D", "dt_bias"):
        turned[name] = turned[name].clone().requires_grad_()
    assert not turned["state"].is_contiguous()
    y = rung(**turned, dt_softplus=True)
    torch.testing.assert_close(y, expected, **TOLERANCE)
    torch.testing.assert_close(turned["state"], state, **TOLERANCE)
    assert not y.requires_grad
    assert not turned["state"].requires_grad


BAD = [
    ("Mamba", "state", torch.zeros(2, 3), r"state: expected \(batch, channels, states\) or .* got \(2, 3\)"),
    ("Mamba", "state", torch.zeros(2, 3, 0), r"state: expected .* none of them 0, got \(2, 3, 0\)"),
    ("Mamba", "state", torch.zeros(2, 3, 5).half(), "state: expected float32 or float64, got torch.float16"),
    ("Mamba", "x", torch.zeros(2, 4), r"x: expected \(2, 3\), got \(2, 4\)"),
    ("Mamba", "x", torch.zeros(2, 3).double(), "x: expected dtype of state, torch.float32, got torch.float64"),
    ("Mamba", "dt", torch.zeros(2), r"dt: expected \(2, 3\), got \(2,\)"),
    ("Mamba", "A", torch.zeros(3), r"A: expected \(3, 5\), got \(3,\)"),
    ("Mamba", "B", torch.zeros(2, 1, 5), r"B: expected \(2, 5\), got \(2, 1, 5\)"),
    ("Mamba", "C", torch.zeros(2, 4), r"C: expected \(2, 5\), got \(2, 4\)"),
    ("heads", "dt", torch.zeros(2, 3), r"dt: expected \(2, 4, 3\) or \(2, 4\), got \(2, 3\)"),
    ("heads", "A", torch.zeros(3), r"A: expected \(4, 3, 5\) or \(4,\), got \(3,\)"),
    ("heads", "B", torch.zeros(2, 5), r"B: expected \(2, G, 5\) with G a divisor of 4 heads, got \(2, 5\)"),
    ("heads", "B", torch.zeros(2, 3, 5), r"B: expected \(2, G, 5\) with G a divisor of 4 heads, got \(2, 3, 5\)"),
    ("heads", "B", torch.zeros(2, 0, 5), r"B: expected \(2, G, 5\) with G a divisor of 4 heads, got \(2, 0, 5\)"),
    ("heads", "B", torch.zeros(2, 2, 4), r"B: expected \(2, 2, 5\), got \(2, 2, 4\)"),
    ("heads", "C", torch.zeros(2, 1, 5), r"C: expected \(2, 2, 5\), got \(2, 1, 5\)"),
    ("heads", "D", torch.zeros(3), r"D: expected \(4, 3\) or \(4,\), got \(3,\)"),
    ("heads", "z", torch.zeros(2, 4), r"z: expected \(2, 4, 3\), got \(2, 4\)"),
    ("heads", "dt_bias", torch.zeros(2), r"dt_bias: expected \(4, 3\) or \(4,\), got \(2,\)"),
    ("heads", "dt", torch.full((2, 4), float("nan")), "dt: expected finite numbers, got 8 that are NaN or infinite"),
]


@pytest.mark.parametrize(("form", "name", "bad", "message"), BAD)
@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_bad_input(rung, form, name, bad, message):
    tensors = {key: t.float() for key, t in inputs(**FORMS[form]).items()}
    before = tensors["state"].clone()
    with pytest.raises(ValueError, match=message):
        rung(**(tensors | {name: bad}))
    assert tensors["state"].equal(before)  # nothing was written


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_every_tensor_has_the_dtype_of_the_state(rung, form):
    tensors = inputs(**form)
    for name in tensors.keys() - {"state"}:
        with pytest.raises(ValueError, match=f"{name}: expected dtype of state, torch.float64, got torch.float32"):
            rung(**(tensors | {name: tensors[name].float()}))


def test_other_tensors_are_other_questions():
    # one call after the other with the same number of states: what is known of the first must not pass for the next
    good = {name: t.float() for name, t in inputs(heads=2, B=2, P=4, G=1, N=4).items()}
    turned = good | {name: good[name].mT.contiguous().mT for name in ("state", "x", "A", "z")}
    other_sizes = {name: t.float() for name, t in inputs(heads=4, B=1, P=4, G=2, N=4).items()}
    without = good | {"D": None, "z": None, "dt_bias": None}
    for tensors in (good, turned, other_sizes, without, good):
        for _ in range(2):  # asked, and known
            y, state = step(fused_cpu.selective_state_update, tensors)
            expected, expected_state = step(reference.selective_state_update, tensors)
            torch.testing.assert_close(y, expected)
            torch.testing.assert_close(state, expected_state)
    step(fused_cpu.selective_state_update, good)
    with pytest.raises(ValueError, match="A: expected dtype of state"):
        step(fused_cpu.selective_state_update, good | {"A": good["A"].double()})


@pytest.mark.parametrize("name", ["x", "A", "D"])
def test_tensors_elsewhere_are_refused(name):
    tensors = inputs()
    with pytest.raises(ValueError, match="expected all tensors on cpu, as the state, got one on meta"):
        step(fused_cpu.selective_state_update, tensors | {name: tensors[name].to("meta")})


@pytest.mark.parametrize("N", [5, 16])
def test_a_rate_that_is_not_a_number_gives_none(N):
    tensors = inputs(heads=0, P=16, N=N, dtype=torch.float32)
    tensors["A"][3, 2] = float("nan")
    y, state = step(fused_cpu.selective_state_update, tensors)
    assert y.isnan().nonzero().tolist() == [[0, 3], [1, 3]]
    assert state.isnan().nonzero().tolist() == [[0, 3, 2], [1, 3, 2]]


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_a_bias_that_is_not_finite_is_refused(rung):
    tensors = inputs()
    tensors["dt_bias"][1] = float("nan")
    with pytest.raises(ValueError, match="dt_bias: expected finite numbers, got 3 that are NaN or infinite"):
        rung(**tensors)


def test_steps_beyond_all_numbers_are_refused_and_the_state_stays():
    tensors = inputs()
    tensors["dt"][:] = 1e308
    state = tensors["state"].clone()
    with pytest.raises(ValueError, match="dt: expected steps whose sum is a finite number, got one that overflows"):
        fused_cpu.selective_state_update(**tensors)
    assert torch.equal(tensors["state"], state)


def test_the_compiled_rung_is_for_the_cpu(monkeypatch):
    for module in (fused_cpu, reference):
        monkeypatch.setattr(module, "selective_state_update", lambda *arguments, name=module.__name__: name)
    for device, rung in (("cpu", fused_cpu), ("meta", reference)):
        state = torch.ones(1, 1, 1, device=device)
        assert backend.selective_state_update(state, *[None] * 5) == rung.__name__
