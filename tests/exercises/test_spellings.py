"""Right answers as different students write them: four and more spellings of each exercise pass."""

import itertools
import math
import tomllib
from collections import Counter, defaultdict
from fractions import Fraction
from functools import reduce
from statistics import fmean, geometric_mean

import numpy as np
import pytest
import torch

from coursekit.exercises import find_exercise
from coursekit.exercises.checking import judge
from coursekit.root import find_root

RIGHT = []


def student(number):
    def noted(answer):
        RIGHT.append(pytest.param(number, answer, id=f"{number} {answer.__name__}"))
        return answer

    return noted


# --- 01.1: perplexity ---


@student("01.1")
def inverse_of_the_geometric_mean(probabilities):
    return 1 / geometric_mean(probabilities)


@student("01.1")
def two_to_the_bits(probabilities):
    return 2 ** fmean(-math.log2(p) for p in probabilities)


@student("01.1")
def exponential_of_numpy(probabilities):
    return np.exp(-np.log(np.array(probabilities)).mean())


@student("01.1")
def loss_of_torch(probabilities):
    return torch.tensor(probabilities, dtype=torch.float64).log().mean().neg().exp()


# --- 01.2: the unseen ---


@student("01.2")
def counted_by_hand(text, n):
    times, total = defaultdict(int), 0
    for i in range(n, len(text) + 1):
        times[" ".join(text[i - n : i])] += 1
        total += 1
    return len([1 for count in times.values() if count == 1]) / total if total else 1.0


@student("01.2")
def shifted_copies(text, n):
    grams = list(zip(*(text[i:] for i in range(n))))
    return sum(grams.count(gram) == 1 for gram in grams) / len(grams) if grams else 1


@student("01.2")
def unique_of_numpy(text, n):
    grams = ["/".join(text[i : i + n]) for i in range(len(text) - n + 1)]
    return (np.unique(grams, return_counts=True)[1] == 1).sum() / len(grams) if grams else 1


@student("01.2")
def exact_fraction(text, n):
    grams = Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1))
    return float(Fraction(sum(v == 1 for v in grams.values()), sum(grams.values()))) if grams else 1


# --- 01.3: Kneser-Ney with pairs ---


@student("01.3")
def summed_in_loops(pairs, previous, word, discount):
    total = kinds = places = 0
    for (first, second), count in pairs.items():
        if first == previous:
            total += count
            kinds += 1
        if second == word:
            places += 1
    lower = places / len(pairs)
    if total == 0:
        return lower
    return max(pairs.get((previous, word), 0) - discount, 0) / total + discount * kinds / total * lower


@student("01.3")
def rows_of_a_table(pairs, previous, word, discount):
    row = [count for (first, _), count in pairs.items() if first == previous]
    lower = [second for _, second in pairs].count(word) / len(pairs)
    if not row:
        return lower
    seen = pairs[previous, word] - discount if (previous, word) in pairs else 0
    return (max(0, seen) + discount * len(row) * lower) / sum(row)


@student("01.3")
def sums_of_numpy(pairs, previous, word, discount):
    first, second = (np.array([pair[i] for pair in pairs]) for i in (0, 1))
    count = np.array(list(pairs.values()), dtype=float)
    lower, row = (second == word).mean(), first == previous
    if not row.any():
        return lower
    left = np.maximum(count[row & (second == word)] - discount, 0).sum()
    return left / count[row].sum() + discount * row.sum() / count[row].sum() * lower


@student("01.3")
def what_was_taken_is_given(pairs, previous, word, discount):
    followers = Counter({second: count for (first, second), count in pairs.items() if first == previous})
    lower = sum(second == word for _, second in pairs) / len(pairs)
    total = sum(followers.values())
    return (max(followers[word] - discount, 0) + discount * len(followers) * lower) / total if total else lower


# --- 01.4: a step of an LSTM ---


@student("01.4")
def sigmoid_by_tangent(x, h, c, w):
    def part(name):
        return sum(a * b for a, b in zip(w[name], (x, h, 1)))

    i, f, o = (0.5 * (1 + math.tanh(part(name) / 2)) for name in "ifo")
    c = f * c + i * math.tanh(part("g"))
    return o * math.tanh(c), c


@student("01.4")
def cell_of_torch(x, h, c, w):
    weights = torch.tensor([w[name] for name in "ifgo"], dtype=torch.float64)
    i, f, g, o = weights @ torch.tensor([x, h, 1.0], dtype=torch.float64)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


