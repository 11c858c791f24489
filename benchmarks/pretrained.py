"""Train the bundled networks and write their files: `python -m benchmarks.pretrained`."""

from dataclasses import replace

import torch

from hqnn import RunConfig, train
from hqnn.inference import pretrained
from hqnn.runs import Run, save


def main() -> None:
    """Train on all images of each pair, and test on all of them."""
    torch.set_num_threads(1)
    pretrained.FOLDER.mkdir(exist_ok=True)
    for digits in pretrained.PAIRS:
        run = Run.of(train(RunConfig(digits=digits, n_train=None, n_test=None, epochs=3)))
        save(replace(run, history=()), pretrained.path(digits))
        print(digits, run.evaluation and run.evaluation.accuracy)


if __name__ == "__main__":
    main()
