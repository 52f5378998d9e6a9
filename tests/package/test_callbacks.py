import numpy as np
import pytest
from helpers_models import Do, assert_same_numbers, large, numbers_of, photos, points, rng, small

from shared import archives
from shared.callbacks import Callback, Checkpoint, EarlyStopping
from shared.model import History, Model
from shared.optimizers import Adam


def run(callback, values, monitor="val_loss", model=None):
    """Walk a callback through epochs whose monitored numbers are given, as `fit` would.

    The weights of epoch n are all n. Returns the epoch that was the last, and the model.
    """
    model = model or small()
    history = History()
    model.stop_training = False
    callback.on_fit_begin(model)
    epoch = 0
    for epoch, value in enumerate(values, 1):
        for array in model.state_dict().values():
            array[...] = epoch
        history.add({"loss": 1.0, monitor: value})
        callback.on_epoch_end(model, epoch, history)
        if model.stop_training:
            break
    callback.on_fit_end(model)
    return epoch, model


def test_a_callback_does_nothing_by_itself():
    x, y = points()
    with_one, without = small(), small()
    history = with_one.fit(x, y, epochs=2, rng=rng(), verbose=0, callbacks=[Callback()])
    assert history == without.fit(x, y, epochs=2, rng=rng(), verbose=0)
    assert_same_numbers(with_one.state_dict(), without.state_dict())


# --- EarlyStopping ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patience", "values", "last", "best"),
    [
        (1, [3, 2, 2.5, 1], 3, 2),  # the first epoch without improvement is the last
        (2, [3, 2, 2.5, 1, 4, 5, 0], 6, 4),  # one is not yet two
        (2, [3, 2, 2.5, 2.4, 1], 4, 2),
        (3, [3, 4, 5, 6, 1], 4, 1),
        (2, [3, 3, 3, 1], 3, 1),  # equal is no improvement
        (5, [3, 2, 1, 2], 4, 3),  # ends by itself
        (2, [float("nan"), 2, float("nan"), float("nan"), 1], 4, 2),
    ],
)
def test_patience(patience, values, last, best):
    stopping = EarlyStopping(patience)
    assert run(stopping, values)[0] == last
    assert (stopping.best, stopping.best_epoch) == (values[best - 1], best)


@pytest.mark.parametrize(
    ("monitor", "values", "best"),
    [
        ("val_loss", [3, 1, 2], 2),
        ("loss", [3, 1, 2], 2),
        ("accuracy", [0.1, 0.9, 0.5], 2),
        ("val_accuracy", [0.9, 0.1, 0.5], 1),
        ("within_5_accuracy", [0.9, 0.1, 0.5], 1),
        ("hinge_loss", [0.9, 0.1, 0.5], 2),
    ],
)
def test_smaller_is_better_only_for_a_loss(monitor, values, best):
    stopping = EarlyStopping(patience=10, monitor=monitor)
    run(stopping, values, monitor)
    assert (stopping.best, stopping.best_epoch) == (values[best - 1], best)


@pytest.mark.parametrize("monitor", ["inaccuracy", "val_inaccuracy", "gloss", "f1", "loss_gain"])
def test_whether_more_is_better_is_not_guessed_from_a_part_of_a_word(monitor):
    for make in (
        lambda mode: EarlyStopping(2, monitor, mode=mode),
        lambda mode: Checkpoint("m.npz", monitor, mode=mode),
    ):
        assert make("max").mode == "max"
        with pytest.raises(ValueError, match=f"a smaller or a larger {monitor} better.* mode=None"):
            make(None)


@pytest.mark.parametrize(("restore", "expected"), [(True, 2), (False, 4)])
def test_weights_and_running_statistics_of_the_best_epoch(restore, expected):
    _, model = run(EarlyStopping(2, restore_best_weights=restore), [3, 2, 4, 5], model=large())
    state = model.state_dict()
    assert "5.running_var" in state
    assert {float(number) for array in state.values() for number in array.ravel()} == {expected}