@student("01.4")
def products_of_numpy(x, h, c, w):
    z = {name: np.dot(w[name], [x, h, 1]) for name in w}
    gate = {name: 1 / (1 + np.exp(-z[name])) for name in "ifo"}
    new = gate["f"] * c + gate["i"] * np.tanh(z["g"])
    return [gate["o"] * np.tanh(new), new]


@student("01.4")
def written_to_the_end(x, h, c, w):
    a, b, d = w["i"]
    i = 1 / (1 + math.e ** -(a * x + b * h + d))
    a, b, d = w["f"]
    f = 1 / (1 + math.e ** -(a * x + b * h + d))
    a, b, d = w["o"]
    o = 1 / (1 + math.e ** -(a * x + b * h + d))
    a, b, d = w["g"]
    c = f * c + i * math.tanh(a * x + b * h + d)
    return o * math.tanh(c), c


# --- 01.5: the shortest way ---


@student("01.5")
def matched_by_kind(kind, distance, kernel=3):
    match kind:
        case "attention":
            return 1 if distance else 0
        case "recurrence":
            return distance
    return math.ceil(distance / (kernel - 1))


@student("01.5")
def until_it_arrives(kind, distance, kernel=3):
    reach = {"recurrence": 1, "attention": max(distance, 1)}.get(kind, kernel - 1)
    steps = 0
    while distance > 0:
        distance, steps = distance - reach, steps + 1
    return steps


@student("01.5")
def divided_upwards(kind, distance, kernel=3):
    reach = {"recurrence": 1, "attention": distance or 1, "convolution": kernel - 1}[kind]
    return (distance + reach - 1) // reach


@student("01.5")
def ceiling_of_numpy(kind, distance, kernel=3):
    if kind == "attention":
        return np.minimum(distance, 1)
    return np.ceil(distance / (1 if kind == "recurrence" else kernel - 1))


# --- 02.1: the mask ---


@student("02.1")
def band(T, window=None):
    mask = torch.ones(T, T, dtype=torch.bool).tril()
    return mask if window is None else mask.triu(1 - window)


@student("02.1")
def rows_of_lists(T, window=None):
    return [[j <= i and (window is None or i - j < window) for j in range(T)] for i in range(T)]


@student("02.1")
def tri_of_numpy(T, window=None):
    return np.tri(T, dtype=bool) & ~np.tri(T, k=-(window or T), dtype=bool)


@student("02.1")
def set_one_by_one(T, window=None):
    mask = torch.zeros(T, T, dtype=torch.bool)
    for i in range(T):
        mask[i, max(0, i + 1 - (window or T)) : i + 1] = True
    return mask


# --- 02.2: two blocks ---


@student("02.2")
def swapped_if_lower(a, b):
    (m, l_a, o_a), (low, l_b, o_b) = (a, b) if a[0] >= b[0] else (b, a)
    fade = math.exp(low - m)
    return [m, l_a + fade * l_b, o_a + fade * o_b]


@student("02.2")
def rows_of_an_array(a, b):
    both = np.array([a, b], dtype=np.float32)
    m = both[:, 0].max()
    return (m, *(np.exp(both[:, :1] - m) * both[:, 1:]).sum(0))


@student("02.2")
def tensors(a, b):
    both = torch.tensor([a, b])
    fades = (both[:, 0] - both[:, 0].max()).exp()
    return both[:, 0].max(), fades @ both[:, 1], fades @ both[:, 2]


@student("02.2")
def powers_of_e(a, b):
    m = max(x[0] for x in (a, b))
    return tuple([m] + [sum(math.e ** (x[0] - m) * x[i] for x in (a, b)) for i in (1, 2)])


# --- 02.3: bytes ---


