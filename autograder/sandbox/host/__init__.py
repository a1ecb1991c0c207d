"""The trusted side of the sandbox: sessions, requests and child processes."""
