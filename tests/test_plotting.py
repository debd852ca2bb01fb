import matplotlib.pyplot as plt

from coursekit.plotting import COLOURS, decimal_comma, use_course_style


def test_figures_use_the_theme_s_colours_and_spanish_numbers():
    use_course_style()
    figure, axes = plt.subplots()
    (line,) = axes.plot([0, 1], [0, 0.5])
    assert line.get_color() == COLOURS[0]
    axes.set_yticks([0, 0.25, 0.1 + 0.2, 20000])
    decimal_comma(axes.yaxis)
    figure.canvas.draw()
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["0", "0,25", "0,3", "20\u202f000"]
    axes.set_yticks([1e-7])
    figure.canvas.draw()
    assert axes.get_yticklabels()[0].get_text() == "1,0·10⁻⁷"
    plt.close(figure)
