"""The data that the engine passes around, as frozen dataclasses, in the order of the pipeline."""
