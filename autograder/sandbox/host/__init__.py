"""The trusted side of the sandbox: requests, answers and child processes."""