def test_nothing_to_restore_where_nothing_was_measured():
    nan = float("nan")
    for values, last in (([], 0), ([nan, nan, nan], 2)):
        stopping = EarlyStopping(2)
        assert run(stopping, values)[0] == last
        assert (stopping.best, stopping.best_epoch) == (float("inf"), 0)


def test_a_second_training_starts_afresh():
    stopping = EarlyStopping(2)
    run(stopping, [3, 1, 2, 2])
    last, model = run(stopping, [9, 8, 8.5, 9])
    assert (last, stopping.best, stopping.best_epoch) == (4, 8, 2)
    assert model.layers[0].bias.value[0] == 2


@pytest.mark.parametrize("ending", ["patience", "interrupt", "error", "all epochs"])
def test_in_training_the_best_epoch_is_restored_however_it_ends(ending):
    x, y = photos()
    model = large(steps=1000)
    kept = {}

    def spoil(model, epoch, history):
        kept[epoch] = numbers_of(model)
        if epoch == 3:
            for parameter in model.parameters():
                parameter.value *= 30.0  # from here on the validation loss is worse

    def end(model, epoch, history):
        if epoch == 4 and ending == "interrupt":
            raise KeyboardInterrupt
        if epoch == 4 and ending == "error":
            raise ZeroDivisionError

    stopping = EarlyStopping(patience=2 if ending == "patience" else 10)
    callbacks = [stopping, Do(on_epoch_end=spoil), Do(on_epoch_end=end)]

    def train():
        return model.fit(
            x, y, epochs=6, batch_size=6, rng=rng(), verbose=0,
            validation_data=(x, y), callbacks=callbacks,
        )  # fmt: skip

    if ending == "error":
        with pytest.raises(ZeroDivisionError):
            train()
    else:
        history = train()
        assert stopping.best == min(history["val_loss"])
        assert history["val_loss"].index(stopping.best) == stopping.best_epoch - 1
        epochs = {"patience": stopping.best_epoch + 2, "interrupt": 4, "all epochs": 6}
        assert history.epochs == epochs[ending]
    assert stopping.best_epoch <= 3
    assert_same_numbers(model.state_dict(), kept[stopping.best_epoch])
    assert model.evaluate(x, y)["loss"] == stopping.best


def test_patience_of_no_epochs():
    with pytest.raises(ValueError, match=r"patience must be 1 or more. Received: patience=0$"):
        EarlyStopping(0)
    with pytest.raises(TypeError, match=r"patience must be a whole number. Received: .*2.5$"):
        EarlyStopping(2.5)


@pytest.mark.parametrize("callback", [EarlyStopping(1), EarlyStopping(1, "val_accuracy")])
def test_a_number_that_is_not_there(callback):
    x, y = points()
    model = small()
    with pytest.raises(ValueError) as error:
        model.fit(x, y, epochs=2, verbose=0, callbacks=[callback])
    assert model.optimizer.steps == 0
    message = str(error.value)
    assert f"won't have {callback.monitor!r}" in message
    assert "['loss', 'accuracy']" in message
    assert "validation_data" in message
    assert "metrics=[accuracy]" in message


# --- Checkpoint ---------------------------------------------------------------------------------


def test_every_epoch_is_saved(tmp_path):
    x, y = photos()
    model, path = large(), tmp_path / "model.npz"
    checked = []

    def compare(model, epoch, history):
        assert_same_numbers(Model.load(path).state_dict(), model.state_dict())
        checked.append(Model.load(path).optimizer.steps)

    model.fit(x, y, epochs=3, batch_size=6, verbose=0,
              callbacks=[Checkpoint(path), Do(on_epoch_end=compare)])  # fmt: skip
    assert checked == [4, 8, 12]
    assert list(tmp_path.iterdir()) == [path]


