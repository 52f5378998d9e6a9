"""Figures with sliders."""


def sliders(draw, **knobs):
    """Show a figure with knobs to turn: a slider or a menu for each parameter.

    Without a running notebook there is the figure as it is drawn first and, below it, a line that
    says what could be turned. So a still figure that shows the same belongs beside it.

    Parameters
    ----------
    draw : callable
        Draws the figure from its parameters and shows it. Their defaults are where the knobs
        stand at first.
    **knobs
        For each parameter (from, to, step), a list to choose from, or a widget of ipywidgets.
    """
    from IPython.display import display  # here, since drawing alone needs neither of the two
    from ipywidgets import interactive

    class Knobs(interactive):
        def __repr__(self):  # what a page without a kernel shows in place of the widget
            *others, last = [child.description for child in self.children[:-1]]
            names = f"{', '.join(others)} and {last}" if others else last
            return f"Run the notebook to turn: {names}."

    display(Knobs(draw, **knobs))
