"""Figures with sliders."""


def sliders(draw, **controls):
    """Show a figure with a slider or a menu for each of its parameters.

    Without a running notebook, the page shows the first figure and, below it, a line that names the
    parameters.

    Parameters
    ----------
    draw : callable
        Draws the figure from its parameters and shows it. The sliders start at the defaults of the
        parameters.
    **controls
        For each parameter, (first, last, step), a list to choose from, or a widget of ipywidgets.
    """
    from IPython.display import display  # here, because the other figures need neither of the two
    from ipywidgets import interactive

    class Controls(interactive):
        def __repr__(self):  # what a page without a kernel shows in place of the widget
            *others, last = [child.description for child in self.children[:-1]]
            comma = "," if len(others) > 1 else ""
            names = f"{', '.join(others)}{comma} and {last}" if others else last
            return f"Run the notebook to change {names}."

    display(Controls(draw, **controls))
