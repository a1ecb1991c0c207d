"""The data that the engine passes around, in the order of the pipeline.

Frozen dataclasses; named tuples where nothing is gained by one, as they are created ten times
faster when a command starts.
"""
