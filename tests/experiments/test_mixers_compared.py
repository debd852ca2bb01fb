"""One decoder, several mixers."""

from coursekit.attention import Attention
from coursekit.corpus import cuentos
from coursekit.decoder import DecoderConfig
from coursekit.experiments.mixers_compared import mixers_compared
from coursekit.ssm.mamba import Mamba

SMALL = DecoderConfig(len(cuentos.VOCABULARY), width=16, layers=1, heads=2, context=128)


def test_more_tokens_less_excess_for_each_mixer_and_seed():
    mixers = {"attention": Attention, "mamba": Mamba}
    few = mixers_compared(SMALL, mixers, seeds=(0, 1), tokens=1000, test_stories=4)
    more = mixers_compared(SMALL, mixers, seeds=(0, 1), tokens=20_000, test_stories=4)
    assert list(few) == ["attention", "mamba"]
    for name in mixers:
        assert len(set(few[name])) == 2
        assert all(0 < after < before for after, before in zip(more[name], few[name]))
    assert mixers_compared(SMALL, {"x": Mamba}, seeds=(1,), tokens=1000, test_stories=4)["x"] == few["mamba"][1:]