def test_the_best_of_an_earlier_fit_is_not_overwritten(tmp_path):
    path = tmp_path / "best.npz"
    checkpoint, model = Checkpoint(path, "val_loss"), small()
    run(checkpoint, [3, 1, 2], model=model)
    best = path.read_bytes()
    run(checkpoint, [1.5, 1, 4], model=model)
    assert path.read_bytes() == best
    run(checkpoint, [9, 9, 9, 0.5], model=model)
    better = path.read_bytes()
    assert better != best
    model.compile(Adam(model.parameters()), model.loss)  # a new training begins
    run(checkpoint, [7], model=model)
    assert path.read_bytes() not in (best, better)
    path.unlink()
    run(checkpoint, [8], model=model)
    assert path.exists()


def test_a_folder_in_place_of_a_file(tmp_path):
    with pytest.raises(IsADirectoryError, match=r"needs a file name. Received: "):
        small().fit(*points(), verbose=0, callbacks=[Checkpoint(tmp_path)])


def test_a_generator_that_cannot_be_saved_is_found_before_training(tmp_path):
    model = small()
    generator = np.random.Generator(np.random.MT19937(1))
    with pytest.raises(ValueError, match="Received: MT19937"):
        model.fit(
            *points(), rng=generator, verbose=0, callbacks=[Checkpoint(tmp_path / "m.npz")]
        )
    assert model.optimizer.steps == 0


@pytest.mark.parametrize(
    ("monitor", "values", "saved"),
    [
        ("val_loss", [3, 4, 2, 2, 5], [1, 1, 3, 3, 3]),
        ("val_accuracy", [0.3, 0.2, 0.5, 0.5, 0.9], [1, 1, 3, 3, 5]),
        ("val_loss", [float("nan"), 4, 5], [None, 2, 2]),
    ],
)
def test_only_what_is_better_than_all_before(monitor, values, saved, tmp_path):
    path = tmp_path / "model.npz"
    checkpoint = Checkpoint(str(path), monitor=monitor)
    for epoch in range(1, len(values) + 1):
        run(checkpoint, values[:epoch], monitor)
        kept = float(Model.load(path).layers[0].bias.value[0]) if path.exists() else None
        assert kept == saved[epoch - 1]
        path.unlink(missing_ok=True)


def test_a_checkpoint_of_a_number_that_is_not_there(tmp_path):
    x, y = points()
    model = small()
    with pytest.raises(ValueError, match="won't have 'val_loss'"):
        model.fit(x, y, verbose=0, callbacks=[Checkpoint(tmp_path / "m.npz", monitor="val_loss")])
    assert model.optimizer.steps == 0


def test_a_crash_while_saving_leaves_the_epoch_before(tmp_path, monkeypatch):
    x, y = photos()
    model, path = large(), tmp_path / "model.npz"
    after_first = []

    def fail_later(model, epoch, history):
        after_first.append(numbers_of(model))
        monkeypatch.setattr(archives.os, "fsync", lambda handle: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        model.fit(x, y, epochs=3, batch_size=6, verbose=0,
                  callbacks=[Checkpoint(path), Do(on_epoch_end=fail_later)])  # fmt: skip
    assert_same_numbers(Model.load(path).state_dict(), after_first[0])
    assert list(tmp_path.iterdir()) == [path]


def test_going_on_from_a_checkpoint_is_as_if_nothing_had_happened(tmp_path):
    x, y = photos()
    whole = large()
    history = whole.fit(x, y, epochs=5, batch_size=6, rng=rng(4), verbose=0)

    broken, path = large(), tmp_path / "model.npz"

    def crash(model, epoch, history):
        if epoch == 2:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken.fit(x, y, epochs=5, batch_size=6, rng=rng(4), verbose=0,
                   callbacks=[Checkpoint(path), Do(on_epoch_end=crash)])  # fmt: skip
    resumed = Model.load(path)
    rest = resumed.fit(x, y, epochs=3, batch_size=6, verbose=0)
    assert rest["loss"] == history["loss"][2:]
    assert_same_numbers(resumed.state_dict(), whole.state_dict())
    np.testing.assert_array_equal(resumed.predict(x), whole.predict(x))
