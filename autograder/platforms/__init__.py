"""Sources of submissions (learning platforms, cloned repositories), and the roster."""
