"""The one figure of la liga."""

import matplotlib.pyplot as plt

from coursekit.notebook.plotting import GREY, look, plain_ticks

ARCHITECTURE = {  # whose colour a row has; among those of one colour the mark tells
    **dict.fromkeys(("atención", "pre-norm", "post-norm", "GQA", "ventana de 16"), "attention"),
    **dict.fromkeys(("Mamba", "Mamba-2"), "mamba"),
    "híbrido": "hybrid",
    **dict.fromkeys(("KN-5", "Bengio"), "ngram"),
    **dict.fromkeys(("LSTM", "GRU"), "recurrent"),
    **dict.fromkeys(("MoE", "MoE, mismos activos"), "moe"),
}


def draw(rows, exact):
    """Excess bits against what they cost: tokens, FLOPs, seconds of training, bytes of generation.

    Args:
        rows: {name: row, as `coursekit.liga.play` returns it}.
        exact: {name: `Excess`}, as `coursekit.liga.exact_rows` returns it; drawn as lines across.

    Returns: a matplotlib Figure: learning curves above; below, the ends alone, on an axis of their own. Points are
        means over the seeds, bars their range.
    Raises: ValueError for a row that `ARCHITECTURE` does not name.
    """
    if unknown := [name for name in rows if name not in ARCHITECTURE]:
        raise ValueError(f"expected rows that coursekit.liga.figure.ARCHITECTURE names, got {', '.join(unknown)}")
    figure, panels = plt.subplots(2, 2, figsize=(8.9, 7.0), sharey="row")
    labels = ("tokens de entrenamiento (miles)", "GFLOP de entrenamiento", "segundos de entrenamiento")
    for axes, label in zip(panels.flat, (*labels, "pesos y caché al generar (KiB)")):
        axes.set(xlabel=label)
    for axes in panels[0]:
        axes.set(xscale="log", yscale="log")
    for i, (name, row) in enumerate(rows.items()):
        style = look(ARCHITECTURE[name]) | {"marker": "os^Dv<>"[i % 7], "markersize": 6, "linewidth": 1.8}
        thousands = [tokens / 1000 for tokens in row["runs"][0]["tokens"]]
        mean, low, high = _over_seeds(row["runs"])
        end = [[mean[-1] - low[-1]], [high[-1] - mean[-1]]]
        seconds = sum(run["seconds"] for run in row["runs"]) / len(row["runs"])
        panels[0, 0].plot(thousands, mean, label=name, **style)
        panels[0, 0].fill_between(thousands, low, high, color=style["color"], alpha=0.15, linewidth=0)
        if row["flops"]:  # who counts multiplies no matrices
            panels[0, 1].plot([1000 * t * row["flops"] / 1e9 for t in thousands], mean, **style)
        panels[1, 0].errorbar(seconds, mean[-1], yerr=end, capsize=4, **style)
        panels[1, 1].errorbar((row["weight_bytes"] + row["state_bytes"]) / 1024, mean[-1], yerr=end, capsize=4, **style)
    for name, score in exact.items():
        if score.mean > 0:
            for axes in panels[0]:
                axes.axhline(score.mean, color=GREY, linestyle="--", linewidth=1.2)
            panels[0, 0].annotate(name, (thousands[0], score.mean), textcoords="offset points", xytext=(0, 4))
    for axes in panels[0]:
        for axis in (axes.xaxis, axes.yaxis):
            plain_ticks(axis, [digit * 10.0**power for power in range(-3, 7) for digit in (1, 2, 5)])
    for axes in panels[:, 0]:
        axes.set_ylabel("exceso (bits/token)")
    figure.legend(loc="outside lower center", ncols=4)
    figure.suptitle("La liga: exceso sobre la cota según lo que cuesta", fontweight="bold")
    return figure


def _over_seeds(runs):
    points = list(zip(*(run["excess"] for run in runs)))
    return [sum(p) / len(p) for p in points], [min(p) for p in points], [max(p) for p in points]