@student("02.3")
def product(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return math.prod((2, layers, kv_heads, head_size, tokens, itemsize))


@student("02.3")
def keys_and_values(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    keys = values = kv_heads * head_size * tokens
    return float(itemsize * (keys + values) * layers)


@student("02.3")
def whole_numbers_of_numpy(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return np.prod([2, layers, kv_heads, head_size, tokens, itemsize], dtype=np.int64)


@student("02.3")
def a_tensor_of_none_dimensions(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return torch.tensor(2 * layers * kv_heads * head_size * tokens * itemsize)


# --- 02.4: a turn ---


@student("02.4")
def complex_numbers(x, position, base=10000.0):
    half = len(x) // 2
    turned = [complex(x[i], x[i + half]) * np.exp(1j * position * base ** (-2 * i / len(x))) for i in range(half)]
    return [z.real for z in turned] + [z.imag for z in turned]


@student("02.4")
def halves(x, position, base=10000.0):
    first, second = torch.tensor(x).chunk(2)
    angle = position * base ** (-torch.arange(0, len(x), 2) / len(x))
    return torch.cat([first * angle.cos() - second * angle.sin(), second * angle.cos() + first * angle.sin()])


@student("02.4")
def matrices(x, position, base=10000.0):
    half = len(x) // 2
    out = np.array(x, dtype=float)
    for i in range(half):
        t = position / base ** (2 * i / len(x))
        out[[i, i + half]] = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) @ out[[i, i + half]]
    return out


@student("02.4")
def rotate_half(x, position, base=10000.0):
    half = len(x) // 2
    angles = [position * math.exp(-2 * i / len(x) * math.log(base)) for i in range(half)] * 2
    other = [-v for v in x[half:]] + x[:half]
    return tuple(a * math.cos(t) + b * math.sin(t) for a, b, t in zip(x, other, angles))


# --- 02.5: a step of BPE ---


def merge_all(word, pair):
    out = []
    for symbol in word:
        joins = out and (out[-1], symbol) == pair and not isinstance(out[-1], Joined)
        out[-1:] = [Joined(out[-1] + symbol)] if joins else [*out[-1:], symbol]
    return tuple(map(str, out))


class Joined(str):
    pass


@student("02.5")
def from_the_left(words):
    counts = defaultdict(int)
    for word, n in words.items():
        for i in range(len(word) - 1):
            counts[word[i], word[i + 1]] += n
    most = max(counts.values())
    pair = min(p for p, n in counts.items() if n == most)
    return pair, {merge_all(word, pair): n for word, n in words.items()}


@student("02.5")
def sorted_counts(words):
    pairs = Counter(p for word, n in words.items() for p in itertools.pairwise(word) for _ in range(n))
    (pair, _), *_ = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [pair, Counter({merge_all(word, pair): n for word, n in words.items()})]


@student("02.5")
def stable_sort(words):
    pairs = Counter()
    for word, n in words.items():
        pairs.update({p: n * c for p, c in Counter(itertools.pairwise(word)).items()})
    pair = max(sorted(pairs), key=pairs.get)
    return list(pair), defaultdict(int, {merge_all(word, pair): n for word, n in words.items()})


@student("02.5")
def with_while(words):
    _, solved = None, find_exercise("02.5")[0].solution(words)
    merged = {}
    for word, n in words.items():
        word, i = list(word), 0
        while i + 1 < len(word):
            if tuple(word[i : i + 2]) == solved[0]:
                word[i : i + 2] = ["".join(word[i : i + 2])]
            i += 1
        merged[tuple(word)] = merged.get(tuple(word), 0) + n
    return solved[0], merged


# --- 02.6: the layer that decides ---


@student("02.6")
def same_at_the_end(answers):
    return len(answers) - sum(1 for _ in itertools.takewhile(lambda a: a == answers[-1], reversed(answers)))


@student("02.6")
def first_that_holds(answers):
    return next(i for i in range(len(answers)) if set(answers[i:]) == {answers[-1]})


@student("02.6")
def last_other_one(answers):
    return max((i + 1 for i, answer in enumerate(answers) if answer != answers[-1]), default=0)


@student("02.6")
def array_of_others(answers):
    others = np.flatnonzero(np.array(answers) != answers[-1])
    return others[-1] + 1 if others.size else np.int64(0)


# --- 02.7: induction ---


@student("02.7")
def diagonal_of_numpy(weights, period):
    return np.diagonal(np.array(weights), offset=1 - period)[1:].mean()


@student("02.7")
def indices_of_torch(weights, period):
    t = torch.arange(period, 2 * period)
    return torch.tensor(weights)[t, t - period + 1].mean()


@student("02.7")
def mean_of_statistics(weights, period):
    return fmean(row[i + 1] for i, row in enumerate(weights[period:]))


@student("02.7")
def summed_up(weights, period):
    total = 0
    for t in range(period):
        total += Fraction(weights[t + period][t + 1])
    return total / period


# --- 03.1: zero-order hold ---


@student("03.1")
def minus_one(a, b, delta):
    return math.exp(delta * a), b * (delta if a == 0 else (math.exp(delta * a) - 1) / a)


@student("03.1")
def a_sum_of_steps(a, b, delta):
    n = 200_000  # the integral, in so many midpoints: an error of (delta a / n)^2 / 24
    middle = (np.arange(n) + 0.5) * delta / n
    return np.exp(a * delta), np.exp(a * middle).mean() * delta * b


@student("03.1")
def one_matrix(a, b, delta):
    both = torch.linalg.matrix_exp(delta * torch.tensor([[a, b], [0.0, 0.0]], dtype=torch.float64))
    return both[0, 0], both[0, 1]


@student("03.1")
def a_series(a, b, delta):
    terms = [1.0]
    for k in range(1, 60):
        terms.append(terms[-1] * delta * a / k)
    return sum(terms), delta * b * sum(term / (k + 1) for k, term in enumerate(terms))


# --- 03.2: two steps at once ---


@student("03.2")
def two_matrices(first, second):
    (a, b), _ = np.array([second, (0, 1)]) @ np.array([first, (0, 1)])
    return a, b


@student("03.2")
def two_probes(first, second):
    def both(h):
        return second[0] * (first[0] * h + first[1]) + second[1]

    return both(1.0) - both(0.0), both(0.0)


@student("03.2")
def as_a_list(first, second):
    return [first[0] * second[0], second[1] + second[0] * first[1]]


@student("03.2")
def as_a_tensor(first, second):
    f, s = torch.tensor(first, dtype=torch.float64), torch.tensor(second, dtype=torch.float64)
    return s[0] * f + torch.stack([torch.zeros(()), s[1]])


# --- 03.3: the kernel ---


@student("03.3")
def step_by_step(a, b, c, length):
    h, kernel = list(b), []
    for _ in range(length):
        kernel.append(sum(x * y for x, y in zip(c, h)))
        h = [x * y for x, y in zip(a, h)]
    return kernel


@student("03.3")
def vandermonde(a, b, c, length):
    return (np.array(b) * np.array(c)) @ np.vander(a, length, increasing=True)


@student("03.3")
def einsum(a, b, c, length):
    a, b, c = map(torch.tensor, (a, b, c))
    return torch.einsum("n,nk,n->k", c, a[:, None] ** torch.arange(length), b)


@student("03.3")
def powers_of_a_matrix(a, b, c, length):
    A = np.diag(a)
    return tuple(np.array(c) @ np.linalg.matrix_power(A, k) @ np.array(b) for k in range(length))


# --- 03.4: a token ---


@student("03.4")
def one_state_at_a_time(h, u, raw_delta, A, B, C, D):
    delta = math.log(1 + math.exp(raw_delta))
    y = D * u
    for n in range(len(h)):
        h[n] = h[n] * math.exp(A[n] * delta) + B[n] * u * delta
        y += C[n] * h[n]
    return y, h


@student("03.4")
def arrays(h, u, raw_delta, A, B, C, D):
    h, A, B, C = map(np.array, (h, A, B, C))
    delta = np.logaddexp(0, raw_delta)
    h = np.exp(A) ** delta * h + delta * u * B
    return h @ C + D * u, h


@student("03.4")
def softplus_of_torch(h, u, raw_delta, A, B, C, D):
    h, A, B, C = map(torch.tensor, (h, A, B, C))
    delta = torch.nn.functional.softplus(torch.tensor(raw_delta))
    h = torch.addcmul(delta * u * B, h, (delta * A).exp())
    return torch.dot(h, C) + D * u, h.tolist()


@student("03.4")
def stable_softplus(h, u, raw_delta, A, B, C, D):
    delta = max(raw_delta, 0) + math.log1p(math.exp(-abs(raw_delta)))
    new = tuple(math.exp(delta * a) * x + delta * b * u for x, a, b in zip(h, A, B))
    return [math.fsum([D * u, *map(math.prod, zip(C, new))]), new]


# --- 03.5: the mask that fades ---


@student("03.5")
def row_from_row(a):
    L = [[0.0] * len(a) for _ in a]
    for i in range(len(a)):
        for j in range(i):
            L[i][j] = L[i - 1][j] * a[i]
        L[i][i] = 1.0
    return L


@student("03.5")
def reduced(a):
    T = range(len(a))
    return np.array([[reduce(lambda x, y: x * y, a[j + 1 : i + 1], 1.0) * (j <= i) for j in T] for i in T])


@student("03.5")
def columns_of_products(a):
    L = torch.zeros(len(a), len(a))
    for j in range(len(a)):
        L[j:, j] = torch.tensor([1.0, *a[j + 1 :]]).cumprod(0)
    return L


@student("03.5")
def inverse(a):
    T = len(a)  # (I - S) h = x, with a under the diagonal of S, is the recurrence
    return np.linalg.inv(np.eye(T) - np.diag(a[1:], -1))


# --- 03.6: what fits ---


@student("03.6")
def whole_numbers(bits, symbols, items):
    tokens = 0
    while symbols ** (tokens + 1) <= 2**bits:
        tokens += 1
    return tokens, min(1.0, 2**bits / symbols**items)


@student("03.6")
def fractions(bits, symbols, items):
    return int(bits / math.log2(symbols)), min(Fraction(1), Fraction(2**bits, symbols**items))


@student("03.6")
def of_numpy(bits, symbols, items):
    return np.floor(bits / np.log2(symbols)), np.exp2(np.minimum(0, bits - items * np.log2(symbols)))


@student("03.6")
def by_cases(bits, symbols, items):
    needed = items * math.log(symbols, 2)
    return bits // math.log2(symbols), 1 if bits >= needed else 2 ** (bits - needed)


# --- 04: mixtures of experts ---


@student("04.1")
def topk_of_torch(scores, k):
    best, experts = torch.tensor(scores, dtype=torch.float64).sort(descending=True, stable=True)
    return best[:k].softmax(0), experts[:k]


@student("04.1")
def argsort_of_numpy(scores, k):
    experts = np.argsort(-np.array(scores), kind="stable")[:k]
    weights = np.exp(np.array(scores)[experts] - max(scores))
    return weights / weights.sum(), experts


@student("04.1")
def taken_one_by_one(scores, k):
    left, experts = list(scores), []
    for _ in range(k):
        experts.append(left.index(max(left)))
        left[experts[-1]] = -math.inf
    total = sum(math.exp(scores[j] - max(scores)) for j in experts)
    return [math.exp(scores[i] - max(scores)) / total for i in experts], experts


@student("04.1")
def renormalised_softmax(scores, k):
    whole = torch.tensor(scores, dtype=torch.float64).softmax(0)
    experts = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:k]
    return whole[experts] / whole[experts].sum(), experts


@student("04.2")
def row_by_row(x, outputs, weights, experts):
    return [a + sum(w * outputs[i][d] for w, i in zip(weights, experts) if i != -1) for d, a in enumerate(x)]


@student("04.2")
def with_a_row_of_zeros(x, outputs, weights, experts):
    table = torch.tensor([*outputs, [0.0] * len(x)], dtype=torch.float64)
    return torch.tensor(x, dtype=torch.float64) + torch.tensor(weights, dtype=torch.float64) @ table[experts]


@student("04.2")
def masked_weights(x, outputs, weights, experts):
    experts = np.array(experts)
    return np.array(x) + (np.array(weights) * (experts >= 0)) @ np.array(outputs)[experts]


@student("04.2")
def folded(x, outputs, weights, experts):
    there = [(w, outputs[i]) for w, i in zip(weights, experts) if i >= 0]
    return reduce(lambda y, pair: [a + pair[0] * b for a, b in zip(y, pair[1])], there, x)


@student("04.3")
def one_then_the_other(shared, layers, experts, k, width, hidden):
    return [shared + layers * n * (width * 2 * hidden + hidden * width) for n in (experts, k)]


@student("04.3")
def idle_taken_away(shared, layers, experts, k, width, hidden):
    total = shared + math.prod((3, layers, experts, width, hidden))
    return total, total - math.prod((3, layers, experts - k, width, hidden))


@student("04.3")
def layer_by_layer(shared, layers, experts, k, width, hidden):
    total = active = shared
    for _ in range(layers):
        total += experts * 3 * width * hidden
        active += k * 3 * width * hidden
    return total, active


@student("04.3")
def exact_fractions(shared, layers, experts, k, width, hidden):
    routed = 3 * layers * experts * width * hidden
    return shared + routed, shared + int(Fraction(k, experts) * routed)


@student("04.4")
def counted_before(chosen, experts, factor):
    places = math.ceil(factor * len(chosen) / experts)
    return [e if chosen[:i].count(e) < places else -1 for i, e in enumerate(chosen)]


@student("04.4")
def with_a_counter(chosen, experts, factor):
    places, seen, out = -(-factor * len(chosen) // experts), Counter(), []
    for e in chosen:
        out.append(e if seen[e] < places else -1)
        seen[e] += 1
    return out


@student("04.4")
def queues(chosen, experts, factor):
    line, out = defaultdict(list), [-1] * len(chosen)
    for i, e in enumerate(chosen):
        line[e].append(i)
    for e, waiting in line.items():
        for i in waiting[: math.ceil(factor * len(chosen) / experts)]:
            out[i] = e
    return out


@student("04.4")
def cumulated(chosen, experts, factor):
    arrived = np.eye(experts)[chosen].cumsum(0)[range(len(chosen)), chosen]
    return np.where(arrived <= math.ceil(factor * len(chosen) / experts), chosen, -1)


@student("04.5")
def with_one_hot(probabilities):
    p = torch.tensor(probabilities, dtype=torch.float64)
    f = torch.nn.functional.one_hot(p.argmax(1), p.shape[1]).double().mean(0)
    return p.shape[1] * f @ p.mean(0)


@student("04.5")
def with_numpy(probabilities):
    p = np.array(probabilities)
    return p.shape[1] * np.bincount(p.argmax(1), minlength=p.shape[1]) @ p.mean(0) / len(p)


@student("04.5")
def token_after_token(probabilities):
    E = len(probabilities[0])
    means = [fmean(column) for column in zip(*probabilities)]
    return E * fmean(means[row.index(max(row))] for row in probabilities)


@student("04.5")
def counted_pairs(probabilities):
    n, E = len(probabilities), len(probabilities[0])
    best = Counter(max(range(E), key=row.__getitem__) for row in probabilities)
    return E / n**2 * sum(best[i] * row[i] for row in probabilities for i in range(E))


@student("04.6")
def with_tensors(affinities, bias, speed):
    a, b = torch.tensor(affinities, dtype=torch.float64), torch.tensor(bias, dtype=torch.float64)
    experts = (a + b).argmax(1)
    load = torch.bincount(experts, minlength=len(b)).double()
    return experts, a[range(len(a)), experts], b + speed * (load.mean() - load).sign()


@student("04.6")
def with_arrays(affinities, bias, speed):
    a, b = np.array(affinities), np.array(bias)
    experts = (a + b).argmax(axis=1)
    load = np.bincount(experts, minlength=len(b))
    return experts, np.take_along_axis(a, experts[:, None], axis=1)[:, 0], b + speed * np.sign(load.mean() - load)


@student("04.6")
def without_dividing(affinities, bias, speed):
    places = range(len(bias))
    experts = [max(places, key=lambda i: row[i] + bias[i]) for row in affinities]
    above = [experts.count(i) * len(bias) - len(experts) for i in places]
    return (
        experts,
        [row[i] for row, i in zip(affinities, experts)],
        [b - math.copysign(speed, n) if n else b for b, n in zip(bias, above)],
    )


@student("04.6")
def through_a_counter(affinities, bias, speed):
    sums = [[a + b for a, b in zip(row, bias)] for row in affinities]
    experts = [row.index(max(row)) for row in sums]
    load, mean = Counter(experts), fmean([experts.count(i) for i in range(len(bias))])
    moved = [b + speed * (1 if load[i] < mean else -1 if load[i] > mean else 0) for i, b in enumerate(bias)]
    return experts, [row[i] for row, i in zip(affinities, experts)], moved


@pytest.mark.parametrize(("number", "answer"), RIGHT)
def test_what_is_right_is_right_however_it_is_written(number, answer):
    verdict = judge(find_exercise(number)[0], answer, "")
    assert verdict, verdict.message


def test_each_exercise_has_four():
    counted = Counter(parameter.values[0] for parameter in RIGHT)
    assert set(counted.values()) == {4}
    beside_its_own_test = {"02.8"}  # attention by hand
    manifests = [tomllib.loads(path.read_text(encoding="utf-8")) for path in find_root().glob("modules/*/module.toml")]
    assert (
        set(counted) == {entry["id"] for manifest in manifests for entry in manifest["exercise"]} - beside_its_own_test
    )
