"""The process that draws for those who steer: a few generators, ready, for all visitors. No training happens here."""

from collections import OrderedDict
from pathlib import Path

import torch

from gan_core.fields import ConfigError
from gan_core.learning.memory import keep_memory
from gan_core.learning.products import prefer_onednn
from gan_core.learning.sampling import AnySampler, sampler_of_file
from gan_core.questions import Answer, Question
from gan_core.runs.answers import answered
from gan_core.runs.checkpoint_files import newest_first
from gan_core.runs.generator_file import NoWeights, generator_file
from gan_core.runs.wire import Connection

HELD = 4  # generators


class Viewer:
    """Generators by their files, those that were asked last."""

    def __init__(self) -> None:
        self._samplers: OrderedDict[Path, AnySampler] = OrderedDict()

    def answer(self, place: Path, question: Question) -> Answer:
        """From the generator in the file `place`, or in the newest checkpoint if `place` is a run's folder.

        Raises ConfigError, one sentence, for a file that holds no generator and for a question that does not fit it.
        """
        file = _newest(place)
        if file not in self._samplers:
            self._samplers[file] = sampler_of_file(_read(place))
        self._samplers.move_to_end(file)
        while len(self._samplers) > HELD:
            self._samplers.popitem(last=False)
        return self._samplers[file].answer(question)


def _newest(place: Path) -> Path:
    files = newest_first(place) if place.is_dir() else [place]
    if not files:
        raise ConfigError("generator", "This run has saved no checkpoint yet.")
    return files[0]


def _read(place: Path) -> bytes:
    try:
        return generator_file(place) if place.is_dir() else place.read_bytes()
    except (NoWeights, OSError):
        raise ConfigError("generator", "This generator cannot be read any more.") from None


def serve(connection: Connection) -> None:
    """Answer the host's questions, one after the other, until it is gone."""
    torch.set_num_threads(1)
    keep_memory()
    prefer_onednn()
    viewer = Viewer()
    while True:
        for message in connection.receive(None):
            place = Path(message.header["place"])
            connection.send(answered(message.payload, lambda question, place=place: viewer.answer(place, question)))
