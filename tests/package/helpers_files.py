"""Model files that something is wrong with."""

import json

import numpy as np
import pytest
from helpers_models import assert_same_numbers, numbers_of, small

from shared.model import Model


def refused(path, said=None):
    """Both ways of reading refuse the file with its name, and change nothing."""
    model = small()
    kept = numbers_of(model)
    for read in (Model.load, model.load_weights):
        with pytest.raises(ValueError, match=said) as error:
            read(path)
        assert str(path) in str(error.value)
    assert_same_numbers(model.state_dict(), kept)


def rewrite(path, change, model=None, text=lambda text: text):
    """Save a model, and change the description, arrays and text in the file."""
    (model or small()).save(path)
    with np.load(path) as archive:
        arrays = dict(archive)
    description = json.loads(str(arrays.pop("description")))
    change(description, arrays)
    with open(path, "wb") as file:
        np.savez(file, description=np.array(text(json.dumps(description))), **arrays)
