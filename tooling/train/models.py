"""A model from its folder or its configuration, whatever its architecture."""

import json

from safetensors.torch import load_file

from gla import GLA
from lfm2 import LFM2

ARCHITECTURES = {"gla": GLA, "lfm2": LFM2}


def build(config, dropout=0.0):
    return ARCHITECTURES[config["model_type"]](config, dropout)


def load(folder, weights="model.safetensors"):
    """The model of a folder with config.json and safetensors, in float32, ready to evaluate."""
    model = build(json.loads((folder / "config.json").read_text()))
    model.load_state_dict({name: value.float() for name, value in load_file(folder / weights).items()})
    return model.eval().requires_grad_(False)
